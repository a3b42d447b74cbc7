/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change replaces, inserts or removes whole lines; then all are looked at anew. */
#include "core/ini_doc.h"

#include <stdlib.h>
#include <string.h>

#include "core/ini_line.h"
#include "core/str.h"
#include "core/xalloc.h"

#define FOLD_COLUMN 100         /* longer values go on in the next line, where they can */
#define MORE_INDENT "    "
#define PAST_LINES ((size_t)-1)

struct ini_doc_line {
    char *text;                 /* with its newline */
    size_t len;
    struct ini_line is;
};

/* ---- lines ---- */

static void doc_scan(struct ini_doc *doc)
{
    bool in_value = false;

    for (size_t i = 0; i < doc->count; i++) {
        struct ini_doc_line *line = &doc->line[i];
        ini_line_parse(&line->is, line->text, line->len, in_value);
        in_value = ini_line_opens(&line->is, in_value);
    }
}

static void doc_remove(struct ini_doc *doc, size_t at)
{
    free(doc->line[at].text);
    doc->count--;
    memmove(doc->line + at, doc->line + at + 1, (doc->count - at) * sizeof *doc->line);
}

/* The lines of text, before line `at`. */
static void doc_insert(struct ini_doc *doc, size_t at, const char *text, size_t len)
{
    while (len > 0) {
        size_t n = ini_line_length(text, len);
        struct str_buf copy = { 0 };

        doc->line = xreallocarray(doc->line, doc->count + 1, sizeof *doc->line);
        memmove(doc->line + at + 1, doc->line + at, (doc->count - at) * sizeof *doc->line);
        doc->count++;
        str_put(&copy, text, n);
        doc->line[at++] = (struct ini_doc_line){ .text = copy.text, .len = n };
        text += n;
        len -= n;
    }
}

/* Before anything comes behind the last line it needs its newline. */
static void doc_end_line(struct ini_doc *doc)
{
    struct ini_doc_line *last = doc->count ? &doc->line[doc->count - 1] : NULL;
    struct str_buf longer = { 0 };

    if (!last || last->text[last->len - 1] == '\n')
        return;
    str_put(&longer, last->text, last->len);
    str_puts(&longer, last->text[last->len - 1] == '\r' ? "\n" : doc->eol);
    free(last->text);
    last->text = longer.text;
    last->len = longer.len;
}

/* ---- writing a pair ---- */

/* Whether a line may be folded at the blank text[i]: the reader joins by one blank, and what comes
 * first in a line must not make a comment of it. */
static bool can_fold(const char *text, size_t i)
{
    return text[i] == ' ' && i > 0 && !strchr(" \t", text[i - 1]) && !strchr(" \t#;", text[i + 1]);
}

/* How much of text goes into a line that has room for `soft` bytes, or `hard` if need be; 0: it
 * can't be folded. */
static size_t fold(const char *text, size_t soft, size_t hard)
{
    size_t len = strlen(text), best = 0;

    if (len <= soft)
        return len;
    for (size_t i = 1; i <= len && i <= hard; i++) {
        if (i < len && !can_fold(text, i))
            continue;
        if (best > 0 && i > soft)
            break;
        best = i;
    }
    return best;
}

/* Puts head and value, folded.  False: it has a word too long for a line. */
static bool put_pair(struct str_buf *out, const char *head, size_t headlen, const char *value,
                     const char *eol)
{
    if (*value == '\0')
        headlen = ini_line_trimmed(head, headlen);
    for (;;) {
        size_t soft = headlen < FOLD_COLUMN ? FOLD_COLUMN - headlen : 0;
        size_t hard = headlen < INI_LINE_BYTES ? INI_LINE_BYTES - headlen : 0;
        size_t n = fold(value, soft, hard);

        if (n == 0 && *value)
            return false;
        str_put(out, head, headlen);
        str_put(out, value, n);
        str_puts(out, eol);
        value += n;
        if (*value == '\0')
            return true;
        value++;
        head = MORE_INDENT;
        headlen = strlen(head);
    }
}

