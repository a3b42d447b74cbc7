/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of an INI file: what it is, and where in it the parts stand.
 *
 * inih says neither which line it is at nor what is wrong with one, cuts what is too long, and
 * treats comments on continuation lines differently from version to version.  Here the syntax is
 * settled, for the reader and for the editor alike:
 *
 *     # comment, or ; comment, at the beginning of a line
 *     [section]
 *     key = value ; comment            (`key: value` too)
 *     key += value
 *         more of the value            an indented line; joined by one blank
 */
#ifndef KVMTOP_CORE_INI_LINE_H
#define KVMTOP_CORE_INI_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* What inih can take, as distributions build it: 200 bytes a line with newline and NUL, 50 a name
 * with NUL.  Comments may be longer. */
#define INI_LINE_BYTES 198
#define INI_NAME_BYTES 49

enum ini_kind {
    INI_BLANK,
    INI_COMMENT,
    INI_SECTION,
    INI_PAIR,
    INI_MORE,                   /* continues the value of the pair before */
    INI_BAD,
    INI_BAD_SECTION,            /* what follows belongs to no section */
};

struct ini_span {               /* bytes of the line */
    size_t at, len;
};

struct ini_line {
    enum ini_kind kind;
    bool add;                   /* PAIR: += */
    struct ini_span name;       /* SECTION: without brackets; PAIR: the key without + */
    struct ini_span value;      /* PAIR, MORE: without blanks around it and comment behind it */
    const char *error;          /* BAD: what is wrong, a phrase; static */
};

/* Bytes of the byte order marks that text begins with: not part of its first line. */
size_t ini_mark_length(const char *text, size_t len);

/* Bytes of the first line in text, with its newline where it has one. */
size_t ini_line_length(const char *text, size_t len);

/* Bytes of a line without newline, carriage return and blanks at its end. */
size_t ini_line_trimmed(const char *text, size_t len);

/* Takes one line apart: any bytes, with or without its newline.  in_value: there has been a pair,
 * or what may have been meant as one, since the last section, so that an indented line is MORE. */
void ini_line_parse(struct ini_line *line, const char *text, size_t len, bool in_value);

/* in_value for the next line. */
bool ini_line_opens(const struct ini_line *line, bool in_value);

/* Whether the name of a section in a line (no NUL behind it) is this one, however many blanks stand
 * between its words. */
bool ini_same_name(const char *text, size_t len, const char *name);

#endif
