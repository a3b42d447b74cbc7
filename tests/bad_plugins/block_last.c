/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing is wrong with this one: devices of guests, whose names stand in the last column. */
#include "bad.h"

static const struct kvmtop_host *host;

static int open_claims(const struct kvmtop_host *given, void **state)
{
    (void)state;
    host = given;
    return 0;
}

static int claims(void *state, const struct kvmtop_process *process, struct kvmtop_claims *list)
{
    (void)state;
    (void)process;
    host->claim(list, KVMTOP_CLAIM_BLOCK, "disk1");
    host->claim(list, KVMTOP_CLAIM_BLOCK, "disk2");
    return 0;
}

static int collect(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    for (unsigned id = 1; id <= 2; id++) {
        if (!host->row(sample, 0, id, 0, 0, &row))
            continue;
        host->text(sample, &row, 0, id == 1 ? "late" : "early", id == 1 ? 4 : 5);
        kvmtop_set_u64(&row, 1, 40 + id);
        host->text(sample, &row, 2, id == 1 ? "disk1" : "disk2", 5);
    }
    return 0;
}

static const struct kvmtop_column columns[] = {
    { .name = "pool", .title = "Pool", .help = "a text", .kind = KVMTOP_TEXT },
    { .name = "level", .title = "Level", .help = "a level", .kind = KVMTOP_GAUGE },
    { .name = "device", .title = "Device", .help = "its name", .kind = KVMTOP_TEXT },
};
static const char *const brings[] = { "pool", "level", "device", NULL };
static const struct kvmtop_table tables[] = {
    { .name = "block_last", .title = "Pools", .hotkey = '~', .sort = "level", .columns = columns,
      .ncolumns = KVMTOP_COUNT(columns), .block = "device" },
};
static const struct kvmtop_source sources[] = {
    { .table = "block_last", .columns = brings, .collect = collect },
};
static const struct kvmtop_resolver resolvers[] = {
    { .name = "block_last", .rank = 500, .claims = claims },
};

KVMTOP_PLUGIN(block_last) = {
    BAD_HEAD(block_last), BAD_PARTS(tables, sources), .resolvers = resolvers,
    .nresolvers = KVMTOP_COUNT(resolvers), .open = open_claims,
};
