/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines of a view: the rows that pass its filter, in order, and the cursor among them.
 *
 * A tree has a line for each thread of a full host, of which a screen shows one in hundreds: the
 * threads of a process are put in order when one of their lines is looked at.
 */
#include "core/view.h"

#include <stdlib.h>

#include "core/sort.h"
#include "core/xalloc.h"

uint32_t view_column_of(const struct view *view, const struct row *row, uint32_t column)
{
    return row_column(view->feed->table, row, column, view->mirror);
}

static struct sort_order order_of(const struct view *view)
{
    return (struct sort_order){ view->sort, view->descending, view->mirror };
}

/* There can't be more lines than rows. */
static void make_room(struct view *view)
{
    uint32_t nrows = view->feed->table->nrows;

    view->nlines = 0;
    if (view->lines_cap >= nrows && view->lines_cap / 4 <= nrows)
        return;
    free(view->lines);
    view->lines_cap = nrows + nrows / 16 + 64;
    view->lines = xreallocarray(NULL, view->lines_cap, sizeof *view->lines);
}

static void add_line(struct view *view, struct line line)
{
    view->lines[view->nlines++] = line;
}

/* ---- a parent's children ---- */

/* Children by parent: kids[first[p] .. first[p + 1]) are the rows whose parent is slot p. */
struct family {
    uint32_t *first, *kids;
};

static void find_children(struct view *view, struct family *family)
{
    const struct table *table = view->feed->table;
    uint32_t *first = arena_alloc(&view->arena, (table->nslots + 2) * sizeof *first);

    memset(first, 0, (table->nslots + 2) * sizeof *first);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        if (table_at(table, i)->parent != NONE)
            first[table_at(table, i)->parent + 2]++;
    for (uint32_t i = 2; i < table->nslots + 2; i++)
        first[i] += first[i - 1];
    family->kids = arena_alloc(&view->arena, (table->nrows + 1) * sizeof *family->kids);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        if (table_at(table, i)->parent != NONE)
            family->kids[first[table_at(table, i)->parent + 1]++] = i;
    family->first = first;
}

static bool passes(const struct view *view, const struct row *row)
{
    return !view->filter ||
           filter_match(view->filter, view->model, view->feed->table, row, view->mirror);
}

/* The lone thread of a process is the process itself: it has no line of its own. */
static void add_children(struct view *view, const struct family *family, uint32_t parent)
{
    const struct table *table = view->feed->table;
    uint32_t from = family->first[parent], to = family->first[parent + 1], before = view->nlines;
    bool whole = passes(view, table_at(table, parent));

    if (to - from < 2)
        return;
    for (uint32_t i = from; i < to; i++)
        if (whole || passes(view, table_at(table, family->kids[i])))
            add_line(view, (struct line){ .row = family->kids[i], .child = true, .loose = true });
    if (view->nlines > before)
        view->lines[view->nlines - 1].last = true;
}

/* Put the children that this line is among in order. */
static void order_children(struct view *view, uint32_t at)
{
    const struct arena before = view->arena;
    struct sort_order order = order_of(view);
    uint32_t from = at, to = at + 1;

    while (view->lines[from - 1].child)
        from--;
    while (to < view->nlines && view->lines[to].child)
        to++;
    uint32_t n = to - from, *rows = arena_alloc(&view->arena, n * sizeof *rows);
    for (uint32_t i = 0; i < n; i++)
        rows[i] = view->lines[from + i].row;
    sort_rows_by(rows, n, view->model, view->feed->table, &order, &view->arena);
    for (uint32_t i = 0; i < n; i++) {
        view->lines[from + i].row = rows[i];
        view->lines[from + i].loose = false;
    }
    arena_release(&view->arena, &before);
}

const struct line *view_line(struct view *view, uint32_t at)
{
    if (view->lines[at].loose && !view_stale(view))
        order_children(view, at);
    return &view->lines[at];
}

/* ---- top-level rows ---- */

/* A process stands in the list when it passes, or when a thread of it does. */
static bool child_passes(const struct view *view, const struct family *family, uint32_t parent)
{
    for (uint32_t i = family->first[parent]; i < family->first[parent + 1]; i++)
        if (passes(view, table_at(view->feed->table, family->kids[i])))
            return true;
    return false;
}

static uint32_t top_rows(struct view *view, const struct family *family, uint32_t *rows)
{
    const struct table *table = view->feed->table;
    uint32_t n = 0;

    view->all = 0;
    for (uint32_t i = table_next_whole(table, 0); i != NONE; i = table_next_whole(table, i + 1)) {
        const struct row *row = table_at(table, i);

        if (row->parent != NONE || (row->flags & KVMTOP_ROW_HIDDEN && !view->show_hidden))
            continue;
        view->all++;
        if (passes(view, row) || (view->tree && view->filter && child_passes(view, family, i)))
            rows[n++] = i;
    }
    return n;
}

/* A column that is filled for the visible rows alone has no total. */
static bool has_total(const struct view *view, uint32_t column)
{
    const struct column *c = &view->feed->table->columns[column];

    return c->def.aggregate != KVMTOP_NONE && c->def.aggregate != KVMTOP_OWN &&
           ((c->fill == NONE && !c->seen_alone) || c->lasting ||
            bit_get(view->feed->wanted_of_all, column));
}

