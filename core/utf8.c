/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes UTF-8, measures it in columns and takes it apart into what a terminal may be sent. */
#include "core/utf8.h"

#include <stdbool.h>
#include <string.h>

#include "core/width_table.h"

/* Unicode, table 3-7: how a sequence begins decides its length and what its second byte may be. */
static const struct lead {
    unsigned char first, last;
    unsigned char len;
    unsigned char low, high;
} leads[] = {
    {0x00, 0x7f, 1, 0, 0},       {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static const struct lead *find_lead(unsigned char byte)
{
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
        if (byte >= leads[i].first && byte <= leads[i].last)
            return &leads[i];
    return NULL;
}

int utf8_decode(const char *s, size_t len, uint32_t *cp)
{
    const unsigned char *u = (const unsigned char *)s;
    const struct lead *lead;
    uint32_t c;

    if (!len)
        return UTF8_SHORT;
    lead = find_lead(u[0]);
    if (!lead)
        return UTF8_INVALID;
    c = lead->len == 1 ? u[0] : u[0] & (0x7fu >> lead->len);
    for (size_t i = 1; i < lead->len; i++) {
        if (i == len)
            return UTF8_SHORT;
        if (u[i] < (i == 1 ? lead->low : 0x80) || u[i] > (i == 1 ? lead->high : 0xbf))
            return UTF8_INVALID;
        c = c << 6 | (u[i] & 0x3fu);
    }
    *cp = c;
    return lead->len;
}

size_t utf8_encode(char dst[4], uint32_t cp)
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

    if (len == 1) {
        dst[0] = (char)cp;
        return 1;
    }
    for (size_t i = len - 1; i > 0; i--) {
        dst[i] = (char)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    dst[0] = (char)(marks[len] | cp);
    return len;
}

int utf8_width(uint32_t cp)
{
    size_t low = 0;
    size_t high = sizeof(width_runs) / sizeof(width_runs[0]);

    if (cp < 0x7f)
        return cp < 0x20 ? -1 : 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;

        if (WIDTH_RUN_FIRST(width_runs[middle]) <= cp)
            low = middle;
        else
            high = middle;
    }
    return cp > 0x10ffff ? -1 : WIDTH_RUN_WIDTH(width_runs[low]);
}

/* Blocks whose characters a skin tone can follow. */
static bool takes_tone(uint32_t base)
{
    return (base >= 0x2600 && base <= 0x27bf) || base >= 0x1f000;
}

/* Asks for another look of the base: text or emoji, a tone of skin. Where it is honoured the width
 * may change, where it is not it may be drawn by itself, so it is never sent. */
static bool is_presentation(uint32_t cp, uint32_t base)
{
    return cp == 0xfe0e || cp == 0xfe0f || (cp >= 0x1f3fb && cp <= 0x1f3ff && takes_tone(base));
}

static bool is_regional(uint32_t cp)
{
    return cp >= 0x1f1e6 && cp <= 0x1f1ff;
}

static void append(struct utf8_piece *piece, const char *s, size_t len)
{
    if (piece->len + len > UTF8_PIECE_MAX)
        return;
    memcpy(piece->bytes + piece->len, s, len);
    piece->len = (uint8_t)(piece->len + len);
}

/* Takes the cluster that begins with base, `used` bytes long. */
static size_t take_cluster(struct utf8_piece *piece, const char *s, size_t len, uint32_t base,
                           size_t used)
{
    uint32_t cp;
    int n;

    piece->len = 0;
    piece->width = (uint8_t)utf8_width(base);
    append(piece, s, used);
    for (; (n = utf8_decode(s + used, len - used, &cp)) > 0; used += (size_t)n) {
        if (is_presentation(cp, base))
            continue;
        if (utf8_width(cp) != 0)
            break;
        append(piece, s + used, (size_t)n);
    }
    return used;
}

/* A flag is two regional letters. One alone would join whatever letter came to stand beside it. */
static bool take_flag(struct utf8_piece *piece, const char *s, size_t len)
{
    uint32_t cp;

    if (utf8_decode(s + 4, len - 4, &cp) != 4 || !is_regional(cp))
        return false;
    piece->len = 0;
    piece->width = 2;
    append(piece, s, 8);
    return true;
}

static void put_hex(struct utf8_piece *piece, uint32_t value, int digits)
{
    while (digits-- > 0)
        append(piece, &"0123456789abcdef"[value >> (4 * digits) & 15], 1);
}

static void escape_byte(struct utf8_piece *piece, unsigned char byte)
{
    piece->len = 0;
    if (byte == '\n' || byte == '\t') {
        append(piece, byte == '\n' ? "\\n" : "\\t", 2);
    } else {
        append(piece, "\\x", 2);
        put_hex(piece, byte, 2);
    }
    piece->width = piece->len;
}

static void escape_character(struct utf8_piece *piece, uint32_t cp)
{
    piece->len = 0;
    append(piece, "\\u{", 3);
    put_hex(piece, cp, cp > 0xfffff ? 6 : cp > 0xffff ? 5 : 4);
    append(piece, "}", 1);
    piece->width = piece->len;
}

size_t utf8_next(struct utf8_piece *piece, const char *s, size_t len)
{
    unsigned char first = (unsigned char)s[0];
    uint32_t cp;
    int n;

    if (first >= 0x20 && first < 0x7f && (len == 1 || !((unsigned char)s[1] & 0x80))) {
        piece->bytes[0] = s[0];
        piece->len = piece->width = 1;
        return 1;
    }
    n = utf8_decode(s, len, &cp);
    if (n > 0 && is_regional(cp) && take_flag(piece, s, len))
        return 8;
    if (n > 0 && utf8_width(cp) > 0 && !is_regional(cp))
        return take_cluster(piece, s, len, cp, (size_t)n);
    if (n > 1) {
        escape_character(piece, cp);
        return (size_t)n;
    }
    escape_byte(piece, first);
    return 1;
}

size_t utf8_printable(char *dst, size_t cap, const char *src, size_t len)
{
    struct utf8_piece piece;
    size_t out = 0;

    for (size_t at = 0; at < len; ) {
        at += utf8_next(&piece, src + at, len - at);
        if (piece.len >= cap - out)
            break;
        memcpy(dst + out, piece.bytes, piece.len);
        out += piece.len;
    }
    dst[out] = '\0';
    return out;
}

size_t utf8_columns(const char *src, size_t len)
{
    struct utf8_piece piece;
    size_t columns = 0;

    for (size_t at = 0; at < len; columns += piece.width)
        at += utf8_next(&piece, src + at, len - at);
    return columns;
}

size_t utf8_fit(const char *src, size_t len, size_t columns, size_t *used)
{
    struct utf8_piece piece;
    size_t width = 0;
    size_t at = 0;

    while (at < len) {
        size_t n = utf8_next(&piece, src + at, len - at);

        if (piece.width > columns - width)
            break;
        width += piece.width;
        at += n;
    }
    if (used)
        *used = width;
    return at;
}

size_t utf8_skip(const char *src, size_t len, size_t columns, size_t *used)
{
    struct utf8_piece piece;
    size_t width = 0;
    size_t at = 0;

    while (at < len && width < columns) {
        at += utf8_next(&piece, src + at, len - at);
        width += piece.width;
    }
    if (used)
        *used = width;
    return at;
}
