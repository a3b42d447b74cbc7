/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the BPF program latency.bpf.c counts and the plugin reads: how long block requests took
 * from issue to completion, a histogram for each process that submitted them.
 *
 * Eight buckets to each power of two, so that a bucket is at most an eighth wider than where it
 * begins.  One set of counters for all CPUs, added to atomically: a set for each would be read and
 * summed at every refresh, 170 MB of it for 1,000 guests on 100 CPUs.
 */
#ifndef KVMTOP_BPF_LATENCY_H
#define KVMTOP_BPF_LATENCY_H

#include <stdint.h>

#define LATENCY_LEAST 10        /* the first bucket has all below 2^10 ns */
#define LATENCY_MOST 36         /* and the last all from 2^36 ns (69 s) on */
#define LATENCY_STEPS 3         /* 2^3 buckets to a power of two */
#define LATENCY_BUCKETS (((LATENCY_MOST - LATENCY_LEAST) << LATENCY_STEPS) + 2)

#define LATENCY_ISSUERS 4096    /* that have counters, at most */
#define LATENCY_FLIGHTS 32768   /* requests that are followed at once, at most */

enum latency_way { LATENCY_READ, LATENCY_WRITE, LATENCY_WAYS };

/* The process that submitted a request. */
struct latency_issuer {
    uint64_t since;             /* its start, CLOCK_BOOTTIME ns */
    uint32_t tgid;
    uint32_t reserved;
};

struct latency_counts {
    uint64_t sum;               /* ns, of all requests */
    uint64_t longest;           /* ns, and above them the interval that it was in */
    uint32_t bucket[LATENCY_BUCKETS];
};

struct latency_histograms {
    struct latency_counts way[LATENCY_WAYS];
};

/* The longest of an interval: a greater number is of a later interval, or longer. */
#define LATENCY_LONGEST_BITS 38   /* 274 s */

struct latency_control {
    uint64_t began;             /* the plugin's: since when it looks, CLOCK_MONOTONIC ns */
    uint64_t interval;          /* the plugin's: counts its readings */
    uint64_t no_flight;         /* requests not followed, for want of room */
    uint64_t no_issuer;         /* requests not counted, for want of room */
    uint64_t kernels;           /* requests that threads of the kernel submitted */
};

static inline uint64_t latency_longest(uint64_t interval, uint64_t ns)
{
    uint64_t most = ((uint64_t)1 << LATENCY_LONGEST_BITS) - 1;

    return interval << LATENCY_LONGEST_BITS | (ns < most ? ns : most);
}

/* The greatest power of two in it; n must not be 0.  No loop and no builtin: BPF has neither on
 * old kernels. */
static inline unsigned latency_log2(uint64_t n)
{
    unsigned log = 0;

    if (n >> 32) {
        n >>= 32;
        log += 32;
    }
    if (n >> 16) {
        n >>= 16;
        log += 16;
    }
    if (n >> 8) {
        n >>= 8;
        log += 8;
    }
    if (n >> 4) {
        n >>= 4;
        log += 4;
    }
    if (n >> 2) {
        n >>= 2;
        log += 2;
    }
    return log + (unsigned)(n >> 1);
}

static inline unsigned latency_bucket(uint64_t ns)
{
    unsigned log, step;

    if (ns >> LATENCY_LEAST == 0)
        return 0;
    if (ns >> LATENCY_MOST != 0)
        return LATENCY_BUCKETS - 1;
    log = latency_log2(ns);
    step = (unsigned)(ns >> (log - LATENCY_STEPS)) & ((1u << LATENCY_STEPS) - 1);
    return 1 + ((log - LATENCY_LEAST) << LATENCY_STEPS) + step;
}

#endif
