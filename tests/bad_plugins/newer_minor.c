/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For a newer host: it may count on what this one hasn't got. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(newer_minor, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(newer_minor) };

KVMTOP_PLUGIN(newer_minor) = {
    .abi = KVMTOP_ABI + 1, .size = sizeof(struct kvmtop_plugin),
    .option_stride = sizeof(struct kvmtop_option), .table_stride = sizeof(struct kvmtop_table),
    .column_stride = sizeof(struct kvmtop_column), .source_stride = sizeof(struct kvmtop_source),
    .resolver_stride = sizeof(struct kvmtop_resolver),
    .name = "newer_minor", .version = "1", .license = "MIT", .summary = "newer",
    BAD_PARTS(tables, sources),
};
