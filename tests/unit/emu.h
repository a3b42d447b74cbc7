/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small terminal: it knows the sequences that the screen may send, and fails the test at any
 * other control byte. */
#ifndef EMU_H
#define EMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_cell {
    char text[32];
    size_t len; /* 0: right half of a wide one */
    int width;
    uint16_t attr;
};

struct emu {
    int rows, cols;
    struct emu_cell *grid;
    int row, col;
    bool at_edge;        /* the last column was written: where the cursor is differs */
    struct emu_cell *last; /* takes what combines; NULL after a move */
    bool last_flag;      /* it is half a flag */
    uint16_t attr;
    bool autowrap, cursor_on, in_sync;
    int odd_width; /* this terminal's opinion on all that is not ASCII; 0: ours */
};

extern struct emu emu;

struct emu_cell *emu_at(int row, int col);
void emu_write(const char *s, size_t len);
/* Anything may be on a terminal that somebody else used. */
void emu_disorder(int rows, int cols);

#endif
