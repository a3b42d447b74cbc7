/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of lines longer than the screen. */
#include "core/paper.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/utf8.h"

/* Up to the right edge; what doesn't fit is cut, and a + says so. */
static void put_cut(struct ui *ui, int row, int at, uint16_t attr, const char *text)
{
    int room = screen_cols(ui->screen) - at;
    size_t len = strlen(text);

    if (room <= 0)
        return;
    if (utf8_fit(text, len, (size_t)room, NULL) == len) {
        screen_put(ui->screen, row, at, room, attr, text, len);
        return;
    }
    at += screen_put(ui->screen, row, at, room - 1, attr, text, len);
    screen_put(ui->screen, row, at, 1, attr, "+", 1);
}

void paper_begin(struct paper *paper, struct ui *ui, const char *title)
{
    uint16_t attr = theme_attr(&ui->theme, THEME_TITLE);

    *paper = (struct paper){ .ui = ui };
    screen_fill(ui->screen, 0, 0, screen_cols(ui->screen), attr);
    put_cut(ui, 0, 0, attr, title);
}

static uint32_t window(const struct ui *ui)
{
    return screen_rows(ui->screen) > 2 ? (uint32_t)screen_rows(ui->screen) - 2 : 0;
}

void paper_end(struct paper *paper)
{
    struct ui *ui = paper->ui;
    uint32_t most = paper->line > window(ui) ? paper->line - window(ui) : 0;

    ui->page_lines = paper->line;
    if (ui->page_top > most) {
        ui->page_top = most;
        ui->dirty = true;
    }
}

static bool in_window(const struct paper *paper)
{
    const struct ui *ui = paper->ui;

    return paper->line >= ui->page_top && paper->line < ui->page_top + window(ui);
}

/* Where the present line is, if it is in the window. */
static int screen_row(const struct paper *paper)
{
    return (int)(paper->line - paper->ui->page_top) + 1;
}

/* Draw into the present line, if it is in the window, and return the columns it took. */
static int draw(const struct paper *paper, int at, enum theme_role role, const char *text,
                size_t len)
{
    const struct ui *ui = paper->ui;

    if (!in_window(paper))
        return (int)utf8_columns(text, len);
    return screen_put(ui->screen, screen_row(paper), at, screen_cols(ui->screen) - at,
                      theme_attr(&ui->theme, role), text, len);
}

/* Bytes of the beginning of the text that fit, broken at a blank or behind a comma where one stands
 * in their second half: a command line may hold neither for long.  However narrow the screen is, it
 * is a character at least, which may be shown as an escape. */
static size_t piece(const char *text, size_t len, int columns)
{
    size_t room = columns > UTF8_PIECE_MAX ? (size_t)columns : UTF8_PIECE_MAX;
    size_t fits = utf8_fit(text, len, room, NULL), cut = fits;

    if (fits == len)
        return len;
    while (cut && text[cut] != ' ' && text[cut - 1] != ',')
        cut--;
    return cut > fits / 2 ? cut : fits;
}

/* From a column on, and what doesn't fit on further lines, from another column on. */
static void wrap(struct paper *paper, int at, int further, enum theme_role role, const char *text)
{
    for (size_t len = strlen(text); len; at = further) {
        size_t n = piece(text, len, screen_cols(paper->ui->screen) - at);

        draw(paper, at, role, text, n);
        for (text += n, len -= n; len && *text == ' '; text++)
            len--;
        paper->line += len > 0;
    }
}

void paper_put(struct paper *paper, enum theme_role role, const char *key, const char *text)
{
    int at = 1 + draw(paper, 1, role, key, strlen(key));

    at = at < PAPER_TEXT_COLUMN ? PAPER_TEXT_COLUMN : at + 2;
    if (text && !paper->one_line)
        wrap(paper, at, PAPER_TEXT_COLUMN, THEME_ROW, text);
    else if (text && in_window(paper))
        put_cut(paper->ui, screen_row(paper), at, theme_attr(&paper->ui->theme, THEME_ROW), text);
    paper->line++;
}

void paper_text(struct paper *paper, enum theme_role role, const char *text)
{
    wrap(paper, 1, PAPER_INDENT, role, text);
    paper->line++;
}

void paper_printf(struct paper *paper, enum theme_role role, const char *key, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    paper_put(paper, role, key, text);
}

void paper_heading(struct paper *paper, const char *text)
{
    if (paper->line)
        paper_put(paper, THEME_ROW, "", NULL);
    paper_put(paper, THEME_HEAD_SORTED, text, NULL);
}

static void scroll(struct ui *ui, int64_t by)
{
    int64_t most = ui->page_lines > window(ui) ? ui->page_lines - window(ui) : 0;
    int64_t top = (int64_t)ui->page_top + by;

    ui->page_top = (uint32_t)(top < 0 ? 0 : top > most ? most : top);
}

int64_t paper_step(const struct ui *ui, const struct input_event *event)
{
    int64_t page = window(ui) > 1 ? (int64_t)window(ui) - 1 : 1;
    const struct {
        uint32_t code;
        int64_t by;
    } keys[] = {
        { KEY_UP, -1 },     { 'k', -1 },           { KEY_DOWN, 1 },     { 'j', 1 },
        { KEY_PGUP, -page }, { KEY_PGDN, page },   { ' ', page },
        { KEY_HOME, INT32_MIN }, { 'g', INT32_MIN }, { KEY_END, INT32_MAX }, { 'G', INT32_MAX },
        { MOUSE_WHEEL_UP, -3 }, { MOUSE_WHEEL_DOWN, 3 },
    };

    if (event->type == INPUT_TEXT || event->mods)
        return 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].code == event->code)
            return keys[i].by;
    return 0;
}

bool paper_closes(const struct input_event *event)
{
    return event->type == INPUT_KEY && !event->mods &&
           (event->code == KEY_ESC || event->code == 'q' || event->code == 'Q');
}

bool paper_event(struct ui *ui, const struct input_event *event)
{
    int64_t by = paper_step(ui, event);

    if (by)
        scroll(ui, by);
    else if (paper_closes(event))
        ui_open_page(ui, NULL);
    else
        return event->type != INPUT_KEY;
    return true;
}
