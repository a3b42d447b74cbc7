/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of guests that is a number of their processes. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "own", .title = "Own", .help = "x", .kind = KVMTOP_TEXT, .aggregate = KVMTOP_OWN,
      .of = "process.pid" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(guest_own) = { BAD_HEAD(guest_own), .tables = tables, .ntables = KVMTOP_COUNT(tables) };
