/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A grid of cells to draw on, and the bytes that turn what the terminal shows into it.
 *
 *     screen_clear(s);                        draw the whole frame into the grid
 *     screen_put(s, row, col, ...); ...
 *     bytes = screen_flush(s, &len);          the difference to what was flushed before
 *     if (len) term_write(bytes, len);
 *
 * Rows and columns count from 0. Everything is clipped to the grid, so no position is an error.
 * Nothing but printable clusters gets into a cell, whatever the text holds (see utf8.h).
 * Needs no terminal; knows nothing of term.h.
 */
#ifndef KVMTOP_CORE_SCREEN_H
#define KVMTOP_CORE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

struct screen;

/* A blank grid, at least 1 x 1, of a terminal whose content is unknown. screen_free() it. */
struct screen *screen_new(int rows, int cols);
void screen_free(struct screen *s);

/* Another size: the grid is blank and what the terminal shows unknown, as after screen_new(). */
void screen_resize(struct screen *s, int rows, int cols);
int screen_rows(const struct screen *s);
int screen_cols(const struct screen *s);

/* All cells blank, cursor hidden. The terminal sees it only as far as the next flush differs. */
void screen_clear(struct screen *s);

/* Draws text into at most `max` columns. Returns the columns drawn: fewer than max only if the
 * text is shorter. A piece (a wide character, an escape) that no longer fits is left out, blanks
 * take its place. Half of a wide character that is overwritten leaves a blank behind. */
int screen_put(struct screen *s, int row, int col, int max, uint16_t attr, const char *text,
               size_t len);
/* The same for a string and the whole rest of the row. */
int screen_puts(struct screen *s, int row, int col, uint16_t attr, const char *text);

/* n blanks with attr. */
void screen_fill(struct screen *s, int row, int col, int n, uint16_t attr);

/* Lays attr over n cells as attr_over() does and leaves their text alone: a cursor's line, a match.
 * A wide character of which only half lies inside changes as a whole. */
void screen_paint(struct screen *s, int row, int col, int n, uint16_t attr);

/* Shows the terminal's cursor at a cell (a prompt's). It stays hidden without, after
 * screen_clear(). */
void screen_cursor(struct screen *s, int row, int col);

/* The terminal may show anything (Ctrl-L, after a stop, a write that failed): the next flush paints
 * every cell and sets the modes that drawing relies upon. It does not clear first, so nothing
 * flickers. */
void screen_invalidate(struct screen *s);

/* The bytes that bring the terminal from the last flush to the grid, wrapped in a synchronized
 * update: *len of them, 0 when nothing changed. They are the screen's, valid until the next call.
 * The grid itself stays as it is. */
const char *screen_flush(struct screen *s, size_t *len);

/* What is in a cell, for tests and searches: its bytes (no NUL; "" for the right half of a wide
 * character) and their number; NULL outside the grid. attr may be NULL. */
const char *screen_cell(const struct screen *s, int row, int col, size_t *len, uint16_t *attr);

#endif
