/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column that is there twice. */
#include "bad.h"

static const struct kvmtop_column columns[] = { BAD_ID, BAD_COUNT, BAD_COUNT };
static const struct kvmtop_table tables[] = { BAD_TABLE(double_column, columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(double_column) };

KVMTOP_PLUGIN(double_column) = { BAD_HEAD(double_column), BAD_PARTS(tables, sources) };
