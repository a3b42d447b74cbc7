/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file has another name than its descriptor. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(other_name, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(other_name) };

KVMTOP_PLUGIN(other_name) = { BAD_HEAD(somebody), BAD_PARTS(tables, sources) };
