/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A view: which rows of a table stand in which order, which columns of it, and where the cursor
 * is.  Each view has its own sort, filter, cursor and scroll position, and keeps them.
 */
#ifndef KVMTOP_CORE_VIEW_H
#define KVMTOP_CORE_VIEW_H

#include "core/arena.h"
#include "core/filter.h"
#include "core/model.h"
#include "core/rate.h"

struct row_key {
    uint64_t id, birth;
    uint32_t kind;
    bool set;
};

static inline struct row_key row_key(const struct row *row)
{
    return (struct row_key){ row->id, row->birth, row->kind, true };
}

static inline bool row_key_is(const struct row_key *key, const struct row *row)
{
    return key->set && key->id == row->id && key->birth == row->birth && key->kind == row->kind;
}

/* A line on the screen: a row, and how a tree draws it. */
struct line {
    uint32_t row;
    bool child;                 /* beneath its parent */
    bool last;                  /* of its parent's children */
    bool loose;                 /* they are not in order yet: view_line() */
};

struct view {
    char *name;                 /* the table's, or "tree" */
    struct feed *feed;
    bool tree;                  /* child rows beneath their parents */
    uint32_t *columns;          /* shown, in their order */
    uint32_t ncolumns;
    uint16_t *text_width;       /* [table->ncolumns] the widest text seen on the screen so far */
    bool columns_named;         /* by --columns: an export has just these */
    uint32_t sort;              /* a column */
    bool descending;
    char *filter_text;          /* never NULL */
    struct filter *filter;      /* NULL: all pass */
    char filter_error[160];     /* "" : none */
    bool show_hidden, mirror, command; /* keys h, x, a */
    bool fold_all;              /* processes are folded unless they stand in `folds` (or if) */
    struct row_key *folds;
    uint32_t nfolds;
    struct row_key cursor;
    uint32_t at, top;           /* lines: of the cursor, and the first on the screen, */
    uint32_t height;            /* and how many the screen holds; 0: there is none */
    bool follow;                /* its row stays in sight, beyond the limit too */

    /* Made by view_update(): */
    struct model *model;
    struct line *lines;         /* to be looked at by view_line() */
    uint32_t nlines, lines_cap;
    uint32_t all;               /* top-level rows that aren't hidden, */
    uint32_t passed;            /* and those that pass the filter, beyond the limit too */
    struct total *totals;       /* [table->ncolumns], over those that pass and count */
    uint32_t version;           /* of the table when this was made */
    struct arena arena;
};

/* A view of the feed's table with its default columns and sort; view_free() it. */
struct view *view_new(struct feed *feed, bool tree);
void view_free(struct view *view);

/* Set by names: `pid, cpu` and `cpu:desc`.  False with one line in err; nothing is changed. */
bool view_set_columns(struct view *view, const char *names, char *err, size_t cap);
bool view_set_sort(struct view *view, const char *spec, char *err, size_t cap);

/* The column's place among those shown; NONE: it isn't. */
uint32_t view_place(const struct view *view, uint32_t column);

/* All that the view can show: what it does in its order, then the others in their groups.  list:
 * room for table->ncolumns.  Returns their number. */
uint32_t view_choice(const struct view *view, uint32_t *list);

/* Sort by the column, in the order it starts with; by it already: turn the order. */
void view_sort_by(struct view *view, uint32_t column);

/* Set the filter; a wrong one passes everything and stands in filter_error. */
void view_set_filter(struct view *view, const char *text);

/* Tell the feed what this view needs; export: every column that costs nothing besides. */
void view_want(const struct view *view, bool export);

/* Does it need what the last round wasn't asked for? */
bool view_lacks(const struct view *view);

/* Filter, sort, lay out lines; the cursor goes where its row went.  limit 0: all rows. */
void view_update(struct view *view, struct model *model, uint64_t limit);

/* Line `at` of nlines; valid until the next call. */
const struct line *view_line(struct view *view, uint32_t at);

/* Have rows gone or moved since view_update()? */
bool view_stale(const struct view *view);

/* The cursor by lines, and the window of `height` lines that it stands in. */
void view_move(struct view *view, int64_t by);
void view_go(struct view *view, uint32_t line);
void view_scroll(struct view *view, uint32_t height);

/* Follow the row under the cursor, or no longer. */
void view_follow(struct view *view);

/* Put the cursor on the next line (or this one, when `here`) whose label or id holds the text.
 * False: there is none. */
bool view_search(struct view *view, const char *text, bool here);

/* The row under the cursor, or NONE: also where view_update() is due. */
uint32_t view_cursor_row(struct view *view);

void view_toggle_fold(struct view *view);
void view_fold_all(struct view *view, bool fold);
bool view_folded(const struct view *view, const struct row *row);
/* Forget the folds of processes that have gone, or the list would only grow. */
void view_prune_folds(struct view *view);

/* The value of a column as this view shows it: from the guest's side after key x. */
uint32_t view_column_of(const struct view *view, const struct row *row, uint32_t column);

#endif
