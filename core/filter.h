/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The filter language.  Terms with blanks between are all required:
 *     web            any text column, or the PID, holds "web" (case doesn't matter)
 *     vm:web         the column holds it          user=root   the column is it
 *     cpu>50         also < >= <= != : numbers in the unit of the column's head
 *     !term          not                          /regex/     POSIX extended, any text column
 *     "two words"    one text                     vm:"db 01"  likewise
 * A word before an operator that is no column's name makes the term plain text.
 */
#ifndef KVMTOP_CORE_FILTER_H
#define KVMTOP_CORE_FILTER_H

#include "core/model.h"

struct filter;

/* A filter for rows of this table; NULL: the text is empty (all pass) or wrong, and then err says
 * what is wrong and at which column of the text (from 1).  filter_free() it. */
struct filter *filter_parse(const char *text, const struct table *table, char *err, size_t cap);
void filter_free(struct filter *filter);

/* mirror: as MIRRORED rows are seen from the other side. */
bool filter_match(const struct filter *filter, struct model *model, const struct table *table,
                  const struct row *row, bool mirror);

/* Plain text alone: does any text column or id of the row hold it? */
bool filter_row_holds(const char *text, struct model *model, const struct table *table,
                      const struct row *row);

/* Tell the feed which columns the filter reads. */
void filter_want(const struct filter *filter, struct feed *feed);

#endif
