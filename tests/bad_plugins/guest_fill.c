/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure of guests that the plugin fills itself. */
#include "bad.h"

static const struct kvmtop_column columns[] = {
    { .name = "filled", .title = "Filled", .help = "x", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.cpu" },
};
static const struct kvmtop_table tables[] = {
    { .name = "guests", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

static int fill(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row))
        kvmtop_set_f64(&row, 0, 1);
    return 0;
}

static const char *const brings[] = { "filled", NULL };
static const struct kvmtop_source sources[] = {
    { .table = "guests", .columns = brings, .fill = fill },
};

KVMTOP_PLUGIN(guest_fill) = { BAD_HEAD(guest_fill), BAD_PARTS(tables, sources) };
