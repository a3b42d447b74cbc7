/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The CPU clock of another process: the time that its whole thread group, ended threads
 * included, has run, in nanoseconds and without opening a file.
 */
#ifndef KVMTOP_LIB_CPU_CLOCK_H
#define KVMTOP_LIB_CPU_CLOCK_H

#include <errno.h>
#include <stdint.h>
#include <time.h>

/* 0 or -errno; -EINVAL: there is no such process.  Any user may ask of any process.
 * The clock's number is that of clock_getcpuclockid(3), without its own look at the process:
 * the inverted PID above CPUCLOCK_SCHED (include/linux/posix-timers.h, since 2.6.12). */
static inline int cpu_clock_read(int32_t pid, uint64_t *ns)
{
    clockid_t clock = (clockid_t)(~(uint32_t)pid << 3 | 2u);
    struct timespec ts;

    if (clock_gettime(clock, &ts) < 0)
        return -errno;
    *ns = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
    return 0;
}

#endif
