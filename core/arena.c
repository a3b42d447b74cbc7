/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for one refresh. */
#include "core/arena.h"

#include <stdlib.h>

#include "core/xalloc.h"

#define FIRST_BLOCK 16384u
#define ALIGN 16u

struct arena_block {
    struct arena_block *older;
    size_t size;
    _Alignas(ALIGN) char bytes[];
};

static void add_block(struct arena *arena, size_t at_least)
{
    size_t size = arena->block ? arena->block->size * 2 : FIRST_BLOCK;

    if (size < at_least)
        size = at_least;
    struct arena_block *block = xmalloc(sizeof *block + size);
    block->older = arena->block;
    block->size = size;
    arena->block = block;
    arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!arena->block || arena->block->size - arena->used < size)
        add_block(arena, size);
    void *at = arena->block->bytes + arena->used;
    arena->used += size;
    return at;
}

void arena_release(struct arena *arena, const struct arena *since)
{
    if (arena->block == since->block)
        arena->used = since->used;
    else
        arena->used = 0;        /* a newer block: all in it came after */
}

/* The newest block is larger than all before it together: with it alone the next refresh of the
 * same size needs no other, and one much smaller gives it back. */
void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->block;

    if (!block)
        return;
    size_t used = arena->used;
    while (block->older) {
        struct arena_block *older = block->older;

        used += older->size;
        block->older = older->older;
        free(older);
    }
    arena->used = 0;
    if (block->size > FIRST_BLOCK && used < block->size / 8)
        arena_free(arena);
}

void arena_free(struct arena *arena)
{
    while (arena->block) {
        struct arena_block *older = arena->block->older;

        free(arena->block);
        arena->block = older;
    }
    arena->used = 0;
}
