/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing is wrong with this one: its file or folder will be. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(good, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(good) };

KVMTOP_PLUGIN(good) = { BAD_HEAD(good), BAD_PARTS(tables, sources) };
