/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menus of columns. */
#include "core/page_menu.h"

#include <stdio.h>
#include <string.h>

#include "core/columns.h"
#include "core/paper.h"
#include "core/xalloc.h"

/* Both menus list view_choice(), each group under a heading. */
struct menu {
    uint32_t *column, *line;    /* and the line that each stands on */
    uint32_t n;
};

/* The heading that stands before the i-th column; NULL: none. */
static const char *heading(const struct view *view, const struct menu *menu, uint32_t i)
{
    const struct column *columns = view->feed->table->columns;

    if (!i)
        return "Shown";
    if (i > view->ncolumns &&
        columns_same_group(&columns[menu->column[i - 1]], &columns[menu->column[i]]))
        return NULL;
    return i < view->ncolumns ? NULL : columns_group(&columns[menu->column[i]]);
}

static void make_menu(struct ui *ui, struct menu *menu)
{
    const struct view *view = ui->session->view;
    size_t bytes = view->feed->table->ncolumns * sizeof *menu->column;

    *menu = (struct menu){ arena_alloc(&ui->arena, bytes), arena_alloc(&ui->arena, bytes), 0 };
    menu->n = view_choice(view, menu->column);
    for (uint32_t i = 0, line = 0; i < menu->n; i++) {
        line += heading(view, menu, i) != NULL;
        menu->line[i] = line++;
    }
}

/* Keep the cursor in the window, with the heading over it. */
static void scroll_to(struct ui *ui, const struct menu *menu)
{
    uint32_t window = (uint32_t)screen_rows(ui->screen) - 2;

    if (ui->page_at >= menu->n)
        ui->page_at = menu->n - 1;
    uint32_t line = menu->line[ui->page_at];
    uint32_t top = heading(ui->session->view, menu, ui->page_at) ? line - 1 : line;
    if (top < ui->page_top)
        ui->page_top = top;
    if (line >= ui->page_top + window)
        ui->page_top = line - window + 1;
}

static void draw_list(struct ui *ui, const char *title, const char *(*mark)(const struct view *,
                                                                             uint32_t column))
{
    const struct view *view = ui->session->view;
    struct paper paper;
    struct menu menu;

    make_menu(ui, &menu);
    scroll_to(ui, &menu);
    paper_begin(&paper, ui, title);
    paper.one_line = true;
    for (uint32_t i = 0; i < menu.n; i++) {
        const struct kvmtop_column *def = &view->feed->table->columns[menu.column[i]].def;
        const char *head = heading(view, &menu, i);
        char key[64];

        if (head)
            paper_put(&paper, THEME_HEAD_SORTED, head, NULL);
        snprintf(key, sizeof key, "%s %s", mark(view, menu.column[i]), def->name);
        paper_put(&paper, THEME_ROW, key, def->help);
        if (i == ui->page_at)
            screen_paint(ui->screen, (int)(menu.line[i] - ui->page_top) + 1, 0,
                         screen_cols(ui->screen), theme_attr(&ui->theme, THEME_CURSOR));
    }
    paper_end(&paper);
}

static uint32_t selected(struct ui *ui)
{
    struct menu menu;

    make_menu(ui, &menu);
    return menu.column[ui->page_at < menu.n ? ui->page_at : menu.n - 1];
}

/* A click on a heading means the column under it. */
static void click(struct ui *ui, uint32_t line)
{
    struct menu menu;

    make_menu(ui, &menu);
    ui->page_at = 0;
    while (ui->page_at + 1 < menu.n && menu.line[ui->page_at] < line)
        ui->page_at++;
}

static void move(struct ui *ui, int64_t by)
{
    int64_t at = (int64_t)ui->page_at + by;
    struct menu menu;

    make_menu(ui, &menu);
    ui->page_at = at < 0 ? 0 : at < menu.n ? (uint32_t)at : menu.n - 1;
}

/* False: a key that is neither's. */
static bool move_event(struct ui *ui, const struct input_event *event)
{
    int64_t by = paper_step(ui, event);

    if (by)
        move(ui, by);
    else if (event->type == INPUT_MOUSE && event->code == MOUSE_LEFT && event->row > 0 &&
             event->row < screen_rows(ui->screen) - 1)
        click(ui, ui->page_top + (uint32_t)event->row - 1);
    return by || event->type != INPUT_KEY;
}

/* ---- sort ---- */

static const char *sort_mark(const struct view *view, uint32_t column)
{
    return column != view->sort ? " " : view->descending ? "▼" : "▲";
}

static void draw_sort(struct ui *ui)
{
    draw_list(ui, "Sort by   (again: turn the order)", sort_mark);
}

static bool sort_event(struct ui *ui, const struct input_event *event)
{
    struct view *view = ui->session->view;

    if (paper_closes(event) || (event->type == INPUT_KEY && event->code == KEY_F6)) {
        ui_open_page(ui, NULL);
    } else if (event->type == INPUT_KEY && (event->code == KEY_ENTER || event->code == ' ')) {
        view_sort_by(view, selected(ui));
        ui_view_changed(ui);
        ui_open_page(ui, NULL);
    } else {
        move_event(ui, event);
    }
    return true;
}

static void enter_sort(struct ui *ui)
{
    struct menu menu;

    make_menu(ui, &menu);
    while (ui->page_at < menu.n && menu.column[ui->page_at] != ui->session->view->sort)
        ui->page_at++;
}

static const struct bar_key sort_bar[] = {
    { "Enter", "Sort", KEY_ENTER }, { "ESC", "Back", KEY_ESC }, { "F10", "Quit", KEY_F10 },
    { NULL, NULL, 0 },
};

const struct page page_sort = {
    .name = "sort", .bar = sort_bar, .draw = draw_sort, .event = sort_event, .enter = enter_sort,
};

/* ---- columns ---- */

static const char *shown_mark(const struct view *view, uint32_t column)
{
    return view_place(view, column) != NONE ? "[x]" : "[ ]";
}

static void draw_columns(struct ui *ui)
{
    draw_list(ui, "Columns of this view", shown_mark);
}

static void toggle(struct ui *ui)
{
    struct view *view = ui->session->view;
    uint32_t column = selected(ui), at = view_place(view, column);

    if (at == NONE) {
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

    if (paper_closes(event) || (key && (event->code == 'o' || event->code == KEY_ENTER))) {
        ui_open_page(ui, NULL);
        ui_refresh_view(ui);
    } else if (key && event->code == ' ') {
        toggle(ui);
    } else if (key && (event->code == '<' || event->code == KEY_LEFT)) {
        shift(ui, -1);
    } else if (key && (event->code == '>' || event->code == KEY_RIGHT)) {
        shift(ui, 1);
    } else if (!move_event(ui, event)) {
        return event->code != 'W';
    }
    return true;
}

static const struct bar_key columns_bar[] = {
    { "Space", "Show/Hide", ' ' },  { "ESC", "Back", KEY_ESC }, { "<", "Move up", '<' },
    { ">", "Move down", '>' },      { "W", "Save", 'W' },       { "F10", "Quit", KEY_F10 },
    { NULL, NULL, 0 },
};

const struct page page_columns = {
    .name = "columns", .bar = columns_bar, .draw = draw_columns, .event = columns_event,
};
