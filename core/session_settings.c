/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the settings say of the views. */
#include "core/session_settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/absent.h"

struct report {
    void (*line)(void *ctx, const char *line);
    void *ctx;
    unsigned mistakes;
};

static void tell(const struct report *report, const struct origin *origin, const char *what)
{
    char line[640];

    if (!origin->file)
        snprintf(line, sizeof line, "%s", what);
    else if (origin->line)
        snprintf(line, sizeof line, "%s:%u: %s", origin->file, origin->line, what);
    else
        snprintf(line, sizeof line, "%s: %s", origin->file, what);
    report->line(report->ctx, line);
}

static void mistake(struct report *report, const struct origin *origin, const char *what)
{
    report->mistakes++;
    tell(report, origin, what);
}

/* ---- files ---- */

/* A column that isn't there now, for a reason that may go away: no mistake of the file's. */
static bool is_left_out(const struct session *session, const struct view *view, const char *name,
                        size_t len, const struct origin *origin, const struct report *report)
{
    const struct table *table = view->feed->table;
    char plugin[60], what[300];

    if (table_column(table, name, len) != NONE ||
        !absent_column(&session->model, table, name, len, plugin, sizeof plugin))
        return false;
    snprintf(what, sizeof what, "view %s: column '%.*s' is left out: the plugin %s is not in use",
             view->name, (int)len, name, plugin);
    tell(report, origin, what);
    return true;
}

/* The columns that there are; where none of them is left the view keeps its own. */
static void apply_columns(const struct session *session, struct view *view,
                          const struct view_settings *v, struct report *report)
{
    const char *at = v->columns, *word;
    struct str_buf names = { 0 };
    char err[400];
    size_t len;

    while (str_word(&at, &word, &len)) {
        if (is_left_out(session, view, word, len, &v->columns_origin, report))
            continue;
        str_puts(&names, names.len ? ", " : "");
        str_put(&names, word, len);
    }
    if (names.text && !view_set_columns(view, names.text, err, sizeof err))
        mistake(report, &v->columns_origin, err);
    free(names.text);
}

static void apply_view(const struct session *session, const struct view_settings *v,
                       struct report *report)
{
    struct view *view = session_find_view(session, v->name);
    char err[400];

    if (!view) {
        snprintf(err, sizeof err, "[view %s]: there is no such view", v->name);
        if (!absent_view(&session->model, v->name))
            mistake(report, &v->name_origin, err);
        return;
    }
    if (v->columns)
        apply_columns(session, view, v, report);
    if (v->sort &&
        !is_left_out(session, view, v->sort, strcspn(v->sort, ":"), &v->sort_origin, report) &&
        !view_set_sort(view, v->sort, err, sizeof err))
        mistake(report, &v->sort_origin, err);
}

/* Thresholds of a table's columns, set anew; [thresholds tree] are those of child rows. */
static void apply_threshold(struct session *session, const struct threshold_setting *t,
                            struct report *report)
{
    const struct view *view = session_find_view(session, t->table);
    struct table *table = view ? view->feed->table : NULL;
    uint32_t column = table ? table_column(table, t->column, strlen(t->column)) : NONE;
    char err[400];

    if (column != NONE) {
        struct kvmtop_column *def = &table->columns[column].def;

        *(view->tree ? &def->child_warn : &def->warn) = t->warn;
        *(view->tree ? &def->child_crit : &def->crit) = t->crit;
        return;
    }
    if (!view && absent_view(&session->model, t->table))
        return;
    if (view && is_left_out(session, view, t->column, strlen(t->column), &t->origin, report))
        return;
    snprintf(err, sizeof err, "[thresholds %s]: there is no %s '%s'", t->table,
             view ? "column" : "view", view ? t->column : t->table);
    mistake(report, &t->origin, err);
}

/* ---- the view it starts in ---- */

static void list_views(const struct session *session, char *buf, size_t cap)
{
    size_t len = 0;

    *buf = 0;
    for (size_t i = 0; i < session->nviews && len < cap; i++)
        len += (size_t)snprintf(buf + len, cap - len, "%s%s", i ? ", " : "",
                                session->views[i]->name);
}

/* Where nobody chose the view that isn't there, or what brings it may come back, the first will
 * do. */
static void choose_view(struct session *session, struct report *report)
{
    const struct settings *s = session->settings;
    const struct origin *origin = &s->view_origin;
    char what[600], names[300];

    session->view = session_find_view(session, s->view);
    if (session->view)
        return;
    session->view = session->views[0];
    if (!origin->file)
        return;
    list_views(session, names, sizeof names);
    snprintf(what, sizeof what, "there is no view '%s'; there are: %s", s->view, names);
    if (origin->line && absent_view(&session->model, s->view))
        tell(report, origin, what);
    else
        mistake(report, origin, what);
}

/* --columns, --sort and --filter. */
static void apply_options(struct session *session, struct report *report)
{
    const struct settings *s = session->settings;
    struct view *view = session->view;
    const struct origin columns = { "--columns", 0 }, sort = { "--sort", 0 };
    const struct origin filter = { "--filter", 0 };
    char err[600];

    if (s->columns && !view_set_columns(view, s->columns, err, sizeof err))
        mistake(report, &columns, err);
    view->columns_named = s->columns;
    if (s->sort && !view_set_sort(view, s->sort, err, sizeof err))
        mistake(report, &sort, err);
    if (s->filter)
        view_set_filter(view, s->filter);
    if (view->filter_error[0])
        mistake(report, &filter, view->filter_error);
}

unsigned session_apply(struct session *session, void (*line)(void *ctx, const char *line),
                       void *ctx)
{
    const struct settings *settings = session->settings;
    struct report report = { line, ctx, 0 };

    for (size_t i = 0; i < settings->nviews; i++)
        apply_view(session, &settings->views[i], &report);
    for (size_t i = 0; i < settings->nthresholds; i++)
        apply_threshold(session, &settings->thresholds[i], &report);
    choose_view(session, &report);
    apply_options(session, &report);
    return report.mistakes;
}
