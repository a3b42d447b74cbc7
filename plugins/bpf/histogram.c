/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a histogram of latencies tells. */
#include "bpf/histogram.h"

#include <stddef.h>

uint64_t histogram_low(unsigned bucket)
{
    unsigned log = LATENCY_LEAST + ((bucket - 1) >> LATENCY_STEPS);
    uint64_t step = (bucket - 1) & ((1u << LATENCY_STEPS) - 1);

    if (bucket == 0)
        return 0;
    return ((uint64_t)1 << log) + (step << (log - LATENCY_STEPS));
}

/* The end of the last one isn't known. */
static uint64_t high(unsigned bucket)
{
    return histogram_low(bucket + 1 < LATENCY_BUCKETS ? bucket + 1 : bucket);
}

static uint64_t longest_of(uint64_t longest, uint64_t interval)
{
    uint64_t first = latency_longest(interval, 0);

    return longest >= first ? longest - first : 0;
}

void histogram_change(struct latency_counts *change, const struct latency_counts *now,
                      const struct latency_counts *before, uint64_t interval)
{
    static const struct latency_counts nothing;

    if (before == NULL)
        before = &nothing;
    change->sum = now->sum - before->sum;
    change->longest = longest_of(now->longest, interval);
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
        change->bucket[i] = now->bucket[i] - before->bucket[i];
}

/* Where this many are not longer; those of a bucket are taken to be spread evenly over it. */
static double find(const struct latency_counts *change, double rank)
{
    double before = 0, low;

    for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
        double n = change->bucket[i];

        if (n > 0 && before + n >= rank) {
            low = (double)histogram_low(i);
            return low + ((double)high(i) - low) * (rank - before) / n;
        }
        before += n;
    }
    return 0;
}

/* Two that end at the same moment may lose the longer of them, but never its bucket. */
static double find_longest(const struct latency_counts *change)
{
    unsigned last = LATENCY_BUCKETS - 1;

    while (last > 0 && change->bucket[last] == 0)
        last--;
    return (double)(change->longest > histogram_low(last) ? change->longest : histogram_low(last));
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

bool histogram_figures(const struct latency_counts *change, struct histogram_figures *figures)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
        count += change->bucket[i];
    figures->count = count;
    if (count == 0)
        return false;
    figures->average = (double)change->sum / (double)count;
    figures->longest = find_longest(change);
    figures->p50 = least(find(change, 0.50 * (double)count), figures->longest);
    figures->p95 = least(find(change, 0.95 * (double)count), figures->longest);
    figures->p99 = least(find(change, 0.99 * (double)count), figures->longest);
    return true;
}
