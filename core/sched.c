/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round of sampling, in slices. */
#include "core/sched.h"

#include <errno.h>

#include "core/clock.h"
#include "core/groups.h"
#include "core/identity.h"
#include "core/sample.h"

#define MAX_BACKOFF 8u          /* rounds */
#define FOCUS_MOST 1024u        /* rows: no screen shows more */
#define MAX_CALLS 10000u        /* of collect in a round: 40 s, if each takes its slice */

uint64_t sched_cpu_now(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

const char *const sched_stage_name[STAGES] = {
    [STAGE_SAMPLE] = "sample", [STAGE_RESOLVE] = "resolve", [STAGE_RATE] = "rate",
    [STAGE_SORT] = "sort",     [STAGE_RENDER] = "render",
};

void sched_account(struct sched *sched)
{
    uint64_t cpu = sched_cpu_now(), time = clock_ns(CLOCK_MONOTONIC);

    sched->self_cpu = sched->self_time && time > sched->self_time
                          ? 100.0 * (double)(cpu - sched->self_ns) /
                                (double)(time - sched->self_time)
                          : -1;
    sched->self_ns = cpu;
    sched->self_time = time;
    memcpy(sched->cost, sched->running, sizeof sched->cost);
    memset(sched->running, 0, sizeof sched->running);
}

static uint64_t now(const struct sched *sched)
{
    return root_now(&sched->model->root, KVMTOP_CLOCK_MONOTONIC);
}

/* ---- what is wanted ---- */

static bool fill_wanted(const struct feed *feed, const struct binding *binding, bool of_all)
{
    const uint64_t *map = of_all ? feed->wanted_of_all : feed->wanted;

    if (!feed->active)
        return false;
    for (uint32_t i = 0; i < binding->ncolumns; i++)
        if (bit_get(map, binding->column[i]))
            return true;
    return false;
}

static void rest(struct binding *binding, bool wanted)
{
    if (wanted || !binding->busy)
        return;
    binding->busy = false;
    if (!binding->source->idle)
        return;
    plugin_enter(binding->plugin);
    binding->source->idle(binding->plugin->state);
    plugin_leave();
}

static void rest_unwanted(struct model *model)
{
    for (size_t i = 0; i < model->nfeeds; i++) {
        struct feed *feed = model->feeds[i];

        for (uint32_t c = 0; c < feed->ncollect; c++)
            rest(feed->collect[c], feed->active && c == feed->current);
        for (uint32_t f = 0; f < feed->table->nfills; f++)
            rest(feed->fill[f], fill_wanted(feed, feed->fill[f], false));
    }
}

/* ---- those that fail ---- */

/* They rest for 2, 4, then 8 rounds. */
static void judge(struct binding *binding, int err)
{
    unsigned wait = 2u << binding->failures;

    if (err >= 0) {
        binding->failures = 0;
        return;
    }
    if (wait < MAX_BACKOFF)
        binding->failures++;
    binding->retry_round = binding->table->round + wait;
}

static bool rests(const struct binding *binding)
{
    return binding->retry_round > binding->table->round;
}

/* ---- collect ---- */

static void begin_table(struct sched *sched, struct feed *feed)
{
    const struct root *root = &sched->model->root;

    sched->collecting = true;
    table_begin(feed->table, root_now(root, KVMTOP_CLOCK_MONOTONIC),
                root_now(root, KVMTOP_CLOCK_BOOTTIME));
    feed->table->open = true;
}

static void end_table(struct sched *sched, struct feed *feed, bool partial)
{
    sched->collecting = false;
    table_end(feed->table, partial);
}

/* The source that collects: the present one, or the next of those that need no rest, which begins
 * with a new baseline.  NULL: there is none. */
static struct binding *collector(struct feed *feed)
{
    for (uint32_t i = 0; i < feed->ncollect; i++) {
        uint32_t at = (feed->current + i) % feed->ncollect;

        if (rests(feed->collect[at]))
            continue;
        if (i)
            table_rebase(feed->table, feed->collect[feed->current]->cells);
        feed->current = at;
        return feed->collect[at];
    }
    return NULL;
}

static int call_collect(struct sched *sched, struct feed *feed, struct binding *binding)
{
    struct sample sample;

    sample_init(&sample, sched->model, feed, binding);
    binding->busy = true;
    plugin_enter(binding->plugin);
    int err = binding->source->collect(binding->plugin->state, &sample.pub);
    plugin_leave();
    if (err == KVMTOP_MORE && ++sched->calls == MAX_CALLS) {
        plugin_set_error(binding->plugin, "collect %s: comes to no end", feed->table->def.name);
        err = -ELOOP;
    }
    if (err == KVMTOP_MORE)
        return err;
    sched->calls = 0;
    plugin_judge(binding->plugin, binding->source, err, "collect", feed->table->def.name);
    return err;
}

/* True: the feed's rows are there. */
static bool collect(struct sched *sched, struct feed *feed)
{
    struct binding *binding;

    if (!sched->collecting)
        begin_table(sched, feed);
    while ((binding = collector(feed))) {
        int err = call_collect(sched, feed, binding);

        if (err == KVMTOP_MORE)
            return false;
        judge(binding, err);
        if (err >= 0)
            break;
    }
    end_table(sched, feed, !binding);
    return true;
}

/* ---- phases: each returns true when it is done ---- */

static struct feed *next_active(struct sched *sched)
{
    const struct model *model = sched->model;

    while (sched->feed < model->nfeeds &&
           (!model->feeds[sched->feed]->active || groups_is(model->feeds[sched->feed])))
        sched->feed++;
    return sched->feed < model->nfeeds ? model->feeds[sched->feed] : NULL;
}

static bool phase_collect(struct sched *sched, uint64_t stop)
{
    struct feed *feed;

    (void)stop;
    while ((feed = next_active(sched))) {
        if (!collect(sched, feed))
            return false;
        sched->feed++;
    }
    return true;
}

static bool phase_name(struct sched *sched, uint64_t stop)
{
    struct feed *feed;

    while ((feed = next_active(sched))) {
        if (!identity_rows(sched->model, feed, &sched->cursor, stop))
            return false;
        sched->cursor = 0;
        sched->feed++;
    }
    identity_sweep(sched->model);
    return true;
}

static bool claims_wanted(const struct model *model)
{
    for (size_t i = 0; i < model->nfeeds; i++) {
        const struct feed *feed = model->feeds[i];

        if (feed->active && feed->claims &&
            (feed->table->iface != NONE || feed->table->block != NONE ||
             groups_want_claims(feed)))
            return true;
    }
    return false;
}

static bool phase_claim(struct sched *sched, uint64_t stop)
{
    struct model *model = sched->model;

    if (claims_wanted(model)) {
        if (!sched->cursor)
            identity_claims_turn(model, sched->rounds);
        if (!identity_claims(model, &sched->cursor, stop))
            return false;
    }
    for (size_t i = 0; i < model->nfeeds; i++)
        identity_join(model, model->feeds[i]);
    return true;
}

/* ONCE is identity.c's. */
static bool may_fill(const struct feed *feed, const struct binding *binding, bool of_all)
{
    return !(binding->source->flags & KVMTOP_FILL_ONCE) && !rests(binding) &&
           fill_wanted(feed, binding, of_all);
}

static bool fill_all(struct sched *sched, struct feed *feed, uint64_t stop)
{
    struct table *table = feed->table;

    for (; sched->fill < table->nfills; sched->fill++, sched->cursor = 0) {
        struct binding *binding = feed->fill[sched->fill];
        bool rotates = binding->source->flags & KVMTOP_FILL_ROTATE;
        struct sample sample;

        if (!may_fill(feed, binding, !rotates))
            continue;
        sample_init(&sample, sched->model, feed, binding);
        sample.at = sched->cursor;
        sample.of_all = fill_wanted(feed, binding, true);
        sample.stop = stop;
        judge(binding, sample_fill(&sample));
        sched->cursor = sample.at;
        if (sample.stopped)
            return false;
    }
    return true;
}

/* ---- rows that are seen ---- */

static void fill_rows(struct sched *sched, struct feed *feed, const uint32_t *rows, uint32_t n)
{
    for (uint32_t i = 0; i < feed->table->nfills; i++) {
        struct binding *binding = feed->fill[i];
        struct sample sample;

        if (!may_fill(feed, binding, false))
            continue;
        sample_init(&sample, sched->model, feed, binding);
        sample.rows = rows;
        sample.nrows = n;
        judge(binding, sample_fill(&sample));
    }
}

static void fill_focus(struct sched *sched, struct feed *feed)
{
    uint32_t rows[FOCUS_MOST], n = 0;

    for (uint32_t i = 0; i < feed->nfocus && n < FOCUS_MOST; i++) {
        uint32_t row = table_find(feed->table, 0, feed->focus[i].pid, feed->focus[i].birth);

        if (row != NONE)
            rows[n++] = row;
    }
    if (n)
        fill_rows(sched, feed, rows, n);
}

static bool phase_fill(struct sched *sched, uint64_t stop)
{
    struct feed *feed;

    while ((feed = next_active(sched))) {
        if (!fill_all(sched, feed, stop))
            return false;
        fill_focus(sched, feed);
        sched->fill = 0;
        sched->feed++;
    }
    return true;
}

static bool phase_group(struct sched *sched, uint64_t stop)
{
    struct model *model = sched->model;

    (void)stop;
    for (size_t i = 0; i < model->nfeeds; i++)
        if (model->feeds[i]->active && groups_is(model->feeds[i]))
            groups_update(model, model->feeds[i]);
    return true;
}

static const struct {
    bool (*run)(struct sched *sched, uint64_t stop);
    enum stage stage;
} phases[] = {
    [SCHED_COLLECT] = { phase_collect, STAGE_SAMPLE },
    [SCHED_NAME] = { phase_name, STAGE_RESOLVE },
    [SCHED_CLAIM] = { phase_claim, STAGE_RESOLVE },
    [SCHED_FILL] = { phase_fill, STAGE_SAMPLE },
    [SCHED_GROUP] = { phase_group, STAGE_RATE },
};

void sched_begin(struct sched *sched)
{
    for (size_t i = 0; i < sched->model->nplugins; i++)
        plugin_round(sched->model->plugins[i]);
    rest_unwanted(sched->model);
    sched->rounds++;
    sched->phase = SCHED_COLLECT;
    sched->feed = 0;
    sched->cursor = sched->fill = 0;
}

static void close_tables(const struct model *model)
{
    for (size_t i = 0; i < model->nfeeds; i++)
        model->feeds[i]->table->open = false;
}

static void next_phase(struct sched *sched)
{
    if (sched->phase == SCHED_GROUP)
        close_tables(sched->model);
    sched->phase = sched->phase == SCHED_GROUP ? SCHED_IDLE : sched->phase + 1;
    sched->feed = 0;
    sched->cursor = sched->fill = 0;
}

bool sched_step(struct sched *sched)
{
    uint64_t stop = now(sched) + SCHED_SLICE_NS;

    while (sched->phase != SCHED_IDLE) {
        uint64_t before = sched_cpu_now();
        bool done = phases[sched->phase].run(sched, sched->patient ? 0 : stop);

        sched->running[phases[sched->phase].stage] += sched_cpu_now() - before;
        if (done)
            next_phase(sched);
        else if (!sched->patient)
            return false;
        if (sched->phase != SCHED_IDLE && !sched->patient && now(sched) > stop)
            return false;
    }
    return true;
}

void sched_fill_rows(struct sched *sched, struct feed *feed, const uint32_t *rows, uint32_t n)
{
    uint64_t before = sched_cpu_now();

    fill_rows(sched, feed, rows, n);
    sched->running[STAGE_SAMPLE] += sched_cpu_now() - before;
}
