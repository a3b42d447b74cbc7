/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host as a whole: the line above the table. */
#ifndef KVMTOP_CORE_HOSTINFO_H
#define KVMTOP_CORE_HOSTINFO_H

#include <stdbool.h>
#include <stdint.h>

struct root;

/* -1: unknown. */
struct hostinfo {
    double cpu;                 /* % of all CPUs in the last interval (proc/stat) */
    int64_t cpus;               /* online */
    int64_t threads;            /* tasks that exist (proc/loadavg) */
    double mem_total, mem_used; /* MiB; used = total - available (proc/meminfo) */
    double swap_total, swap_used;
    int64_t boot_time;          /* seconds since the epoch (btime of proc/stat) */
    uint64_t busy, all;         /* ticks so far; 0: not read yet */
};

/* Zeroed before the first call; each call measures from the one before. */
void hostinfo_read(struct hostinfo *info, const struct root *root);

#endif
