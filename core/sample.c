/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind a struct kvmtop_sample. */
#include "core/sample.h"

#include "core/sched.h"

void sample_init(struct sample *sample, struct model *model, struct feed *feed,
                 struct binding *binding)
{
    const struct settings *settings = model->settings;
    uint64_t now = root_now(&model->root, KVMTOP_CLOCK_MONOTONIC);
    bool processes = feed->table->def.flags & KVMTOP_TABLE_PROCESSES;

    *sample = (struct sample){
        .pub = {
            .host = &binding->plugin->host, .now = feed->table->time,
            .boottime = feed->table->boottime, .deadline = now + SCHED_SLICE_NS,
            .wanted = binding->wanted, .children = feed->children,
            .children_of = feed->children_of,
            .only = settings->pids, .nonly = processes ? (uint32_t)settings->npids : 0,
        },
        .model = model, .feed = feed, .binding = binding,
    };
    for (uint32_t i = 0; i < binding->ncolumns; i++) {
        uint64_t bit = (uint64_t)1 << i % 64;

        if (bit_get(feed->wanted, binding->column[i]))
            binding->wanted[i / 64] |= bit;
        else
            binding->wanted[i / 64] &= ~bit;
    }
}

void sample_done(struct sample *sample)
{
    if (sample->own_used)
        facts_free(&sample->own_facts);
    sample->own_used = false;
}

int sample_fill(struct sample *sample)
{
    struct plugin *plugin = sample->binding->plugin;
    const struct kvmtop_source *source = sample->binding->source;

    table_fill_begin(sample->feed->table, sample->binding->fill);
    sample->binding->busy = true;
    plugin_enter(plugin);
    int err = source->fill(plugin->state, &sample->pub);
    plugin_leave();
    sample_done(sample);
    /* ONCE is called row by row: what works for the next doesn't mend the last. */
    plugin_judge(plugin, source->flags & KVMTOP_FILL_ONCE ? NULL : source, err, "fill",
                 sample->feed->table->def.name);
    return err;
}
