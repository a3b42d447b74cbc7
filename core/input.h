/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes from a terminal made into keys, pasted text and mouse events, one byte at a time.
 *
 *     n = term_read(buf, sizeof(buf));
 *     for (i = 0; i < n; i++)
 *         if (input_byte(&in, (unsigned char)buf[i], &ev))
 *             handle(&ev);
 *     poll(..., input_pending_ms(&in)); and if that time passed without a byte:
 *         if (input_timeout(&in, &ev))
 *             handle(&ev);
 *
 * Known are the keys of xterm, VT220, the Linux console and rxvt; other sequences (also replies and
 * focus reports) are swallowed whole. However reads cut the bytes, the events are the same.
 * Reads nothing, allocates nothing.
 */
#ifndef KVMTOP_CORE_INPUT_H
#define KVMTOP_CORE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum input_type {
    INPUT_KEY,   /* code, mods */
    INPUT_TEXT,  /* text, len: something was pasted */
    INPUT_MOUSE, /* code, mods, row, col */
};

/* A key's code is its character, or one of these, above all characters. */
enum input_code {
    KEY_ESC = 0x110000, KEY_ENTER, KEY_TAB, KEY_BACKSPACE,
    KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT,
    KEY_HOME, KEY_END, KEY_PGUP, KEY_PGDN, KEY_INS, KEY_DEL,
    KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6,
    KEY_F7, KEY_F8, KEY_F9, KEY_F10, KEY_F11, KEY_F12,

    MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN,
};

/* Characters carry Shift in themselves ('G'); MOD_SHIFT comes with named keys only (Shift-Tab is
 * KEY_TAB). Ctrl-A is 'a' with MOD_CTRL. Ctrl-H, -I, -J, -M and -[ can't be told from Backspace,
 * Tab, Enter, Enter and Esc, and are those. */
enum input_mods {
    MOD_SHIFT = 1,
    MOD_ALT = 2,
    MOD_CTRL = 4,
};

struct input_event {
    enum input_type type;
    uint32_t code;    /* a printable character or an enum input_code */
    unsigned mods;    /* enum input_mods, or'ed */
    int row, col;     /* the cell under the mouse, from 0 */
    const char *text; /* printable UTF-8, no NUL at the end; valid until the decoder's next call */
    size_t len;
};

/* Of a longer paste the rest is dropped. */
#define INPUT_PASTE_MAX 1024

/* Zeroed is ready; the members are the decoder's own. */
struct input {
    int state;
    bool alt;            /* an ESC stands before the key */
    unsigned char intro; /* what opened the sequence, or its private mark */
    int params[4];
    int param;  /* index of the current one, may be past the array */
    int nbytes; /* of the sequence after what opened it: 0, or at least 1 */
    char chars[4];
    size_t nchars; /* of an unfinished character or mouse report */
    char paste[INPUT_PASTE_MAX];
    size_t npaste;
    size_t nend; /* bytes of the paste's end mark seen */
};

/* Takes a byte. True if it completes an event, which is then in *ev. */
bool input_byte(struct input *in, unsigned char byte, struct input_event *ev);

/* How long to wait for the rest of something begun, in ms; -1 if nothing is. */
int input_pending_ms(const struct input *in);

/* The rest did not come in that time: a lone ESC was the key, and unfinished sequences are dropped.
 * True if there is an event in *ev. */
bool input_timeout(struct input *in, struct input_event *ev);

#endif
