/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of a table the screen holds, and how wide. */
#include "core/format.h"
#include "core/render.h"
#include "core/render_text.h"
#include "core/utf8.h"

#define FLEX_LEAST 20           /* columns the last text column keeps at the least */

static uint32_t flexible(const struct table *table, const struct placed *placed, uint32_t n)
{
    for (uint32_t i = n; i-- > 0;)
        if (table->columns[placed[i].column].def.kind == KVMTOP_TEXT)
            return i;
    return n;
}

static int total_width(const struct placed *placed, uint32_t n, uint32_t flex)
{
    int width = 0;

    for (uint32_t i = 0; i < n; i++)
        width += (i == flex ? FLEX_LEAST : placed[i].width) + (i + 1 < n);
    return width;
}

/* What the rows are sorted by stays in sight. */
static unsigned importance(const struct view *view, uint32_t column)
{
    return column == view->sort ? UINT8_MAX + 1
                                : view->feed->table->columns[column].def.importance;
}

static uint32_t remove_column(struct placed *placed, uint32_t n, uint32_t gone)
{
    memmove(placed + gone, placed + gone + 1, (n - gone - 1) * sizeof *placed);
    return n - 1;
}

/* Two of one importance are a pair, such as reads and writes: one alone would mislead.  Returns
 * how many stay. */
static uint32_t drop_least(const struct view *view, struct placed *placed, uint32_t n)
{
    uint32_t least = 0, last = 0, equals = 1;

    for (uint32_t i = 1; i < n; i++) {
        unsigned a = importance(view, placed[i].column);
        unsigned b = importance(view, placed[least].column);

        if (a > b)
            continue;
        equals = a < b ? 1 : equals + 1;
        least = a < b ? i : least;
        last = i;
    }
    if (equals == 2 && n > 2)
        n = remove_column(placed, n, last);
    return remove_column(placed, n, least);
}

static int natural_width(const struct view *view, uint32_t column)
{
    int seen = view->text_width[column], least = format_width(&view->feed->table->columns[column]);

    return seen > least ? seen : least;
}

/* Up to what its texts need; returns what is left of the room. */
static int widen(const struct view *view, struct placed *placed, int room)
{
    int need = natural_width(view, placed->column) - placed->width;
    int more = need < 0 ? 0 : need < room ? need : room;

    placed->width += more;
    return room - more;
}

/* The last text column first; only at the right edge it takes more than it needs. */
static void spread(const struct view *view, struct placed *placed, uint32_t n, uint32_t flex,
                   int room)
{
    placed[flex].width = room < 0 ? FLEX_LEAST + room : FLEX_LEAST;
    if (placed[flex].width < 1)
        placed[flex].width = 1;
    if (room <= 0)
        return;
    room = widen(view, &placed[flex], room);
    for (uint32_t i = 0; i < n; i++)
        if (view->feed->table->columns[placed[i].column].def.kind == KVMTOP_TEXT)
            room = widen(view, &placed[i], room);
    if (flex + 1 == n)
        placed[flex].width += room;
}

uint32_t render_layout(const struct view *view, int cols, struct placed *placed)
{
    const struct table *table = view->feed->table;
    uint32_t n = view->ncolumns < RENDER_COLUMNS ? view->ncolumns : RENDER_COLUMNS, flex;

    for (uint32_t i = 0; i < n; i++)
        placed[i] = (struct placed){ view->columns[i], 0,
                                     format_width(&table->columns[view->columns[i]]) };
    while (flex = flexible(table, placed, n), n > 1 && total_width(placed, n, flex) > cols)
        n = drop_least(view, placed, n);
    if (flex < n)
        spread(view, placed, n, flex, cols - total_width(placed, n, flex));
    int at = 0;
    for (uint32_t i = 0; i < n; i++) {
        placed[i].at = at;
        at += placed[i].width + 1;
    }
    return n;
}

static void measure_line(struct session *session, const struct line *line, int most)
{
    struct view *view = session->view;
    const struct table *table = view->feed->table;
    const struct row *row = table_at(table, line->row);

    for (uint32_t c = 0; c < view->ncolumns; c++) {
        uint32_t column = view->columns[c];
        char buf[CELL_BUF + RENDER_TREE_BYTES];
        size_t used;

        if (table->columns[column].def.kind != KVMTOP_TEXT)
            continue;
        struct span text = render_cell(session, line, row, column, most, buf);
        utf8_fit(text.bytes, text.len, (size_t)most, &used);
        if (used > view->text_width[column])
            view->text_width[column] = (uint16_t)used;
    }
}

void render_measure(struct session *session, uint32_t height, int cols)
{
    struct view *view = session->view;

    for (uint32_t i = 0; i < height && view->top + i < view->nlines; i++)
        measure_line(session, view_line(view, view->top + i), cols);
}
