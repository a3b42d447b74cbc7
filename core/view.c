/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view: rows in their order, and the cursor among them. */
#include "core/view.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/cell.h"
#include "core/sort.h"
#include "core/str.h"
#include "core/text.h"
#include "core/xalloc.h"

/* ---- making and setting ---- */

static void default_columns(struct view *view)
{
    const struct table *table = view->feed->table;

    view->columns = xreallocarray(view->columns, table->ncolumns + 1, sizeof *view->columns);
    view->ncolumns = 0;
    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (!(table->columns[i].def.flags & (KVMTOP_OPTIONAL | KVMTOP_CHILD_ONLY)))
            view->columns[view->ncolumns++] = i;
}

struct view *view_new(struct feed *feed, bool tree)
{
    const struct table *table = feed->table;
    struct view *view = xcalloc(1, sizeof *view);

    view->name = xstrdup(tree ? "tree" : table->def.name);
    view->feed = feed;
    view->tree = tree;
    view->filter_text = xstrdup("");
    view->show_hidden = table->def.flags & KVMTOP_TABLE_PROCESSES;
    view->totals = xcalloc(table->ncolumns, sizeof *view->totals);
    view->text_width = xcalloc(table->ncolumns, sizeof *view->text_width);
    default_columns(view);
    view->sort = table_column(table, table->def.sort, strlen(table->def.sort));
    view->descending = sort_starts_descending(&table->columns[view->sort]);
    return view;
}

void view_free(struct view *view)
{
    if (!view)
        return;
    filter_free(view->filter);
    arena_free(&view->arena);
    free(view->filter_text);
    free(view->columns);
    free(view->folds);
    free(view->lines);
    free(view->totals);
    free(view->text_width);
    free(view->name);
    free(view);
}

bool view_set_columns(struct view *view, const char *names, char *err, size_t cap)
{
    const struct table *table = view->feed->table;
    uint32_t *columns = xreallocarray(NULL, table->ncolumns + 1, sizeof *columns), n = 0;
    const char *word;
    size_t len;

    while (str_word(&names, &word, &len)) {
        uint32_t column = table_column(table, word, len);
        bool twice = false;

        for (uint32_t i = 0; i < n; i++)
            twice |= columns[i] == column;
        if (column == NONE || twice) {
            snprintf(err, cap, "view %s: column '%.*s' %s (--list-columns %s lists them)",
                     view->name, (int)len, word, twice ? "stands twice" : "doesn't exist",
                     view->name);
            free(columns);
            return false;
        }
        columns[n++] = column;
    }
    if (!n) {
        snprintf(err, cap, "view %s: no columns are named", view->name);
        free(columns);
        return false;
    }
    free(view->columns);
    view->columns = columns;
    view->ncolumns = n;
    return true;
}

bool view_set_sort(struct view *view, const char *spec, char *err, size_t cap)
{
    const struct table *table = view->feed->table;
    const char *colon = strchr(spec, ':');
    size_t len = colon ? (size_t)(colon - spec) : strlen(spec);
    uint32_t column = table_column(table, spec, len);

    if (column == NONE) {
        snprintf(err, cap, "view %s: column '%.*s' doesn't exist (--list-columns %s lists them)",
                 view->name, (int)len, spec, view->name);
        return false;
    }
    if (colon && strcmp(colon, ":asc") && strcmp(colon, ":desc")) {
        snprintf(err, cap, "view %s: sort '%s': the order is asc or desc, not '%s'", view->name,
                 spec, colon + 1);
        return false;
    }
    view->sort = column;
    view->descending = colon ? !strcmp(colon, ":desc")
                             : sort_starts_descending(&table->columns[column]);
    return true;
}

void view_sort_by(struct view *view, uint32_t column)
{
    if (view->sort == column) {
        view->descending = !view->descending;
        return;
    }
    view->sort = column;
    view->descending = sort_starts_descending(&view->feed->table->columns[column]);
}

void view_set_filter(struct view *view, const char *text)
{
    char *copy = xstrdup(text);

    free(view->filter_text);
    filter_free(view->filter);
    view->filter_text = copy;
    view->filter = filter_parse(copy, view->feed->table, view->filter_error,
                                sizeof view->filter_error);
}

