/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of guests: one row a guest, made by grouping the rows of other tables that belong to it.
 * Nothing here knows which tables and columns there are: a plugin names them (`of`, `where`,
 * `per`), and every column that has a total is added.
 */
#ifndef KVMTOP_CORE_GROUPS_H
#define KVMTOP_CORE_GROUPS_H

#include "core/model.h"

/* Give a table of guests its columns: bound after all other tables have theirs, before any table
 * is sealed. */
void groups_add_columns(struct model *model, struct feed *feed);

/* Resolve `of`, `where` and `per` once all tables are sealed.  What a column names and isn't
 * there leaves the column unknown, with that reason. */
void groups_bind(struct model *model, struct feed *feed);
void groups_free(struct feed *feed);

/* Make the rows of a table of guests from the last sample of the others. */
void groups_update(struct model *model, struct feed *feed);

/* Tell the tables that a wanted column is made of that it is wanted. */
void groups_want(struct feed *feed);

static inline bool groups_is(const struct feed *feed)
{
    return feed->table->def.flags & KVMTOP_TABLE_GUESTS;
}

#endif
