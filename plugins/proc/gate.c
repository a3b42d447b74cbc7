/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which processes ran since they were last read?
 *
 * A group's CPU clock that stands still, at a value other than 0, says that it is the same
 * process and that none of its threads ran: then no counter, state or thread of it has changed.
 * (A PID used again would have to have run for the very same nanoseconds.)  What others may
 * change, such as its nice value, is seen when its turn comes: each process is read anew every
 * TURN rounds.
 */
#include <string.h>

#include "lib/cpu_clock.h"
#include "proc/proc.h"

#define TURN 32u
#define AHEAD 32u               /* processes whose clocks are read at a time */

_Static_assert(AHEAD <= TASKSTATS_BATCH, "one send for all");

static bool covered(const struct proc *s, const struct proc_process *p)
{
    bool rows = p->seen && p->round == s->round - 1;
    bool threads = !proc_wants_threads(s, p) || p->threads.round == s->round - 1;

    return rows && threads && (s->plan.wanted & ~p->wanted) == 0;
}

static bool has_rested(const struct proc *s, const struct proc_process *p)
{
    return p->has_gate && p->gate != 0 && p->gate == p->clock && !p->runnable &&
           s->round % TURN != p->phase % TURN;
}

static void look(struct proc *s, struct proc_process *p, uint64_t now)
{
    memset(&p->times, 0, sizeof p->times);
    p->gate_time = now;
    p->has_gate = s->clocks && cpu_clock_read(p->pid, &p->gate) == 0;
    p->stale = !covered(s, p) || !has_rested(s, p);
}

/* The socket is lost: from now on the files of threads have to do, for all processes. */
static void drop_taskstats(struct proc *s)
{
    taskstats_close(s->taskstats);
    s->taskstats = NULL;
    for (size_t i = 0; i < s->nprocess; i++) {
        s->process[i]->wanted = 0;
        s->process[i]->stale = true;
    }
}

static void ask_delays(struct proc *s, size_t end)
{
    struct taskstats_times times[AHEAD];
    struct proc_process *process[AHEAD];
    int32_t pid[AHEAD];
    size_t n = 0;

    for (size_t i = s->gated; i < end; i++) {
        if (!s->process[i]->stale)
            continue;
        process[n] = s->process[i];
        pid[n++] = s->process[i]->pid;
    }
    if (n == 0)
        return;
    if (taskstats_ask(s->taskstats, pid, n, times) < 0) {
        drop_taskstats(s);
        return;
    }
    for (size_t i = 0; i < n; i++)
        process[i]->times = times[i];
}

void proc_gate(struct proc *s)
{
    size_t end = s->nprocess - s->gated < AHEAD ? s->nprocess : s->gated + AHEAD;
    uint64_t now = proc_now(s);

    for (size_t i = s->gated; i < end; i++)
        look(s, s->process[i], now);
    if (s->taskstats != NULL && (s->plan.wait || s->plan.delay))
        ask_delays(s, end);
    s->gated = end;
}