/* With the column that it may change places with. */
static void want_both(struct feed *feed, uint32_t column, bool of_all_rows)
{
    uint32_t mirror = feed->table->columns[column].mirror;

    feed_want(feed, column, of_all_rows);
    if (mirror != NONE)
        feed_want(feed, mirror, of_all_rows);
}

/* Beyond the columns that are shown. */
static bool is_exported(const struct view *view, uint32_t flags)
{
    return view->columns_named ? flags & KVMTOP_IDENTITY : !(flags & KVMTOP_COSTLY);
}

void view_want(const struct view *view, bool export)
{
    struct feed *feed = view->feed;

    feed->active = true;
    if (view->tree) {
        feed->children = true;
        feed->children_of = 0;
    }
    for (uint32_t i = 0; i < view->ncolumns; i++)
        want_both(feed, view->columns[i], export);
    want_both(feed, view->sort, true);
    if (view->filter)
        filter_want(view->filter, feed);
    for (uint32_t i = 0; export && i < feed->table->ncolumns; i++)
        if (is_exported(view, feed->table->columns[i].def.flags))
            feed_want(feed, i, true);
}

/* ---- folds ---- */

static struct row_key key_of(const struct row *row)
{
    return (struct row_key){ row->id, row->birth, row->kind, true };
}

static bool is_key_of(const struct row_key *key, const struct row *row)
{
    return key->set && key->id == row->id && key->birth == row->birth && key->kind == row->kind;
}

static uint32_t find_fold(const struct view *view, const struct row *row)
{
    for (uint32_t i = 0; i < view->nfolds; i++)
        if (is_key_of(&view->folds[i], row))
            return i;
    return NONE;
}

bool view_folded(const struct view *view, const struct row *row)
{
    return view->fold_all == (find_fold(view, row) == NONE);
}

void view_fold_all(struct view *view, bool fold)
{
    view->fold_all = fold;
    view->nfolds = 0;
}

/* On a thread's row it folds the thread's process. */
void view_toggle_fold(struct view *view)
{
    const struct table *table = view->feed->table;
    uint32_t index = view_cursor_row(view);

    if (index == NONE || !view->tree)
        return;
    const struct row *row = table_at(table, index);
    if (row->parent != NONE)
        row = table_at(table, row->parent);
    uint32_t fold = find_fold(view, row);
    if (fold != NONE) {
        view->folds[fold] = view->folds[--view->nfolds];
    } else {
        view->folds = xreallocarray(view->folds, view->nfolds + 1, sizeof *view->folds);
        view->folds[view->nfolds++] = key_of(row);
    }
    view->cursor = key_of(row);
}

/* Folds of processes that have gone are forgotten, or the list would only grow. */
static void prune_folds(struct view *view)
{
    for (uint32_t i = 0; i < view->nfolds;) {
        const struct row_key *key = &view->folds[i];

        if (table_find(view->feed->table, key->kind, key->id, key->birth) == NONE)
            view->folds[i] = view->folds[--view->nfolds];
        else
            i++;
    }
}

/* ---- lines ---- */

uint32_t view_column_of(const struct view *view, const struct row *row, uint32_t column)
{
    return row_column(view->feed->table, row, column, view->mirror);
}

static void add_line(struct view *view, uint32_t row, bool last)
{
    if (view->nlines == view->lines_cap) {
        view->lines_cap = view->lines_cap ? view->lines_cap * 2 : 64;
        view->lines = xreallocarray(view->lines, view->lines_cap, sizeof *view->lines);
    }
    view->lines[view->nlines++] = (struct line){ row, last };
}

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

static bool passes(const struct view *view, struct model *model, const struct row *row)
{
    return !view->filter || filter_match(view->filter, model, view->feed->table, row, view->mirror);
}

static struct sort_order order_of(const struct view *view)
{
    return (struct sort_order){ view->sort, view->descending, view->mirror };
}

/* A process stands in the list when it passes, or when a thread of it does. */
static bool child_passes(const struct view *view, struct model *model,
                         const struct family *family, uint32_t parent)
{
    for (uint32_t i = family->first[parent]; i < family->first[parent + 1]; i++)
        if (passes(view, model, table_at(view->feed->table, family->kids[i])))
            return true;
    return false;
}

