/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strides that hold no pointers. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(strides, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(strides) };

KVMTOP_PLUGIN(strides) = {
    .abi = KVMTOP_ABI, .size = sizeof(struct kvmtop_plugin), .option_stride = 1,
    .table_stride = 1, .column_stride = 1, .source_stride = 1, .resolver_stride = 1,
    .name = "strides", .version = "1", .license = "MIT", .summary = "strides",
    BAD_PARTS(tables, sources),
};
