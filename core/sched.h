/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round of sampling, in slices short enough for a key to be answered between them. */
#ifndef KVMTOP_CORE_SCHED_H
#define KVMTOP_CORE_SCHED_H

#include "core/model.h"

/* A refresh must not keep a key waiting: collect is asked to pause after this time. */
#define SCHED_SLICE_NS 4000000u

enum sched_phase { SCHED_IDLE, SCHED_COLLECT, SCHED_NAME, SCHED_CLAIM, SCHED_FILL,
                   SCHED_GROUP };

enum stage { STAGE_SAMPLE, STAGE_RESOLVE, STAGE_RATE, STAGE_SORT, STAGE_RENDER, STAGES };

struct sched {
    struct model *model;
    enum sched_phase phase;
    size_t feed;
    uint32_t cursor, fill;
    bool collecting;            /* the feed's round has begun */
    uint32_t calls;             /* of its present collector that asked for more */
    bool patient;               /* no keys to answer: a step is the whole round */
    uint32_t rounds;
    uint64_t cost[STAGES];      /* CPU ns of the last finished round, by stage */
    uint64_t running[STAGES];   /* and of the one under way */
    double self_cpu;            /* CPU % of the whole program since the round before; -1: unknown */
    uint64_t self_ns, self_time; /* its CPU time then, and when that was (CLOCK_MONOTONIC) */
};

extern const char *const sched_stage_name[STAGES];

/* CPU time of this process, ns. */
uint64_t sched_cpu_now(void);

/* Close the account of a round: what ran becomes what it cost. */
void sched_account(struct sched *sched);

/* Start a round for the feeds that are active. */
void sched_begin(struct sched *sched);

/* Go on with it for about 4 ms, or (`patient`) to its end.  True: it is finished. */
bool sched_step(struct sched *sched);

/* Fill these rows of the feed (they have come into sight) as far as this round hasn't yet. */
void sched_fill_rows(struct sched *sched, struct feed *feed, const uint32_t *rows, uint32_t n);

#endif