static uint32_t top_rows(struct view *view, struct model *model, const struct family *family,
                         uint32_t *rows)
{
    const struct table *table = view->feed->table;
    uint32_t n = 0;

    for (uint32_t i = table_next_whole(table, 0); i != NONE; i = table_next_whole(table, i + 1)) {
        const struct row *row = table_at(table, i);

        if (row->parent != NONE || (row->flags & KVMTOP_ROW_HIDDEN && !view->show_hidden))
            continue;
        if (passes(view, model, row) ||
            (view->tree && view->filter && child_passes(view, model, family, i)))
            rows[n++] = i;
    }
    return n;
}

/* The lone thread of a process is the process itself: it has no line of its own. */
static void add_children(struct view *view, struct model *model, const struct family *family,
                         uint32_t parent)
{
    const struct table *table = view->feed->table;
    uint32_t *kids = family->kids + family->first[parent];
    uint32_t n = family->first[parent + 1] - family->first[parent], kept = 0;
    bool whole = passes(view, model, table_at(table, parent));
    struct sort_order order = order_of(view);

    if (n < 2)
        return;
    for (uint32_t i = 0; i < n; i++)
        if (whole || passes(view, model, table_at(table, kids[i])))
            kids[kept++] = kids[i];
    sort_rows_by(kids, kept, model, table, &order, &view->arena);
    for (uint32_t i = 0; i < kept; i++)
        add_line(view, kids[i], i + 1 == kept);
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

/* The cursor stays at the top until it is moved; then it goes where its row goes, and where that
 * has gone for good it takes the row that stands there now. */
static void place_cursor(struct view *view)
{
    for (uint32_t i = 0; view->cursor.set && i < view->nlines; i++) {
        if (is_key_of(&view->cursor, table_at(view->feed->table, view->lines[i].row))) {
            view->at = i;
            return;
        }
    }
    view->follow = false;
    if (view->cursor.set || view->at)
        view_go(view, view->at);
}

/* A row that is followed stays in sight beyond the limit too, as the last. */
static void keep_followed(const struct view *view, uint32_t *rows, uint32_t shown, uint32_t n)
{
    for (uint32_t i = shown; view->follow && i < n; i++)
        if (is_key_of(&view->cursor, table_at(view->feed->table, rows[i])))
            rows[shown - 1] = rows[i];
}

void view_update(struct view *view, struct model *model, uint64_t limit)
{
    const struct table *table = view->feed->table;
    struct family family = { NULL, NULL };
    struct sort_order order = order_of(view);

    arena_reset(&view->arena);
    view->version = table->version;
    view->nlines = 0;
    prune_folds(view);
    if (view->tree)
        find_children(view, &family);
    uint32_t *rows = arena_alloc(&view->arena, (table->nrows + 1) * sizeof *rows);
    uint32_t n = top_rows(view, model, &family, rows);
    view->passed = n;
    make_totals(view, rows, n);
    sort_rows_by(rows, n, model, table, &order, &view->arena);
    if (limit && n > limit) {
        keep_followed(view, rows, (uint32_t)limit, n);
        n = (uint32_t)limit;
    }
    for (uint32_t i = 0; i < n; i++) {
        add_line(view, rows[i], i + 1 == n);
        if (view->tree && !view_folded(view, table_at(table, rows[i])))
            add_children(view, model, &family, rows[i]);
    }
    place_cursor(view);
}

bool view_stale(const struct view *view)
{
    return view->version != view->feed->table->version;
}

/* ---- the cursor ---- */

/* Of stale lines the rows may have gone. */
uint32_t view_cursor_row(const struct view *view)
{
    return view->at < view->nlines && !view_stale(view) ? view->lines[view->at].row : NONE;
}

void view_go(struct view *view, uint32_t line)
{
    if (line >= view->nlines)
        line = view->nlines ? view->nlines - 1 : 0;
    view->at = line;
    uint32_t row = view_cursor_row(view);
    view->cursor.set = false;
    if (row != NONE)
        view->cursor = key_of(table_at(view->feed->table, row));
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

bool view_search(struct view *view, struct model *model, const char *text, bool here)
{
    const struct table *table = view->feed->table;

    for (uint32_t i = 0; *text && !view_stale(view) && i < view->nlines; i++) {
        uint32_t line = (view->at + i + !here) % view->nlines;

        if (filter_row_holds(text, model, table, table_at(table, view->lines[line].row))) {
            view_go(view, line);
            return true;
        }
    }
    return false;
}
