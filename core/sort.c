/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting: an index is put in order. */
#include "core/sort.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/cell.h"
#include "core/rate.h"

struct key {
    struct span text;
    double number;
    uint64_t id;
    uint32_t row;
    bool known;
};

bool sort_starts_descending(const struct column *column)
{
    switch (column->def.kind) {
    case KVMTOP_TEXT:
    case KVMTOP_STATE:
    case KVMTOP_ID:
        return false;
    default:
        return true;
    }
}

static size_t digits(struct span s)
{
    size_t n = 0;

    while (n < s.len && isdigit((unsigned char)s.bytes[n]))
        n++;
    return n;
}

/* Compare runs of digits as numbers of any length, and step over them. */
static int compare_runs(struct span *a, struct span *b)
{
    while (a->len && *a->bytes == '0')
        a->bytes++, a->len--;
    while (b->len && *b->bytes == '0')
        b->bytes++, b->len--;
    size_t na = digits(*a), nb = digits(*b);
    if (na != nb)
        return na < nb ? -1 : 1;
    int order = memcmp(a->bytes, b->bytes, na);
    *a = (struct span){ a->bytes + na, a->len - na };
    *b = (struct span){ b->bytes + nb, b->len - nb };
    return order;
}

static int compare_text(struct span a, struct span b)
{
    while (a.len && b.len) {
        if (isdigit((unsigned char)*a.bytes) && isdigit((unsigned char)*b.bytes)) {
            int order = compare_runs(&a, &b);
            if (order)
                return order;
            continue;
        }
        int ca = tolower((unsigned char)*a.bytes++), cb = tolower((unsigned char)*b.bytes++);
        if (ca != cb)
            return ca < cb ? -1 : 1;
        a.len--;
        b.len--;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int compare(const struct key *a, const struct key *b, bool descending)
{
    int order;

    if (a->known != b->known)
        return a->known ? -1 : 1;
    if (!a->known)
        order = 0;
    else if (a->text.bytes)
        order = compare_text(a->text, b->text);
    else
        order = (a->number > b->number) - (a->number < b->number);
    if (order)
        return descending ? -order : order;
    return (a->id > b->id) - (a->id < b->id);
}

/* A merge sort of pointers: stable, and quick where the order has hardly changed. */
static void merge_sort(struct key **key, struct key **work, uint32_t n, bool descending)
{
    if (n < 2)
        return;
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(key, work, half, descending);
    merge_sort(key + half, work, n - half, descending);
    if (compare(key[half - 1], key[half], descending) <= 0)
        return;
    memcpy(work, key, half * sizeof(*key));
    while (i < half && j < n)
        key[k++] = compare(work[i], key[j], descending) <= 0 ? work[i++] : key[j++];
    while (i < half)
        key[k++] = work[i++];
}

/* Texts that stand in a buffer (a guest's label) are copied to live as long as the sort. */
static struct span keep(struct span text, const char *buf, struct arena *arena)
{
    if (text.bytes != buf)
        return text;
    char *copy = arena_alloc(arena, text.len + 1);
    memcpy(copy, text.bytes, text.len);
    return (struct span){ copy, text.len };
}

static void take_key(struct key *key, struct model *model, const struct table *table,
                     uint32_t index, const struct sort_order *by, struct arena *arena)
{
    const struct row *row = table_at(table, index);
    char buf[CELL_BUF];

    *key = (struct key){ .row = index, .id = row->id };
    if (!cell_is_text(&table->columns[by->column])) {
        key->known = rate_value(table, row, row_column(table, row, by->column, by->mirror),
                                &key->number);
        return;
    }
    key->text = keep(cell_label(model, table, row, by->column, false, buf), buf, arena);
    key->known = key->text.bytes;
}

void sort_rows_by(uint32_t *rows, uint32_t n, struct model *model, const struct table *table,
                  const struct sort_order *by, struct arena *arena)
{
    if (n < 2)
        return;
    const struct arena before = *arena;
    struct key *keys = arena_alloc(arena, n * sizeof *keys);
    struct key **order = arena_alloc(arena, n * sizeof *order);
    struct key **work = arena_alloc(arena, (n / 2 + 1) * sizeof *work);

    for (uint32_t i = 0; i < n; i++) {
        take_key(&keys[i], model, table, rows[i], by, arena);
        order[i] = &keys[i];
    }
    merge_sort(order, work, n, by->descending);
    for (uint32_t i = 0; i < n; i++)
        rows[i] = order[i]->row;
    arena_release(arena, &before);
}

void sort_rows(uint32_t *rows, uint32_t n, struct model *model, const struct table *table,
               uint32_t column, bool descending, struct arena *arena)
{
    const struct sort_order by = { column, descending, false };

    sort_rows_by(rows, n, model, table, &by, arena);
}
