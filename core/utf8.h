/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 without a locale: decoding, column widths, and hostile text made fit for a terminal.
 *
 * Text always comes as pointer and length and may hold any byte. Where it is shown, it is taken
 * apart into *pieces*: a piece is a cluster (a character and what combines with it) or an escape
 * standing for what must not reach a terminal:
 *     \n \t      newline, tab
 *     \xNN       other bytes below 0x20, 0x7f, and bytes that are no UTF-8
 *     \u{XXXX}   C1 controls, bidi and other invisible format characters, line separators,
 *                private, unassigned and non-characters, a mark with nothing to combine with,
 *                half a flag
 * What only asks for another look of the same character (variation selectors, skin tones) is left
 * out: terminals disagree about its width. So are marks past UTF8_PIECE_MAX bytes of a cluster.
 */
#ifndef KVMTOP_CORE_UTF8_H
#define KVMTOP_CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum {
    UTF8_INVALID = -1, /* the first byte begins no character */
    UTF8_SHORT = -2,   /* what is there is the beginning of one, the text ends too early */
};

/* Decodes the character at s into *cp and returns its 1..4 bytes; strict: no overlong forms, no
 * surrogates, nothing above U+10FFFF. Otherwise UTF8_INVALID or UTF8_SHORT (also for len 0), and
 * *cp is left alone. NUL is a character like others. */
int utf8_decode(const char *s, size_t len, uint32_t *cp);

/* Writes cp, which must be a valid scalar value, and returns its 1..4 bytes (no NUL). */
size_t utf8_encode(char dst[4], uint32_t cp);

/* Columns of one character: 0 for one that combines with the one before, 1, 2; -1 for one that must
 * not be shown raw (the list above). Unicode version: width_table.h. */
int utf8_width(uint32_t cp);

#define UTF8_PIECE_MAX 12

struct utf8_piece {
    char bytes[UTF8_PIECE_MAX]; /* safe to send to a terminal; no NUL at the end */
    uint8_t len;                /* 1..UTF8_PIECE_MAX */
    uint8_t width;              /* columns: 1 or 2 of a cluster, as many as bytes of an escape */
};

/* Takes the next piece from s (len > 0) and returns how many bytes of s it stands for: at least
 * 1. */
size_t utf8_next(struct utf8_piece *piece, const char *s, size_t len);

/* Writes src in its printable form to dst, ended by NUL; cap > 0. Stops before a piece that does
 * not fit in whole. Returns strlen(dst). */
size_t utf8_printable(char *dst, size_t cap, const char *src, size_t len);

/* Columns that src takes in its printable form. */
size_t utf8_columns(const char *src, size_t len);

/* Bytes of the longest beginning of src that takes no more than `columns`, ending between pieces;
 * its columns go to *used (may be NULL). */
size_t utf8_fit(const char *src, size_t len, size_t columns, size_t *used);

/* Bytes of the shortest beginning of src that takes at least `columns` (all of it if it has
 * fewer); its columns go to *used (may be NULL). To show text from column n on: skip n, draw used
 * - n blanks for what the edge cuts in two, then the rest. */
size_t utf8_skip(const char *src, size_t len, size_t columns, size_t *used);

#endif
