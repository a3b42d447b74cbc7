/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the screen and of text reports: what stands in a cell, in the lines above. */
#ifndef KVMTOP_CORE_RENDER_TEXT_H
#define KVMTOP_CORE_RENDER_TEXT_H

#include "core/cell.h"
#include "core/session.h"

#define RENDER_LINE 400
#define RENDER_TREE_BYTES 16

/* A cell as it is shown in `width` columns: `-` where it is unknown, thread names behind the lines
 * of the tree.  Lent, or in buf. */
struct span render_cell(struct session *session, const struct line *line, const struct row *row,
                        uint32_t column, int width, char buf[CELL_BUF + RENDER_TREE_BYTES]);

/* The total beneath the view's c-th column; empty where there is none. */
struct span render_total(const struct view *view, uint32_t c, int width, char buf[CELL_BUF]);

/* kvmtop VERSION, view, interval, filter; `state` (frozen) may be NULL. */
void render_title(const struct session *session, const char *state, char line[RENDER_LINE]);
/* CPU, threads, memory, swap, guests. */
void render_host(const struct session *session, char line[RENDER_LINE]);

#endif
