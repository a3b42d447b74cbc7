/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of words, growing text, strict numbers. */
#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"

void string_list_insert(struct string_list *list, size_t at, const char *text, size_t len)
{
    list->item = xreallocarray(list->item, list->count + 1, sizeof *list->item);
    memmove(list->item + at + 1, list->item + at, (list->count - at) * sizeof *list->item);
    list->item[at] = xstrndup(text, len);
    list->count++;
}

void string_list_add(struct string_list *list, const char *text)
{
    string_list_insert(list, list->count, text, strlen(text));
}

bool string_list_has(const struct string_list *list, const char *text, size_t len)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strlen(list->item[i]) == len && memcmp(list->item[i], text, len) == 0)
            return true;
    }
    return false;
}

void string_list_free(struct string_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i]);
    free(list->item);
    *list = (struct string_list){ 0 };
}

bool str_word(const char **at, const char **word, size_t *len)
{
    static const char between[] = ", \t";

    *word = *at + strspn(*at, between);
    *len = strcspn(*word, between);
    *at = *word + *len;
    return *len > 0;
}

void str_put(struct str_buf *buf, const char *bytes, size_t len)
{
    if (buf->len + len >= buf->cap) {
        buf->cap = (buf->len + len + 1) * 2;
        buf->text = xrealloc(buf->text, buf->cap);
    }
    memcpy(buf->text + buf->len, bytes, len);
    buf->len += len;
    buf->text[buf->len] = '\0';
}

void str_puts(struct str_buf *buf, const char *text)
{
    str_put(buf, text, strlen(text));
}

char *str_format(const char *fmt, ...)
{
    va_list ap;
    char *text;
    int len;

    va_start(ap, fmt);
    len = vasprintf(&text, fmt, ap);
    va_end(ap);
    return len < 0 ? xstrdup("") : text;
}

bool str_u64(const char *text, uint64_t *value)
{
    uint64_t sum = 0;

    if (*text == '\0')
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/* All digits make one integer and the point a power of ten: a single division, so that up to 15
 * digits give the nearest double. */
bool str_double(const char *text, double *value)
{
    static const uint64_t full = UINT64_C(100000000000000000); /* more digits change nothing */
    uint64_t sum = 0;
    double scale = 1;
    bool minus = *text == '-', point = false, any = false;

    for (text += minus; *text; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9')
            return false;
        any = true;
        if (sum >= full && !point)
            return false;
        if (sum >= full)
            continue;
        sum = sum * 10 + (uint64_t)(*text - '0');
        if (point)
            scale *= 10;
    }
    if (any)
        *value = (double)sum / (minus ? -scale : scale);
    return any;
}

bool str_bool(const char *text, bool *value)
{
    static const char *const words[][2] = {
        { "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" },
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (int yes = 0; yes < 2; yes++) {
            if (strcmp(text, words[i][yes]) == 0) {
                *value = yes;
                return true;
            }
        }
    }
    return false;
}
