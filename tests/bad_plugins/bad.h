/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the bad plugins have in common: a table that is right, and two rows of it. */
#ifndef BAD_H
#define BAD_H

#include <errno.h>
#include <kvmtop/plugin.h>

#define BAD_HEAD(plugin)                                                                  \
    KVMTOP_PLUGIN_HEAD, .name = #plugin, .version = "1", .license = "GPL-3.0-or-later",   \
    .summary = "a plugin with something wrong about it"

#define BAD_ID { .name = "id", .title = "ID", .help = "an id", .kind = KVMTOP_ID }
#define BAD_COUNT { .name = "count", .title = "Count", .help = "a count", .kind = KVMTOP_COUNTER }

static const struct kvmtop_column bad_columns[] __attribute__((unused)) = { BAD_ID, BAD_COUNT };
static const char *const bad_brings[] __attribute__((unused)) = { "id", "count", NULL };

/* A view of its own, named like the plugin. */
#define BAD_TABLE(plugin, its_columns)                                                    \
    { .name = #plugin, .title = "Bad", .hotkey = '~', .sort = "id", .columns = its_columns, \
      .ncolumns = KVMTOP_COUNT(its_columns) }

/* `until` of the two rows. */
static inline int bad_rows(struct kvmtop_sample *sample, unsigned until)
{
    struct kvmtop_row row;

    for (unsigned id = 1; id <= until; id++) {
        if (!sample->host->row(sample, 0, id, 0, 0, &row))
            continue;
        kvmtop_set_u64(&row, 0, id);
        kvmtop_set_u64(&row, 1, sample->now / 1000000);
    }
    return 0;
}

static inline int bad_collect(void *state, struct kvmtop_sample *sample)
{
    (void)state;
    return bad_rows(sample, 2);
}

#define BAD_SOURCE(plugin) { .table = #plugin, .columns = bad_brings, .collect = bad_collect }

#define BAD_PARTS(its_tables, its_sources)                                                \
    .tables = its_tables, .ntables = KVMTOP_COUNT(its_tables), .sources = its_sources,    \
    .nsources = KVMTOP_COUNT(its_sources)

#endif