static void make_totals(struct view *view, const uint32_t *rows, uint32_t n)
{
    const struct table *table = view->feed->table;

    memset(view->totals, 0, table->ncolumns * sizeof *view->totals);
    for (uint32_t c = 0; c < view->ncolumns; c++) {
        uint32_t column = view->columns[c];

        if (!has_total(view, column))
            continue;
        for (uint32_t i = 0; i < n; i++) {
            const struct row *row = table_at(table, rows[i]);

            if (!(row->flags & KVMTOP_ROW_UNCOUNTED))
                rate_add(&view->totals[column], table, row, view_column_of(view, row, column));
        }
    }
}

bool view_stale(const struct view *view)
{
    return view->version != view->feed->table->version;
}

/* ---- the cursor ---- */

static uint32_t line_of(struct view *view, uint32_t row)
{
    for (uint32_t i = 0; i < view->nlines; i++) {
        if (view->lines[i].row != row)
            continue;
        if (!view->lines[i].loose)
            return i;
        order_children(view, i);
        return line_of(view, row);
    }
    return NONE;
}

/* The cursor stays at the top until it is moved; then it goes where its row goes, and where that
 * has gone for good it takes the row that stands there now. */
static void place_cursor(struct view *view)
{
    const struct row_key *key = &view->cursor;
    uint32_t row = key->set ? table_find(view->feed->table, key->kind, key->id, key->birth) : NONE;
    uint32_t line = row != NONE ? line_of(view, row) : NONE;

    if (line != NONE) {
        view->at = line;
        return;
    }
    view->follow = false;
    if (key->set || view->at)
        view_go(view, view->at);
}

/* Of stale lines the rows may have gone. */
uint32_t view_cursor_row(struct view *view)
{
    return view->at < view->nlines && !view_stale(view) ? view_line(view, view->at)->row : NONE;
}

void view_go(struct view *view, uint32_t line)
{
    if (line >= view->nlines)
        line = view->nlines ? view->nlines - 1 : 0;
    view->at = line;
    uint32_t row = view_cursor_row(view);
    view->cursor.set = false;
    if (row != NONE)
        view->cursor = row_key(table_at(view->feed->table, row));
}

void view_move(struct view *view, int64_t by)
{
    int64_t to = (int64_t)view->at + by;

    view_go(view, to < 0 ? 0 : to > UINT32_MAX ? UINT32_MAX : (uint32_t)to);
}

void view_scroll(struct view *view, uint32_t height)
{
    view->height = height;
    if (view->at < view->top)
        view->top = view->at;
    if (height && view->at >= view->top + height)
        view->top = view->at - height + 1;
    if (view->top + height > view->nlines)
        view->top = view->nlines > height ? view->nlines - height : 0;
}

void view_follow(struct view *view)
{
    view->follow = !view->follow;
    view_go(view, view->at);
}

bool view_search(struct view *view, const char *text, bool here)
{
    const struct table *table = view->feed->table;

    for (uint32_t i = 0; *text && !view_stale(view) && i < view->nlines; i++) {
        uint32_t line = (view->at + i + !here) % view->nlines;

        if (filter_row_holds(text, view->model, table,
                             table_at(table, view_line(view, line)->row))) {
            view_go(view, line);
            return true;
        }
    }
    return false;
}

/* ---- all of them ---- */

/* The row that is followed, of a thread its process; NONE: none is. */
static uint32_t followed(const struct view *view)
{
    const struct table *table = view->feed->table;
    const struct row_key *key = &view->cursor;
    uint32_t row = NONE;

    if (view->follow && key->set)
        row = table_find(table, key->kind, key->id, key->birth);
    return row != NONE && table_at(table, row)->parent != NONE ? table_at(table, row)->parent : row;
}

/* It stays in sight beyond the limit too, as the last. */
static void keep_followed(const struct view *view, uint32_t *rows, uint32_t shown, uint32_t n)
{
    uint32_t row = followed(view);

    for (uint32_t i = shown; row != NONE && i < n; i++)
        if (rows[i] == row)
            rows[shown - 1] = row;
}

void view_update(struct view *view, struct model *model, uint64_t limit)
{
    const struct table *table = view->feed->table;
    struct family family = { NULL, NULL };
    struct sort_order order = order_of(view);

    arena_reset(&view->arena);
    view->model = model;
    view->version = table->version;
    make_room(view);
    view_prune_folds(view);
    if (view->tree)
        find_children(view, &family);
    uint32_t *rows = arena_alloc(&view->arena, (table->nrows + 1) * sizeof *rows);
    uint32_t n = top_rows(view, &family, rows);
    view->passed = n;
    make_totals(view, rows, n);
    sort_rows_by(rows, n, model, table, &order, &view->arena);
    if (limit && n > limit) {
        keep_followed(view, rows, (uint32_t)limit, n);
        n = (uint32_t)limit;
    }
    for (uint32_t i = 0; i < n; i++) {
        add_line(view, (struct line){ .row = rows[i], .last = i + 1 == n });
        if (view->tree && !view_folded(view, table_at(table, rows[i])))
            add_children(view, &family, rows[i]);
    }
    place_cursor(view);
}
