/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as people write it in files and on command lines: lists of words, numbers, growing text. */
#ifndef KVMTOP_CORE_STR_H
#define KVMTOP_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owner of its strings.  They keep their addresses while others are added. */
struct string_list {
    char **item;
    size_t count;
};

/* Puts a copy of these bytes in at `at` (0 to count). */
void string_list_insert(struct string_list *list, size_t at, const char *text, size_t len);
void string_list_add(struct string_list *list, const char *text);
bool string_list_has(const struct string_list *list, const char *text, size_t len);
/* Leaves an empty list. */
void string_list_free(struct string_list *list);

/* Takes the next word from *at, where commas, blanks or both stand between words, and moves *at
 * behind it.  False: there is none. */
bool str_word(const char **at, const char **word, size_t *len);

/* Text that grows; zeroed it is empty.  text: NULL as long as nothing was put in; the owner
 * frees it. */
struct str_buf {
    char *text;
    size_t len, cap;
};

void str_put(struct str_buf *buf, const char *bytes, size_t len);
void str_puts(struct str_buf *buf, const char *text);

/* printf(3) into memory that the caller frees. */
char *str_format(const char *fmt, ...) __attribute__((format(printf, 1, 2), malloc));

/* Whole texts only: no blanks, no locale.  False: it isn't one; *value is left alone. */
bool str_u64(const char *text, uint64_t *value);
bool str_double(const char *text, double *value); /* 5, -0.25, .5; no exponent */
bool str_bool(const char *text, bool *value);      /* yes/no, true/false, on/off, 1/0 */

#endif
