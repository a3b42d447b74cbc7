/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes between what the terminal shows and the grid: cells that differ, the shortest ways from
 * one to the next, attributes where they change, and a row's blank end erased at once.
 *
 * Terminals disagree about the width of some characters. So after one that is not ASCII the column
 * counts as unsure, and the next ASCII cell is gone to by its address: a character drawn too wide
 * or too narrow can't shift what follows it. */
#include <stdio.h>
#include <string.h>

#include "core/screen.h"
#include "core/screen_cells.h"
#include "core/xalloc.h"

#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END "\033[?2026l"
#define CURSOR_ON "\033[?25h"
#define CURSOR_OFF "\033[?25l"
/* ASCII in both character sets, no attributes, no margins, no autowrap. */
#define RESET_MODES "\017\033(B\033[m\033[r\033[?7l" CURSOR_OFF

static void emit(struct screen *s, const char *bytes, size_t len)
{
    if (len > s->cap - s->len) {
        s->cap = 2 * (s->len + len);
        s->out = xrealloc(s->out, s->cap);
    }
    memcpy(s->out + s->len, bytes, len);
    s->len += len;
}

static void emit_string(struct screen *s, const char *string)
{
    emit(s, string, strlen(string));
}

static bool is_ascii(const struct cell *c)
{
    return c->len == 1;
}

/* ---- ways */

#define WAY_MAX 24

/* Bytes that move the cursor. What does not fit has len WAY_MAX: any other way is shorter. */
struct way {
    char bytes[WAY_MAX];
    size_t len;
};

static void way_add(struct way *way, const char *bytes, size_t len)
{
    if (len >= WAY_MAX - way->len) {
        way->len = WAY_MAX;
        return;
    }
    memcpy(way->bytes + way->len, bytes, len);
    way->len += len;
}

static void way_repeat(struct way *way, char byte, int n)
{
    while (n-- > 0 && way->len < WAY_MAX)
        way_add(way, &byte, 1);
}

static void way_address(struct way *way, int row, int col)
{
    char text[32];
    int len;

    if (col > 0)
        len = snprintf(text, sizeof(text), "\033[%d;%dH", row + 1, col + 1);
    else
        len = snprintf(text, sizeof(text), "\033[%dH", row + 1);
    way_add(way, text, (size_t)len);
}

/* n columns to the right (C) or left (D). */
static void way_columns(struct way *way, int n, char direction)
{
    char text[16];
    int len;

    if (n == 1)
        len = snprintf(text, sizeof(text), "\033[%c", direction);
    else
        len = snprintf(text, sizeof(text), "\033[%d%c", n, direction);
    way_add(way, text, (size_t)len);
}

/* To the right by writing the cells once more, which show what they should already. */
static void way_rewrite(struct way *way, const struct cell *c, int n, uint16_t attr)
{
    for (; n > 0 && way->len < WAY_MAX; n--, c++) {
        if (is_ascii(c) && c->attr == attr)
            way_add(way, c->text, 1);
        else
            way->len = WAY_MAX;
    }
}

static void keep_shorter(struct way *best, const struct way *other)
{
    if (other->len < best->len)
        *best = *other;
}

static void way_along(const struct screen *s, struct way *way, int row, int from, int to)
{
    struct way by_text = *way;

    if (to > from) {
        way_columns(way, to - from, 'C');
        way_rewrite(&by_text, s->grid + (size_t)row * (size_t)s->cols + from, to - from,
                    s->pen.attr);
    } else if (to < from) {
        way_columns(way, from - to, 'D');
        way_repeat(&by_text, '\b', from - to);
    }
    keep_shorter(way, &by_text);
}

/* Takes the pen to a cell by the shortest way; ascii: what is to be written there is. All cells
 * before it in its row are as they should be. */
static void go_to(struct screen *s, int row, int col, bool ascii)
{
    struct pen *pen = &s->pen;
    struct way best = {.len = 0};
    struct way from_start = {.len = 0};
    struct way from_here = {.len = 0};
    int down = row - pen->row;

    if (pen->row == row && pen->col == col && (pen->sure || !ascii))
        return;
    way_address(&best, row, col);
    if (pen->row >= 0 && down >= 0) {
        way_repeat(&from_start, '\r', 1);
        way_repeat(&from_start, '\n', down);
        way_along(s, &from_start, row, 0, col);
        keep_shorter(&best, &from_start);
    }
    if (pen->row >= 0 && down >= 0 && pen->sure) {
        way_repeat(&from_here, '\n', down);
        way_along(s, &from_here, row, pen->col, col);
        keep_shorter(&best, &from_here);
    }
    emit(s, best.bytes, best.len);
    pen->row = row;
    pen->col = col;
    pen->sure = true;
}

/* ---- attributes */

static const struct flag {
    unsigned flag;
    const char *on, *off;
} flags[] = {
    {ATTR_BOLD, "1;", "22;"},
    {ATTR_DIM, "2;", "22;"},
    {ATTR_UNDERLINE, "4;", "24;"},
    {ATTR_REVERSE, "7;", "27;"},
};

