/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table that there is already. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(process, bad_columns) };

KVMTOP_PLUGIN(table_clash) = {
    BAD_HEAD(table_clash), .tables = tables, .ntables = KVMTOP_COUNT(tables),
};
