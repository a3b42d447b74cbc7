/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menus of columns. */
#include "core/page_menu.h"

#include <stdio.h>
#include <string.h>

#include "core/paper.h"
#include "core/sort.h"
#include "core/xalloc.h"

/* Both list all columns of the table: those shown in their order, then the others. */
static uint32_t list_columns(const struct view *view, uint32_t *list)
{
    const struct table *table = view->feed->table;
    uint32_t n = 0;

    for (; n < view->ncolumns; n++)
        list[n] = view->columns[n];
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        bool shown = false;

        for (uint32_t c = 0; c < view->ncolumns; c++)
            shown |= view->columns[c] == i;
        if (!shown && (view->tree || !(table->columns[i].def.flags & KVMTOP_CHILD_ONLY)))
            list[n++] = i;
    }
    return n;
}

static void draw_list(struct ui *ui, const char *title, const char *(*mark)(const struct view *,
                                                                             uint32_t column))
{
    struct view *view = ui->session->view;
    const struct table *table = view->feed->table;
    uint32_t *list = arena_alloc(&ui->arena, table->ncolumns * sizeof *list);
    uint32_t n = list_columns(view, list), window = (uint32_t)screen_rows(ui->screen) - 2;
    struct paper paper;

    if (ui->page_at >= n)
        ui->page_at = n - 1;
    if (ui->page_at < ui->page_top)
        ui->page_top = ui->page_at;
    if (ui->page_at >= ui->page_top + window)
        ui->page_top = ui->page_at - window + 1;
    paper_begin(&paper, ui, title);
    paper.one_line = true;
    for (uint32_t i = 0; i < n; i++) {
        const struct kvmtop_column *def = &table->columns[list[i]].def;
        char key[64];

        snprintf(key, sizeof key, "%s %s", mark(view, list[i]), def->name);
        paper_put(&paper, THEME_ROW, key, def->help);
        if (i == ui->page_at)
            screen_paint(ui->screen, (int)(i - ui->page_top) + 1, 0, screen_cols(ui->screen),
                         theme_attr(&ui->theme, THEME_CURSOR));
    }
    paper_end(&paper);
}

static uint32_t selected(struct ui *ui)
{
    const struct view *view = ui->session->view;
    uint32_t *list = arena_alloc(&ui->arena, view->feed->table->ncolumns * sizeof *list);
    uint32_t n = list_columns(view, list);

    return ui->page_at < n ? list[ui->page_at] : list[n - 1];
}

static bool move_key(struct ui *ui, const struct input_event *event)
{
    uint32_t page = (uint32_t)screen_rows(ui->screen) - 3, at = ui->page_at;

    if (event->type == INPUT_MOUSE) {
        if (event->code == MOUSE_LEFT && event->row > 0)
            ui->page_at = ui->page_top + (uint32_t)event->row - 1;
        else if (event->code == MOUSE_WHEEL_UP && at)
            ui->page_at--;
        else if (event->code == MOUSE_WHEEL_DOWN)
            ui->page_at++;
        return true;
    }
    switch (event->code) {
    case KEY_UP:
    case 'k':
        ui->page_at = at ? at - 1 : 0;
        return true;
    case KEY_DOWN:
    case 'j':
        ui->page_at = at + 1;
        return true;
    case KEY_PGUP:
        ui->page_at = at > page ? at - page : 0;
        return true;
    case KEY_PGDN:
        ui->page_at = at + page;
        return true;
    case KEY_HOME:
    case 'g':
        ui->page_at = 0;
        return true;
    case KEY_END:
    case 'G':
        ui->page_at = UINT32_MAX;
        return true;
    default:
        return false;
    }
}

static bool closes(const struct input_event *event)
{
    return event->type == INPUT_KEY && (event->code == KEY_ESC || event->code == 'q');
}

/* ---- sort ---- */

static const char *sort_mark(const struct view *view, uint32_t column)
{
    return column != view->sort ? " " : view->descending ? "▼" : "▲";
}

static void draw_sort(struct ui *ui)
{
    draw_list(ui, "Sort by   (Enter chooses, again turns the order, ESC goes back)", sort_mark);
}

static bool sort_event(struct ui *ui, const struct input_event *event)
{
    struct view *view = ui->session->view;

    if (closes(event) || (event->type == INPUT_KEY && event->code == KEY_F6)) {
        ui_open_page(ui, NULL);
    } else if (event->type == INPUT_KEY && (event->code == KEY_ENTER || event->code == ' ')) {
        view_sort_by(view, selected(ui));
        ui_refresh_view(ui);
        ui_open_page(ui, NULL);
    } else if (!move_key(ui, event)) {
        return event->code != KEY_F10;
    }
    return true;
}

static void enter_sort(struct ui *ui)
{
    const struct view *view = ui->session->view;
    uint32_t *list = arena_alloc(&ui->arena, view->feed->table->ncolumns * sizeof *list);
    uint32_t n = list_columns(view, list);

    while (ui->page_at < n && list[ui->page_at] != view->sort)
        ui->page_at++;
}

const struct page page_sort = {
    .name = "sort", .draw = draw_sort, .event = sort_event, .enter = enter_sort,
};

/* ---- columns ---- */

static const char *shown_mark(const struct view *view, uint32_t column)
{
    for (uint32_t i = 0; i < view->ncolumns; i++)
        if (view->columns[i] == column)
            return "[x]";
    return "[ ]";
}

static void draw_columns(struct ui *ui)
{
    draw_list(ui, "Columns   (Space shows and hides, < and > move, ESC goes back; W keeps them)",
              shown_mark);
}

static void toggle(struct ui *ui)
{
    struct view *view = ui->session->view;
    uint32_t column = selected(ui), at = 0;

    while (at < view->ncolumns && view->columns[at] != column)
        at++;
    if (at == view->ncolumns) {
        view->columns = xreallocarray(view->columns, view->feed->table->ncolumns + 1,
                                      sizeof *view->columns);
        view->columns[view->ncolumns++] = column;
        ui->page_at = view->ncolumns - 1;
    } else if (view->ncolumns > 1) {
        memmove(view->columns + at, view->columns + at + 1,
                (view->ncolumns - at - 1) * sizeof *view->columns);
        view->ncolumns--;
    }
    ui_prime(ui);
}

static void shift(struct ui *ui, int by)
{
    struct view *view = ui->session->view;
    uint32_t at = ui->page_at, to = at + (uint32_t)by;

    if (at >= view->ncolumns || to >= view->ncolumns)
        return;
    uint32_t column = view->columns[at];
    view->columns[at] = view->columns[to];
    view->columns[to] = column;
    ui->page_at = to;
}

static bool columns_event(struct ui *ui, const struct input_event *event)
{
    bool key = event->type == INPUT_KEY;

    if (closes(event) || (key && (event->code == 'o' || event->code == KEY_ENTER))) {
        ui_open_page(ui, NULL);
        ui_refresh_view(ui);
    } else if (key && event->code == ' ') {
        toggle(ui);
    } else if (key && (event->code == '<' || event->code == KEY_LEFT)) {
        shift(ui, -1);
    } else if (key && (event->code == '>' || event->code == KEY_RIGHT)) {
        shift(ui, 1);
    } else if (!move_key(ui, event)) {
        return event->code != KEY_F10 && event->code != 'W';
    }
    return true;
}

const struct page page_columns = {
    .name = "columns", .draw = draw_columns, .event = columns_event,
};
