/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell says: its text, for the eye, the filter and the sort alike. */
#ifndef KVMTOP_CORE_CELL_H
#define KVMTOP_CORE_CELL_H

#include "core/model.h"

/* Text lent: by the row, by a guest, or standing in the caller's buffer.  Raw: any bytes. */
struct span {
    const char *bytes;          /* NULL: unknown */
    size_t len;
};

#define CELL_BUF 320            /* enough for a guest's label */

/* Is it a column of text (TEXT, STATE, or the core's own)? */
bool cell_is_text(const struct column *column);

/* The text of a text column, whatever the screen makes of it: a command is the command line. */
struct span cell_text(struct model *model, const struct table *table, const struct row *row,
                      uint32_t column, char buf[CELL_BUF]);

/* What the screen shows in its place: a guest's label (`100 - web01`) for its command line, a
 * thread's name in its row; thread rows show the process's command line when `command`.  Where
 * there is nothing, `[comm]` of a process and `[PID 7]` of a guest. */
struct span cell_label(struct model *model, const struct table *table, const struct row *row,
                       uint32_t column, bool command, char buf[CELL_BUF]);

/* The guest's label: `id - name`, or the one of them that there is (or that both are). */
struct span cell_guest_label(const struct guests *guests, uint32_t guest, char buf[CELL_BUF]);

#endif
