/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sum of guests that is a ratio: it has no cell. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "count", .title = "Count", .help = "x", .kind = KVMTOP_COUNTER },
    { .name = "share", .title = "Share", .help = "x", .kind = KVMTOP_RATIO, .num = "count",
      .den = "count", .aggregate = KVMTOP_SUM, .of = "process.cpu" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(guest_ratio) = { BAD_HEAD(guest_ratio), .tables = tables, .ntables = KVMTOP_COUNT(tables) };
