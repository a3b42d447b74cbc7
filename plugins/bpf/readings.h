/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters of the last two readings, and what came in between. */
#ifndef KVMTOP_BPF_READINGS_H
#define KVMTOP_BPF_READINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/latency.h"
#include "bpf/tracer.h"
#include "lib/u64map.h"

struct reading {
    struct latency_issuer *issuer;
    struct latency_histograms *histograms;
    size_t n;
    struct u64map by_issuer;    /* to index + 1 */
};

struct readings {               /* begin with {0}; readings_free() */
    struct reading now, before;
    uint64_t tick;              /* ns in a clock tick of /proc, to which births are rounded down */
    uint64_t interval;          /* the number of the last; 0: there was none yet */
    struct tracer_others others; /* in the last interval */
    struct tracer_others total; /* since the beginning */
};

/* 0 or -ENOMEM. */
int readings_init(struct readings *readings, uint64_t tick);
void readings_free(struct readings *readings);

/* Take the next.  procfd: the folder proc, to see which processes are gone when there are very
 * many.  0 or -errno. */
int readings_take(struct readings *readings, struct tracer *tracer, int procfd);

/* What came for a process between the last two.  False: nothing. */
bool readings_change(const struct readings *readings, uint32_t tgid, uint64_t birth,
                     struct latency_histograms *change);

#endif
