/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made for an older host, whose columns ended earlier: it loads. */
#include "bad.h"

/* As struct kvmtop_column began. */
struct old_column {
    const char *name, *title, *help, *unit;
    uint8_t kind, number, aggregate, precision, width, digit, importance, reserved;
    uint32_t flags;
    double scale;
    const char *num, *den;
};

static const struct old_column columns[] = { BAD_ID, BAD_COUNT };

static const struct kvmtop_table tables[] = {
    { .name = "older", .title = "Older", .hotkey = '~', .sort = "id",
      .columns = (const struct kvmtop_column *)(const void *)columns, .ncolumns = 2 },
};
static const struct kvmtop_source sources[] = { BAD_SOURCE(older) };

KVMTOP_PLUGIN(older) = {
    .abi = KVMTOP_ABI_MAJOR << 16, .size = sizeof(struct kvmtop_plugin),
    .option_stride = sizeof(struct kvmtop_option), .table_stride = sizeof(struct kvmtop_table),
    .column_stride = sizeof(struct old_column), .source_stride = sizeof(struct kvmtop_source),
    .resolver_stride = sizeof(struct kvmtop_resolver),
    .name = "older", .version = "1", .license = "MIT", .summary = "older",
    BAD_PARTS(tables, sources),
};
