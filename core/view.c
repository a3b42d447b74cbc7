/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view: its columns, sort, filter and folds. */
#include "core/view.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/columns.h"
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

uint32_t view_place(const struct view *view, uint32_t column)
{
    for (uint32_t i = 0; i < view->ncolumns; i++)
        if (view->columns[i] == column)
            return i;
    return NONE;
}

uint32_t view_choice(const struct view *view, uint32_t *list)
{
    const struct table *table = view->feed->table;
    uint32_t *all = xreallocarray(NULL, table->ncolumns, sizeof *all), n = 0;

    for (; n < view->ncolumns; n++)
        list[n] = view->columns[n];
    columns_by_group(table, all);
    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (view_place(view, all[i]) == NONE &&
            (view->tree || !(table->columns[all[i]].def.flags & KVMTOP_CHILD_ONLY)))
            list[n++] = all[i];
    free(all);
    return n;
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

/* What a fill brings for the rows in sight says nothing of the others. */
static bool is_of_seen(const struct column *column)
{
    return (column->fill != NONE && !column->lasting) || column->seen_alone;
}

bool view_lacks(const struct view *view)
{
    const struct feed *feed = view->feed;
    struct feed needs = *feed;
    struct view asks = *view;
    size_t words = feed->table->ncolumns / 64 + 1;
    bool lacks = false;

    needs.wanted = xcalloc(2 * words, sizeof *needs.wanted);
    needs.wanted_of_all = needs.wanted + words;
    asks.feed = &needs;
    view_want(&asks, false);
    for (uint32_t i = 0; i < feed->table->ncolumns; i++) {
        lacks |= bit_get(needs.wanted, i) && !bit_get(feed->wanted, i);
        lacks |= bit_get(needs.wanted_of_all, i) && !bit_get(feed->wanted_of_all, i) &&
                 is_of_seen(&feed->table->columns[i]);
    }
    free(needs.wanted);
    return lacks;
}

/* ---- folds ---- */

static uint32_t find_fold(const struct view *view, const struct row *row)
{
    for (uint32_t i = 0; i < view->nfolds; i++)
        if (row_key_is(&view->folds[i], row))
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
        view->folds[view->nfolds++] = row_key(row);
    }
    view->cursor = row_key(row);
}

void view_prune_folds(struct view *view)
{
    for (uint32_t i = 0; i < view->nfolds;) {
        const struct row_key *key = &view->folds[i];

        if (table_find(view->feed->table, key->kind, key->id, key->birth) == NONE)
            view->folds[i] = view->folds[--view->nfolds];
        else
            i++;
    }
}
