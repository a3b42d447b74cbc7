/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads of guests told apart by a number. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "some", .title = "Some", .help = "x", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_SUM, .of = "process.cpu", .where = "pid=1" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(guest_where) = { BAD_HEAD(guest_where), .tables = tables, .ntables = KVMTOP_COUNT(tables) };
