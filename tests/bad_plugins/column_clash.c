/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extends a table by a column that it has. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "cpu", .title = "CPU", .help = "x", .kind = KVMTOP_COUNTER },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

KVMTOP_PLUGIN(column_clash) = {
    BAD_HEAD(column_clash), .tables = tables, .ntables = KVMTOP_COUNT(tables),
};
