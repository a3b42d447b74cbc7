/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ratio to what is no counter. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    BAD_ID, BAD_COUNT,
    { .name = "share", .title = "Share", .help = "x", .kind = KVMTOP_RATIO, .num = "count",
      .den = "id" },
};
static const struct kvmtop_table tables[] = { BAD_TABLE(ratio, columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(ratio) };

KVMTOP_PLUGIN(ratio) = { BAD_HEAD(ratio), BAD_PARTS(tables, sources) };
