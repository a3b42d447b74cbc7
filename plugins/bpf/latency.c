/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The columns of block latency.  The host can't subtract histograms, so here, and here alone, a
 * plugin does it: the figures are those of the requests that ended between the last two readings.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bpf/histogram.h"
#include "bpf/sampler.h"

const char *const latency_columns[] = {
    "r_avg", "r_p50", "r_p95", "r_p99", "r_max", "w_avg", "w_p50", "w_p95", "w_p99", "w_max", NULL,
};

_Static_assert(KVMTOP_COUNT(latency_columns) == LATENCY_WAYS * LATENCY_COLUMNS + 1, "all columns");

/* ---- beginning and end ---- */

static void keep_reason(struct latency *l, int err, const char *why)
{
    l->failed = true;
    if (err == -ENOENT)
        snprintf(l->reason, sizeof l->reason, "the kernel has no tracepoints of block requests");
    else if (err == -ENODATA)
        snprintf(l->reason, sizeof l->reason, "the kernel's types (BTF) could not be read");
    else if (why[0] != '\0')
        snprintf(l->reason, sizeof l->reason, "the kernel refuses the program: %s", why);
    else
        snprintf(l->reason, sizeof l->reason, "counting block requests: %s", strerror(-err));
}

static void begin(struct sampler *s)
{
    struct latency *l = &s->latency;
    char why[200] = "";
    int r = readings_init(&l->readings, s->tick);

    if (r == 0)
        r = tracer_open(&l->tracer, why, sizeof why);
    if (r < 0)
        keep_reason(l, r, why);
}

void latency_idle(void *state)
{
    struct sampler *s = state;

    tracer_close(s->latency.tracer);
    readings_free(&s->latency.readings);
    s->latency = (struct latency){ 0 };
}

void latency_update(struct sampler *s, uint64_t now)
{
    struct latency *l = &s->latency;
    int r;

    if (l->tracer == NULL || l->now == now)
        return;
    r = readings_take(&l->readings, l->tracer, s->host->dir(s->host, KVMTOP_DIR_PROC));
    l->now = now;
    if (r < 0) {
        latency_idle(s);
        keep_reason(l, r, "");
    }
}

/* ---- figures ---- */

bool latency_of(const struct sampler *s, uint32_t pid, uint64_t birth,
                struct latency_histograms *change)
{
    return readings_change(&s->latency.readings, pid, birth, change);
}

static void set_way(const struct kvmtop_row *row, unsigned first,
                    const struct latency_counts *change)
{
    struct histogram_figures figures;

    if (!histogram_figures(change, &figures))
        return;
    kvmtop_set_f64(row, first + LATENCY_AVG, figures.average);
    kvmtop_set_f64(row, first + LATENCY_P50, figures.p50);
    kvmtop_set_f64(row, first + LATENCY_P95, figures.p95);
    kvmtop_set_f64(row, first + LATENCY_P99, figures.p99);
    kvmtop_set_f64(row, first + LATENCY_MAX, figures.longest);
}

static void set_row(const struct sampler *s, const struct kvmtop_row *row)
{
    struct latency_histograms change;

    if (!latency_of(s, (uint32_t)row->id, row->birth, &change))
        return;
    for (unsigned way = 0; way < LATENCY_WAYS; way++)
        set_way(row, way * LATENCY_COLUMNS, &change.way[way]);
}

/* ---- the round ---- */

/* NULL: nothing is amiss. */
static const char *reason_of(const struct latency *l)
{
    if (l->failed)
        return l->reason;
    if (l->readings.interval == 0)
        return "block requests are counted from now on";
    if (l->readings.others.lost > 0)
        return "some requests were not counted: too many were under way, or of too many processes";
    return NULL;
}

static void report(const struct sampler *s, struct kvmtop_sample *sample)
{
    const char *reason = reason_of(&s->latency);

    for (unsigned i = 0; reason != NULL && i < LATENCY_WAYS * LATENCY_COLUMNS; i++)
        if (kvmtop_wants(sample, i))
            s->host->unknown(sample, i, reason);
}

int latency_fill(void *state, struct kvmtop_sample *sample)
{
    struct sampler *s = state;
    struct kvmtop_row row;

    if (s->latency.tracer == NULL && !s->latency.failed) {
        begin(s);
        s->latency.now = sample->now;
    } else {
        latency_update(s, sample->now);
    }
    report(s, sample);
    while (s->latency.readings.interval > 0 && s->host->next(sample, &row))
        set_row(s, &row);
    return 0;
}
