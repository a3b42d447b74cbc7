/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns for names and paths in tables. */
#include "lib/glob.h"

#include <string.h>

/* Step over what one pattern character other than `*` stands for. */
static bool step(char pattern, const char **text)
{
    if (pattern == '#') {
        size_t digits = strspn(*text, "0123456789");
        *text += digits;
        return digits > 0;
    }
    return *(*text)++ == pattern;
}

/* Only the last `*` met can need to be longer: what stood before it fits where it stands. */
bool glob_match(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;

    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            from = text;
        } else if (*pattern == '\0' && *text == '\0') {
            return true;
        } else if (*pattern != '\0' && *text != '\0' && step(*pattern, &text)) {
            pattern++;
        } else {
            if (star == NULL || *from == '\0')
                return false;
            text = ++from;
            pattern = star;
        }
    }
}
