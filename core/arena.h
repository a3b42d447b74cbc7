/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for one refresh: handed out without cost, taken back all at once. */
#ifndef KVMTOP_CORE_ARENA_H
#define KVMTOP_CORE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zeroed is empty. */
struct arena {
    struct arena_block *block;
    size_t used;
};

/* size bytes, aligned for any object, until arena_reset(). */
void *arena_alloc(struct arena *arena, size_t size);
/* Give back what was handed out since a copy of the arena was taken, as far as it stands in the
 * same piece of memory. */
void arena_release(struct arena *arena, const struct arena *since);
/* All that was handed out is gone; the memory is kept for the next refresh, in one piece. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif
