/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round of sampling: the walk, and then one process after the other. */
#include "bpf/sampler.h"

#define ROWS_A_LOOK 128u        /* at the clock */

static bool asked_for(const struct kvmtop_sample *sample, uint64_t id)
{
    uint32_t low = 0, high = sample->nonly;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (sample->only[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return sample->nonly == 0 || (low < sample->nonly && sample->only[low] == id);
}

static void begin(struct sampler *s, const struct kvmtop_sample *sample)
{
    if (s->step != STEP_IDLE)   /* the last one was given up midway */
        still_forget(&s->still);
    s->now = sample->now;
    s->at = s->made = 0;
    s->reported = 0;
    (void)delayacct_update(&s->delayacct, s->host->dir(s->host, KVMTOP_DIR_PROC),
                           sample->boottime);
    sampler_begin_walk(s);
    s->step = STEP_WALK;
}

static bool is_late(struct sampler *s, const struct kvmtop_sample *sample)
{
    if (s->made < ROWS_A_LOOK)
        return false;
    s->made = 0;
    return s->host->now(s->host, KVMTOP_CLOCK_MONOTONIC) >= sample->deadline;
}

static int make_rows(struct sampler *s, struct kvmtop_sample *sample)
{
    if (s->delayacct.mode != DELAYACCT_ON)
        s->host->unknown(sample, COL_WAIT, delayacct_reason(&s->delayacct));
    while (s->at < s->groups.n) {
        struct tgroup *group = &s->groups.group[s->at++];

        if (group->leader == TGROUP_NONE || !asked_for(sample, group->tgid))
            continue;
        sampler_make_rows(s, sample, group);
        if (s->at < s->groups.n && is_late(s, sample))
            return KVMTOP_MORE;
    }
    return 0;
}

/* What was found becomes what was found before. */
static void finish(struct sampler *s)
{
    struct tgroups older = s->before;

    s->before = s->groups;
    s->groups = older;
    still_finish(&s->still);
    s->step = STEP_IDLE;
    walker_rest(s->walker);
}

int sampler_collect(void *state, struct kvmtop_sample *sample)
{
    struct sampler *s = state;
    int r = 0;

    if (s->step == STEP_IDLE || s->now != sample->now)
        begin(s, sample);
    if (s->step == STEP_WALK) {
        r = sampler_walk(s, sample->deadline);
        if (r == 0)
            s->step = STEP_ROWS;
    }
    if (r == 0)
        r = make_rows(s, sample);
    if (r == 0)
        finish(s);
    if (r < 0) {
        still_forget(&s->still);
        s->step = STEP_IDLE;
    }
    return r;
}