/* The comment behind the value of a line, with the blanks before it; len 0: none. */
static struct ini_span tail_of(const struct ini_doc_line *line)
{
    size_t at = line->is.value.at + line->is.value.len;
    size_t end = ini_line_trimmed(line->text, line->len);

    return end > at ? (struct ini_span){ at, end - at } : (struct ini_span){ at, 0 };
}

/* What stands before the value: as it was, or made anew where that would be no `key =`. */
static void put_head(struct str_buf *head, const struct ini_doc_line *line, const char *value)
{
    if (line->is.add) {
        str_put(head, line->text, line->is.name.at + line->is.name.len);
        str_puts(head, " = ");
        return;
    }
    str_put(head, line->text, line->is.value.at);
    if (line->is.value.len == 0 && *value)
        str_puts(head, " ");
}

/* A pair line with another value, and its comment: behind it, or if need be before it. */
static bool put_replacement(struct str_buf *out, const struct ini_doc_line *line, const char *value,
                            const char *eol)
{
    struct ini_span tail = tail_of(line);
    struct str_buf head = { 0 };
    bool good;

    put_head(&head, line, value);
    if (head.len + strlen(value) + tail.len <= INI_LINE_BYTES && tail.len > 0) {
        str_put(out, head.text, head.len);
        str_puts(out, value);
        str_put(out, line->text + tail.at, tail.len);
        str_puts(out, eol);
        good = true;
    } else {
        str_put(out, line->text + tail.at, tail.len);
        str_puts(out, tail.len > 0 ? eol : "");
        good = put_pair(out, head.text, head.len, value, eol);
    }
    free(head.text);
    return good;
}

/* ---- places ---- */

static bool is_named(const struct ini_doc_line *line, const char *name)
{
    return line->is.name.len == strlen(name) &&
           memcmp(line->text + line->is.name.at, name, line->is.name.len) == 0;
}

/* `#key =`, as kvmtop.conf shows what can be set. */
static bool is_commented_out(const struct ini_doc_line *line, const char *key)
{
    const char *at = line->text + strspn(line->text, "#;");

    at += strspn(at, " \t");
    if (strncmp(at, key, strlen(key)) != 0)
        return false;
    at += strlen(key);
    at += strspn(at, " \t");
    return *at == '=';
}

struct place {
    size_t pair;                /* the last line that sets the key */
    size_t commented;           /* the first line where it is commented out */
    size_t end;                 /* behind the last pair of the section, or its head */
};

static struct place find_place(const struct ini_doc *doc, const char *section,
                               const char *key)
{
    struct place place = { PAST_LINES, PAST_LINES, PAST_LINES };
    bool inside = false;

    for (size_t i = 0; i < doc->count; i++) {
        const struct ini_doc_line *line = &doc->line[i];
        enum ini_kind kind = line->is.kind;

        if (kind == INI_SECTION || kind == INI_BAD_SECTION)
            inside = kind == INI_SECTION && ini_same_name(line->text + line->is.name.at,
                                                          line->is.name.len, section);
        if (!inside)
            continue;
        if (kind == INI_PAIR && is_named(line, key))
            place.pair = i;
        if (kind == INI_COMMENT && place.commented == PAST_LINES &&
            is_commented_out(line, key))
            place.commented = i;
        if (kind == INI_PAIR || kind == INI_MORE || kind == INI_SECTION)
            place.end = i + 1;
    }
    return place;
}

/* The next line from `at` on where a pair can be inserted: an indented line behind it would become
 * part of its value.  PAST_LINES: there is none in this section. */
