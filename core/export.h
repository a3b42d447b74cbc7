/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports without a terminal: text, CSV, JSON. */
#ifndef KVMTOP_CORE_EXPORT_H
#define KVMTOP_CORE_EXPORT_H

#include "core/session.h"
#include "core/str.h"

/* Each puts a report of the current view into the buffer; first: of the run. */
typedef void export_fn(struct session *session, struct str_buf *out, bool first);

export_fn export_text, export_csv, export_json;

/* The columns of a report, in their order: all that cost nothing, or those named and what
 * identifies a row.  Returns their number; columns has room for table->ncolumns. */
uint32_t export_columns(const struct view *view, uint32_t *columns);

/* The text of a cell: numbers with all their digits, no unit; bytes NULL: unknown. */
struct span export_cell(struct session *session, const struct row *row, uint32_t column,
                        char *buf);

/* RFC 3339, UTC, milliseconds. */
#define EXPORT_TIME_BUF 80
void export_time(const struct session *session, char buf[EXPORT_TIME_BUF]);

/* printf into the buffer. */
void export_printf(struct str_buf *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
