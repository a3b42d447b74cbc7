/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks of the system. */
#ifndef KVMTOP_CORE_CLOCK_H
#define KVMTOP_CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* What the clock shows, ns. */
static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
