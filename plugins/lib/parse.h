/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strict parsing of numbers, words and lines from bytes.
 *
 * Each function looks at the bytes from *p up to, not including, end; a NUL is a byte as any
 * other.  On success it stores what it found, moves *p past it and returns true.  Else it returns
 * false and leaves *p and the result as they were.
 */
#ifndef KVMTOP_LIB_PARSE_H
#define KVMTOP_LIB_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of somebody else's text. */
struct span {
    const char *at;
    size_t len;
};

/* One or more decimal digits, no sign, no blanks; false also where the value does not fit. */
bool parse_u64(const char **p, const char *end, uint64_t *out);
/* The same after an optional minus. */
bool parse_i64(const char **p, const char *end, int64_t *out);
/* Exactly `digits` (1 to 8) hexadecimal digits of either case. */
bool parse_hex(const char **p, const char *end, unsigned digits, uint32_t *out);
/* This very text. */
bool parse_text(const char **p, const char *end, const char *text);

/* Step over spaces and tabs, if there are any. */
void parse_blanks(const char **p, const char *end);
/* The next word: blanks before it are skipped; space, tab, newline and carriage return end it.
 * False: only blanks are left on this line. */
bool parse_word(const char **p, const char *end, struct span *word);
/* The next line without its newline; false at the end of the text. */
bool parse_line(const char **p, const char *end, struct span *line);

/* A whole string that is a number from 0 and nothing else. */
bool parse_number(const char *text, uint64_t *out);

static inline bool parse_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

#endif
