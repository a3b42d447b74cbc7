/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small terminal of emu.h. */
#include "emu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/screen.h"
#include "core/utf8.h"

#define EMU_MAX (60 * 200)

static struct emu_cell emu_cells[EMU_MAX];
struct emu emu = {.grid = emu_cells};

struct emu_cell *emu_at(int row, int col)
{
    return &emu.grid[row * emu.cols + col];
}

static void emu_set(struct emu_cell *c, const char *text, size_t len, int width)
{
    memset(c, 0, sizeof(*c));
    memcpy(c->text, text, len);
    c->len = len;
    c->width = width;
    c->attr = emu.attr;
}

static void emu_halve(struct emu_cell *c)
{
    uint16_t attr = c->attr;

    emu_set(c, " ", 1, 1);
    c->attr = attr;
}

static void emu_place(int row, int col, const char *text, size_t len, int width)
{
    struct emu_cell *c = emu_at(row, col);

    if (c->width == 0)
        emu_halve(c - 1);
    if (c[width - 1].width == 2)
        emu_halve(c + width);
    emu_set(c, text, len, width);
    if (width == 2)
        emu_set(c + 1, "", 0, 0);
}

/* Two regional letters in a row become one wide cell. */
static void emu_join_flag(const char *bytes, size_t len)
{
    char both[16];
    size_t n = emu.last->len;

    memcpy(both, emu.last->text, n);
    memcpy(both + n, bytes, len);
    emu.last_flag = false;
    emu_place(emu.row, emu.col - 1, both, n + len, 2);
    emu.col++;
}

static void emu_character(const char *bytes, size_t len, uint32_t cp)
{
    bool flag = cp >= 0x1f1e6 && cp <= 0x1f1ff;
    int width = utf8_width(cp);

    assert_true(width >= 0);
    if (width == 0) {
        assert_non_null(emu.last);
        memcpy(emu.last->text + emu.last->len, bytes, len);
        emu.last->len += len;
        return;
    }
    if (flag && emu.last_flag && !emu.odd_width) {
        emu_join_flag(bytes, len);
    } else {
        assert_false(emu.at_edge);
        assert_false(emu.autowrap);
        if (emu.odd_width && cp >= 0x80)
            width = emu.odd_width;
        if (emu.col + width > emu.cols)
            emu.col = emu.cols - width;
        emu_place(emu.row, emu.col, bytes, len, width);
        emu.last = emu_at(emu.row, emu.col);
        emu.last_flag = flag;
        emu.col += width;
    }
    emu.at_edge = emu.col >= emu.cols;
}

static void emu_go(int row, int col)
{
    assert_in_range(row, 0, emu.rows - 1);
    assert_in_range(col, 0, emu.cols - 1);
    emu.row = row;
    emu.col = col;
    emu.at_edge = false;
    emu.last = NULL;
    emu.last_flag = false;
}

static void emu_sgr_one(int n)
{
    static const uint16_t flags[] = {
        [1] = ATTR_BOLD, [2] = ATTR_DIM, [4] = ATTR_UNDERLINE, [7] = ATTR_REVERSE,
    };
    unsigned a = emu.attr;

    if (n == 0)
        a = 0;
    else if (n < 8 && flags[n])
        a |= flags[n];
    else if (n == 22)
        a &= ~(ATTR_BOLD | ATTR_DIM);
    else if (n == 24 || n == 27)
        a &= ~(unsigned)flags[n - 20];
    else if (n >= 30 && n <= 39 && n != 38)
        a = (a & ~ATTR_FG_MASK) | (n == 39 ? 0 : ATTR_FG(n - 30));
    else if (n >= 40 && n <= 49 && n != 48)
        a = (a & ~ATTR_BG_MASK) | (n == 49 ? 0 : ATTR_BG(n - 40));
    else if (n >= 90 && n <= 97)
        a = (a & ~ATTR_FG_MASK) | ATTR_FG(n - 90 + 8);
    else if (n >= 100 && n <= 107)
        a = (a & ~ATTR_BG_MASK) | ATTR_BG(n - 100 + 8);
    else
        fail_msg("SGR %d", n);
    emu.attr = (uint16_t)a;
}

