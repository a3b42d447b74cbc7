/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source with both of collect and fill. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(both, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "both", .columns = bad_brings, .collect = bad_collect, .fill = bad_collect },
};

KVMTOP_PLUGIN(both) = { BAD_HEAD(both), BAD_PARTS(tables, sources) };
