/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of lines longer than the screen: written from the top, shown through a window. */
#ifndef KVMTOP_CORE_PAPER_H
#define KVMTOP_CORE_PAPER_H

#include "core/ui.h"

#define PAPER_TEXT_COLUMN 16
#define PAPER_INDENT 5          /* of what a text goes on with */

struct paper {
    struct ui *ui;
    uint32_t line;              /* the next to be written */
    bool one_line;              /* an item a line (a menu): what doesn't fit is cut, with a + */
};

/* Begin with a title bar; end notes the length, for paper_event(). */
void paper_begin(struct paper *paper, struct ui *ui, const char *title);
void paper_end(struct paper *paper);

/* A line of its own: a key word in its role, and text behind it from PAPER_TEXT_COLUMN on (NULL:
 * none), on further lines what doesn't fit. */
void paper_put(struct paper *paper, enum theme_role role, const char *key, const char *text);
/* A text that takes the whole width, indented on further lines. */
void paper_text(struct paper *paper, enum theme_role role, const char *text);
void paper_heading(struct paper *paper, const char *text);
void paper_printf(struct paper *paper, enum theme_role role, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* How many lines a key or the wheel moves by, however many there are; 0: it moves nothing. */
int64_t paper_step(const struct ui *ui, const struct input_event *event);

/* ESC and q. */
bool paper_closes(const struct input_event *event);

/* Scroll, and close the page.  False: another key. */
bool paper_event(struct ui *ui, const struct input_event *event);

#endif
