/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The widest and the narrowest that there can be, of huge and of negative numbers. */
#include "bad.h"

#define TEXT_60 "a23456789 b23456789 c23456789 d23456789 e23456789 f23456789 "

static const struct kvmtop_column columns[] = {
    BAD_ID, BAD_COUNT,
    { .name = "wide", .title = "Wide", .help = "x", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .width = 255, .precision = 9, .scale = -1e300, .importance = 255,
      .flags = KVMTOP_HISTORY },
    { .name = "narrow", .title = "", .help = "", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .precision = 9, .scale = 1e-300, .flags = KVMTOP_HISTORY },
    { .name = "long", .title = TEXT_60, .help = TEXT_60, .unit = TEXT_60, .kind = KVMTOP_STATE,
      .group = TEXT_60, .width = 255, .digit = 9 },
    { .name = "age", .title = "Age", .help = "x", .kind = KVMTOP_AGE, .precision = 9 },
};
static const struct kvmtop_table tables[] = { BAD_TABLE(extremes, columns) };

static int collect(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    for (unsigned id = 1; id <= 2; id++) {
        if (!sample->host->row(sample, UINT32_MAX, UINT64_MAX - id, UINT64_MAX, UINT32_MAX, &row))
            continue;
        kvmtop_set_u64(&row, 0, UINT64_MAX);
        kvmtop_set_u64(&row, 1, id == 1 ? sample->now : UINT64_MAX - sample->now);
        kvmtop_set_f64(&row, 2, id == 1 ? 1e8 : -12345);
        kvmtop_set_f64(&row, 3, id == 1 ? -1.5 : 1e300);
        kvmtop_set_u64(&row, 4, id == 1 ? 0x1b : UINT64_MAX);
        kvmtop_set_u64(&row, 5, id == 1 ? UINT64_MAX : 0);
    }
    return 0;
}

static const char *const brings[] = { "id", "count", "wide", "narrow", "long", "age", NULL };
static const struct kvmtop_source sources[] = {
    { .table = "extremes", .columns = brings, .collect = collect },
};

KVMTOP_PLUGIN(extremes) = { BAD_HEAD(extremes), BAD_PARTS(tables, sources) };
