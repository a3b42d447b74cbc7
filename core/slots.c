/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the rows of a table stand: in blocks, either of rows made as children, which are smaller,
 * or of others.  Free slots are linked, and so are rows of one hash.
 */
#include "core/slots.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/xalloc.h"

/* ---- the hash ---- */

static uint32_t key_hash(const struct table *table, uint32_t kind, uint64_t id, uint64_t birth)
{
    return hash_u64(id ^ birth << 22 ^ (uint64_t)kind << 60) & (table->nbuckets - 1);
}

static void chain_row(struct table *table, uint32_t index)
{
    struct row *row = table_at(table, index);
    uint32_t at = key_hash(table, row->kind, row->id, row->birth);

    row->chain = table->bucket[at];
    table->bucket[at] = index;
}

static void rehash(struct table *table, uint32_t nbuckets)
{
    free(table->bucket);
    table->bucket = xreallocarray(NULL, nbuckets, sizeof *table->bucket);
    table->nbuckets = nbuckets;
    memset(table->bucket, 0xff, nbuckets * sizeof *table->bucket);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        chain_row(table, i);
}

static bool is_row(const struct row *row, uint32_t kind, uint64_t id, uint64_t birth)
{
    return row->id == id && row->birth == birth && row->kind == kind;
}

uint32_t table_find(const struct table *table, uint32_t kind, uint64_t id, uint64_t birth)
{
    if (!table->nbuckets)
        return NONE;
    uint32_t i = table->bucket[key_hash(table, kind, id, birth)];
    while (i != NONE && !is_row(table_at(table, i), kind, id, birth))
        i = table_at(table, i)->chain;
    return i;
}

uint32_t slots_find_next(struct table *table, bool child, uint32_t kind, uint64_t id,
                         uint64_t birth)
{
    uint32_t i = table->expected[child];

    if (i >= table->nslots || !table_at(table, i)->round ||
        !is_row(table_at(table, i), kind, id, birth))
        i = table_find(table, kind, id, birth);
    if (i != NONE)
        table->expected[child] = i + 1;
    return i;
}

/* ---- slots ---- */

static uint32_t stride_of(const struct table *table, bool child)
{
    uint32_t cells = child ? table->nchild + 1 + table->nchild_prev
                           : table->own.ncells + table->own.nprev;

    return (uint32_t)(sizeof(struct row) +
                      (2 * table->own.nwords + cells) * sizeof(union kvmtop_cell));
}

static void add_block(struct table *table, bool child)
{
    uint32_t n = table->nslots / ROWS_A_BLOCK, stride = stride_of(table, child);

    table->block_of = xreallocarray(table->block_of, n + 1, sizeof *table->block_of);
    table->block_of[n] = (struct row_block){
        .rows = xcalloc(ROWS_A_BLOCK, stride), .stride = stride, .child = child,
    };
    table->nslots += ROWS_A_BLOCK;
    for (uint32_t i = ROWS_A_BLOCK; i-- > 0;) {
        table_at(table, n * ROWS_A_BLOCK + i)->chain = table->free_slot[child];
        table->free_slot[child] = n * ROWS_A_BLOCK + i;
    }
}

static uint32_t free_slot(struct table *table, bool child)
{
    if (table->free_slot[child] == NONE)
        add_block(table, child);
    uint32_t index = table->free_slot[child];
    table->free_slot[child] = table_at(table, index)->chain;
    return index;
}

uint32_t slots_take(struct table *table, bool child, uint32_t kind, uint64_t id, uint64_t birth)
{
    uint32_t index = free_slot(table, child);
    struct row *row = table_at(table, index);

    memset(row, 0, stride_of(table, child));
    row->kind = kind;
    row->id = id;
    row->birth = birth;
    row->round = table->round;
    if (++table->nrows > table->nbuckets)
        rehash(table, table->nbuckets ? table->nbuckets * 2 : 256);
    else
        chain_row(table, index);
    table->expected[child] = index + 1;
    return index;
}

void slots_give_back(struct table *table, uint32_t index)
{
    struct row *row = table_at(table, index);
    uint32_t *at = &table->bucket[key_hash(table, row->kind, row->id, row->birth)];
    uint32_t *list = &table->free_slot[table->block_of[index / ROWS_A_BLOCK].child];

    while (*at != index)
        at = &table_at(table, *at)->chain;
    *at = row->chain;
    row->round = 0;
    row->chain = *list;
    *list = index;
    table->nrows--;
}

uint32_t table_next_whole(const struct table *table, uint32_t from)
{
    while (from < table->nslots) {
        if (table->block_of[from / ROWS_A_BLOCK].child)
            from = (from / ROWS_A_BLOCK + 1) * ROWS_A_BLOCK;
        else if (table_at(table, from)->round)
            return from;
        else
            from++;
    }
    return NONE;
}

void slots_free(struct table *table)
{
    for (uint32_t i = 0; i < table->nslots / ROWS_A_BLOCK; i++)
        free(table->block_of[i].rows);
    free(table->block_of);
    free(table->bucket);
}

/* ---- after a burst ---- */

/* Copy the rows to new blocks; moved[i]: where row i stands now. */
static void move_rows(struct table *table, const struct table *old, uint32_t *moved)
{
    for (uint32_t i = table_next(old, 0); i != NONE; i = table_next(old, i + 1)) {
        const struct row_block *block = &old->block_of[i / ROWS_A_BLOCK];

        moved[i] = free_slot(table, block->child);
        memcpy(table_at(table, moved[i]), table_at(old, i), block->stride);
    }
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        struct row *row = table_at(table, i);

        if (row->parent != NONE)
            row->parent = moved[row->parent];
    }
}

static void move_together(struct table *table)
{
    struct table old = *table;
    uint32_t *moved = xreallocarray(NULL, old.nslots, sizeof *moved), nbuckets = 256;

    table->block_of = NULL;
    table->bucket = NULL;
    table->nslots = 0;
    table->free_slot[0] = table->free_slot[1] = NONE;
    move_rows(table, &old, moved);
    while (nbuckets < table->nrows)
        nbuckets *= 2;
    rehash(table, nbuckets);
    slots_free(&old);
    free(moved);
}

/* Plugins, and who keeps something by row, let go of what they had for rows a little later. */
#define TRIM_ROUNDS 3u

void slots_compact(struct table *table)
{
    if (table->nslots >= 4 * ROWS_A_BLOCK && table->nrows <= table->nslots / 4) {
        move_together(table);
        table->trim_until = table->round + TRIM_ROUNDS;
    }
    if (table->round <= table->trim_until)
        xtrim();
}
