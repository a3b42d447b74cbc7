/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running kvmtop without its face. */
#include "core/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/groups.h"
#include "core/session_detail.h"
#include "core/xalloc.h"

struct report {
    void (*line)(void *ctx, const char *line);
    void *ctx;
    unsigned mistakes;
};

static void mistake(struct report *report, const struct origin *origin, const char *what)
{
    char line[640];

    if (!origin || !origin->file)
        snprintf(line, sizeof line, "%s", what);
    else if (origin->line)
        snprintf(line, sizeof line, "%s:%u: %s", origin->file, origin->line, what);
    else
        snprintf(line, sizeof line, "%s: %s", origin->file, what);
    report->mistakes++;
    report->line(report->ctx, line);
}

/* ---- views ---- */

struct view *session_find_view(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->nviews; i++)
        if (!strcmp(session->views[i]->name, name))
            return session->views[i];
    return NULL;
}

struct view *session_view_by_key(const struct session *session, uint32_t key)
{
    for (size_t i = 0; i < session->nviews; i++)
        if (!session->views[i]->tree &&
            (uint32_t)session->views[i]->feed->table->def.hotkey == key)
            return session->views[i];
    return NULL;
}

static void add_view(struct session *session, struct feed *feed, bool tree)
{
    session->views = xreallocarray(session->views, session->nviews + 1,
                                   sizeof(*session->views));
    session->views[session->nviews] = view_new(feed, tree);
    session->views[session->nviews++]->mirror =
        session->settings->guest_side && feed->table->def.mirror_side;
}

static void make_views(struct session *session)
{
    for (size_t i = 0; i < session->model.nfeeds; i++) {
        struct feed *feed = session->model.feeds[i];

        add_view(session, feed, false);
        if (feed->table->def.flags & KVMTOP_TABLE_CHILDREN &&
            !session_find_view(session, "tree"))
            add_view(session, feed, true);
    }
}

static bool brings_view(const struct plugin *plugin, const char *name)
{
    for (uint32_t i = 0; i < plugin->desc.ntables; i++) {
        const struct kvmtop_table *table = &plugin->tables[i];

        if (table->hotkey && !strcmp(table->name, name))
            return true;
    }
    return false;
}

static const struct plugin *loaded(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->nplugins; i++)
        if (!strcmp(model->plugins[i]->name, name))
            return model->plugins[i];
    return NULL;
}

/* Is a view that isn't there missing for good reason: as the plugin that brings it was left out,
 * or failed?  Of a plugin that couldn't be looked into nobody knows. */
static bool is_excused(const struct model *model, const char *view)
{
    const struct string_list *names = &model->settings->plugins;

    for (size_t i = 0; i < names->count; i++) {
        const struct plugin *plugin = loaded(model, names->item[i]);

        if (settings_own_plugin(names->item[i]))
            continue;
        if (!plugin || !plugin_usable(plugin) || (!plugin->opened && brings_view(plugin, view)))
            return true;
    }
    return settings_own_view(view);
}

static void apply_view(struct session *session, const struct view_settings *v,
                       struct report *report)
{
    struct view *view = session_find_view(session, v->name);
    char err[400];

    if (!view) {
        snprintf(err, sizeof err, "[view %s]: there is no such view", v->name);
        if (!is_excused(&session->model, v->name))
            mistake(report, &v->name_origin, err);
        return;
    }
    if (v->columns && !view_set_columns(view, v->columns, err, sizeof err))
        mistake(report, &v->columns_origin, err);
    if (v->sort && !view_set_sort(view, v->sort, err, sizeof err))
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
    if (!view && is_excused(&session->model, t->table))
        return;
    snprintf(err, sizeof err, "[thresholds %s]: there is no %s '%s'", t->table,
             view ? "column" : "view", view ? t->column : t->table);
    mistake(report, &t->origin, err);
}

static void list_views(const struct session *session, char *buf, size_t cap)
{
    size_t len = 0;

    *buf = 0;
    for (size_t i = 0; i < session->nviews && len < cap; i++)
        len += (size_t)snprintf(buf + len, cap - len, "%s%s", i ? ", " : "",
                                session->views[i]->name);
}

