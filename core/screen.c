/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid that is drawn on. Whatever text comes, its cells hold clusters fit for a terminal. */
#include "core/screen.h"

#include <stdlib.h>
#include <string.h>

#include "core/screen_cells.h"
#include "core/utf8.h"
#include "core/xalloc.h"

static const struct cell blank = {.text = " ", .len = 1, .width = 1};

static struct cell *cell_at(const struct screen *s, int row, int col)
{
    return s->grid + (size_t)row * (size_t)s->cols + col;
}

struct screen *screen_new(int rows, int cols)
{
    struct screen *s = xcalloc(1, sizeof(*s));

    screen_resize(s, rows, cols);
    return s;
}

void screen_free(struct screen *s)
{
    if (!s)
        return;
    free(s->grid);
    free(s->shown);
    free(s->out);
    free(s);
}

void screen_resize(struct screen *s, int rows, int cols)
{
    s->rows = rows > 1 ? rows : 1;
    s->cols = cols > 1 ? cols : 1;
    s->grid = xreallocarray(s->grid, screen_cells(s), sizeof(*s->grid));
    s->shown = xreallocarray(s->shown, screen_cells(s), sizeof(*s->shown));
    screen_clear(s);
    screen_invalidate(s);
}

int screen_rows(const struct screen *s)
{
    return s->rows;
}

int screen_cols(const struct screen *s)
{
    return s->cols;
}

void screen_clear(struct screen *s)
{
    for (size_t i = 0; i < screen_cells(s); i++)
        s->grid[i] = blank;
    s->cursor = (struct cursor){0};
}

static void blank_text(struct cell *c)
{
    uint16_t attr = c->attr;

    *c = blank;
    c->attr = attr;
}

/* Writes a cluster that fits in the row; what it cuts in two goes. */
static void set_cell(struct screen *s, int row, int col, const char *text, size_t len, int width,
                     uint16_t attr)
{
    struct cell *c = cell_at(s, row, col);

    if (c->width == 0)
        blank_text(c - 1);
    if (c[width - 1].width == 2)
        blank_text(c + width);
    *c = (struct cell){.len = (uint8_t)len, .width = (uint8_t)width, .attr = attr};
    memcpy(c->text, text, len);
    if (width == 2)
        c[1] = (struct cell){.attr = attr};
}

/* Clips n columns from (row, col) on; false if nothing is left. */
static bool clip(const struct screen *s, int row, int *col, int *n)
{
    if (row < 0 || row >= s->rows || *col >= s->cols || *n <= 0)
        return false;
    if (*col < 0) {
        if (*n <= -*col)
            return false;
        *n += *col;
        *col = 0;
    }
    if (*n > s->cols - *col)
        *n = s->cols - *col;
    return true;
}

void screen_fill(struct screen *s, int row, int col, int n, uint16_t attr)
{
    if (!clip(s, row, &col, &n))
        return;
    for (int i = 0; i < n; i++)
        set_cell(s, row, col + i, " ", 1, 1, attr);
}

/* An escape is ASCII, a cell each; a cluster is one cell, even a wide one. */
static void put_piece(struct screen *s, int row, int col, uint16_t attr,
                      const struct utf8_piece *piece)
{
    if (piece->len != piece->width) {
        set_cell(s, row, col, piece->bytes, piece->len, piece->width, attr);
        return;
    }
    for (int i = 0; i < piece->len; i++)
        set_cell(s, row, col + i, piece->bytes + i, 1, 1, attr);
}

int screen_put(struct screen *s, int row, int col, int max, uint16_t attr, const char *text,
               size_t len)
{
    struct utf8_piece piece;
    int used = 0;

    if (col < 0 || !clip(s, row, &col, &max))
        return 0;
    for (size_t at = 0; at < len && used < max; used += piece.width) {
        at += utf8_next(&piece, text + at, len - at);
        if (piece.width > max - used) {
            screen_fill(s, row, col + used, max - used, attr);
            return max;
        }
        put_piece(s, row, col + used, attr, &piece);
    }
    return used;
}

int screen_puts(struct screen *s, int row, int col, uint16_t attr, const char *text)
{
    return screen_put(s, row, col, s->cols, attr, text, strlen(text));
}

void screen_paint(struct screen *s, int row, int col, int n, uint16_t attr)
{
    struct cell *c;

    if (!clip(s, row, &col, &n))
        return;
    c = cell_at(s, row, col);
    if (c->width == 0) {
        c--;
        n++;
    }
    if (c[n - 1].width == 2)
        n++;
    for (; n > 0; n--, c++)
        c->attr = attr_over(c->attr, attr);
}

void screen_cursor(struct screen *s, int row, int col)
{
    s->cursor.on = row >= 0 && row < s->rows && col >= 0 && col < s->cols;
    s->cursor.row = row;
    s->cursor.col = col;
}

void screen_invalidate(struct screen *s)
{
    s->unknown = true;
}

const char *screen_cell(const struct screen *s, int row, int col, size_t *len, uint16_t *attr)
{
    const struct cell *c;

    if (row < 0 || row >= s->rows || col < 0 || col >= s->cols)
        return NULL;
    c = cell_at(s, row, col);
    *len = c->len;
    if (attr)
        *attr = c->attr;
    return c->text;
}
