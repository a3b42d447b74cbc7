/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure of guests made of one of theirs. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "again", .title = "Again", .help = "x", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_SUM, .of = "guests.cpu" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(guest_self) = { BAD_HEAD(guest_self), .tables = tables, .ntables = KVMTOP_COUNT(tables) };
