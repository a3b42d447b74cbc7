/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table's columns by their flags, and where they are listed: in groups, each under its heading. */
#ifndef KVMTOP_CORE_COLUMNS_H
#define KVMTOP_CORE_COLUMNS_H

#include "core/snapshot.h"

/* The heading of the column's group. */
const char *columns_group(const struct column *column);
bool columns_same_group(const struct column *a, const struct column *b);

/* The first column, from this index on, that has all these flags; NONE: there is none. */
uint32_t columns_with(const struct table *table, uint32_t flags, uint32_t from);

/* All columns of the table, group by group in the order of their first ones.  list: room for
 * table->ncolumns. */
void columns_by_group(const struct table *table, uint32_t *list);

#endif