static void emu_erase_end(void)
{
    assert_int_equal(emu.attr, 0); /* else it depends on the terminal */
    assert_false(emu.at_edge);
    for (int col = emu.col; col < emu.cols; col++)
        emu_place(emu.row, col, " ", 1, 1);
}

static void emu_mode(int mode, bool on)
{
    if (mode == 25)
        emu.cursor_on = on;
    else if (mode == 7)
        emu.autowrap = on;
    else if (mode == 2026)
        emu.in_sync = on;
    else
        fail_msg("mode %d", mode);
}

static void emu_csi(char final, bool private, const int *params, int n)
{
    int first = params[0] ? params[0] : 1;

    if (private && (final == 'h' || final == 'l'))
        emu_mode(params[0], final == 'h');
    else if (private)
        fail_msg("CSI ? %c", final);
    else if (final == 'H')
        emu_go(first - 1, n > 1 ? params[1] - 1 : 0);
    else if (final == 'C')
        emu_go(emu.row, emu.col + first);
    else if (final == 'D')
        emu_go(emu.row, emu.col - first);
    else if (final == 'K')
        emu_erase_end();
    else if (final == 'r')
        emu_go(0, 0);
    else if (final == 'm')
        for (int i = 0; i < n; i++)
            emu_sgr_one(params[i]);
    else
        fail_msg("CSI %c", final);
}

/* Returns the bytes after ESC that were used. */
static size_t emu_escape(const char *s, size_t len)
{
    int params[8] = {0};
    int n = 0;
    bool private = len > 1 && s[1] == '?';
    size_t i = private ? 2 : 1;

    assert_true(len >= 2);
    if (s[0] == '(' && s[1] == 'B')
        return 2;
    assert_int_equal(s[0], '[');
    for (; i < len && (s[i] == ';' || (s[i] >= '0' && s[i] <= '9')); i++) {
        if (s[i] == ';')
            n++;
        else
            params[n] = params[n] * 10 + s[i] - '0';
    }
    assert_true(i < len);
    emu_csi(s[i], private, params, n + 1);
    return i + 1;
}

static void emu_control(char byte)
{
    if (byte == '\r')
        emu_go(emu.row, 0);
    else if (byte == '\n')
        emu_go(emu.row + 1, emu.col < emu.cols ? emu.col : emu.cols - 1);
    else if (byte == '\b')
        emu_go(emu.row, emu.col - 1);
    else if (byte != '\017')
        fail_msg("control byte %02x", (unsigned char)byte);
}

void emu_write(const char *s, size_t len)
{
    uint32_t cp;

    for (size_t at = 0; at < len; ) {
        int n = utf8_decode(s + at, len - at, &cp);

        assert_true(n > 0);
        at += (size_t)n;
        if (cp == 033)
            at += emu_escape(s + at, len - at);
        else if (cp < 0x20)
            emu_control((char)cp);
        else
            emu_character(s + at - n, (size_t)n, cp);
    }
    assert_false(emu.in_sync);
}

void emu_disorder(int rows, int cols)
{
    emu.rows = rows;
    emu.cols = cols;
    for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols; col++) {
            emu.attr = (uint16_t)(rand() & 0x3c00);
            emu_set(emu_at(row, col), "#", 1, 1);
        }
        if (cols > 3)
            emu_place(row, rand() % (cols - 1), "\xe4\xb8\xad", 3, 2);
    }
    emu_go(rand() % rows, rand() % cols);
    emu.attr = (uint16_t)(rand() & 0x3fff & ~(ATTR_FG_MASK | ATTR_BG_MASK));
    emu.autowrap = emu.cursor_on = true;
    emu.odd_width = 0;
}