#define SGR_MAX 48

/* A list of SGR's numbers, each with its semicolon. */
struct sgr {
    char text[SGR_MAX];
    size_t len;
};

static void sgr_add(struct sgr *sgr, const char *code)
{
    size_t len = strlen(code);

    memcpy(sgr->text + sgr->len, code, len);
    sgr->len += len;
}

/* colour: as stored, 1..16, 0 the default; base: 30 before, 40 behind. */
static void sgr_colour(struct sgr *sgr, unsigned colour, unsigned base)
{
    char code[16];
    unsigned number = !colour ? base + 9 : colour > 8 ? base + 60 + colour - 9 : base + colour - 1;

    snprintf(code, sizeof(code), "%u;", number);
    sgr_add(sgr, code);
}

static void sgr_change(struct sgr *sgr, unsigned from, unsigned to)
{
    unsigned gone = from & ~to;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (gone & flags[i].flag)
            sgr_add(sgr, flags[i].off);
    /* Bold and dim share their way out. */
    if (gone & (ATTR_BOLD | ATTR_DIM))
        from &= ~(ATTR_BOLD | ATTR_DIM);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (to & ~from & flags[i].flag)
            sgr_add(sgr, flags[i].on);
    if ((from ^ to) & ATTR_FG_MASK)
        sgr_colour(sgr, to & ATTR_FG_MASK, 30);
    if ((from ^ to) & ATTR_BG_MASK)
        sgr_colour(sgr, (to & ATTR_BG_MASK) >> 5, 40);
}

/* By the change alone or from nothing, whichever is shorter. */
static void set_attr(struct screen *s, uint16_t attr)
{
    struct sgr change = {.len = 0};
    struct sgr anew = {.len = 0};

    if (attr == s->pen.attr)
        return;
    sgr_change(&change, s->pen.attr, attr);
    sgr_add(&anew, attr ? "0;" : ";");
    sgr_change(&anew, 0, attr);
    if (anew.len <= change.len)
        change = anew;
    emit_string(s, "\033[");
    emit(s, change.text, change.len - 1);
    emit_string(s, "m");
    s->pen.attr = attr;
}

/* ---- rows */

static void put_cell(struct screen *s, int row, int col, const struct cell *c)
{
    go_to(s, row, col, is_ascii(c));
    set_attr(s, c->attr);
    emit(s, c->text, c->len);
    s->pen.col = col + c->width;
    s->pen.sure = is_ascii(c) && s->pen.col < s->cols;
}

static bool is_blank(const struct cell *c)
{
    return is_ascii(c) && c->text[0] == ' ' && c->attr == 0;
}

static bool differs(const struct screen *s, const struct cell *c)
{
    return s->unknown || memcmp(c, s->shown + (c - s->grid), sizeof(*c)) != 0;
}

/* The blank end of a row, from col on. */
static void flush_end(struct screen *s, int row, int col)
{
    const struct cell *cells = s->grid + (size_t)row * (size_t)s->cols;
    int last = s->cols;

    while (last > col && !differs(s, cells + last - 1))
        last--;
    while (col < last && !differs(s, cells + col))
        col++;
    if (last - col > 3) {
        go_to(s, row, col, true);
        set_attr(s, 0);
        emit_string(s, "\033[K");
        return;
    }
    for (; col < last; col++)
        put_cell(s, row, col, cells + col);
}

static void flush_row(struct screen *s, int row)
{
    const struct cell *cells = s->grid + (size_t)row * (size_t)s->cols;
    int end = s->cols;

    while (end > 0 && is_blank(cells + end - 1))
        end--;
    for (int col = 0; col < end; col += cells[col].width)
        if (differs(s, cells + col))
            put_cell(s, row, col, cells + col);
    flush_end(s, row, end);
}

/* ---- frames */

static void flush_cursor(struct screen *s)
{
    if (!s->cursor.on)
        return;
    go_to(s, s->cursor.row, s->cursor.col, true);
    emit_string(s, CURSOR_ON);
}

static bool cursor_differs(const struct screen *s)
{
    const struct cursor *a = &s->cursor;
    const struct cursor *b = &s->shown_cursor;

    return a->on != b->on || (a->on && (a->row != b->row || a->col != b->col));
}

const char *screen_flush(struct screen *s, size_t *len)
{
    size_t prologue;

    s->len = 0;
    s->pen = (struct pen){.row = -1};
    emit_string(s, SYNC_BEGIN);
    if (s->unknown)
        emit_string(s, RESET_MODES);
    else if (s->shown_cursor.on)
        emit_string(s, CURSOR_OFF);
    prologue = s->len;
    for (int row = 0; row < s->rows; row++)
        flush_row(s, row);
    *len = 0;
    if (s->len == prologue && !s->unknown && !cursor_differs(s))
        return s->out;
    set_attr(s, 0);
    flush_cursor(s);
    emit_string(s, SYNC_END);
    memcpy(s->shown, s->grid, screen_cells(s) * sizeof(*s->grid));
    s->shown_cursor = s->cursor;
    s->unknown = false;
    *len = s->len;
    return s->out;
}
