/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The syntax of one line of an INI file, as inih sees it. */
#include "core/ini_line.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_comment(char c)
{
    return c == '#' || c == ';';
}

size_t ini_mark_length(const char *text, size_t len)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t at = 0;

    while (len - at >= 3 && memcmp(text + at, mark, 3) == 0)
        at += 3;
    return at;
}

size_t ini_line_length(const char *text, size_t len)
{
    const char *newline = memchr(text, '\n', len);

    return newline ? (size_t)(newline - text) + 1 : len;
}

size_t ini_line_trimmed(const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (len > 0 && text[len - 1] == '\r')
        len--;
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    return len;
}

static bool has_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* Where one of `stops` or a comment behind a blank begins, from `at` on; len if nowhere.  A
 * semicolon at `at` itself begins none. */
static size_t find(const char *text, size_t at, size_t len, const char *stops)
{
    for (size_t i = at; i < len; i++) {
        if (text[i] != '\0' && strchr(stops, text[i]))
            return i;
        if (text[i] == ';' && i > at && is_blank(text[i - 1]))
            return i;
    }
    return len;
}

/* The bytes from `from` to `to` without the blanks at both ends. */
static struct ini_span trim(const char *text, size_t from, size_t to)
{
    size_t start = from;

    while (start < to && is_blank(text[start]))
        start++;
    while (to > start && is_blank(text[to - 1]))
        to--;
    return (struct ini_span){ start == to ? from : start, to - start };
}

static void bad(struct ini_line *line, const char *error)
{
    line->kind = INI_BAD;
    line->error = error;
}

static void parse_section(struct ini_line *line, const char *text, size_t at, size_t len)
{
    size_t end = find(text, at + 1, len, "]");

    line->name = trim(text, at + 1, end);
    if (end == len || text[end] != ']') {
        bad(line, "no ']' after '['");
    } else if (line->name.len == 0) {
        bad(line, "no name in '[]'");
    } else if (end - at - 1 > INI_NAME_BYTES) {
        bad(line, "a section's name longer than 49 bytes");
    } else {
        struct ini_span rest = trim(text, end + 1, len);
        if (rest.len > 0 && !is_comment(text[rest.at]))
            bad(line, "more than a comment after ']'");
    }
    line->kind = line->error ? INI_BAD_SECTION : INI_SECTION;
}

static void parse_pair(struct ini_line *line, const char *text, size_t at, size_t len)
{
    size_t end = find(text, at, len, "=:");

    line->kind = INI_PAIR;
    if (end == len || text[end] == ';') {
        bad(line, "neither '[section]' nor 'key = value'");
        return;
    }
    line->name = trim(text, at, end);
    line->value = trim(text, end + 1, find(text, end + 1, len, ""));
    if (line->name.len > INI_NAME_BYTES) {
        bad(line, "a key longer than 49 bytes");
        return;
    }
    if (line->name.len > 0 && text[line->name.at + line->name.len - 1] == '+') {
        line->add = true;
        line->name = trim(text, line->name.at, line->name.at + line->name.len - 1);
    }
    if (line->name.len == 0)
        bad(line, "no key before the value");
}

void ini_line_parse(struct ini_line *line, const char *text, size_t len, bool in_value)
{
    size_t at = 0;

    len = ini_line_trimmed(text, len);
    while (at < len && is_blank(text[at]))
        at++;
    *line = (struct ini_line){ .kind = at == len ? INI_BLANK : INI_COMMENT };
    if (at == len || (is_comment(text[at]) && memchr(text, '\0', len) == NULL))
        return;

    if (has_control(text, len))
        bad(line, "a control character");
    else if (len > INI_LINE_BYTES)
        bad(line, "a line longer than 198 bytes: let the value go on in an indented line");
    if (in_value && at > 0) {
        if (line->kind != INI_BAD)
            line->kind = INI_MORE;
        line->value = trim(text, at, find(text, at, len, ""));
    } else if (line->kind == INI_BAD) {
        line->kind = text[at] == '[' ? INI_BAD_SECTION : INI_BAD;
    } else if (text[at] == '[') {
        parse_section(line, text, at, len);
    } else {
        parse_pair(line, text, at, len);
    }
}

bool ini_line_opens(const struct ini_line *line, bool in_value)
{
    if (line->kind == INI_SECTION || line->kind == INI_BAD_SECTION)
        return false;
    return line->kind == INI_PAIR || line->kind == INI_BAD || in_value;
}

bool ini_same_name(const char *text, size_t len, const char *name)
{
    for (size_t at = 0;;) {
        while (at < len && is_blank(text[at]))
            at++;
        while (is_blank(*name))
            name++;
        if (at == len || *name == '\0')
            return at == len && *name == '\0';
        while (at < len && !is_blank(text[at])) {
            if (*name == '\0' || text[at++] != *name++)
                return false;
        }
        if (*name != '\0' && !is_blank(*name))
            return false;
    }
}
