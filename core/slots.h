/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the rows of a table stand, and how one is found by its key.  For snapshot.c alone. */
#ifndef KVMTOP_CORE_SLOTS_H
#define KVMTOP_CORE_SLOTS_H

#include "core/snapshot.h"

/* A slot for a new row with this key, all else zero.  Returns its index. */
uint32_t slots_take(struct table *table, bool child, uint32_t kind, uint64_t id, uint64_t birth);
void slots_give_back(struct table *table, uint32_t index);

/* Like table_find().  From round to round rows mostly come in the same order: the row behind the
 * last one found is tried first. */
uint32_t slots_find_next(struct table *table, bool child, uint32_t kind, uint64_t id,
                         uint64_t birth);

/* When a round has ended.  After a burst: move the rows together and give the memory back. */
void slots_compact(struct table *table);
void slots_free(struct table *table);

#endif
