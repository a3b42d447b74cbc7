/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect() always fails. */
#include "bad.h"

static int fails(void *state, struct kvmtop_sample *sample)
{
    (void)state;
    return sample->host->fail(sample->host, -EIO, "the thing does not answer");
}

static const struct kvmtop_table tables[] = { BAD_TABLE(collect_fails, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "collect_fails", .columns = bad_brings, .collect = fails },
};

KVMTOP_PLUGIN(collect_fails) = {
    BAD_HEAD(collect_fails), BAD_PARTS(tables, sources),
};
