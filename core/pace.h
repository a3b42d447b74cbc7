/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When samples are taken, and from when on there is something to show. */
#ifndef KVMTOP_CORE_PACE_H
#define KVMTOP_CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/clock.h"

struct session;

/* Two samples this far apart give the first rates: well within half a second, long enough for a
 * clock tick of 10 ms to be a small part. */
#define PACE_PRIME_NS 250000000u

/* So long after the start something is shown, be it without rates. */
#define PACE_LATE_NS 350000000u

/* What the present round, or the next, is to what has come up: a view, or a column. */
enum pace_owed {
    PACE_NONE,                  /* one of many: it has its rates */
    PACE_SECOND,                /* the second of two samples, which brings them */
    PACE_FIRST,                 /* the first, a short moment before */
    PACE_BEFORE,                /* neither: begun for something else, or in haste */
};

struct pace {
    struct session *session;
    enum pace_owed owed;
    uint64_t next;              /* when the next round is due; CLOCK_MONOTONIC ns */
    uint64_t late;              /* from when on it is shown no matter of what */
    uint64_t left;              /* rounds to be shown, of --iterations; 0: no end */
    bool frozen;                /* no round is begun */
    bool thawing;               /* nothing is shown before the second: the first spans the frost */
    bool replay;                /* the end of a recording is read again, for what came up */
    bool shown;                 /* there is something to show */
    bool settled;               /* what starting up took has been given back */
    bool over;                  /* the last of --iterations has been taken */
};

/* Begin with the view that the session is in.  rounds: of --iterations. */
void pace_start(struct pace *pace, struct session *session, uint64_t rounds);

/* Sample soon, and have rates after a short moment: a view has come up, or its needs changed. */
void pace_prime(struct pace *pace);

/* Stop the clock, or let it go on.  Before there is something to show it has to go on. */
void pace_freeze(struct pace *pace);

/* Go on: begin a round that is due, or take a slice of the present one.  True: what is to be shown
 * has changed. */
bool pace_run(struct pace *pace);

/* When to go on next; CLOCK_MONOTONIC ns; UINT64_MAX: not before something happens. */
uint64_t pace_due(const struct pace *pace);

/* CLOCK_MONOTONIC, ns. */
static inline uint64_t pace_now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* A moment that has passed (the machine slept, the sample took long) is put off to the next full
 * interval from it that hasn't: samples missed are not made up for. */
static inline uint64_t pace_catch_up(uint64_t due, uint64_t interval)
{
    uint64_t now = pace_now();

    return due > now ? due : due + ((now - due) / interval + 1) * interval;
}

#endif
