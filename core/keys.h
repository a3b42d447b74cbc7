/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of keys: what each does, what the bar and the help say of it. */
#ifndef KVMTOP_CORE_KEYS_H
#define KVMTOP_CORE_KEYS_H

#include "core/ui.h"

/* What must hold for a key to be in the bar: elsewhere it does nothing. */
enum keys_bar {
    BAR_TREE = 1,               /* the view is the tree */
    BAR_SIDES = 2,              /* the view can be seen from two sides */
    BAR_SEARCHED = 4,           /* there is something to search for again */
};

struct key_binding {
    uint32_t code[3];           /* characters or enum input_code; 0: none */
    const char *label;          /* as the help shows it: "F10 q" */
    const char *bar;            /* in the bar of keys; NULL: not there */
    unsigned bar_when;          /* enum keys_bar, or'ed */
    const char *help;
    void (*run)(struct ui *ui, int arg);
    int arg;
};

extern const struct key_binding keys_table[];
extern const size_t keys_count;

#define KEYS_CTRL(letter) ((letter) | MOD_CTRL << 24)

/* Keys of the table above are no views' hotkeys: a table that asks for one has none, and its plugin
 * an error that says so. */
void keys_refuse_hotkeys(const struct session *session);

/* Keys that mean the same wherever one is, be it a page or a prompt.  False: it is none of them. */
bool keys_everywhere(struct ui *ui, const struct input_event *event);

void keys_event(struct ui *ui, const struct input_event *event);

/* The last line of the screen: what can be pressed, in the view or on the page.  A page has no
 * line for messages: one stands here instead. */
void keys_draw_bar(struct ui *ui, int row);

/* Is the event a click on a key of the bar?  Then that key is put in *key. */
bool keys_clicked(const struct ui *ui, const struct input_event *event, struct input_event *key);

#endif
