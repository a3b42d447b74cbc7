/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: their schema and their rows. */
#include "core/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "core/slots.h"
#include "core/text.h"
#include "core/xalloc.h"

/* ---- schema ---- */

struct table *table_new(const struct kvmtop_table *def)
{
    struct table *table = xcalloc(1, sizeof *table);

    table->def = *def;
    table->iface = table->block = NONE;
    table->free_slot[0] = table->free_slot[1] = NONE;
    return table;
}

bool column_has_cell(const struct column *column)
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

/* In the order of their numbering: those of every row, those that child rows lack, fills'. */
enum place { PLACE_CHILD, PLACE_WHOLE, PLACE_FILL };

static enum place place_of(const struct column *column)
{
    if (column->fill != NONE)
        return PLACE_FILL;
    return column->def.flags & KVMTOP_PARENT_ONLY ? PLACE_WHOLE : PLACE_CHILD;
}

static void place_cells(struct table *table, enum place place, struct layout *layout)
{
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        struct column *column = &table->columns[i];

        if (!column_has_cell(column) || place_of(column) != place)
            continue;
        column->cell = layout->ncells++;
        if (column->def.kind == KVMTOP_COUNTER)
            column->prev = layout->nprev++;
    }
    layout->nwords = (layout->ncells + 63) / 64;
}

static void place_all(struct table *table)
{
    place_cells(table, PLACE_CHILD, &table->own);
    table->nchild = table->own.ncells;
    table->nchild_prev = table->own.nprev;
    place_cells(table, PLACE_WHOLE, &table->own);
    place_cells(table, PLACE_FILL, &table->filled);
}

static void mark_cell(struct table *table, const struct column *column)
{
    if (column->cell == NONE || column->fill != NONE)
        return;
    if (column->def.kind == KVMTOP_TEXT)
        bit_set(table->text_mask, column->cell);
    if (column->prev == NONE)
        return;
    bit_set(table->counter_mask, column->cell);
    table->prev_cell[column->prev] = column->cell;
}

void table_seal(struct table *table)
{
    place_all(table);
    table->counter_mask = xcalloc(table->own.nwords + 1, sizeof(uint64_t));
    table->text_mask = xcalloc(table->own.nwords + 1, sizeof(uint64_t));
    table->prev_cell = xcalloc(table->own.nprev + 1, sizeof(uint32_t));
    table->fill_round = xcalloc(table->nfills + 1, sizeof(uint32_t));
    table->fill_prev_round = xcalloc(table->nfills + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        struct column *column = &table->columns[i];

        if (column->def.kind == KVMTOP_RATIO) {
            column->num = column_or_none(table, column->def.num);
            column->den = column_or_none(table, column->def.den);
        }
        column->mirror = column_or_none(table, column->def.mirror);
        mark_cell(table, column);
    }
    table->iface = column_or_none(table, table->def.iface);
    table->block = column_or_none(table, table->def.block);
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

/* ---- rows ---- */

/* A counter of something that began within the interval has counted from 0 since its birth. */
static void baseline_at_birth(struct table *table, struct row *row)
{
    if (!table->prev_time || row->birth <= table->prev_boottime)
        return;
    uint64_t age = table->boottime > row->birth ? table->boottime - row->birth : 0;
    row->prev_time = table->time > age ? table->time - age : 0;
    memcpy(row->data + table->own.nwords, table->counter_mask,
           table->own.nwords * sizeof(uint64_t));
}

static uint32_t new_row(struct table *table, bool child, uint32_t kind, uint64_t id,
                        uint64_t birth)
{
    uint32_t index = slots_take(table, child, kind, id, birth);
    struct row *row = table_at(table, index);

    row->guest = row->hint = row->served = NONE;
    row->marks = ROW_NEW | ROW_FIRST | (child ? ROW_CHILD : 0);
    row->round = table->round;
    row->time = table->time;
    baseline_at_birth(table, row);
    return index;
}

static void drop_row(struct table *table, uint32_t index)
{
    struct row *row = table_at(table, index);

    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];

        if (column->def.kind == KVMTOP_TEXT && row_has(table, row, column))
            text_unref(row_cell(table, row, column)->text);
    }
    free(row->fills);
    row->fills = NULL;
    slots_give_back(table, index);
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        drop_row(table, i);
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        free(table->columns[i].missing);
        free(table->columns[i].reason);
    }
    slots_free(table);
    free(table->columns);
    free(table->counter_mask);
    free(table->text_mask);
    free(table->prev_cell);
    free(table->fill_round);
    free(table->fill_prev_round);
    free(table);
}

