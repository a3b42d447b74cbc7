/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal's side: one loop over keys, signals and the clock; pages; prompts. */
#ifndef KVMTOP_CORE_UI_H
#define KVMTOP_CORE_UI_H

#include "core/input.h"
#include "core/pace.h"
#include "core/screen.h"
#include "core/session.h"
#include "core/theme.h"

struct ui;

/* A key in the bar of a page. */
struct bar_key {
    const char *label, *text;
    uint32_t code;              /* what a click on it stands for */
};

/* What fills the screen instead of the table: help, menus, details. */
struct page {
    const char *name;
    const struct bar_key *bar;  /* up to one without a label */
    void (*draw)(struct ui *ui);
    /* Handle an event; false: it isn't the page's, and the keys of the table get it.  Those that
     * mean the same everywhere (keys.h) don't come here. */
    bool (*event)(struct ui *ui, const struct input_event *event);
    void (*enter)(struct ui *ui); /* NULL: nothing to prepare, */
    void (*leave)(struct ui *ui); /* or to clear up */
};

/* A place on the screen that a click takes for a key. */
struct spot {
    int row, from, to;          /* columns from..to - 1 */
    uint32_t code;
};
#define UI_SPOTS 100

#define PROMPT_MAX 256

/* A line being typed at the bottom, which owns its texts. */
struct prompt {
    const char *label;          /* NULL: no prompt is open */
    char *text;
    size_t len, cap;            /* bytes, and room for them: PROMPT_MAX beyond what it began with */
    char *before;               /* what ESC goes back to */
    /* After each change; after Enter (done) it says whether the prompt may close. */
    bool (*changed)(struct ui *ui, const char *text, bool done);
    void (*cancelled)(struct ui *ui, const char *before);
};

struct ui {
    struct session *session;
    struct screen *screen;
    struct theme theme;
    struct input input;
    uint64_t typed;             /* when it was last given bytes; CLOCK_MONOTONIC ns */
    const struct page *page;    /* NULL: the table */
    uint32_t page_at, page_top, page_lines; /* its cursor, scroll and length */
    struct arena arena;         /* for one frame or event */
    struct prompt prompt;
    struct spot spot[UI_SPOTS]; /* of the frame on the screen */
    unsigned nspots;
    char search[PROMPT_MAX];
    bool searching;             /* the cursor is on a match until another key */
    char message[200];          /* in the status line until the next key */
    bool message_is_error;
    struct pace pace;
    bool quit, dirty;
    bool mouse;
    uint32_t height;            /* lines of rows in the table as last drawn */
    int exit_status;
};

/* Run until q, a signal or the last of --iterations.  Returns the exit status. */
int ui_run(struct session *session);

/* Draw the present state and send what changed. */
void ui_draw(struct ui *ui);

void ui_message(struct ui *ui, bool error, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A view has come up, or its needs changed: pace_prime(). */
void ui_prime(struct ui *ui);

/* Change the view's order or rows at once. */
void ui_refresh_view(struct ui *ui);

/* The view has another sort or filter: likewise, and sample soon where it needs what nobody has
 * read yet. */
void ui_view_changed(struct ui *ui);

/* Note a place to be clicked. */
void ui_spot(struct ui *ui, int row, int from, int to, uint32_t code);

/* Open a page, or close it (NULL). */
void ui_open_page(struct ui *ui, const struct page *page);

#endif
