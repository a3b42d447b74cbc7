/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps of a wait counter that no task can have waited.
 *
 * The scheduler notes the beginning of a wait in whichever task is current, and its end in the
 * task that waited (kernel/sched, kernel/delayacct.c).  Seen on Linux 6.18: where these are not
 * the same and the task has no earlier beginning, its wait counts from boot, and the counter
 * leaps by the whole uptime.
 */
#ifndef KVMTOP_LIB_WAIT_LEAP_H
#define KVMTOP_LIB_WAIT_LEAP_H

#include <stdbool.h>
#include <stdint.h>

/* Is `step`, the change of a wait counter of `tasks` tasks in `span`, such a leap?  All in ns;
 * uptime without suspended time, as CLOCK_MONOTONIC has it.  Tasks that were blocked before the
 * span make honest steps longer than it: only one that is long as the uptime itself is a leap. */
static inline bool wait_leaps(uint64_t step, uint64_t span, uint64_t tasks, uint64_t uptime)
{
    if (tasks == 0)
        tasks = 1;
    return step >= uptime - uptime / 8 && step / 2 / tasks > span;
}

#endif
