/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions in filters. */
#include "core/filter_regex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/xalloc.h"

#define FLAGS (REG_EXTENDED | REG_ICASE | REG_NOSUB)

/* Bytes of the pattern times the repetitions asked for: regcomp(3) writes them all out. */
#define EFFORT_MAX 4000u

/* How many copies the operator makes of what stands before it: the larger number of `{n,m}`; one
 * and the starred one for `+`. */
static unsigned long copies(const char *operator)
{
    const char *at = operator + 1;

    if (*operator == '+')
        return 2;
    if (*operator != '{')
        return 1;
    unsigned long n = strtoul(at, (char **)&at, 10);
    unsigned long m = *at == ',' ? strtoul(at + 1, NULL, 10) : 0;
    n = n > m ? n : m;
    return !n ? 1 : n < EFFORT_MAX ? n : EFFORT_MAX;
}

/* Groups and what is repeated already may be copied with copies in them, characters can't. */
static bool too_much(const char *pattern)
{
    unsigned long nested = 1, chars = 1;
    char before = 0;

    for (const char *p = pattern; *p && nested < EFFORT_MAX; before = *p++) {
        if (*p == '\\' && p[1]) {
            p++;
            continue;
        }
        unsigned long n = copies(p);
        if (before && strchr(")*+?}", before))
            nested *= n;
        else if (n > chars)
            chars = n;
    }
    return nested * chars * strlen(pattern) > EFFORT_MAX;
}

static bool refers_back(const char *pattern)
{
    for (const char *p = pattern; (p = strchr(p, '\\')) && p[1]; p += 2)
        if (isdigit((unsigned char)p[1]))
            return true;
    return false;
}

static bool wrong(char *err, size_t cap, const char *what)
{
    snprintf(err, cap, "%s", what);
    return false;
}

static bool is_valid(const char *pattern, char *err, size_t cap)
{
    regex_t regex;
    int failed = regcomp(&regex, pattern, FLAGS);

    if (failed)
        regerror(failed, &regex, err, cap);
    else
        regfree(&regex);
    return !failed;
}

/* The C library tries a pattern at each place of the text, which takes the square of its length
 * where it isn't found: 13 s for /a.*b/ on 64 KiB of a.  One that begins with ^.* is tried once. */
bool filter_regex_compile(regex_t *regex, const char *pattern, char *err, size_t cap)
{
    if (too_much(pattern))
        return wrong(err, cap, "too long, or too many repetitions");
    if (refers_back(pattern))
        return wrong(err, cap, "a pattern can't refer back to its groups");
    if (!is_valid(pattern, err, cap))
        return false;
    char *anchored = str_format("^.*(%s)", pattern);
    int failed = regcomp(regex, anchored, FLAGS);
    free(anchored);
    if (failed)
        regerror(failed, regex, err, cap);
    return !failed;
}

bool filter_regex_found(const regex_t *regex, const char *bytes, size_t len)
{
    char *copy = xstrndup(bytes, len);
    bool found = !regexec(regex, copy, 0, NULL, 0);

    free(copy);
    return found;
}
