/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates: the value of a column in a row, as it is shown, from the two samples the row holds. */
#ifndef KVMTOP_CORE_RATE_H
#define KVMTOP_CORE_RATE_H

#include "core/snapshot.h"

/* The value in the column's unit.  False: unknown (not read, no earlier sample, a counter that
 * fell, a ratio to nothing, not finite); TEXT and STATE columns have none. */
bool rate_value(const struct table *table, const struct row *row, uint32_t column, double *value);

/* A COUNTER's change between the samples and the seconds between them.  False: unknown. */
bool rate_change(const struct table *table, const struct row *row, uint32_t column,
                 double *change, double *seconds);

/* A column summed (or its maximum taken) over rows; zeroed it is empty. */
struct total {
    double value, num, den;
    bool known;
};
void rate_add(struct total *total, const struct table *table, const struct row *row,
              uint32_t column);
/* False: no row had a value, or the column has no total. */
bool rate_total(const struct total *total, const struct column *column, double *value);

#endif
