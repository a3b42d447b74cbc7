/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect() fails every second time, midway. */
#include "bad.h"

static int fails(void *state, struct kvmtop_sample *sample)
{
    int *calls = state;

    if (++*calls % 2)
        return bad_rows(sample, 2);
    bad_rows(sample, 1);
    return -EAGAIN;
}

static int open_it(const struct kvmtop_host *host, void **state)
{
    static int calls;

    (void)host;
    *state = &calls;
    return 0;
}

static const struct kvmtop_table tables[] = { BAD_TABLE(collect_sometimes, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "collect_sometimes", .columns = bad_brings, .collect = fails },
};

KVMTOP_PLUGIN(collect_sometimes) = {
    BAD_HEAD(collect_sometimes), BAD_PARTS(tables, sources), .open = open_it,
};
