/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process whose details are shown. */
#include "core/session_detail.h"

#include <stdlib.h>

#include "core/groups.h"

void session_detail(struct session *session, const struct row_key *process)
{
    session->detail = process ? *process : (struct row_key){ 0 };
    free(session->detail_history);
    session->detail_history = NULL;
    detail_forget(&session->detail_page);
}

/* ---- its rows ---- */

static struct feed *processes(const struct session *session)
{
    return model_feed_with(&session->model, KVMTOP_TABLE_PROCESSES);
}

static const struct row *find(const struct feed *feed, uint64_t id, uint64_t birth)
{
    uint32_t index = feed ? table_find(feed->table, 0, id, birth) : NONE;

    return index == NONE ? NULL : table_at(feed->table, index);
}

const struct row *session_detail_row(const struct session *session)
{
    return find(processes(session), session->detail.id, session->detail.birth);
}

const struct feed *session_detail_figures(const struct session *session, const struct row **row)
{
    const struct row *process = session_detail_row(session);
    const struct feed *guests = model_feed_with(&session->model, KVMTOP_TABLE_GUESTS);

    *row = process;
    if (!process || process->guest == NONE || !guests)
        return processes(session);
    *row = find(guests, session->detail.id, session->detail.birth);
    return guests;
}

/* ---- before a round ---- */

/* What the guest owns in all tables, as their views show it. */
static void want_views(struct session *session)
{
    for (size_t i = 0; i < session->nviews; i++) {
        const struct view *view = session->views[i];

        if (view->tree)
            continue;
        view_want(view, false);
        view->feed->claims = true;
    }
}

static void want_threads(struct session *session, struct feed *feed)
{
    if (!feed->children && feed->table->def.flags & KVMTOP_TABLE_CHILDREN) {
        feed->children = true;
        feed->children_of = session->detail.id;
    }
    for (uint32_t i = 0; i < feed->table->ncolumns; i++)
        if (feed->table->columns[i].def.flags & KVMTOP_CHILD_DETAIL)
            feed_want(feed, i, false);
}

/* All figures that cost nothing besides; what costs is filled for this row alone. */
static void want_figures(struct session *session, struct feed *process)
{
    const struct row *row;
    const struct feed *feed = session_detail_figures(session, &row);

    for (uint32_t i = 0; i < feed->table->ncolumns; i++)
        if (!(feed->table->columns[i].def.flags & KVMTOP_COSTLY))
            bit_set(feed->wanted, i);
    for (uint32_t i = 0; i < process->table->ncolumns; i++)
        if (process->table->columns[i].fill != NONE)
            feed_want(process, i, false);
    feed_focus(process, session->detail.id, session->detail.birth);
}

void session_detail_want(struct session *session)
{
    struct feed *feed = processes(session);

    if (!session->detail.set || !feed)
        return;
    want_views(session);
    want_threads(session, feed);
    want_figures(session, feed);
}

/* ---- after it ---- */

void session_detail_ask(struct session *session)
{
    const struct row *row = session->detail.set ? session_detail_row(session) : NULL;
    uint64_t before = sched_cpu_now();

    if (!row)
        return;
    detail_ask(&session->detail_page, &session->model, row->id, row->birth);
    session->sched.running[STAGE_SAMPLE] += sched_cpu_now() - before;
}
