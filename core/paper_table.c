/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of rows on a page. */
#include "core/paper_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/cell.h"
#include "core/columns.h"
#include "core/format.h"
#include "core/str.h"
#include "core/utf8.h"

#define LABEL_LEAST 14
#define LABEL_MOST 30
#define FIGURE_COLUMNS 10       /* of a number in a line of its own: enough for k, M, G */

/* The value in at most `width` columns; 0: unknown, or no figure. */
static size_t figure(struct model *model, const struct table *table, const struct row *row,
                     uint32_t index, int width, char buf[CELL_BUF])
{
    const struct column *column = &table->columns[index];
    double value;

    if (column->def.kind == KVMTOP_STATE)
        return cell_text(model, table, row, index, buf).len;
    if (column->def.kind == KVMTOP_ID || !rate_value(table, row, index, &value))
        return 0;
    return format_value(buf, column, value, width);
}

/* ---- a table ---- */

static int title_width(const struct table *table, uint32_t column)
{
    const struct kvmtop_column *def = &table->columns[column].def;
    int title = (int)utf8_columns(def->title, strlen(def->title));

    return def->width > title ? def->width : title;
}

static uint32_t seen_column(const struct paper_table *t, const struct row *row, uint32_t c)
{
    return row_column(t->table, row, t->columns[c], t->mirror);
}

static bool is_known(struct model *model, const struct paper_table *t, uint32_t c)
{
    char buf[CELL_BUF];

    for (uint32_t i = 0; i < t->nrows; i++) {
        const struct row *row = table_at(t->table, t->rows[i]);

        if (figure(model, t->table, row, seen_column(t, row, c), FIGURE_COLUMNS, buf))
            return true;
    }
    return false;
}

static void take_out(struct paper_table *t, uint32_t c)
{
    memmove(t->columns + c, t->columns + c + 1, (--t->ncolumns - c) * sizeof *t->columns);
}

/* Leave what is known and fits beside labels of this width. */
static void choose_columns(struct paper *paper, struct paper_table *t, int label)
{
    struct model *model = &paper->ui->session->model;
    int room = screen_cols(paper->ui->screen) - 1 - label;

    for (uint32_t c = 0; c < t->ncolumns;) {
        if (is_known(model, t, c))
            room -= 1 + title_width(t->table, t->columns[c++]);
        else
            take_out(t, c);
    }
    while (room < 0 && t->ncolumns) {
        uint32_t least = 0;

        for (uint32_t c = 1; c < t->ncolumns; c++)
            if (t->table->columns[t->columns[c]].def.importance <
                t->table->columns[t->columns[least]].def.importance)
                least = c;
        room += 1 + title_width(t->table, t->columns[least]);
        take_out(t, least);
    }
}

static void put_blanks(struct str_buf *line, int n)
{
    for (; n > 0; n--)
        str_puts(line, " ");
}

/* What doesn't fit is cut, and a + says so. */
static void put_left(struct str_buf *line, const char *text, size_t len, int width)
{
    size_t used, fits = utf8_fit(text, len, (size_t)width, &used);
    bool cut = fits < len;

    if (cut)
        fits = utf8_fit(text, len, (size_t)width - 1, &used);
    str_put(line, text, fits);
    str_puts(line, cut ? "+" : "");
    put_blanks(line, width - (int)used - cut);
}

static void put_right(struct str_buf *line, const char *text, size_t len, int width)
{
    put_blanks(line, 1 + width - (int)utf8_columns(text, len));
    str_put(line, text, len);
}

static void put_heading(struct paper *paper, const struct paper_table *t, int label)
{
    struct str_buf line = { 0 };

    put_left(&line, t->heading, strlen(t->heading), label);
    for (uint32_t c = 0; c < t->ncolumns; c++) {
        const char *title = t->table->columns[t->columns[c]].def.title;

        put_right(&line, title, strlen(title), title_width(t->table, t->columns[c]));
    }
    paper_heading(paper, line.text);
    free(line.text);
}

static void put_row(struct paper *paper, const struct paper_table *t, const struct row *row,
                    int label)
{
    struct model *model = &paper->ui->session->model;
    struct str_buf line = { 0 };
    char buf[CELL_BUF];
    struct span name = cell_text(model, t->table, row, t->label, buf);

    put_left(&line, name.bytes ? name.bytes : "-", name.bytes ? name.len : 1, label);
    for (uint32_t c = 0; c < t->ncolumns; c++) {
        int width = title_width(t->table, t->columns[c]);
        size_t len = figure(model, t->table, row, seen_column(t, row, c), width, buf);

        put_right(&line, len ? buf : "-", len ? len : 1, width);
    }
    paper_put(paper, THEME_ROW, line.text, NULL);
    free(line.text);
}

/* As wide as the widest name, and the heading. */
static int label_width(struct paper *paper, const struct paper_table *t)
{
    size_t width = utf8_columns(t->heading, strlen(t->heading));
    char buf[CELL_BUF];

    if (width < LABEL_LEAST)
        width = LABEL_LEAST;

    for (uint32_t i = 0; i < t->nrows; i++) {
        struct span name = cell_text(&paper->ui->session->model, t->table,
                                     table_at(t->table, t->rows[i]), t->label, buf);
        size_t columns = name.bytes ? utf8_columns(name.bytes, name.len) : 1;

        if (columns > width)
            width = columns;
    }
    return (int)(width < LABEL_MOST ? width : LABEL_MOST);
}

void paper_table(struct paper *paper, struct paper_table *t)
{
    int label = label_width(paper, t);

    if (!t->nrows)
        return;
    choose_columns(paper, t, label);
    put_heading(paper, t, label);
    for (uint32_t i = 0; i < t->nrows; i++)
        put_row(paper, t, table_at(t->table, t->rows[i]), label);
}

/* ---- a row's figures ---- */

/* Pieces `Title value` in lines, none of them broken. */
struct flow {
    struct paper *paper;
    const char *name;           /* of the group; "" once it is put */
    struct str_buf line;
};

static void flush(struct flow *flow)
{
    if (!flow->line.len)
        return;
    paper_put(flow->paper, THEME_BAR_KEY, flow->name, flow->line.text);
    flow->line.len = 0;
    flow->name = "";
}

static void add_piece(struct flow *flow, const char *title, const char *value, size_t len)
{
    int room = screen_cols(flow->paper->ui->screen) - PAPER_TEXT_COLUMN;
    size_t wide = utf8_columns(title, strlen(title)) + 1 + len;

    if (flow->line.len && utf8_columns(flow->line.text, flow->line.len) + 2 + wide > (size_t)room)
        flush(flow);
    str_puts(&flow->line, flow->line.len ? "  " : "");
    str_puts(&flow->line, title);
    str_puts(&flow->line, " ");
    str_put(&flow->line, value, len);
}

void paper_figures(struct paper *paper, const struct table *table, const struct row *row)
{
    struct ui *ui = paper->ui;
    uint32_t *list = arena_alloc(&ui->arena, table->ncolumns * sizeof *list);
    struct flow flow = { .paper = paper };
    char value[CELL_BUF];

    columns_by_group(table, list);
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[list[i]];

        if (!i || !columns_same_group(&table->columns[list[i - 1]], column)) {
            flush(&flow);
            flow.name = columns_group(column);
        }
        size_t len = figure(&ui->session->model, table, row, list[i], FIGURE_COLUMNS, value);
        if (len && !(column->def.flags & KVMTOP_CHILD_ONLY))
            add_piece(&flow, column->def.title, value, len);
    }
    flush(&flow);
    free(flow.line.text);
}
