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

/*
 * regcomp(3) of the GNU C library writes repetitions out, and where they stand in each other or
 * have anchors in them its time may be exponential: 13 s for ^(4+++?+++++).  Within these bounds
 * 140,000 random patterns took 50 ms each at most.
 */
#define LENGTH_MAX 500u         /* characters, all repetitions written out */
#define NESTED_MAX 2u           /* repetitions of what holds repetitions */
#define GROUPS_MAX 16u          /* groups in groups */

/* A part of a pattern: a character, a group, a repetition, or several of them in a row. */
struct part {
    unsigned long length;
    unsigned nested;
    bool anchor;                /* ^ or $ is in it */
};

static void append(struct part *to, const struct part *part)
{
    to->length += part->length;
    to->nested = part->nested > to->nested ? part->nested : to->nested;
    to->anchor |= part->anchor;
}

/* Past a bracket expression: a ] is one of its characters where it stands first, and the end of
 * [:class:], [=a=] or [.a.] isn't its own. */
static const char *after_bracket(const char *p)
{
    p += 1 + (p[1] == '^');
    p += *p == ']';
    for (; *p && *p != ']'; p++) {
        if (*p != '[' || !p[1] || !strchr(":=.", p[1]))
            continue;
        const char *end = strchr(p + 2, ']');
        if (!end)
            break;
        p = end;
    }
    return *p == ']' ? p + 1 : p + strlen(p);
}

/* The repetition at *p, if one is there: how often regcomp(3) may write its part; 0: none. */
static unsigned long repetition(const char **p)
{
    const char *at = *p;

    if (!*at || !strchr("*+?{", *at))
        return 0;
    *p = at + 1;
    if (*at != '{')
        return *at == '+' ? 2 : 1;
    unsigned long n = strtoul(at + 1, (char **)p, 10);
    unsigned long m = **p == ',' ? strtoul(*p + 1, (char **)p, 10) : 0;
    *p += **p == '}';
    n = n > m ? n : m;
    return !n ? 1 : n <= LENGTH_MAX ? n : LENGTH_MAX + 1;
}

/* The part with all repetitions that follow it: false if they are too much. */
static bool repeat(const char **p, struct part *part)
{
    for (unsigned long n; (n = repetition(p)) > 0;) {
        part->length *= n;
        if (++part->nested > NESTED_MAX || part->anchor || part->length > LENGTH_MAX)
            return false;
    }
    return true;
}

/* Will it be compiled in little time and memory?  What isn't a pattern at all may be. */
static bool bounded(const char *p)
{
    struct part open[GROUPS_MAX] = { 0 };
    unsigned depth = 0;

    while (*p) {
        struct part part = { .length = 1, .anchor = *p == '^' || *p == '$' };

        if (*p == '(') {
            if (++depth == GROUPS_MAX)
                return false;
            open[depth] = (struct part){ .length = 1 };
            p++;
            continue;
        }
        if (*p == ')' && depth)
            part = open[depth--];
        p = *p == '[' ? after_bracket(p) : p + 1 + (*p == '\\' && p[1]);
        if (!repeat(&p, &part))
            return false;
        append(&open[depth], &part);
    }
    return open[0].length <= LENGTH_MAX;
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

static bool compile(regex_t *regex, const char *pattern, char *err, size_t cap)
{
    int failed = regcomp(regex, pattern, FLAGS);

    if (failed)
        regerror(failed, regex, err, cap);
    return !failed;
}

/* The GNU C library tries a pattern at each place of the text, which takes the square of its
 * length where it isn't found: 13 s for /a.*b/ on 64 KiB of a.  Behind .* once is enough. */
#ifdef __GLIBC__
#define ANYWHERE ".*(%s)"

static bool found(const regex_t *regex, const char *text)
{
    return re_search((regex_t *)regex, text, (regoff_t)strlen(text), 0, 0, NULL) == 0;
}
#else
#define ANYWHERE "%s"

static bool found(const regex_t *regex, const char *text)
{
    return !regexec(regex, text, 0, NULL, 0);
}
#endif

bool filter_regex_compile(regex_t *regex, const char *pattern, char *err, size_t cap)
{
    regex_t alone;

    if (!bounded(pattern))
        return wrong(err, cap, "too long, or too many repetitions");
    if (refers_back(pattern))
        return wrong(err, cap, "a pattern can't refer back to its groups");
    if (!compile(&alone, pattern, err, cap))
        return false;
    regfree(&alone);
    char *anywhere = str_format(ANYWHERE, pattern);
    bool ok = compile(regex, anywhere, err, cap);
    free(anywhere);
    return ok;
}

bool filter_regex_found(const regex_t *regex, const char *bytes, size_t len)
{
    char *copy = xstrndup(bytes, len);
    bool is_found = found(regex, copy);

    free(copy);
    return is_found;
}
