/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table on the screen. */
#ifndef KVMTOP_CORE_RENDER_H
#define KVMTOP_CORE_RENDER_H

#include "core/ui.h"

/* Lines of the screen that aren't rows: title, host, heads; totals, status, keys. */
#define RENDER_ABOVE 3
#define RENDER_BELOW 3

/* Where a column of the view stands. */
struct placed {
    uint32_t column;
    int at, width;
};

#define RENDER_COLUMNS 512      /* more than the widest screen holds */

/* Which of the view's columns fit into `cols` columns, and where; the least important give way,
 * text columns are as wide as what was seen in them, the last one first; at the right edge it takes
 * what is left.  Returns their number, at most RENDER_COLUMNS. */
uint32_t render_layout(const struct view *view, int cols, struct placed *placed);

/* See how wide the texts are that stand in the window of `height` lines. */
void render_measure(struct session *session, uint32_t height, int cols);

/* In a spot's code: not a key but the index of a column to sort by. */
#define RENDER_SPOT_COLUMN 0x40000000u

/* Draw title, host, heads, rows, totals and status into the grid. */
void render_table(struct ui *ui);

#endif