static size_t safe_place(const struct ini_doc *doc, size_t at)
{
    for (size_t i = at; i < doc->count; i++) {
        const struct ini_doc_line *line = &doc->line[i];

        if (line->is.kind == INI_BLANK || line->is.kind == INI_COMMENT)
            continue;
        if (line->text[0] != ' ' && line->text[0] != '\t')
            return at;
        if (line->is.kind == INI_SECTION || line->is.kind == INI_BAD_SECTION)
            return PAST_LINES;
        at = i + 1;
    }
    return at;
}

/* ---- changes ---- */

/* Of a folded value the first line has been replaced; of the others only comments stay. */
static void remove_more(struct ini_doc *doc, size_t at)
{
    while (at < doc->count) {
        struct ini_doc_line *line = &doc->line[at];
        struct ini_span tail = tail_of(line);

        if (line->is.kind == INI_MORE && tail.len == 0) {
            doc_remove(doc, at);
            continue;
        }
        if (line->is.kind == INI_MORE) {
            line->len -= tail.at;
            memmove(line->text, line->text + tail.at, line->len + 1);
        } else if (line->is.kind != INI_BLANK && line->is.kind != INI_COMMENT) {
            return;
        }
        at++;
    }
}

static bool replace_pair(struct ini_doc *doc, size_t at, const char *value)
{
    struct str_buf text = { 0 };
    bool good = put_replacement(&text, &doc->line[at], value, doc->eol);

    if (good) {
        remove_more(doc, at + 1);
        doc_remove(doc, at);
        doc_insert(doc, at, text.text, text.len);
    }
    free(text.text);
    return good;
}

static bool insert_pair(struct ini_doc *doc, size_t at, const char *section, const char *key,
                        const char *value)
{
    struct str_buf text = { 0 };
    char *head = str_format("%s = ", key);
    bool good;

    doc_end_line(doc);
    if (at == PAST_LINES) {
        at = doc->count;
        if (at > 0 && doc->line[at - 1].is.kind != INI_BLANK)
            str_puts(&text, doc->eol);
        str_puts(&text, "[");
        str_puts(&text, section);
        str_puts(&text, "]");
        str_puts(&text, doc->eol);
    }
    good = put_pair(&text, head, strlen(head), value, doc->eol);
    if (good)
        doc_insert(doc, at, text.text, text.len);
    free(head);
    free(text.text);
    return good;
}

bool ini_doc_set(struct ini_doc *doc, const char *section, const char *key, const char *value)
{
    struct place place = find_place(doc, section, key);
    size_t at = place.end;
    bool good;

    if (place.pair != PAST_LINES) {
        good = replace_pair(doc, place.pair, value);
    } else {
        if (place.commented != PAST_LINES)
            at = place.commented + 1;
        if (at != PAST_LINES)
            at = safe_place(doc, at);
        good = insert_pair(doc, at, section, key, value);
    }
    doc_scan(doc);
    return good;
}

/* ---- the whole ---- */

static const char *eol_of(const char *text, size_t len)
{
    size_t first = ini_line_length(text, len);

    if (first > 0 && text[first - 1] == '\n')
        first--;
    return first > 0 && text[first - 1] == '\r' ? "\r\n" : "\n";
}

void ini_doc_init(struct ini_doc *doc, const char *text, size_t len)
{
    size_t mark = ini_mark_length(text, len);

    *doc = (struct ini_doc){ .eol = eol_of(text, len), .mark = xstrndup(text, mark) };
    doc_insert(doc, 0, text + mark, len - mark);
    doc_scan(doc);
}

char *ini_doc_text(const struct ini_doc *doc, size_t *len)
{
    struct str_buf out = { 0 };

    str_puts(&out, doc->mark);
    for (size_t i = 0; i < doc->count; i++)
        str_put(&out, doc->line[i].text, doc->line[i].len);
    *len = out.len;
    return out.text;
}

void ini_doc_free(struct ini_doc *doc)
{
    while (doc->count > 0)
        free(doc->line[--doc->count].text);
    free(doc->line);
    free(doc->mark);
}
