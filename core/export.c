/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the reports have in common, and CSV. */
#include "core/export.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/cell.h"
#include "core/format.h"
#include "core/utf8.h"
#include "core/xalloc.h"

void export_printf(struct str_buf *out, const char *fmt, ...)
{
    char buf[256];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    if (n > 0)
        str_put(out, buf, (size_t)n < sizeof buf ? (size_t)n : sizeof buf - 1);
}

uint32_t export_columns(const struct view *view, uint32_t *columns)
{
    const struct table *table = view->feed->table;
    uint32_t n = 0;

    if (view->columns_named)
        for (; n < view->ncolumns; n++)
            columns[n] = view->columns[n];
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        uint32_t flags = table->columns[i].def.flags;
        bool shown = view_place(view, i) != NONE;
        bool free_of_cost = !(flags & KVMTOP_COSTLY) || shown;

        if (flags & KVMTOP_CHILD_ONLY && !view->tree)
            continue;
        if (view->columns_named ? flags & KVMTOP_IDENTITY && !shown : free_of_cost)
            columns[n++] = i;
    }
    return n;
}

struct span export_cell(struct session *session, const struct row *row, uint32_t column,
                        char *buf)
{
    const struct view *view = session->view;
    const struct table *table = view->feed->table;
    uint32_t from = view_column_of(view, row, column);
    double value;

    if (cell_is_text(&table->columns[column]))
        return cell_label(&session->model, table, row, column, view->command, buf);
    if (!rate_value(table, row, from, &value))
        return (struct span){ NULL, 0 };
    return (struct span){ buf, format_exact(buf, &table->columns[column], value) };
}

void export_time(const struct session *session, char buf[EXPORT_TIME_BUF])
{
    int64_t seconds;
    uint32_t ns;
    struct tm tm;

    session_time(session, &seconds, &ns);
    time_t t = (time_t)seconds;
    gmtime_r(&t, &tm);
    snprintf(buf, EXPORT_TIME_BUF, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ns / 1000000);
}

/* Readers have limits: Python's module csv takes no field of more than 128 KiB, quotes doubled. */
#define FIELD_MAX 65536u

/* RFC 4180: in quotes where it has a comma, a quote or a line's end; those are escaped before. */
static void put_csv(struct str_buf *out, struct span text)
{
    size_t cap = text.len * 10 < FIELD_MAX ? text.len * 10 + 1 : FIELD_MAX + 1;
    char *safe = xmalloc(cap);
    size_t len = utf8_printable(safe, cap, text.bytes, text.len);

    if (!memchr(safe, ',', len) && !memchr(safe, '"', len)) {
        str_put(out, safe, len);
        free(safe);
        return;
    }
    str_puts(out, "\"");
    for (size_t i = 0; i < len; i++)
        str_put(out, safe[i] == '"' ? "\"\"" : safe + i, safe[i] == '"' ? 2 : 1);
    str_puts(out, "\"");
    free(safe);
}

void export_csv(struct session *session, struct str_buf *out, bool first)
{
    struct view *view = session->view;
    const struct table *table = view->feed->table;
    uint32_t *columns = arena_alloc(&session->view->arena, table->ncolumns * sizeof *columns);
    uint32_t n = export_columns(view, columns);
    char time[EXPORT_TIME_BUF], buf[CELL_BUF];

    export_time(session, time);
    if (first) {
        str_puts(out, "time");
        for (uint32_t c = 0; c < n; c++)
            export_printf(out, ",%s", table->columns[columns[c]].def.name);
        str_puts(out, "\r\n");
    }
    for (uint32_t i = 0; i < view->nlines; i++) {
        const struct row *row = table_at(table, view_line(view, i)->row);

        str_puts(out, time);
        for (uint32_t c = 0; c < n; c++) {
            struct span text = export_cell(session, row, columns[c], buf);

            str_puts(out, ",");
            if (text.bytes)
                put_csv(out, text);
        }
        str_puts(out, "\r\n");
    }
}
