/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure of guests divided by itself. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "share", .title = "Share", .help = "x", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_SUM, .of = "process.cpu", .per = "share" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(guest_per) = { BAD_HEAD(guest_per), .tables = tables, .ntables = KVMTOP_COUNT(tables) };
