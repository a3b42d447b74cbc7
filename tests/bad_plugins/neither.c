/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source with neither of collect and fill. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(neither, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "neither", .columns = bad_brings },
};

KVMTOP_PLUGIN(neither) = { BAD_HEAD(neither), BAD_PARTS(tables, sources) };
