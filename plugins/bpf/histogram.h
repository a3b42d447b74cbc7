/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a histogram of latencies tells.  Times are in nanoseconds. */
#ifndef KVMTOP_BPF_HISTOGRAM_H
#define KVMTOP_BPF_HISTOGRAM_H

#include <stdbool.h>

#include "bpf/latency.h"

/* A bucket has what is as long as its low end, and shorter than that of the next. */
uint64_t histogram_low(unsigned bucket);

/* What `now` has more than `before`; NULL: than nothing.  The longest is that of `interval`, or 0
 * where the counters don't have it. */
void histogram_change(struct latency_counts *change, const struct latency_counts *now,
                      const struct latency_counts *before, uint64_t interval);
struct histogram_figures {
    uint64_t count;
    double average;             /* exact, as the longest is */
    double p50, p95, p99;       /* right to the width of a bucket: an eighth at most */
    double longest;
};

/* Of a change.  False: it has nothing. */
bool histogram_figures(const struct latency_counts *change, struct histogram_figures *figures);

#endif
