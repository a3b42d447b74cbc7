/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of /proc/PID/{stat,statm,io,schedstat,status} and of their like in /proc/PID/task/TID.
 *
 * A number counts only when it is whole, that is when a blank or a newline follows it: a file
 * that was cut short gives fewer figures, never a wrong one.
 */
#ifndef KVMTOP_LIB_PROC_STAT_H
#define KVMTOP_LIB_PROC_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROC_STAT_TEXT 2048     /* bytes that hold any stat file */
#define PROC_COMM_MAX 64        /* of kernel threads; other tasks have 15 bytes at most */

#define PROC_PF_KTHREAD 0x00200000u /* in STAT_FLAGS: include/linux/sched.h, since 2.6.27 */

/* What is kept of a stat file.  Times are in clock ticks. */
enum proc_stat_value {
    STAT_FLAGS,                 /* field 9 */
    STAT_MINFLT,                /* 10 */
    STAT_MAJFLT,                /* 12 */
    STAT_UTIME,                 /* 14 */
    STAT_STIME,                 /* 15 */
    STAT_NICE,                  /* 19, signed */
    STAT_THREADS,               /* 20 */
    STAT_START,                 /* 22, since boot */
    STAT_START_CODE,            /* 26; 0 or 1 where the reader may not know */
    STAT_BLKIO,                 /* 42; of this one task, also in the file of a process */
    STAT_GUEST,                 /* 43 */
    STAT_VALUES
};

struct proc_stat {
    char comm[PROC_COMM_MAX];   /* any bytes, not terminated */
    uint8_t comm_len;
    char state;
    uint32_t known;             /* bitmap of the values that are there */
    uint64_t value[STAT_VALUES];
};

/* False: not a stat file.  The command's name is what stands between the first '(' and the last
 * ')': it may hold parentheses, spaces and newlines itself. */
bool proc_stat_parse(const char *text, size_t len, struct proc_stat *stat);

static inline bool proc_stat_has(const struct proc_stat *stat, enum proc_stat_value value)
{
    return stat->known >> value & 1;
}

/* The number in the line `key:   number …` (io; status, whose names are escaped). */
bool proc_key_u64(const char *text, size_t len, const char *key, uint64_t *out);

/* The n-th (from 0) of the numbers in that line. */
bool proc_key_nth(const char *text, size_t len, const char *key, unsigned n, uint64_t *out);

/* The first numbers of a line of numbers (statm, schedstat): how many of n there are. */
size_t proc_numbers(const char *text, size_t len, uint64_t *out, size_t n);

/* Clock ticks in nanoseconds; UINT64_MAX where that is too many for any clock. */
uint64_t proc_ticks_ns(uint64_t ticks, uint32_t clock_ticks);

#endif
