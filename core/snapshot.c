/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: their schema and their rows. */
#include "core/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/xalloc.h"

/* ---- schema ---- */

struct table *table_new(const struct kvmtop_table *def)
{
    struct table *table = xcalloc(1, sizeof *table);

    table->def = *def;
    table->iface = table->block = NONE;
    table->free_slot = NONE;
    return table;
}

static bool has_cell(const struct column *column)
{
    return column->made_by == MADE_BY_PLUGIN && column->def.kind != KVMTOP_RATIO;
}

uint32_t table_add_column(struct table *table, const struct kvmtop_column *def,
                          enum column_made_by made_by)
{
    table->columns = xreallocarray(table->columns, table->ncolumns + 1, sizeof *table->columns);
    struct column *column = &table->columns[table->ncolumns];

    *column = (struct column){
        .def = *def, .made_by = made_by, .cell = NONE, .prev = NONE,
        .num = NONE, .den = NONE, .mirror = NONE, .fill = NONE,
    };
    if (has_cell(column))
        column->cell = table->ncells++;
    return table->ncolumns++;
}

uint32_t table_add_fill(struct table *table)
{
    return table->nfills++;
}

static uint32_t column_or_none(const struct table *table, const char *name)
{
    return name ? table_column(table, name, strlen(name)) : NONE;
}

/* The collector's cells first: those stand in every row. */
static void place_cells(struct table *table)
{
    uint32_t cell = 0, prev = 0;

    for (unsigned filled = 0; filled < 2; filled++) {
        for (uint32_t i = 0; i < table->ncolumns; i++) {
            struct column *column = &table->columns[i];

            if (column->cell == NONE || (column->fill != NONE) != filled)
                continue;
            column->cell = cell++;
            if (column->def.kind == KVMTOP_COUNTER)
                column->prev = prev++;
        }
        if (!filled) {
            table->nown = cell;
            table->nown_prev = prev;
        }
    }
    table->nprev = prev;
}

void table_seal(struct table *table)
{
    place_cells(table);
    table->nwords = (table->ncells + 63) / 64;
    table->counter_mask = xcalloc(table->nwords + 1, sizeof(uint64_t));
    table->stay_mask = xcalloc(table->nwords + 1, sizeof(uint64_t));
    table->prev_cell = xcalloc(table->nown_prev + 1, sizeof(uint32_t));
    table->fill_round = xcalloc(table->nfills + 1, sizeof(uint32_t));
    table->fill_prev_round = xcalloc(table->nfills + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        struct column *column = &table->columns[i];

        if (column->def.kind == KVMTOP_RATIO) {
            column->num = column_or_none(table, column->def.num);
            column->den = column_or_none(table, column->def.den);
        }
        column->mirror = column_or_none(table, column->def.mirror);
        if (column->cell != NONE && (column->def.kind == KVMTOP_TEXT || column->fill != NONE))
            bit_set(table->stay_mask, column->cell);
        if (column->prev == NONE)
            continue;
        bit_set(table->counter_mask, column->cell);
        if (column->fill == NONE)
            table->prev_cell[column->prev] = column->cell;
    }
    table->iface = column_or_none(table, table->def.iface);
    table->block = column_or_none(table, table->def.block);
    table->stride = sizeof(struct row) +
                    (table->nown + table->nown_prev + 2 * table->nwords) * sizeof(uint64_t);
}

uint32_t table_column(const struct table *table, const char *name, size_t len)
{
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const char *have = table->columns[i].def.name;

        if (strlen(have) == len && !memcmp(have, name, len))
            return i;
    }
    return NONE;
}

/* ---- slots and the hash ---- */

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

uint32_t table_find(const struct table *table, uint32_t kind, uint64_t id, uint64_t birth)
{
    if (!table->nbuckets)
        return NONE;
    uint32_t i = table->bucket[key_hash(table, kind, id, birth)];
    while (i != NONE) {
        const struct row *row = table_at(table, i);

        if (row->id == id && row->birth == birth && row->kind == kind)
            return i;
        i = row->chain;
    }
    return NONE;
}

uint32_t table_next(const struct table *table, uint32_t from)
{
    for (; from < table->nslots; from++)
        if (table_at(table, from)->round)
            return from;
    return NONE;
}

static uint32_t new_slot(struct table *table)
{
    uint32_t index = table->free_slot;

    if (index != NONE) {
        table->free_slot = table_at(table, index)->chain;
        return index;
    }
    if (table->nslots == table->nblocks * ROWS_A_BLOCK) {
        table->blocks = xreallocarray(table->blocks, table->nblocks + 1, sizeof *table->blocks);
        table->blocks[table->nblocks++] = xcalloc(ROWS_A_BLOCK, table->stride);
    }
    return table->nslots++;
}

