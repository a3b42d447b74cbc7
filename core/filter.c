/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter language. */
#include "core/filter.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/cell.h"
#include "core/filter_regex.h"
#include "core/rate.h"
#include "core/str.h"
#include "core/xalloc.h"

enum op { OP_HAS, OP_IS, OP_IS_NOT, OP_GREATER, OP_LESS, OP_AT_LEAST, OP_AT_MOST, OP_REGEX };

/* Longer ones first: `>=` begins with `>`. */
static const struct {
    const char *text;
    enum op op;
} operators[] = {
    { ">=", OP_AT_LEAST }, { "<=", OP_AT_MOST }, { "!=", OP_IS_NOT }, { ":", OP_HAS },
    { "=", OP_IS },        { ">", OP_GREATER },  { "<", OP_LESS },
};

struct term {
    enum op op;
    bool negated;
    bool numeric;               /* `number` is what `text` says */
    uint32_t column;            /* NONE: any text column and the ids */
    char *text;
    size_t len;
    double number;
    regex_t regex;              /* of OP_REGEX */
};

struct filter {
    struct term *term;
    size_t nterms;
};

/* ---- parsing ---- */

struct parser {
    const char *start, *at;
    const struct table *table;
    char *err;
    size_t cap;
};

static bool wrong(const struct parser *p, const char *at, const char *what)
{
    snprintf(p->err, p->cap, "at character %zu: %s", (size_t)(at - p->start) + 1, what);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A word, or "…" with blanks in it, up to the next blank. */
static bool parse_text(struct parser *p, struct term *term)
{
    const char *begin = p->at, *end;

    if (*begin == '"') {
        end = strchr(++begin, '"');
        if (!end)
            return wrong(p, p->at, "the closing \" is missing");
        p->at = end + 1;
    } else {
        for (end = begin; *end && !is_blank(*end); end++)
            ;
        p->at = end;
    }
    if (end == begin)
        return wrong(p, begin, "something to look for is missing");
    term->text = xstrndup(begin, (size_t)(end - begin));
    term->len = (size_t)(end - begin);
    term->numeric = str_double(term->text, &term->number);
    return true;
}

static bool parse_regex(struct parser *p, struct term *term)
{
    const char *begin = p->at + 1, *end = begin;
    char what[128];

    while (*end && *end != '/')
        end += *end == '\\' && end[1] ? 2 : 1;
    if (!*end)
        return wrong(p, p->at, "the closing / is missing");
    if (end == begin)
        return wrong(p, begin, "something to look for is missing");
    term->text = xstrndup(begin, (size_t)(end - begin));
    if (!filter_regex_compile(&term->regex, term->text, what, sizeof what))
        return wrong(p, begin, what);
    term->op = OP_REGEX;
    p->at = end + 1;
    return true;
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '%';
}

/* By its name, in upper case too as heads have it. */
static uint32_t find_column(const struct table *table, const char *word, size_t len)
{
    char name[64];

    if (len >= sizeof name)
        return NONE;
    for (size_t i = 0; i < len; i++)
        name[i] = (char)tolower((unsigned char)word[i]);
    return table_column(table, name, len);
}

/* `column op` at the parser's place; what doesn't begin so is plain text. */
static void parse_column(struct parser *p, struct term *term)
{
    const char *end = p->at;

    while (name_char(*end))
        end++;
    uint32_t column = find_column(p->table, p->at, (size_t)(end - p->at));
    if (column == NONE)
        return;
    for (size_t i = 0; i < KVMTOP_COUNT(operators); i++) {
        size_t len = strlen(operators[i].text);

        if (!strncmp(end, operators[i].text, len)) {
            term->column = column;
            term->op = operators[i].op;
            p->at = end + len;
            return;
        }
    }
}

static bool check_number(struct parser *p, const struct term *term, const char *at)
{
    const struct column *column = &p->table->columns[term->column];
    bool order = term->op >= OP_GREATER && term->op <= OP_AT_MOST;

    if (term->numeric || (cell_is_text(column) && !order) || term->op == OP_HAS)
        return true;
    return wrong(p, at, "a number is expected here");
}

static bool parse_term(struct parser *p, struct term *term)
{
    term->column = NONE;
    term->negated = *p->at == '!';
    p->at += term->negated;
    if (*p->at == '/')
        return parse_regex(p, term);
    parse_column(p, term);
    const char *value = p->at;
    return parse_text(p, term) && (term->column == NONE || check_number(p, term, value));
}

static void term_free(struct term *term)
{
    if (term->op == OP_REGEX)
        regfree(&term->regex);
    free(term->text);
}

void filter_free(struct filter *filter)
{
    for (size_t i = 0; filter && i < filter->nterms; i++)
        term_free(&filter->term[i]);
    if (filter)
        free(filter->term);
    free(filter);
}

struct filter *filter_parse(const char *text, const struct table *table, char *err, size_t cap)
{
    struct parser p = { text, text, table, err, cap };
    struct filter *filter = xcalloc(1, sizeof *filter);

    *err = 0;
    for (;;) {
        while (is_blank(*p.at))
            p.at++;
        if (!*p.at)
            break;
        struct term term = { 0 };
        if (!parse_term(&p, &term)) {
            free(term.text);
            filter_free(filter);
            return NULL;
        }
        filter->term = xreallocarray(filter->term, filter->nterms + 1, sizeof term);
        filter->term[filter->nterms++] = term;
    }
    if (filter->nterms)
        return filter;
    filter_free(filter);
    return NULL;
}

/* ---- matching ---- */

static bool equal_fold(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
            return false;
    return true;
}

static bool contains(struct span hay, const char *needle, size_t len)
{
    int first = tolower((unsigned char)needle[0]);

    if (hay.len < len)
        return false;
    for (size_t i = 0; i <= hay.len - len; i++)
        if (tolower((unsigned char)hay.bytes[i]) == first &&
            equal_fold(hay.bytes + i, needle, len))
            return true;
    return false;
}

static bool text_matches(const struct term *term, struct span text)
{
    if (!text.bytes)
        return false;
    if (term->op == OP_REGEX)
        return filter_regex_found(&term->regex, text.bytes, text.len);
    if (term->op == OP_IS || term->op == OP_IS_NOT)
        return (text.len == term->len && equal_fold(text.bytes, term->text, term->len)) ==
               (term->op == OP_IS);
    return contains(text, term->text, term->len);
}

static bool compare(enum op op, double value, double with)
{
    switch (op) {
    case OP_IS:
        return value == with;
    case OP_IS_NOT:
        return value != with;
    case OP_GREATER:
        return value > with;
    case OP_LESS:
        return value < with;
    case OP_AT_LEAST:
        return value >= with;
    default:
        return value <= with;
    }
}

/* An id as digits, for plain text and `pid:12`. */
static struct span id_text(const struct table *table, const struct row *row, uint32_t column,
                           char buf[CELL_BUF])
{
    double value;

    if (!rate_value(table, row, column, &value))
        return (struct span){ NULL, 0 };
    int n = snprintf(buf, CELL_BUF, "%.0f", value);
    return (struct span){ buf, (size_t)n };
}

static bool number_matches(const struct term *term, const struct table *table,
                           const struct row *row, uint32_t index)
{
    char buf[CELL_BUF];
    double value;

    if (term->op == OP_HAS)
        return text_matches(term, id_text(table, row, index, buf));
    return rate_value(table, row, index, &value) && compare(term->op, value, term->number);
}

static bool column_matches(const struct term *term, struct model *model,
                           const struct table *table, const struct row *row, bool mirror)
{
    const struct column *column = &table->columns[term->column];
    bool order = term->op >= OP_GREATER && term->op <= OP_AT_MOST;
    char buf[CELL_BUF];
    double value;

    if (!cell_is_text(column))
        return number_matches(term, table, row,
                              row_column(table, row, term->column, mirror));
    struct span text = cell_text(model, table, row, term->column, buf);
    if (!order)
        return text.bytes ? text_matches(term, text) : term->op == OP_IS_NOT;
    char *copy = text.bytes ? xstrndup(text.bytes, text.len) : NULL;
    bool number = copy && str_double(copy, &value);
    free(copy);
    return number && compare(term->op, value, term->number);
}

static bool anything_matches(const struct term *term, struct model *model,
                             const struct table *table, const struct row *row)
{
    char buf[CELL_BUF];

    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];

        if (cell_is_text(column) && column->def.kind != KVMTOP_STATE &&
            text_matches(term, cell_text(model, table, row, i, buf)))
            return true;
        if (column->def.kind == KVMTOP_ID &&
            text_matches(term, id_text(table, row, i, buf)))
            return true;
    }
    return false;
}

