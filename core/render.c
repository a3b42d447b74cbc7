/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table on the screen. */
#include "core/render.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/format.h"
#include "core/render_text.h"
#include "core/utf8.h"

/* ---- pieces ---- */

/* Text in a field: what doesn't fit is cut, and a + says so. */
static void put_field(struct ui *ui, int row, const struct placed *p, struct span text,
                      bool right, uint16_t attr)
{
    size_t columns;

    if (utf8_fit(text.bytes, text.len, (size_t)p->width, &columns) < text.len) {
        int used = screen_put(ui->screen, row, p->at, p->width - 1, attr, text.bytes, text.len);
        screen_put(ui->screen, row, p->at + used, 1, attr, "+", 1);
        return;
    }
    int gap = right ? p->width - (int)columns : 0;
    screen_put(ui->screen, row, p->at + gap, p->width - gap, attr, text.bytes, text.len);
}

/* Up to the right edge. */
static void put_rest(struct ui *ui, int row, int at, uint16_t attr, const char *text)
{
    const struct placed rest = { .at = at, .width = screen_cols(ui->screen) - at };

    if (rest.width > 0)
        put_field(ui, row, &rest, (struct span){ text, strlen(text) }, false, attr);
}

static void draw_bar(struct ui *ui, int row, enum theme_role role, const char *text)
{
    uint16_t attr = theme_attr(&ui->theme, role);

    screen_fill(ui->screen, row, 0, screen_cols(ui->screen), attr);
    put_rest(ui, row, 0, attr, text);
}

/* `2CPU%`, and in the gap behind it the mark of the sorted column. */
static void draw_head(struct ui *ui, int row, const struct placed *p)
{
    const struct view *view = ui->session->view;
    const struct column *column = &view->feed->table->columns[p->column];
    bool sorted = view->sort == p->column;
    uint16_t attr = theme_attr(&ui->theme, sorted ? THEME_HEAD_SORTED : THEME_HEAD);
    char head[80];
    int n = column->def.digit
                ? snprintf(head, sizeof head, "%u%s", column->def.digit, column->def.title)
                : snprintf(head, sizeof head, "%s", column->def.title);

    put_field(ui, row, p, (struct span){ head, (size_t)n }, !cell_is_text(column), attr);
    ui_spot(ui, row, p->at, p->at + p->width, p->column | RENDER_SPOT_COLUMN);
    if (!sorted)
        return;
    int at = p->at + (cell_is_text(column) ? (n < p->width ? n : p->width) : p->width);
    if (at >= screen_cols(ui->screen)) /* the last column has no gap behind it */
        at = p->at > 0 ? p->at - 1 : 0;
    screen_puts(ui->screen, row, at, attr, view->descending ? "▼" : "▲");
}

static uint16_t cell_attr(const struct ui *ui, const struct row *row, uint32_t index, char state)
{
    const struct view *view = ui->session->view;
    const struct table *table = view->feed->table;
    const struct kvmtop_column *def = &table->columns[index].def;
    double warn = row->parent == NONE ? def->warn : def->child_warn;
    double crit = row->parent == NONE ? def->crit : def->child_crit, value;

    if (def->kind == KVMTOP_STATE && state == 'D')
        return theme_attr(&ui->theme, THEME_WARN);
    if ((warn > 0 || crit > 0) &&
        rate_value(table, row, view_column_of(view, row, index), &value)) {
        if (crit > 0 && value >= crit)
            return theme_attr(&ui->theme, THEME_CRIT);
        if (warn > 0 && value >= warn)
            return theme_attr(&ui->theme, THEME_WARN);
    }
    if (def->flags & KVMTOP_GUEST_LABEL && row->parent == NONE && row->guest != NONE)
        return theme_attr(&ui->theme, THEME_GUEST);
    if (row->flags & KVMTOP_ROW_HIDDEN)
        return theme_attr(&ui->theme, THEME_DIM);
    return theme_attr(&ui->theme, THEME_ROW);
}

static void draw_row(struct ui *ui, int at, const struct line *line, const struct placed *placed,
                     uint32_t n)
{
    struct session *session = ui->session;
    const struct table *table = session->view->feed->table;
    const struct row *row = table_at(table, line->row);

    for (uint32_t i = 0; i < n; i++) {
        char buf[CELL_BUF + RENDER_TREE_BYTES];
        const struct column *column = &table->columns[placed[i].column];
        struct span text = render_cell(session, line, row, placed[i].column, placed[i].width,
                                       buf);

        put_field(ui, at, &placed[i], text, !cell_is_text(column),
                  cell_attr(ui, row, placed[i].column, text.len == 1 ? text.bytes[0] : 0));
        if (row->parent != NONE && column->def.flags & KVMTOP_GUEST_LABEL)
            screen_paint(ui->screen, at, placed[i].at, 2, theme_attr(&ui->theme, THEME_TREE));
    }
}

static void draw_rows(struct ui *ui, const struct placed *placed, uint32_t n)
{
    struct view *view = ui->session->view;
    int cols = screen_cols(ui->screen);

    for (uint32_t i = 0; i < ui->height && view->top + i < view->nlines; i++) {
        int at = RENDER_ABOVE + (int)i;

        draw_row(ui, at, view_line(view, view->top + i), placed, n);
        if (view->top + i == view->at)
            screen_paint(ui->screen, at, 0, cols,
                         theme_attr(&ui->theme, ui->searching ? THEME_MATCH : THEME_CURSOR));
    }
}

