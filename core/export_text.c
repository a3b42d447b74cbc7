/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as text: what the screen shows, as wide as it needs. */
#include "core/export.h"

#include <stdlib.h>

#include "core/cell.h"
#include "core/format.h"
#include "core/render_text.h"
#include "core/utf8.h"
#include "core/xalloc.h"

/* A text column is as wide as its longest text; the last one is not filled up. */
static int text_width(struct session *session, uint32_t column)
{
    struct view *view = session->view;
    const struct table *table = view->feed->table;
    size_t width = (size_t)format_width(&table->columns[column]);
    char buf[CELL_BUF];

    for (uint32_t i = 0; i < view->nlines; i++) {
        struct span text = cell_label(&session->model, table,
                                      table_at(table, view_line(view, i)->row), column,
                                      view->command, buf);
        size_t columns = text.bytes ? utf8_columns(text.bytes, text.len) : 1;

        if (columns > width)
            width = columns;
    }
    return (int)width;
}

static void pad(struct str_buf *out, int n)
{
    for (; n > 0; n--)
        str_puts(out, " ");
}

static void put(struct str_buf *out, struct span text, int width, bool right, bool last)
{
    char *safe = xmalloc(text.len * 10 + 1);
    size_t len = utf8_printable(safe, text.len * 10 + 1, text.bytes, text.len);
    int gap = width - (int)utf8_columns(text.bytes, text.len);

    if (right)
        pad(out, gap);
    str_put(out, safe, len);
    if (!right && !last)
        pad(out, gap);
    str_puts(out, last ? "\n" : " ");
    free(safe);
}

static void put_row(struct session *session, struct str_buf *out, const struct line *line,
                    const int *width)
{
    const struct view *view = session->view;
    const struct row *row = table_at(view->feed->table, line->row);

    for (uint32_t c = 0; c < view->ncolumns; c++) {
        const struct column *column = &view->feed->table->columns[view->columns[c]];
        char buf[CELL_BUF + RENDER_TREE_BYTES];
        struct span text = render_cell(session, line, row, view->columns[c], width[c], buf);

        put(out, text, width[c], !cell_is_text(column), c + 1 == view->ncolumns);
    }
}

static void put_heads(struct session *session, struct str_buf *out, const int *width)
{
    const struct view *view = session->view;

    for (uint32_t c = 0; c < view->ncolumns; c++) {
        const struct column *column = &view->feed->table->columns[view->columns[c]];

        put(out, (struct span){ column->def.title, strlen(column->def.title) }, width[c],
            !cell_is_text(column), c + 1 == view->ncolumns);
    }
}

static void put_totals(struct session *session, struct str_buf *out, const int *width)
{
    const struct view *view = session->view;

    for (uint32_t c = 0; c < view->ncolumns; c++) {
        char buf[CELL_BUF];
        struct span text = render_total(view, c, width[c], buf);

        put(out, text, width[c], !cell_is_text(&view->feed->table->columns[view->columns[c]]),
            c + 1 == view->ncolumns);
    }
}

static void put_line(struct str_buf *out, const char *line)
{
    str_puts(out, line);
    str_puts(out, "\n");
}

static void put_warning(void *ctx, const char *line)
{
    struct str_buf *out = ctx;

    str_puts(out, "! ");
    put(out, (struct span){ line, strlen(line) }, 0, false, true);
}

void export_text(struct session *session, struct str_buf *out, bool first)
{
    struct view *view = session->view;
    int *width = arena_alloc(&session->view->arena, view->ncolumns * sizeof *width);
    char line[RENDER_LINE];

    for (uint32_t c = 0; c < view->ncolumns; c++) {
        const struct column *column = &view->feed->table->columns[view->columns[c]];

        width[c] = format_width(column);
        if (cell_is_text(column) && c + 1 < view->ncolumns)
            width[c] = text_width(session, view->columns[c]);
    }
    if (!first)
        str_puts(out, "\n");
    render_title(session, NULL, line);
    put_line(out, line);
    render_host(session, line);
    put_line(out, line);
    put_heads(session, out, width);
    for (uint32_t i = 0; i < view->nlines; i++)
        put_row(session, out, view_line(view, i), width);
    put_totals(session, out, width);
    session_warnings(session, put_warning, out);
}
