/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen.c, the grid, and screen_flush.c, the bytes, share; for nobody else. */
#ifndef KVMTOP_CORE_SCREEN_CELLS_H
#define KVMTOP_CORE_SCREEN_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/utf8.h"

/* A wide character fills its cell; the one to its right has width and len 0. Unused bytes are 0, so
 * that cells compare as memory. */
struct cell {
    char text[UTF8_PIECE_MAX];
    uint8_t len;
    uint8_t width;
    uint16_t attr;
};

struct cursor {
    bool on;
    int row, col;
};

/* Where the terminal writes next and how, while a frame is made. */
struct pen {
    int row; /* -1: anywhere */
    int col;
    bool sure; /* col is right */
    uint16_t attr;
};

struct screen {
    int rows, cols;
    struct cell *grid;  /* what is drawn */
    struct cell *shown; /* what the terminal shows, unless unknown */
    struct cursor cursor, shown_cursor;
    bool unknown; /* the terminal's content and modes */
    struct pen pen;
    char *out; /* the frame's bytes */
    size_t len, cap;
};

static inline size_t screen_cells(const struct screen *s)
{
    return (size_t)s->rows * (size_t)s->cols;
}

#endif
