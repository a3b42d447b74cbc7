/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `many`: a table of so many rows as its option says, a quarter of them whole and each
 * of those with three children, in an order that is turned about from round to round.  With it the
 * core alone is at work.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <kvmtop/plugin.h>

#define A_LOOK 512              /* rows between two looks at the clock */

enum { COL_ID, COL_NAME, COL_WORK, COL_LEVEL };

static const struct kvmtop_column columns[] = {
    { .name = "id", .title = "ID", .help = "number of the row", .kind = KVMTOP_ID, .width = 8,
      .flags = KVMTOP_IDENTITY },
    { .name = "name", .title = "NAME", .help = "a text of its own", .kind = KVMTOP_TEXT,
      .width = 12 },
    { .name = "work", .title = "WORK", .help = "grows by its number a second", .width = 8,
      .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM },
    { .name = "level", .title = "LEVEL", .help = "goes up and down", .kind = KVMTOP_GAUGE,
      .width = 8 },
};

static const struct kvmtop_table tables[] = {
    { .name = "many", .title = "Many", .hotkey = 'M', .sort = "work", .columns = columns,
      .ncolumns = KVMTOP_COUNT(columns), .flags = KVMTOP_TABLE_CHILDREN },
};

struct many {
    const struct kvmtop_host *host;
    uint64_t rows, at, round;
    uint32_t parent;
};

static void make_row(struct many *s, struct kvmtop_sample *sample, uint64_t i)
{
    bool child = i % 4;
    struct kvmtop_row row;
    char name[32];

    if (child && !sample->children)
        return;
    if (!s->host->row(sample, child, i + 1, 0, child ? s->parent : 0, &row))
        return;
    if (!child)
        s->parent = row.ref;
    int len = snprintf(name, sizeof name, "row %llu", (unsigned long long)(i * 7919 % s->rows));
    kvmtop_set_u64(&row, COL_ID, i + 1);
    s->host->text(sample, &row, COL_NAME, name, (size_t)len);
    kvmtop_set_u64(&row, COL_WORK, sample->now / 1000000000u * (i * 104729 % s->rows));
    kvmtop_set_u64(&row, COL_LEVEL, (i * 31 + s->round * 17) % 1000);
}

static int collect(void *state, struct kvmtop_sample *sample)
{
    struct many *s = state;

    while (s->at < s->rows) {
        make_row(s, sample, s->at++);
        if (s->at % A_LOOK == 0 && s->at % 4 == 0 &&
            s->host->now(s->host, KVMTOP_CLOCK_MONOTONIC) > sample->deadline)
            return KVMTOP_MORE;
    }
    s->at = 0;
    s->round++;
    return 0;
}

static const char *const source_columns[] = { "id", "name", "work", "level", NULL };

static const struct kvmtop_source sources[] = {
    { .table = "many", .columns = source_columns, .collect = collect },
};

static const struct kvmtop_option options[] = {
    { .name = "rows", .type = KVMTOP_OPTION_NUMBER, .value = "1000", .min = 1, .max = 10000000,
      .help = "rows, children included" },
};

static int open_many(const struct kvmtop_host *host, void **state)
{
    struct many *s = calloc(1, sizeof *s);

    if (!s)
        return host->fail(host, -ENOMEM, "no memory");
    s->host = host;
    s->rows = strtoull(host->option(host, "rows", 0), NULL, 10);
    *state = s;
    return 0;
}

static void close_many(void *state)
{
    free(state);
}

KVMTOP_PLUGIN(many) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "many",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .summary = "many rows",
    .options = options,
    .noptions = KVMTOP_COUNT(options),
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_many,
    .close = close_many,
};
