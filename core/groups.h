/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of guests: one row a guest, made by grouping the rows of other tables that belong to it.
 * Nothing here knows which tables and columns there are: a plugin names them (`of`, `where`,
 * `per`), and every column that has a total is added.
 *
 * groups.c binds the columns to what they are made of, groups_check.c looks whether that can be,
 * groups_rows.c makes the rows.
 */
#ifndef KVMTOP_CORE_GROUPS_H
#define KVMTOP_CORE_GROUPS_H

#include "core/model.h"

/* What a column of the table of guests is made of. */
struct group {
    uint32_t column;            /* of the table of guests */
    struct feed *feed;          /* whose rows; NULL: there is none */
    uint32_t of;                /* column of that */
    uint32_t where;             /* column of text: of child rows alone; or NONE */
    const struct text *value;   /* that it must be */
    uint32_t per;               /* column of the table of guests, or NONE */
    uint32_t slot;              /* its sum in this round */
};

struct groups {
    struct group *item;         /* in the order of the columns */
    uint32_t count;
    /* Of the round under way: */
    const struct group **list;  /* [count] what is made of the table whose turn it is, */
    uint32_t nwhole, nlist;     /* first of its rows that are no children, then of the others */
    struct sum *sum;            /* [cap * stride] those of a guest together */
    uint32_t stride;
    uint32_t *row_of;           /* [cap] the row of a guest's index */
    uint32_t cap;
};

/* Give a table of guests its columns: bound after all other tables have theirs, before any table
 * is sealed. */
void groups_add_columns(struct model *model, struct feed *feed);

/* Resolve `of`, `where` and `per` once all tables are sealed.  What a column names and isn't
 * there leaves the column unknown, with that reason. */
void groups_bind(struct model *model, struct feed *feed);
/* Unbind what can't be made of what it names, and say so of the plugin. */
void groups_check(const struct model *model, struct table *table, struct group *group);
void groups_free(struct feed *feed);

/* Tell the tables that a wanted column is made of that it is wanted. */
void groups_want(struct feed *feed);
/* The table of processes that a table of guests is made of; NULL: it isn't, or of none. */
struct feed *groups_processes(const struct feed *feed);
/* Want what guests are given of the host (GIVES), as far as that takes no costly column, nor threads. */
void groups_want_given(struct feed *feed);
/* And of the rest what is made of filled columns that are wanted, though not of all rows. */
void groups_want_filled(struct model *model);
/* Is a column wanted that shows what the guests claim? */
bool groups_want_claims(const struct feed *feed);

/* Make the rows of a table of guests from the last sample of the others. */
void groups_update(struct model *model, struct feed *feed);

static inline bool groups_is(const struct feed *feed)
{
    return feed->table->def.flags & KVMTOP_TABLE_GUESTS;
}

#endif
