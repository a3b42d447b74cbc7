/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column without a name. */
#include "bad.h"

static const struct kvmtop_column columns[] = { BAD_ID, BAD_COUNT, { .title = "X", .help = "x" } };
static const struct kvmtop_table tables[] = { BAD_TABLE(null_column, columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(null_column) };

KVMTOP_PLUGIN(null_column) = { BAD_HEAD(null_column), BAD_PARTS(tables, sources) };