/* --view, and what else the command line says of the view it starts in. */
static void apply_start(struct session *session, struct report *report)
{
    const struct settings *s = session->settings;
    const char *name = s->view ? s->view : "process";
    char err[600], names[300];

    session->view = session_find_view(session, name);
    if (!session->view && s->view) {
        list_views(session, names, sizeof names);
        snprintf(err, sizeof err, "there is no view '%s'; there are: %s", name, names);
        mistake(report, &s->view_origin, err);
    }
    if (!session->view)
        session->view = session->views[0];
    struct view *view = session->view;
    struct origin columns = { "--columns", 0 }, sort = { "--sort", 0 }, filter = { "--filter", 0 };
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

int session_open(struct session *session, const struct settings *settings,
                 void (*line)(void *ctx, const char *line), void *ctx)
{
    struct report report = { line, ctx, 0 };
    char err[600];

    session->settings = settings;
    session->interval = settings->interval;
    session->limit = settings->limit;
    session->sched.model = &session->model;
    int failed = model_open(&session->model);
    if (failed) {
        snprintf(err, sizeof err, "%s: %s", settings->root ? settings->root : "/",
                 failed == -ENODATA ? "there is no proc folder in it" : strerror(-failed));
        line(ctx, err);
        return -EIO;
    }
    make_views(session);
    if (!session->nviews)
        return -ENOENT;
    for (size_t i = 0; i < settings->nviews; i++)
        apply_view(session, &settings->views[i], &report);
    for (size_t i = 0; i < settings->nthresholds; i++)
        apply_threshold(session, &settings->thresholds[i], &report);
    apply_start(session, &report);
    return report.mistakes ? -EINVAL : 0;
}

void session_close(struct session *session)
{
    for (size_t i = 0; i < session->nviews; i++)
        view_free(session->views[i]);
    free(session->views);
    session_detail(session, NULL);
    detail_free(&session->detail_page);
    model_close(&session->model);
    *session = (struct session){ 0 };
}

/* ---- rounds ---- */

/* Guests on the screen are made of rows that aren't. */
static void focus_seen(struct view *view)
{
    struct feed *processes = groups_processes(view->feed);

    for (uint32_t i = 0; processes && !view_stale(view) && i < view->height &&
                         view->top + i < view->nlines; i++) {
        const struct row *row = table_at(view->feed->table, view_line(view, view->top + i)->row);

        feed_focus(processes, row->id, row->birth);
    }
}

/* What takes long is left out. */
static void spare(struct feed *feed)
{
    feed->children = false;
    for (uint32_t i = 0; i < feed->table->ncolumns; i++)
        if (feed->table->columns[i].def.flags & KVMTOP_COSTLY)
            feed->wanted[i / 64] &= ~((uint64_t)1 << i % 64);
}

/* Processes are looked at whatever the view: from them the guests are known. */
static void want(struct session *session)
{
    struct model *model = &session->model;

    model_want_nothing(model);
    for (size_t i = 0; i < model->nfeeds; i++)
        if (model->feeds[i]->table->def.flags & KVMTOP_TABLE_PROCESSES)
            model->feeds[i]->active = true;
    view_want(session->view, session->export);
    groups_want_given(session->view->feed);
    focus_seen(session->view);
    session_detail_want(session);
    for (size_t i = 0; i < model->nfeeds; i++)
        if (model->feeds[i]->active)
            groups_want(model->feeds[i]);
    for (size_t i = 0; i < model->nfeeds && session->hasty; i++)
        if (!model->feeds[i]->table->round)
            spare(model->feeds[i]);
    if (session->detail.set)
        groups_want_filled(model);
}

void session_begin(struct session *session)
{
    want(session);
    hostinfo_read(&session->host, &session->model.root);
    sched_begin(&session->sched);
}

bool session_step(struct session *session)
{
    if (!sched_step(&session->sched))
        return false;
    session_detail_ask(session);
    return true;
}

void session_update(struct session *session)
{
    uint64_t before = sched_cpu_now();

    view_update(session->view, &session->model, session->limit);
    session->sched.running[STAGE_SORT] += sched_cpu_now() - before;
}

void session_time(const struct session *session, int64_t *seconds, uint32_t *ns)
{
    const struct table *table = session->view->feed->table;
    struct timespec t;

    if (session->model.root.step && session->host.boot_time >= 0) {
        *seconds = session->host.boot_time + (int64_t)(table->boottime / 1000000000u);
        *ns = (uint32_t)(table->boottime % 1000000000u);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &t);
    *seconds = t.tv_sec;
    *ns = (uint32_t)t.tv_nsec;
}

double session_interval(const struct session *session)
{
    const struct table *table = session->view->feed->table;

    return table->prev_time ? (double)(table->time - table->prev_time) / 1e9 : 0;
}

/* Is there a reason to tell of the column? */
static const char *reason_of(const struct view *view, uint32_t column)
{
    return bit_get(view->feed->wanted, column) ? table_reason(view->feed->table, column) : NULL;
}

/* "r_log, w_log: reason" for all columns with this one's reason; false: told of already. */
static bool put_reason(const struct view *view, uint32_t first, char *text, size_t cap)
{
    const struct table *table = view->feed->table;
    const char *reason = reason_of(view, first);
    size_t len = 0;

    for (uint32_t i = 0; i < table->ncolumns && len < cap; i++) {
        const char *other = reason_of(view, i);

        if (!other || strcmp(other, reason))
            continue;
        if (i < first)
            return false;
        len += (size_t)snprintf(text + len, cap - len, "%s%s", len ? ", " : "",
                                table->columns[i].def.name);
    }
    if (len < cap)
        snprintf(text + len, cap - len, ": %s", reason);
    return true;
}

void session_warnings(const struct session *session, void (*line)(void *ctx, const char *line),
                      void *ctx)
{
    const struct view *view = session->view;
    char text[700];

    for (uint32_t i = 0; i < view->feed->table->ncolumns; i++)
        if (reason_of(view, i) && put_reason(view, i, text, sizeof text))
            line(ctx, text);
    for (size_t i = 0; i < session->model.nplugins; i++) {
        const struct plugin *plugin = session->model.plugins[i];

        if (!plugin->error || !plugin->opened)
            continue;
        snprintf(text, sizeof text, "plugin %s: %s", plugin->name, plugin->error);
        line(ctx, text);
    }
}
