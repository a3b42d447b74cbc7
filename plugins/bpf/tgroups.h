/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tasks of a walk put together to processes, and what is counted for a process: by its
 * threads and by those that have ended.
 */
#ifndef KVMTOP_BPF_TGROUPS_H
#define KVMTOP_BPF_TGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/walk.h"
#include "lib/u64map.h"

#define TGROUP_NONE UINT32_MAX

struct classes;

/* A process, by indices of slots. */
struct tgroup {
    uint32_t tgid;
    uint32_t leader;            /* its slot; the process's is the next.  TGROUP_NONE: not seen */
    uint32_t first, last;       /* its other threads, linked by walk_task.next; or TGROUP_NONE */
    uint32_t threads;           /* seen: leader and others */
    uint32_t ended;             /* of the first thread seen, */
    bool uneven;                /* and not of all */
    bool changing;              /* threads ended or began meanwhile: its sums would be wrong */
    /* Of its leader: what tells the next walk whether it is still the same program. */
    uint64_t start, image;
    char comm[WALK_COMM];
    /* What the rows remember of it for the next walk; 0 at first. */
    bool look_again;            /* its image may have been seen half made */
    uint64_t wait, wait_time;   /* when last known, and CLOCK_MONOTONIC of that; 0: never */
    struct classes *classes;    /* of its threads; owned, classes_free() */
};

struct tgroups {                /* begin with {0} */
    struct tgroup *group;       /* owned, tgroups_free() */
    size_t n, cap;
    size_t nchanging;
    struct u64map by_tgid;      /* to index + 1 */
};

/* From n slots in any order; their `next` members are changed.  0 or -ENOMEM. */
int tgroups_build(struct tgroups *groups, union walk_slot *slot, size_t n);
void tgroups_free(struct tgroups *groups);

/* NULL: there is none. */
const struct tgroup *tgroups_find(const struct tgroups *groups, uint32_t tgid);

/* Take over what is remembered of the process's threads; NULL: nothing. */
struct classes *tgroups_take_classes(struct tgroups *groups, uint32_t tgid, uint64_t start);

/* Sums over a process whose leader was seen and that was not changing. */
struct tgroup_sums {
    struct walk_counts counts;
    bool has_wait;              /* of each thread and of those that ended */
    bool has_delay;
};

void tgroup_sum(const struct tgroup *group, const union walk_slot *slot, struct tgroup_sums *sums);

#endif
