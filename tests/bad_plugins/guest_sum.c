/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sum of guests that is text. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "sum", .title = "Sum", .help = "x", .kind = KVMTOP_TEXT, .aggregate = KVMTOP_ROWS,
      .of = "process.cpu" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(guest_sum) = { BAD_HEAD(guest_sum), .tables = tables, .ntables = KVMTOP_COUNT(tables) };
