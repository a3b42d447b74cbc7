/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The histograms of block latency on the page of a process's details. */
#include <stdio.h>
#include <string.h>

#include "bpf/histogram.h"
#include "bpf/sampler.h"

#define BAR 40                  /* characters of the longest */

static const char *const way_name[LATENCY_WAYS] = {
    [LATENCY_READ] = "reads", [LATENCY_WRITE] = "writes",
};

/* Three digits and a unit. */
static void put_time(char *text, size_t cap, double ns)
{
    static const char *const unit[] = { "ns", "us", "ms", "s" };
    unsigned i = 0;

    for (; ns >= 999.5 && i < KVMTOP_COUNT(unit) - 1; i++)
        ns /= 1000;
    snprintf(text, cap, "%.*f %s", ns < 9.995 ? 2 : ns < 99.95 ? 1 : 0, ns, unit[i]);
}

static void put_figures(const struct kvmtop_host *host, struct kvmtop_page *page, const char *name,
                        const struct histogram_figures *figures)
{
    char average[16], p50[16], p95[16], p99[16], longest[16], text[160];

    put_time(average, sizeof average, figures->average);
    put_time(p50, sizeof p50, figures->p50);
    put_time(p95, sizeof p95, figures->p95);
    put_time(p99, sizeof p99, figures->p99);
    put_time(longest, sizeof longest, figures->longest);
    snprintf(text, sizeof text, "%llu, average %s, p50 %s, p95 %s, p99 %s, max %s",
             (unsigned long long)figures->count, average, p50, p95, p99, longest);
    host->line(page, name, text);
}

/* ---- a line for each power of two ---- */

#define LINES (LATENCY_MOST - LATENCY_LEAST + 2)

static unsigned line_of(unsigned bucket)
{
    return bucket == 0 ? 0 : 1 + ((bucket - 1) >> LATENCY_STEPS);
}

struct lines {
    uint64_t count[LINES];
    uint64_t most;
    unsigned first, last;
};

static void gather(struct lines *lines, const struct latency_counts *change)
{
    *lines = (struct lines){ .first = LINES };
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
        unsigned at = line_of(i);

        if (change->bucket[i] == 0)
            continue;
        lines->count[at] += change->bucket[i];
        if (lines->count[at] > lines->most)
            lines->most = lines->count[at];
        if (lines->first == LINES)
            lines->first = at;
        lines->last = at;
    }
}

static void put_line(const struct kvmtop_host *host, struct kvmtop_page *page, unsigned at,
                     const struct lines *lines)
{
    char time[16], name[32], text[BAR + 32], bar[BAR + 1];
    unsigned length = (unsigned)((lines->count[at] * BAR + lines->most - 1) / lines->most);

    put_time(time, sizeof time, at == 0 ? 0 : (double)((uint64_t)1 << (LATENCY_LEAST + at - 1)));
    snprintf(name, sizeof name, "from %s", time);
    memset(bar, '#', length);
    bar[length] = '\0';
    snprintf(text, sizeof text, "%8llu %s", (unsigned long long)lines->count[at], bar);
    host->line(page, name, text);
}

static void put_others(const struct kvmtop_host *host, struct kvmtop_page *page, const char *name,
                       uint64_t count)
{
    char text[64];

    snprintf(text, sizeof text, "%llu of the whole host", (unsigned long long)count);
    if (count > 0)
        host->line(page, name, text);
}

static void put_way(const struct kvmtop_host *host, struct kvmtop_page *page, unsigned way,
                    const struct latency_counts *change)
{
    struct histogram_figures figures;
    struct lines lines;

    if (!histogram_figures(change, &figures))
        return;
    put_figures(host, page, way_name[way], &figures);
    gather(&lines, change);
    for (unsigned at = lines.first; at <= lines.last; at++)
        put_line(host, page, at, &lines);
}

/* ---- the page ---- */

static const char *say_nothing(const struct latency *l, bool found)
{
    if (l->failed)
        return l->reason;
    if (l->tracer == NULL)
        return "not measured: the columns r_p50, w_p99, ... of processes or guests turn it on";
    if (l->readings.interval == 0)
        return "measured from now on";
    return found ? NULL : "no request ended in the last interval";
}

int latency_detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    struct sampler *s = state;
    const struct kvmtop_host *host = s->host;
    struct latency_histograms change;
    const char *nothing;
    bool found;

    if (s->now > s->latency.now)
        latency_update(s, s->now);
    found = latency_of(s, (uint32_t)process->pid, process->birth, &change);
    nothing = say_nothing(&s->latency, found);
    host->heading(page, "Block latency, from issue to completion");
    if (nothing != NULL)
        host->line(page, "", nothing);
    for (unsigned way = 0; nothing == NULL && way < LATENCY_WAYS; way++)
        put_way(host, page, way, &change.way[way]);
    put_others(host, page, "by kernel threads", s->latency.readings.others.kernels);
    put_others(host, page, "not counted",
               s->latency.readings.others.lost + s->latency.readings.others.missed);
    return 0;
}
