/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running kvmtop without its face. */
#include "core/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/groups.h"
#include "core/session_detail.h"
#include "core/session_settings.h"
#include "core/xalloc.h"

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

int session_open(struct session *session, const struct settings *settings,
                 void (*line)(void *ctx, const char *line), void *ctx)
{
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
    return session_apply(session, line, ctx) ? -EINVAL : 0;
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

static bool is_known(const struct table *table, const struct row *row, uint32_t column)
{
    double value;

    return row_known(table, row, column) || rate_value(table, row, column, &value);
}

/* Is there a reason to tell of the column (of this row, if not NULL)? */
static const char *reason_of(const struct feed *feed, const struct row *row, uint32_t column)
{
    if (!bit_get(feed->wanted, column) || (row && is_known(feed->table, row, column)))
        return NULL;
    return table_reason(feed->table, column);
}

/* "r_log, w_log: reason" for all columns with this one's reason; false: told of already. */
static bool put_reason(const struct feed *feed, const struct row *row, uint32_t first, char *text,
                       size_t cap)
{
    const struct table *table = feed->table;
    const char *reason = reason_of(feed, row, first);
    size_t len = 0;

    for (uint32_t i = 0; i < table->ncolumns && len < cap; i++) {
        const char *other = reason_of(feed, row, i);

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

void session_reasons(const struct feed *feed, const struct row *row,
                     void (*line)(void *ctx, const char *line), void *ctx)
{
    char text[700];

    for (uint32_t i = 0; i < feed->table->ncolumns; i++)
        if (reason_of(feed, row, i) && put_reason(feed, row, i, text, sizeof text))
            line(ctx, text);
}

static bool is_empty(const struct table *table)
{
    return table->round && !table->nrows;
}

/* Why there is nothing to be seen, where one may have expected something. */
static const char *why_empty(const struct session *session)
{
    const struct model *model = &session->model;

    for (size_t i = 0; i < model->nfeeds; i++)
        if (session->settings->npids && is_empty(model->feeds[i]->table) &&
            model->feeds[i]->table->def.flags & KVMTOP_TABLE_PROCESSES)
            return "none of the processes that --pid names is there";
    if (is_empty(session->view->feed->table) &&
        session->view->feed->table->def.flags & KVMTOP_TABLE_GUESTS)
        return "no guest: none of the programs that [core] vmm names is running";
    return NULL;
}

void session_warnings(const struct session *session, void (*line)(void *ctx, const char *line),
                      void *ctx)
{
    const char *empty = why_empty(session);
    char text[700];

    if (empty)
        line(ctx, empty);
    session_reasons(session->view->feed, NULL, line, ctx);
    for (size_t i = 0; i < session->model.nplugins; i++) {
        const struct plugin *plugin = session->model.plugins[i];

        if (!plugin->error || !plugin->opened)
            continue;
        snprintf(text, sizeof text, "plugin %s: %s", plugin->name, plugin->error);
        line(ctx, text);
    }
}
