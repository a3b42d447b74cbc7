/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect() crashes. */
#include "bad.h"

static int crash(void *state, struct kvmtop_sample *sample)
{
    volatile int *nowhere = state;

    (void)sample;
    return *nowhere;
}

static const struct kvmtop_table tables[] = { BAD_TABLE(crash, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "crash", .columns = bad_brings, .collect = crash },
};

KVMTOP_PLUGIN(crash) = {
    BAD_HEAD(crash), BAD_PARTS(tables, sources),
};
