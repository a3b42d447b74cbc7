/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking values up in a small JSON text without building a tree. */
#include "lib/json.h"

#include <errno.h>
#include <string.h>

/* Nested deeper than any option is: a bound for the recursion on hostile text. */
enum { MAX_DEPTH = 32 };

static bool skip_value(const char **p, const char *end, unsigned depth);

static void skip_space(const char **p, const char *end)
{
    while (*p < end && (**p == ' ' || **p == '\t' || **p == '\n' || **p == '\r'))
        (*p)++;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20;
}

/* Only finds the string's end: escapes are checked by who decodes it. */
static bool skip_string(const char **p, const char *end)
{
    const char *at = *p;

    if (at == end || *at++ != '"')
        return false;
    while (at < end && *at != '"') {
        if (is_control(*at) || (*at == '\\' && ++at == end))
            return false;
        at++;
    }
    if (at == end)
        return false;
    *p = at + 1;
    return true;
}

/* Numbers, true, false, null: a run of the characters that these consist of. */
static bool skip_scalar(const char **p, const char *end)
{
    const char *at = *p;

    while (at < end && *at != '\0' && strchr("+-.0123456789Eaeflnrstu", *at) != NULL)
        at++;
    if (at == *p)
        return false;
    *p = at;
    return true;
}

/* A member's key and value; *p stands at the key. */
static bool read_member(const char **p, const char *end, unsigned depth, struct span *key,
                        struct span *value)
{
    key->at = *p;
    if (!skip_string(p, end))
        return false;
    key->len = (size_t)(*p - key->at);
    skip_space(p, end);
    if (!parse_text(p, end, ":"))
        return false;
    skip_space(p, end);
    value->at = *p;
    if (!skip_value(p, end, depth))
        return false;
    value->len = (size_t)(*p - value->at);
    return true;
}

/* After an element: a comma with another one behind it, or the closing bracket. */
static bool skip_comma(const char **p, const char *end, const char *close, bool *more)
{
    skip_space(p, end);
    *more = parse_text(p, end, ",");
    skip_space(p, end);
    return *more || parse_text(p, end, close);
}

static bool skip_list(const char **p, const char *end, const char *close, unsigned depth)
{
    bool object = *close == '}', more = true;
    struct span key, value;

    (*p)++;
    skip_space(p, end);
    if (parse_text(p, end, close))
        return true;
    while (more) {
        if (object ? !read_member(p, end, depth, &key, &value) : !skip_value(p, end, depth))
            return false;
        if (!skip_comma(p, end, close, &more))
            return false;
    }
    return true;
}

static bool skip_value(const char **p, const char *end, unsigned depth)
{
    if (*p == end || depth > MAX_DEPTH)
        return false;
    switch (**p) {
    case '"':
        return skip_string(p, end);
    case '{':
        return skip_list(p, end, "}", depth + 1);
    case '[':
        return skip_list(p, end, "]", depth + 1);
    default:
        return skip_scalar(p, end);
    }
}

/* Keys are short: one that does not fit is not the one that is looked for. */
static bool is_key(struct span string, const char *key)
{
    char text[64];

    return json_string(string, text, sizeof text) == (ssize_t)strlen(key) &&
           strcmp(text, key) == 0;
}

bool json_find(struct span object, const char *key, struct span *value)
{
    const char *p = object.at, *end = object.at + object.len;
    bool more = true;

    skip_space(&p, end);
    if (!parse_text(&p, end, "{"))
        return false;
    skip_space(&p, end);
    while (more) {
        struct span name, found;
        if (!read_member(&p, end, 0, &name, &found))
            return false;
        if (is_key(name, key)) {
            *value = found;
            return true;
        }
        if (!skip_comma(&p, end, "}", &more))
            return false;
    }
    return false;
}

bool json_next(struct span *rest, struct span *element)
{
    const char *p = rest->at, *end = rest->at + rest->len;

    skip_space(&p, end);
    if (!parse_text(&p, end, "[") && !parse_text(&p, end, ","))
        return false;
    skip_space(&p, end);
    element->at = p;
    if (!skip_value(&p, end, 0))
        return false;
    element->len = (size_t)(p - element->at);
    rest->at = p;
    rest->len = (size_t)(end - p);
    return true;
}

/* ---- decoding ---- */

/* Counts all bytes, keeps those that fit. */
struct output {
    char *buf;
    size_t cap, len;
};

static void put(struct output *out, uint32_t byte)
{
    if (out->len + 1 < out->cap)
        out->buf[out->len] = (char)byte;
    out->len++;
}

static void put_utf8(struct output *out, uint32_t c)
{
    if (c < 0x80) {
        put(out, c);
        return;
    }
    if (c < 0x800) {
        put(out, 0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            put(out, 0xe0 | c >> 12);
        } else {
            put(out, 0xf0 | c >> 18);
            put(out, 0x80 | (c >> 12 & 0x3f));
        }
        put(out, 0x80 | (c >> 6 & 0x3f));
    }
    put(out, 0x80 | (c & 0x3f));
}

/* The four digits after \u, and those of the surrogate's other half. */
static bool decode_unicode(const char **p, const char *end, struct output *out)
{
    uint32_t c, low;

    if (!parse_hex(p, end, 4, &c) || c == 0)
        return false;
    if (c >= 0xd800 && c < 0xdc00) {
        if (!parse_text(p, end, "\\u") || !parse_hex(p, end, 4, &low) || low < 0xdc00 ||
            low > 0xdfff)
            return false;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c >= 0xdc00 && c < 0xe000) {
        return false;
    }
    put_utf8(out, c);
    return true;
}

static bool decode_escape(const char **p, const char *end, struct output *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = *(*p)++;
    const char *found;

    if (c == 'u')
        return decode_unicode(p, end, out);
    found = c != '\0' ? strchr(from, c) : NULL;
    if (found == NULL)
        return false;
    put(out, (unsigned char)to[found - from]);
    return true;
}

ssize_t json_string(struct span value, char *buf, size_t cap)
{
    const char *p = value.at, *end = value.at + value.len;
    struct output out = { .buf = buf, .cap = cap };

    if (!skip_string(&p, end) || p != end)
        return -EINVAL;
    p = value.at + 1;
    end--;
    while (p < end) {
        char c = *p++;
        if (c == '\0' || (c == '\\' && !decode_escape(&p, end, &out)))
            return -EINVAL;
        if (c != '\\')
            put(&out, (unsigned char)c);
    }
    if (cap > 0)
        buf[out.len < cap ? out.len : cap - 1] = '\0';
    return (ssize_t)out.len;
}
