/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters of the last two readings, and what came in between. */
#include "bpf/readings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bpf/histogram.h"

/* ---- one reading ---- */

static int reading_init(struct reading *reading)
{
    reading->issuer = calloc(LATENCY_ISSUERS, sizeof *reading->issuer);
    reading->histograms = calloc(LATENCY_ISSUERS, sizeof *reading->histograms);
    return reading->issuer == NULL || reading->histograms == NULL ? -ENOMEM : 0;
}

static void reading_free(struct reading *reading)
{
    free(reading->issuer);
    free(reading->histograms);
    u64map_free(&reading->by_issuer);
}

static uint64_t hash(uint32_t tgid, uint64_t birth)
{
    return u64map_hash(u64map_hash(U64MAP_SEED, &tgid, sizeof tgid), &birth, sizeof birth);
}

static uint64_t birth_of(const struct readings *readings, const struct latency_issuer *issuer)
{
    return issuer->since - issuer->since % readings->tick;
}

static int reading_index(const struct readings *readings, struct reading *reading)
{
    int r = 0;

    u64map_clear(&reading->by_issuer);
    for (size_t i = 0; r == 0 && i < reading->n; i++) {
        const struct latency_issuer *issuer = &reading->issuer[i];

        r = u64map_put(&reading->by_issuer, hash(issuer->tgid, birth_of(readings, issuer)),
                       (void *)(uintptr_t)(i + 1));
    }
    return r;
}

/* NULL: it has none. */
static const struct latency_histograms *find(const struct reading *reading, uint32_t tgid,
                                             uint64_t birth)
{
    uintptr_t found = (uintptr_t)u64map_get(&reading->by_issuer, hash(tgid, birth));

    return found == 0 ? NULL : &reading->histograms[found - 1];
}

/* ---- the counters of those that are gone ---- */

static bool is_same(const struct latency_histograms *a, const struct latency_histograms *b)
{
    return b != NULL && a->way[LATENCY_READ].sum == b->way[LATENCY_READ].sum &&
           a->way[LATENCY_WRITE].sum == b->way[LATENCY_WRITE].sum;
}

static bool is_gone(int procfd, const struct latency_issuer *issuer)
{
    char name[16];

    snprintf(name, sizeof name, "%u", issuer->tgid);
    return faccessat(procfd, name, F_OK, 0) < 0 && errno == ENOENT;
}

/* If they come back all the same, their counters begin at 0. */
static void forget_gone(struct readings *readings, struct tracer *tracer, int procfd)
{
    struct reading *now = &readings->now;

    for (size_t i = 0; i < now->n; i++) {
        const struct latency_issuer *issuer = &now->issuer[i];

        if (!is_same(&now->histograms[i], find(&readings->before, issuer->tgid,
                                               birth_of(readings, issuer))) ||
            !is_gone(procfd, issuer))
            continue;
        tracer_forget(tracer, issuer);
        now->histograms[i] = (struct latency_histograms){ 0 };
    }
}

/* ---- two readings ---- */

int readings_init(struct readings *readings, uint64_t tick)
{
    int r = reading_init(&readings->now);

    readings->tick = tick;
    return r < 0 ? r : reading_init(&readings->before);
}

void readings_free(struct readings *readings)
{
    reading_free(&readings->now);
    reading_free(&readings->before);
    *readings = (struct readings){ 0 };
}

static void take_others(struct readings *readings, const struct tracer *tracer)
{
    struct tracer_others total;

    tracer_others(tracer, &total);
    readings->others = (struct tracer_others){
        .kernels = total.kernels - readings->total.kernels,
        .lost = total.lost - readings->total.lost,
        .missed = total.missed - readings->total.missed,
    };
    readings->total = total;
}

int readings_take(struct readings *readings, struct tracer *tracer, int procfd)
{
    struct reading older = readings->before;
    int r;

    readings->before = readings->now;
    readings->now = older;
    r = tracer_read(tracer, readings->now.issuer, readings->now.histograms, &readings->now.n,
                    &readings->interval);
    if (r == 0)
        r = reading_index(readings, &readings->now);
    take_others(readings, tracer);
    if (r == 0 && readings->now.n > LATENCY_ISSUERS / 2)
        forget_gone(readings, tracer, procfd);
    return r;
}

bool readings_change(const struct readings *readings, uint32_t tgid, uint64_t birth,
                     struct latency_histograms *change)
{
    const struct latency_histograms *now = find(&readings->now, tgid, birth),
                                    *before = find(&readings->before, tgid, birth);

    if (now == NULL || is_same(now, before))
        return false;
    for (unsigned way = 0; way < LATENCY_WAYS; way++)
        histogram_change(&change->way[way], &now->way[way],
                         before != NULL ? &before->way[way] : NULL, readings->interval);
    return true;
}