static void draw_totals(struct ui *ui, int row, const struct placed *placed, uint32_t n)
{
    const struct view *view = ui->session->view;
    uint16_t attr = theme_attr(&ui->theme, THEME_TOTAL);

    screen_fill(ui->screen, row, 0, screen_cols(ui->screen), attr);
    for (uint32_t i = 0; i < n; i++) {
        char buf[CELL_BUF];
        uint32_t c = 0;

        while (view->columns[c] != placed[i].column)
            c++;
        put_field(ui, row, &placed[i], render_total(view, c, placed[i].width, buf),
                  !cell_is_text(&view->feed->table->columns[placed[i].column]), attr);
    }
}

struct first_line {
    char text[300];
    unsigned count;
};

static void count_line(void *ctx, const char *line)
{
    struct first_line *first = ctx;

    if (!first->count++)
        snprintf(first->text, sizeof first->text, "%s", line);
}

/* "Showing 1-9 of 9", and how many there are besides.  Returns its width. */
static int draw_counts(struct ui *ui, int row, uint16_t attr)
{
    const struct view *view = ui->session->view;
    uint32_t last = view->top + ui->height < view->nlines ? view->top + ui->height : view->nlines;
    bool limited = ui->session->limit && view->passed > view->nlines;
    bool filtered = view->filter && view->all > view->passed;
    char line[120];

    int n = snprintf(line, sizeof line, "Showing %" PRIu32 "-%" PRIu32 " of %" PRIu32,
                     view->nlines ? view->top + 1 : 0, last, view->nlines);
    if (limited || filtered)
        snprintf(line + n, sizeof line - (size_t)n, " (%s%s%s, %" PRIu32 " in all)",
                 filtered ? "filter" : "", filtered && limited ? " and " : "",
                 limited ? "limit" : "", filtered ? view->all : view->passed);
    return screen_puts(ui->screen, row, 0, attr, line);
}

/* The first reason why something is unknown, and where to read on. */
static void draw_warning(struct ui *ui, int row, int at, uint16_t attr)
{
    struct first_line warning = { "", 0 };
    char more[60] = "";

    session_warnings(ui->session, count_line, &warning);
    if (!warning.count)
        return;
    if (warning.count > 1)
        snprintf(more, sizeof more, "(1 of %u, ? shows all) ", warning.count);
    else if (at + (int)utf8_columns(warning.text, strlen(warning.text)) > screen_cols(ui->screen))
        snprintf(more, sizeof more, "(? shows all) ");
    at += screen_puts(ui->screen, row, at, attr, more);
    put_rest(ui, row, at, theme_attr(&ui->theme, THEME_WARN), warning.text);
}

/* On the right: what is wrong with the filter, else a message, else a warning. */
static void draw_status(struct ui *ui, int row)
{
    const struct view *view = ui->session->view;
    uint16_t attr = theme_attr(&ui->theme, THEME_DIM);
    enum theme_role role = ui->message_is_error ? THEME_ERROR : THEME_GOOD;
    int at = draw_counts(ui, row, attr) + 2;

    if (view->filter_error[0]) {
        at += screen_puts(ui->screen, row, at, theme_attr(&ui->theme, THEME_ERROR), "filter: ");
        put_rest(ui, row, at, theme_attr(&ui->theme, THEME_ERROR), view->filter_error);
    } else if (ui->message[0]) {
        put_rest(ui, row, at, theme_attr(&ui->theme, role), ui->message);
    } else if (ui->pace.frozen && !view->feed->table->round) {
        put_rest(ui, row, at, theme_attr(&ui->theme, THEME_WARN),
                 "frozen before this view was sampled: f goes on");
    } else {
        draw_warning(ui, row, at, attr);
    }
}

void render_table(struct ui *ui)
{
    struct session *session = ui->session;
    struct view *view = session->view;
    int rows = screen_rows(ui->screen), cols = screen_cols(ui->screen);
    int body = rows - RENDER_ABOVE - RENDER_BELOW;
    struct placed placed[RENDER_COLUMNS];
    char line[RENDER_LINE];

    ui->height = body > 0 ? (uint32_t)body : 0;
    view_scroll(view, ui->height);
    render_measure(session, ui->height, cols);
    uint32_t n = render_layout(view, cols, placed);
    render_title(session, ui->pace.frozen ? "frozen" : NULL, line);
    draw_bar(ui, 0, THEME_TITLE, line);
    render_host(session, line);
    draw_bar(ui, 1, THEME_HOST, line);
    screen_fill(ui->screen, 2, 0, cols, theme_attr(&ui->theme, THEME_HEAD));
    for (uint32_t i = 0; i < n; i++)
        draw_head(ui, 2, &placed[i]);
    draw_rows(ui, placed, n);
    if (rows > RENDER_ABOVE + RENDER_BELOW) {
        draw_totals(ui, rows - 3, placed, n);
        draw_status(ui, rows - 2);
    }
}