/* ---- rounds ---- */

void table_begin(struct table *table, uint64_t now, uint64_t boottime)
{
    table->round++;
    table->expected[0] = table->expected[1] = 0;
    /* The clock of a recorded host may stand still or go back. */
    table->prev_time = now > table->time ? table->time : 0;
    table->prev_boottime = table->boottime;
    table->time = now;
    table->boottime = boottime;
}

/* The counters that collect brought become the previous ones. */
static void shift(struct table *table, struct row *row)
{
    uint32_t nwords = table->own.nwords;
    bool child = row->marks & ROW_CHILD;
    union kvmtop_cell *cells = row->data + 2 * nwords;
    union kvmtop_cell *prev = cells + (child ? table->nchild + 1 : table->own.ncells);
    uint32_t nprev = child ? table->nchild_prev : table->own.nprev;

    for (uint32_t i = 0; i < nprev; i++)
        prev[i] = cells[table->prev_cell[i]];
    memcpy(row->data + nwords, row->data, nwords * sizeof *row->data);
    row->prev_time = row->time;
    row->time = table->time;
    row->round = table->round;
    row->marks &= ~(uint32_t)ROW_FIRST;
    row->child_count = 0;
}

uint32_t table_row(struct table *table, uint32_t kind, uint64_t id, uint64_t birth,
                   uint32_t parent)
{
    uint32_t index = slots_find_next(table, parent != NONE, kind, id, birth);

    if (index == NONE) {
        index = new_row(table, parent != NONE, kind, id, birth);
    } else if (table_at(table, index)->round != table->round) {
        struct row *row = table_at(table, index);

        shift(table, row);
        for (uint32_t w = 0; w < table->own.nwords; w++)
            row->data[w].u64 &= table->text_mask[w];
    }
    struct row *row = table_at(table, index);
    row->parent = parent;
    row->flags = 0;
    return index;
}

uint32_t table_keep(struct table *table, uint32_t kind, uint64_t id, uint64_t birth)
{
    bool child = kind;          /* mostly: children are of kinds of their own */
    uint32_t index = slots_find_next(table, child, kind, id, birth);

    if (index != NONE && table_at(table, index)->round != table->round)
        shift(table, table_at(table, index));
    return index;
}

/* A row that is still there: it counts for its parent, if that is there. */
static void join_parent(struct table *table, struct row *row)
{
    if (row->parent == NONE)
        return;
    struct row *parent = table_at(table, row->parent);

    if (parent->round == table->round)
        parent->child_count++;
    else
        row->parent = NONE;
}

/* The collector failed midway: what it didn't come to stays as it was. */
static void keep_missing(struct table *table)
{
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        table_at(table, i)->round = table->round;
        table_at(table, i)->child_count = 0;
    }
}

