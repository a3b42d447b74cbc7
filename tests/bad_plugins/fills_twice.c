/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills what the process table's own plugin brings. */
#include "bad.h"

static const char *const brings[] = { "cpu", NULL };

static int fill(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row))
        kvmtop_set_u64(&row, 0, 77);
    return 0;
}

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = brings, .fill = fill, .flags = KVMTOP_FILL_ROTATE },
};

KVMTOP_PLUGIN(fills_twice) = {
    BAD_HEAD(fills_twice), .sources = sources, .nsources = KVMTOP_COUNT(sources),
};
