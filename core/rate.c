/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates, from two samples. */
#include "core/rate.h"

#include <math.h>

static double scale_of(const struct column *column)
{
    return column->def.scale != 0 ? column->def.scale : 1;
}

static double number(const struct column *column, union kvmtop_cell cell)
{
    switch (column->def.number) {
    case KVMTOP_I64:
        return (double)cell.i64;
    case KVMTOP_F64:
        return cell.f64;
    default:
        return (double)cell.u64;
    }
}

static bool interval(const struct row *row, const struct column *column, double *seconds)
{
    uint64_t from = row->prev_time, to = row->time;

    if (column->fill != NONE) {
        from = row->fills[column->fill].prev_time;
        to = row->fills[column->fill].time;
    }
    if (!from || to <= from)
        return false;
    *seconds = (double)(to - from) / 1e9;
    return true;
}

/* Integers are subtracted as such: a double loses the last bits of a large count.  False: it fell,
 * or is no number. */
static bool difference(const struct column *column, union kvmtop_cell before,
                       union kvmtop_cell now, double *change)
{
    switch (column->def.number) {
    case KVMTOP_F64:
        *change = now.f64 - before.f64;
        return *change >= 0;
    case KVMTOP_I64:
        *change = (double)(now.u64 - before.u64);
        return now.i64 >= before.i64;
    default:
        *change = (double)(now.u64 - before.u64);
        return now.u64 >= before.u64;
    }
}

bool rate_change(const struct table *table, const struct row *row, uint32_t index,
                 double *change, double *seconds)
{
    const struct column *column = &table->columns[index];

    if (column->prev == NONE || !row_known(table, row, index) ||
        !row_prev_known(table, row, index) || !interval(row, column, seconds))
        return false;
    return difference(column, *row_prev(table, row, column), *row_cell(table, row, column),
                      change);
}

static bool counter(const struct table *table, const struct row *row, uint32_t index,
                    double *value)
{
    const struct column *column = &table->columns[index];
    double change, seconds;

    if (!rate_change(table, row, index, &change, &seconds))
        return false;
    *value = change * scale_of(column);
    if (!(column->def.flags & KVMTOP_PER_INTERVAL))
        *value /= seconds;
    return true;
}

static bool ratio_parts(const struct table *table, const struct row *row,
                        const struct column *column, double *num, double *den)
{
    double seconds;

    return column->num != NONE && column->den != NONE &&
           rate_change(table, row, column->num, num, &seconds) &&
           rate_change(table, row, column->den, den, &seconds);
}

static bool make_value(const struct table *table, const struct row *row, uint32_t index,
                       double *value)
{
    const struct column *column = &table->columns[index];
    double num, den;

    switch (column->def.kind) {
    case KVMTOP_COUNTER:
        return counter(table, row, index, value);
    case KVMTOP_RATIO:
        if (!ratio_parts(table, row, column, &num, &den) || den <= 0)
            return false;
        *value = num / den * scale_of(column);
        return true;
    case KVMTOP_AGE:
        if (!row_known(table, row, index))
            return false;
        num = (double)row_cell(table, row, column)->u64;
        *value = (double)table->boottime > num ? ((double)table->boottime - num) / 1e9 : 0;
        return true;
    case KVMTOP_ID:
    case KVMTOP_GAUGE:
        if (!row_known(table, row, index))
            return false;
        *value = number(column, *row_cell(table, row, column)) * scale_of(column);
        return true;
    default:
        return false;
    }
}

bool rate_value(const struct table *table, const struct row *row, uint32_t index, double *value)
{
    return make_value(table, row, index, value) && isfinite(*value);
}

void rate_add(struct total *total, const struct table *table, const struct row *row,
              uint32_t index)
{
    const struct column *column = &table->columns[index];
    double value, num, den;

    if (column->def.aggregate == KVMTOP_NONE || column->def.aggregate == KVMTOP_OWN)
        return;
    if (column->def.kind == KVMTOP_RATIO) {
        if (!ratio_parts(table, row, column, &num, &den))
            return;
        total->num += num;
        total->den += den;
        total->known = true;
        return;
    }
    if (!rate_value(table, row, index, &value))
        return;
    if (column->den != NONE) {  /* a share: each weighs as much as what it is a share of */
        if (!rate_value(table, row, column->den, &den))
            return;
        total->num += value * den;
        total->den += den;
        total->known = true;
        return;
    }
    if (column->def.aggregate != KVMTOP_MAX)
        total->value += value;
    else if (!total->known || value > total->value)
        total->value = value;
    total->known = true;
}

bool rate_total(const struct total *total, const struct column *column, double *value)
{
    if (!total->known)
        return false;
    if (column->den == NONE) {
        *value = total->value;
        return true;
    }
    if (total->den <= 0)
        return false;
    *value = total->num / total->den;
    if (column->def.kind == KVMTOP_RATIO)
        *value *= scale_of(column);
    return true;
}