void table_end(struct table *table, bool partial)
{
    if (partial)
        keep_missing(table);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        if (table_at(table, i)->round == table->round)
            join_parent(table, table_at(table, i));
        else
            drop_row(table, i);
    }
    slots_compact(table);
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
    union kvmtop_cell *set = row_filled(table, row), *prev_set = set + table->filled.nwords;
    bool born = row->marks & ROW_FIRST && row->prev_time;

    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];

        if (column->fill != fill || column->cell == NONE)
            continue;
        uint32_t w = column->cell / 64;
        uint64_t bit = (uint64_t)1 << column->cell % 64;
        if (column->prev != NONE && !born) {
            *row_prev(table, row, column) = *row_cell(table, row, column);
            prev_set[w].u64 &= ~bit;
            prev_set[w].u64 |= follows ? set[w].u64 & bit : 0;
        } else if (column->prev != NONE) {
            prev_set[w].u64 |= bit;     /* of a 0: nothing has been moved there */
        }
        if (column->def.kind != KVMTOP_TEXT)
            set[w].u64 &= ~bit;
    }
}

static struct fill_state *new_fills(const struct table *table)
{
    const struct layout *layout = &table->filled;

    return xcalloc(1, table->nfills * sizeof(struct fill_state) +
                          (2 * layout->nwords + layout->ncells + layout->nprev) *
                              sizeof(union kvmtop_cell));
}

bool table_fill(struct table *table, uint32_t index, uint32_t fill, uint64_t now)
{
    struct row *row = table_at(table, index);

    if (!row->fills)
        row->fills = new_fills(table);
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

uint32_t row_counted(const struct table *table, const struct row *row)
{
    const union kvmtop_cell *cells = row->data + 2 * table->own.nwords;
    uint32_t n = row->marks & ROW_CHILD ? table->nchild_prev : table->own.nprev, counted = 0;

    for (uint32_t i = 0; i < n; i++)
        counted = hash_u64(cells[table->prev_cell[i]].u64 + counted);
    return counted;
}

void table_rebase(struct table *table, const uint64_t *cells)
{
    uint32_t nwords = table->own.nwords;

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        union kvmtop_cell *set = table_at(table, i)->data;

        for (uint32_t w = 0; w < nwords; w++) {
            set[w].u64 &= ~(cells[w] & table->counter_mask[w]);
            set[nwords + w].u64 &= ~cells[w];
        }
    }
}

/* ---- cells ---- */

static bool is_set(const struct table *table, const struct row *row, const struct column *column,
                   bool before)
{
    struct layout layout;

    if (!row_has(table, row, column))
        return false;
    const union kvmtop_cell *set = row_part(table, row, column, &layout);
    return set[(before ? layout.nwords : 0) + column->cell / 64].u64 >> column->cell % 64 & 1;
}

void row_put(const struct table *table, struct row *row, const struct column *column,
             union kvmtop_cell cell)
{
    struct layout layout;
    union kvmtop_cell *set = row_part(table, row, column, &layout);

    set[column->cell / 64].u64 |= (uint64_t)1 << column->cell % 64;
    *row_cell(table, row, column) = cell;
}

void table_set_text(struct table *table, struct row *row, uint32_t index, const char *bytes,
                    size_t len)
{
    const struct column *column = &table->columns[index];

    if (!row_has(table, row, column))
        return;
    const struct text *text = row_cell(table, row, column)->text;
    text_set(&text, bytes, len);
    row_put(table, row, column, (union kvmtop_cell){ .text = text });
}

bool row_known(const struct table *table, const struct row *row, uint32_t index)
{
    const struct column *column = &table->columns[index];

    if (!is_set(table, row, column, false))
        return false;
    return column->fill == NONE || column->lasting ||
           row->fills[column->fill].round == table->fill_round[column->fill];
}

bool row_prev_known(const struct table *table, const struct row *row, uint32_t index)
{
    return is_set(table, row, &table->columns[index], true);
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

/* Rounds within which fills look at all rows again: a part of them a round (host.c), changed
 * processes within ROTATION (identity.c). */
#define REASON_LASTS 64u

const char *table_reason(const struct table *table, uint32_t index)
{
    const struct column *column = &table->columns[index];
    uint32_t age = table->round - column->reason_round, lasts = table->open ? 2 : 1;

    if (column->missing)
        return column->missing;
    return age < (column->lasting ? REASON_LASTS : lasts) ? column->reason : NULL;
}
