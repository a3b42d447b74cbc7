/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extends a table that nobody brings. */
#include "bad.h"

static const struct kvmtop_table tables[] = {
    { .name = "nobodys", .columns = bad_columns, .ncolumns = KVMTOP_COUNT(bad_columns) },
};

KVMTOP_PLUGIN(no_table) = {
    BAD_HEAD(no_table), .tables = tables, .ntables = KVMTOP_COUNT(tables),
};
