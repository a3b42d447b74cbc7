/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting: an index is put in order, rows don't move.  Keys are taken once for each row. */
#ifndef KVMTOP_CORE_SORT_H
#define KVMTOP_CORE_SORT_H

#include "core/arena.h"
#include "core/model.h"

struct sort_order {
    uint32_t column;
    bool descending;
    bool mirror;                /* as MIRRORED rows are seen from the other side */
};

/* Put rows in the order of a column; unknown values stand last either way, equal ones by id.
 * Texts in natural order: 9 before 10, case doesn't matter.  The arena serves as work space. */
void sort_rows_by(uint32_t *rows, uint32_t n, struct model *model, const struct table *table,
                  const struct sort_order *order, struct arena *arena);
/* The same where no row is mirrored. */
void sort_rows(uint32_t *rows, uint32_t n, struct model *model, const struct table *table,
               uint32_t column, bool descending, struct arena *arena);

/* Do numbers of this column start descending (rates, sizes), or ascending (texts, ids)? */
bool sort_starts_descending(const struct column *column);

#endif
