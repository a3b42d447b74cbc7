/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guests are given of the host. */
#include "core/overcommit.h"

#include "core/columns.h"
#include "core/model.h"
#include "core/rate.h"

static struct given sum(const struct table *table, uint32_t column)
{
    struct given given = { 0, true };
    bool any = false;
    double value;

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        bool known = rate_value(table, table_at(table, i), column, &value);

        given.value += known ? value : 0;
        given.whole &= known;
        any |= known;
    }
    return any ? given : (struct given){ -1, false };
}

static struct given sum_of(const struct feed *feed, enum kvmtop_column_flag flag)
{
    uint32_t column = feed && feed->active ? columns_with(feed->table, flag, 0) : NONE;

    while (column != NONE && !bit_get(feed->wanted, column))
        column = columns_with(feed->table, flag, column + 1);
    return column == NONE ? (struct given){ -1, false } : sum(feed->table, column);
}

void overcommit_read(struct overcommit *overcommit, const struct model *model)
{
    const struct feed *feed = model_feed_with(model, KVMTOP_TABLE_GUESTS);

    overcommit->cpus = sum_of(feed, KVMTOP_GIVES_CPUS);
    overcommit->memory = sum_of(feed, KVMTOP_GIVES_MEMORY);
}
