/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A counter that refers to itself as a ratio does. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    BAD_ID,
    { .name = "count", .title = "Count", .help = "x", .kind = KVMTOP_COUNTER, .num = "count",
      .den = "count", .mirror = "count" },
};
static const struct kvmtop_table tables[] = { BAD_TABLE(own_part, columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(own_part) };

KVMTOP_PLUGIN(own_part) = { BAD_HEAD(own_part), BAD_PARTS(tables, sources) };