/* A counter of something that began within the interval has counted from 0 since its birth. */
static void baseline_at_birth(struct table *table, struct row *row)
{
    if (!table->prev_time || row->birth <= table->prev_boottime)
        return;
    uint64_t age = table->boottime > row->birth ? table->boottime - row->birth : 0;
    row->prev_time = table->time > age ? table->time - age : 0;
    memcpy(row_prev_set(table, row), table->counter_mask, table->nwords * sizeof(uint64_t));
}

static uint32_t new_row(struct table *table, uint32_t kind, uint64_t id, uint64_t birth)
{
    uint32_t index = new_slot(table);
    struct row *row = table_at(table, index);

    memset(row, 0, table->stride);
    row->kind = kind;
    row->id = id;
    row->birth = birth;
    row->guest = row->hint = row->served = NONE;
    row->marks = ROW_NEW | ROW_FIRST;
    row->round = table->round;
    baseline_at_birth(table, row);
    if (++table->nrows > table->nbuckets)
        rehash(table, table->nbuckets ? table->nbuckets * 2 : 256);
    else
        chain_row(table, index);
    return index;
}

static void drop_texts(const struct table *table, struct row *row)
{
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];

        if (column->def.kind == KVMTOP_TEXT && column->cell != NONE &&
            (column->fill == NONE || row->fills))
            text_unref(row_cell(table, row, column)->text);
    }
}

static void drop_row(struct table *table, uint32_t index)
{
    struct row *row = table_at(table, index);
    uint32_t *at = &table->bucket[key_hash(table, row->kind, row->id, row->birth)];

    while (*at != index)
        at = &table_at(table, *at)->chain;
    *at = row->chain;
    drop_texts(table, row);
    free(row->fills);
    row->fills = NULL;
    row->round = 0;
    row->chain = table->free_slot;
    table->free_slot = index;
    table->nrows--;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        drop_row(table, i);
    for (uint32_t i = 0; i < table->nblocks; i++)
        free(table->blocks[i]);
    for (uint32_t i = 0; i < table->ncolumns; i++)
        free(table->columns[i].reason);
    free(table->blocks);
    free(table->bucket);
    free(table->columns);
    free(table->counter_mask);
    free(table->stay_mask);
    free(table->prev_cell);
    free(table->fill_round);
    free(table->fill_prev_round);
    free(table);
}

/* ---- rounds ---- */

void table_begin(struct table *table, uint64_t now, uint64_t boottime)
{
    table->round++;
    /* The clock of a recorded host may stand still or go back. */
    table->prev_time = now > table->time ? table->time : 0;
    table->prev_boottime = table->boottime;
    table->time = now;
    table->boottime = boottime;
}

/* The counters that collect brought become the previous ones. */
static void shift(struct table *table, struct row *row)
{
    union kvmtop_cell *prev = row->cells + table->nown;
    uint64_t *set = row_set(table, row), *prev_set = row_prev_set(table, row);

    for (uint32_t i = 0; i < table->nown_prev; i++)
        prev[i] = row->cells[table->prev_cell[i]];
    for (uint32_t w = 0; w < table->nwords; w++)
        prev_set[w] = (prev_set[w] & table->stay_mask[w]) | (set[w] & ~table->stay_mask[w]);
    row->prev_time = row->time;
    row->time = table->time;
    row->round = table->round;
    row->marks &= ~(uint32_t)ROW_FIRST;
}

uint32_t table_row(struct table *table, uint32_t kind, uint64_t id, uint64_t birth,
                   uint32_t parent)
{
    uint32_t index = table_find(table, kind, id, birth);

    if (index == NONE) {
        index = new_row(table, kind, id, birth);
        table_at(table, index)->time = table->time;
    } else if (table_at(table, index)->round != table->round) {
        struct row *row = table_at(table, index);
        uint64_t *set = row_set(table, row);

        shift(table, row);
        for (uint32_t w = 0; w < table->nwords; w++)
            set[w] &= table->stay_mask[w];
    }
    struct row *row = table_at(table, index);
    row->parent = parent;
    row->flags = 0;
    return index;
}

uint32_t table_keep(struct table *table, uint32_t kind, uint64_t id, uint64_t birth)
{
    uint32_t index = table_find(table, kind, id, birth);

    if (index != NONE && table_at(table, index)->round != table->round)
        shift(table, table_at(table, index));
    return index;
}

static void count_children(struct table *table)
{
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        table_at(table, i)->child_count = 0;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        struct row *row = table_at(table, i);

        if (row->parent == NONE)
            continue;
        if (table_at(table, row->parent)->round)
            table_at(table, row->parent)->child_count++;
        else
            row->parent = NONE;
    }
}