bool filter_match(const struct filter *filter, struct model *model, const struct table *table,
                  const struct row *row, bool mirror)
{
    for (size_t i = 0; i < filter->nterms; i++) {
        const struct term *term = &filter->term[i];
        bool match = term->column == NONE ? anything_matches(term, model, table, row)
                                          : column_matches(term, model, table, row, mirror);

        if (match == term->negated)
            return false;
    }
    return true;
}

bool filter_row_holds(const char *text, struct model *model, const struct table *table,
                      const struct row *row)
{
    const struct term term = { .op = OP_HAS, .column = NONE, .text = (char *)(uintptr_t)text,
                               .len = strlen(text) };

    return anything_matches(&term, model, table, row);
}

/* Any text column: what costs only where it is shown besides. */
static void want_texts(struct feed *feed)
{
    const struct table *table = feed->table;

    feed->claims = true;
    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (table->columns[i].def.kind == KVMTOP_TEXT &&
            !(table->columns[i].def.flags & KVMTOP_COSTLY))
            feed_want(feed, i, true);
}

void filter_want(const struct filter *filter, struct feed *feed)
{
    for (size_t i = 0; i < filter->nterms; i++) {
        uint32_t column = filter->term[i].column;

        if (column == NONE) {
            want_texts(feed);
            continue;
        }
        feed_want(feed, column, true);
        if (feed->table->columns[column].mirror != NONE)
            feed_want(feed, feed->table->columns[column].mirror, true);
    }
}
