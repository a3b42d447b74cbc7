/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the BPF program writes and the plugin reads: slots of one size, in the order of the walk.
 *
 * Each task has a slot; that of a process's leader (pid == tgid) is followed by one of what is
 * the whole process's.  Times are in nanoseconds, I/O in calls or bytes, since the beginning.
 */
#ifndef KVMTOP_BPF_WALK_H
#define KVMTOP_BPF_WALK_H

#include <stdint.h>

#define WALK_COMM 16            /* TASK_COMM_LEN */

enum walk_flag {
    WALK_KERNEL = 1,            /* a kernel thread */
    WALK_EXITING = 2,           /* past the beginning of its exit */
    WALK_IO = 4,                /* the kernel counts I/O */
    WALK_WAIT = 8,              /* its delays were counted from its beginning on */
    WALK_DELAY = 16,            /* it has been on a CPU, so that its run delay counts */
    WALK_ENDED = 32,            /* of a process: the delays of threads that ended were kept */
    WALK_TORN = 64,             /* of a process: a thread ended while it was read */
};

enum walk_io { WALK_SYSCR, WALK_SYSCW, WALK_READ_BYTES, WALK_WRITE_BYTES, WALK_IO_VALUES };

/* What is counted for a thread, and for all those of a process that have ended. */
struct walk_counts {
    uint64_t run;               /* on a CPU */
    uint64_t guest;             /* part of it: running guest code */
    uint64_t delay;             /* ready, but without a CPU */
    uint64_t wait;              /* for block I/O to complete */
    uint64_t minflt, majflt;
    uint64_t io[WALK_IO_VALUES];
};

struct walk_task {
    struct walk_counts counts;
    uint64_t start;             /* CLOCK_BOOTTIME */
    uint32_t pid, tgid;
    char comm[WALK_COMM];       /* ends with a NUL */
    uint32_t ended;             /* a number that changes when a thread of the process ends */
    uint16_t state;             /* the bits of TASK_REPORT, and TASK_NOLOAD */
    int8_t nice;
    uint8_t flags;              /* enum walk_flag */
    uint32_t next;              /* the plugin's: the slot of the process's next thread */
    uint32_t reserved;
};

struct walk_process {
    struct walk_counts counts;  /* of the threads that have ended */
    uint64_t time;              /* CLOCK_MONOTONIC of the reading */
    uint64_t image;             /* a number that changes with each exec */
    uint32_t uid;               /* effective; in the kernel's own user namespace */
    uint32_t threads;
    uint32_t flags;             /* enum walk_flag: WALK_DELAY, WALK_WAIT, WALK_TORN */
    uint32_t reserved[5];
};

union walk_slot {
    struct walk_task task;
    struct walk_process process;
};

_Static_assert(sizeof(struct walk_task) == sizeof(struct walk_process), "slots of one size");

/* The context of the program `walk`. */
struct walk_args {
    uint64_t count;             /* out: slots it takes; those that the map has are filled */
};

#endif