/* After a burst: move the rows together and give the memory back. */
static void compact(struct table *table)
{
    if (table->nblocks < 4 || table->nrows > table->nslots / 4)
        return;
    struct table old = *table;
    uint32_t *moved = xreallocarray(NULL, old.nslots, sizeof *moved);

    table->blocks = NULL;
    table->nblocks = table->nslots = 0;
    table->free_slot = NONE;
    for (uint32_t i = table_next(&old, 0); i != NONE; i = table_next(&old, i + 1)) {
        moved[i] = new_slot(table);
        memcpy(table_at(table, moved[i]), table_at(&old, i), table->stride);
    }
    for (uint32_t i = 0; i < table->nslots; i++) {
        struct row *row = table_at(table, i);

        if (row->parent != NONE)
            row->parent = moved[row->parent];
    }
    uint32_t nbuckets = 256;
    while (nbuckets < table->nrows)
        nbuckets *= 2;
    rehash(table, nbuckets);
    for (uint32_t i = 0; i < old.nblocks; i++)
        free(old.blocks[i]);
    free(old.blocks);
    free(moved);
    xtrim();
}

void table_end(struct table *table, bool partial)
{
    if (!partial)
        for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
            if (table_at(table, i)->round != table->round)
                drop_row(table, i);
    count_children(table);
    compact(table);
    table->version++;
}

/* ---- fills ---- */

void table_fill_begin(struct table *table, uint32_t fill)
{
    if (table->fill_round[fill] == table->round)
        return;
    table->fill_prev_round[fill] = table->fill_round[fill];
    table->fill_round[fill] = table->round;
}

/* With a sample in the fill's run before this one its counters become the previous ones; in the
 * row's first round the baseline of its birth holds; else there is nothing to compare with. */
static void shift_fill(struct table *table, struct row *row, uint32_t fill, bool follows)
{
    uint64_t *set = row_set(table, row), *prev_set = row_prev_set(table, row);
    bool born = row->marks & ROW_FIRST && row->prev_time;

    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];
        uint32_t cell = column->cell;

        if (column->fill != fill || cell == NONE)
            continue;
        uint64_t bit = (uint64_t)1 << cell % 64;
        if (column->prev != NONE && !born) {
            *row_prev(table, row, column) = *row_cell(table, row, column);
            prev_set[cell / 64] &= ~bit;
            prev_set[cell / 64] |= follows ? set[cell / 64] & bit : 0;
        }
        if (column->def.kind != KVMTOP_TEXT)
            set[cell / 64] &= ~bit;
    }
}

bool table_fill(struct table *table, uint32_t index, uint32_t fill, uint64_t now)
{
    struct row *row = table_at(table, index);

    if (!row->fills)
        row->fills = xcalloc(1, table->nfills * sizeof *row->fills +
                                    (table->ncells + table->nprev) * sizeof(union kvmtop_cell));
    struct fill_state *state = &row->fills[fill];
    if (state->round == table->round && !(row->marks & ROW_CHANGED))
        return false;
    bool follows = state->round && state->round == table->fill_prev_round[fill];
    shift_fill(table, row, fill, follows);
    state->prev_time = follows ? state->time : row->prev_time;
    state->time = now;
    state->round = table->round;
    return true;
}

void table_rebase(struct table *table, const uint64_t *cells)
{
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        struct row *row = table_at(table, i);

        for (uint32_t w = 0; w < table->nwords; w++) {
            row_set(table, row)[w] &= ~(cells[w] & table->counter_mask[w]);
            row_prev_set(table, row)[w] &= ~cells[w];
        }
    }
}

/* ---- cells ---- */

void table_set_text(struct table *table, struct row *row, uint32_t index, const char *bytes,
                    size_t len)
{
    const struct column *column = &table->columns[index];
    union kvmtop_cell *cell = row_cell(table, row, column);
    const struct text *text = cell->text;

    text_set(&text, bytes, len);
    cell->text = text;
    bit_set(row_set(table, row), column->cell);
}

bool row_known(const struct table *table, const struct row *row, uint32_t index)
{
    const struct column *column = &table->columns[index];

    if (column->cell == NONE || !bit_get(row_set(table, row), column->cell))
        return false;
    if (column->fill == NONE || column->lasting)
        return true;
    return row->fills && row->fills[column->fill].round == table->fill_round[column->fill];
}

const struct text *row_text(const struct table *table, const struct row *row, uint32_t index)
{
    return row_known(table, row, index) ? row_cell(table, row, &table->columns[index])->text
                                        : NULL;
}

void table_set_reason(struct table *table, uint32_t index, const char *reason)
{
    struct column *column = &table->columns[index];

    column->reason_round = table->round;
    if (column->reason && !strcmp(column->reason, reason))
        return;
    free(column->reason);
    column->reason = xstrdup(reason);
}

/* Rounds within which fills look at all rows again: an eighth of them a round (host.c), changed
 * processes within ROTATION (identity.c). */
#define REASON_LASTS 64u

const char *table_reason(const struct table *table, uint32_t index)
{
    const struct column *column = &table->columns[index];
    uint32_t age = table->round - column->reason_round;

    return age < (column->lasting ? REASON_LASTS : 1) ? column->reason : NULL;
}
