/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict parsing of numbers, words and lines from bytes. */
#include "lib/parse.h"

#include <string.h>

bool parse_u64(const char **p, const char *end, uint64_t *out)
{
    const char *at = *p;
    uint64_t value = 0;

    for (; at < end && parse_is_digit(*at); at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (at == *p)
        return false;
    *p = at;
    *out = value;
    return true;
}

bool parse_i64(const char **p, const char *end, int64_t *out)
{
    const char *at = *p;
    bool negative = at < end && *at == '-';
    uint64_t value;

    if (negative)
        at++;
    if (!parse_u64(&at, end, &value) || value > (uint64_t)INT64_MAX + negative)
        return false;
    *p = at;
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

static int hex_digit(char c)
{
    if (parse_is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_hex(const char **p, const char *end, unsigned digits, uint32_t *out)
{
    const char *at = *p;
    uint32_t value = 0;

    if ((size_t)(end - at) < digits)
        return false;
    for (unsigned i = 0; i < digits; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *p = at + digits;
    *out = value;
    return true;
}

bool parse_text(const char **p, const char *end, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(end - *p) < len || memcmp(*p, text, len) != 0)
        return false;
    *p += len;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void parse_blanks(const char **p, const char *end)
{
    while (*p < end && is_blank(**p))
        (*p)++;
}

bool parse_word(const char **p, const char *end, struct span *word)
{
    const char *start = *p, *at;

    parse_blanks(&start, end);
    for (at = start; at < end && !is_blank(*at) && *at != '\n' && *at != '\r';)
        at++;
    if (at == start)
        return false;
    word->at = start;
    word->len = (size_t)(at - start);
    *p = at;
    return true;
}

bool parse_line(const char **p, const char *end, struct span *line)
{
    const char *newline;

    if (*p >= end)
        return false;
    newline = memchr(*p, '\n', (size_t)(end - *p));
    line->at = *p;
    line->len = (size_t)((newline != NULL ? newline : end) - *p);
    *p = newline != NULL ? newline + 1 : end;
    return true;
}

bool parse_number(const char *text, uint64_t *out)
{
    const char *end = text + strlen(text);
    uint64_t value;

    if (!parse_u64(&text, end, &value) || text != end)
        return false;
    *out = value;
    return true;
}
