/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of the screen: rounds one an interval, and those out of turn. */
#include "core/pace.h"

#include "core/groups.h"
#include "core/history.h"
#include "core/session.h"
#include "core/xalloc.h"

static uint64_t interval_ns(const struct pace *pace)
{
    return (uint64_t)(pace->session->interval * 1e9);
}

static bool is_idle(const struct pace *pace)
{
    return pace->session->sched.phase == SCHED_IDLE;
}

/* A full host may need longer for two samples than anyone likes to look at nothing.  Threads, of
 * which there are many, are left out of the first; a record has no time but its own. */
void pace_start(struct pace *pace, struct session *session, uint64_t rounds)
{
    bool live = !session->model.root.step;

    *pace = (struct pace){ .session = session, .left = rounds };
    pace_prime(pace);
    pace->late = live ? pace_now() + PACE_LATE_NS : UINT64_MAX;
    session->hasty = live && (session->view->tree || groups_is(session->view->feed));
    if (session->hasty)
        pace->owed = PACE_BEFORE;
}

void pace_prime(struct pace *pace)
{
    if (pace->frozen)
        return;
    pace->owed = is_idle(pace) ? PACE_FIRST : PACE_BEFORE;
    pace->next = pace_now();
}

/* After the frost the first sample only begins a new interval and isn't shown, so that what is
 * shown next is of now, not an average over the time it lasted.  A record has no time but its
 * own. */
void pace_freeze(struct pace *pace)
{
    if (!pace->shown)
        return;
    pace->frozen = !pace->frozen;
    pace->thawing = !pace->frozen && !pace->session->model.root.step;
    pace_prime(pace);
}

/* ---- rounds ---- */

/* A recorded host has no further step, and the view has had the last ones. */
static bool at_end(const struct pace *pace)
{
    return pace->session->ended && !pace->owed;
}

/* What comes up after the last step is given the last two once more; of a single one, that. */
static void replay(struct pace *pace)
{
    struct session *session = pace->session;

    session->ended = !root_back(&session->model.root);
    pace->owed = session->ended ? PACE_SECOND : PACE_FIRST;
    pace->replay = true;
    session_begin(session);
}

static void begin_round(struct pace *pace)
{
    struct session *session = pace->session;
    struct root *root = &session->model.root;

    if (!root->step || !session->sched.rounds || root_next(root)) {
        session_begin(session);
        return;
    }
    session->ended = true;
    if (pace->owed)
        replay(pace);
}

/* What there is now is to be shown. */
static void show(struct pace *pace)
{
    if (!pace->replay)
        history_update(pace->session);
    pace->owed = PACE_NONE;
    pace->replay = pace->thawing = false;
    pace->shown = true;
    if (!pace->settled)
        xtrim();
    pace->settled = true;
    pace->over = pace->left && !--pace->left;
}

/* True: it is to be shown. */
static bool end_round(struct pace *pace)
{
    struct session *session = pace->session;

    session_update(session);
    sched_account(&session->sched);
    switch (pace->owed) {
    case PACE_BEFORE:
        pace->owed = PACE_FIRST;
        pace->next = pace_now();
        pace->shown |= session->hasty;
        return pace->shown;
    case PACE_FIRST:
        pace->owed = PACE_SECOND;
        pace->next = pace_now() + (pace->replay ? 0 : PACE_PRIME_NS);
        return pace->shown && !pace->replay;
    default:
        pace->next = pace_catch_up(pace->next + interval_ns(pace), interval_ns(pace));
        show(pace);
        return true;
    }
}

static bool go_on(struct pace *pace)
{
    if (is_idle(pace)) {
        if (pace->frozen || at_end(pace) || pace_now() < pace->next)
            return false;
        begin_round(pace);
    }
    return !is_idle(pace) && session_step(pace->session) && end_round(pace);
}

/* What there is so far is better than nothing. */
static bool hurry(struct pace *pace)
{
    struct session *session = pace->session;

    if (pace->shown || pace_now() < pace->late || !session->view->feed->table->nrows)
        return false;
    session_update(session);
    pace->shown = true;
    return true;
}

bool pace_run(struct pace *pace)
{
    bool news = go_on(pace);

    return hurry(pace) || news;
}

uint64_t pace_due(const struct pace *pace)
{
    if (!is_idle(pace))
        return 0;
    if (pace->frozen || at_end(pace))
        return UINT64_MAX;
    if (!pace->shown && pace->late > pace_now() && pace->late < pace->next)
        return pace->late;
    return pace->next;
}
