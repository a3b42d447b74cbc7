/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the next sample is due. */
#ifndef KVMTOP_CORE_PACE_H
#define KVMTOP_CORE_PACE_H

#include <stdint.h>

#include "core/clock.h"

/* Two samples this far apart give the first rates: well within half a second, long enough for a
 * clock tick of 10 ms to be a small part. */
#define PACE_PRIME_NS 250000000u

/* So long after the start something is shown, be it without rates. */
#define PACE_LATE_NS 350000000u

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
