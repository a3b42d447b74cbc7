/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect() never comes to an end. */
#include "bad.h"

static int goes_on(void *state, struct kvmtop_sample *sample)
{
    (void)state;
    bad_rows(sample, 2);
    return KVMTOP_MORE;
}

static const struct kvmtop_table tables[] = { BAD_TABLE(collect_more, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "collect_more", .columns = bad_brings, .collect = goes_on },
};

KVMTOP_PLUGIN(collect_more) = {
    BAD_HEAD(collect_more), BAD_PARTS(tables, sources),
};
