/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen against a small terminal that is kept here: after any drawing, the bytes flushed must
 * bring it to show exactly the grid. The terminal knows the sequences that the screen may send and
 * fails at any other control byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/screen.h"
#include "core/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the terminal */

#define EMU_MAX (60 * 200)

struct emu_cell {
    char text[32];
    size_t len; /* 0: right half of a wide one */
    int width;
    uint16_t attr;
};

struct emu {
    int rows, cols;
    struct emu_cell *grid;
    int row, col;
    bool at_edge;        /* the last column was written: where the cursor is differs */
    struct emu_cell *last; /* takes what combines; NULL after a move */
    bool last_flag;      /* it is half a flag */
    uint16_t attr;
    bool autowrap, cursor_on, in_sync;
    int odd_width; /* this terminal's opinion on all that is not ASCII; 0: ours */
};

static struct emu_cell emu_cells[EMU_MAX];
static struct emu emu = {.grid = emu_cells};

static struct emu_cell *emu_at(int row, int col)
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

static void emu_write(const char *s, size_t len)
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

/* Anything may be on a terminal that somebody else used. */
static void emu_disorder(int rows, int cols)
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

static void assert_shows(const struct screen *s)
{
    for (int row = 0; row < emu.rows; row++) {
        for (int col = 0; col < emu.cols; col++) {
            const struct emu_cell *c = emu_at(row, col);
            uint16_t attr;
            size_t len;
            const char *text = screen_cell(s, row, col, &len, &attr);

            if (len != c->len || memcmp(text, c->text, len) || attr != c->attr)
                fail_msg("%d,%d: shows '%.*s' %04x, not '%.*s' %04x", row, col, (int)c->len,
                         c->text, c->attr, (int)len, text, attr);
        }
    }
}

/* ---- helpers */

/* Returns how many bytes it took. */
static size_t send(struct screen *s)
{
    size_t len;
    const char *bytes = screen_flush(s, &len);

    emu_write(bytes, len);
    return len;
}

static void flush(struct screen *s)
{
    send(s);
    assert_shows(s);
}

static struct screen *made(int rows, int cols)
{
    struct screen *s = screen_new(rows, cols);

    emu_disorder(rows, cols);
    flush(s);
    return s;
}

/* A row as text; the right halves of wide characters take no place. */
static const char *row_text(const struct screen *s, int row)
{
    static char line[1024];
    size_t at = 0;
    size_t len;
    const char *text;

    for (int col = 0; (text = screen_cell(s, row, col, &len, NULL)); col++) {
        memcpy(line + at, text, len);
        at += len;
    }
    line[at] = '\0';
    return line;
}

#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END "\033[?2026l"

static void assert_bytes(struct screen *s, const char *wanted)
{
    char got[256], shown[512], shown_wanted[512];
    size_t len;
    const char *bytes = screen_flush(s, &len);
    size_t ends = strlen(SYNC_BEGIN) + strlen(SYNC_END);

    assert_in_range(len, ends, sizeof(got));
    assert_memory_equal(bytes, SYNC_BEGIN, strlen(SYNC_BEGIN));
    assert_memory_equal(bytes + len - strlen(SYNC_END), SYNC_END, strlen(SYNC_END));
    utf8_printable(shown, sizeof(shown), bytes + strlen(SYNC_BEGIN), len - ends);
    utf8_printable(shown_wanted, sizeof(shown_wanted), wanted, strlen(wanted));
    assert_string_equal(shown, shown_wanted);
    emu_write(bytes, len);
    assert_shows(s);
}

/* ---- the grid */

static void text_is_cut_and_made_safe(void **state)
{
    static const struct {
        const char *text;
        int max;
        int used;
        const char *row;
    } cases[] = {
        {"abc", 8, 3, "abc....."},
        {"abc", 2, 2, "ab......"},
        {"abc", 0, 0, "........"},
        {"abc", -1, 0, "........"},
        {"abcdefghij", 99, 8, "abcdefgh"},
        {"\xe4\xb8\xad\xe6\x96\x87x", 8, 5, "\xe4\xb8\xad\xe6\x96\x87x..."},
        {"\xe4\xb8\xad\xe6\x96\x87x", 4, 4, "\xe4\xb8\xad\xe6\x96\x87...."},
        {"\xe4\xb8\xad\xe6\x96\x87x", 3, 3, "\xe4\xb8\xad ....."},
        {"e\xcc\x81x", 1, 1, "e\xcc\x81......."},
        {"a\033b", 8, 6, "a\\x1bb.."},
        {"a\033b", 4, 4, "a   ...."},
        {"\n", 8, 2, "\\n......"},
        {"\xff", 8, 4, "\\xff...."},
        {"\xc2\x9b", 8, 8, "\\u{009b}"},
        {"\xe2\x80\xae", 7, 7, "       ."},
    };
    struct screen *s = made(2, 8);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        screen_puts(s, 0, 0, 0, "........");
        assert_int_equal(screen_put(s, 0, 0, cases[i].max, 0, cases[i].text,
                                    strlen(cases[i].text)), cases[i].used);
        assert_string_equal(row_text(s, 0), cases[i].row);
        flush(s);
    }
    screen_free(s);
}

static void nothing_is_drawn_outside(void **state)
{
    struct screen *s = made(2, 4);

    (void)state;
    assert_int_equal(screen_puts(s, -1, 0, 0, "x"), 0);
    assert_int_equal(screen_puts(s, 2, 0, 0, "x"), 0);
    assert_int_equal(screen_puts(s, 0, 4, 0, "x"), 0);
    assert_int_equal(screen_puts(s, 0, -1, 0, "x"), 0);
    assert_int_equal(screen_puts(s, 1, 3, 0, "\xe4\xb8\xad"), 1);
    screen_fill(s, 5, 0, 4, ATTR_BOLD);
    screen_fill(s, 0, -9, 9, ATTR_BOLD);
    screen_paint(s, 0, 4, 4, ATTR_BOLD);
    screen_cursor(s, 2, 0);
    assert_string_equal(row_text(s, 0), "    ");
    assert_string_equal(row_text(s, 1), "    ");
    assert_null(row_text(s, 2)[0] ? "" : NULL);
    assert_int_equal(send(s), 0);
    screen_fill(s, 0, -2, 4, ATTR_REVERSE);
    flush(s);
    assert_int_equal(emu_at(0, 1)->attr, ATTR_REVERSE);
    assert_int_equal(emu_at(0, 2)->attr, 0);
    screen_free(s);
}

static void half_a_wide_character_leaves_a_blank(void **state)
{
    struct screen *s = made(1, 6);

    (void)state;
    screen_puts(s, 0, 0, 0, "\xe4\xb8\xad\xe6\x96\x87xy");
    flush(s);
    screen_puts(s, 0, 1, 0, "A");
    assert_string_equal(row_text(s, 0), " A\xe6\x96\x87xy");
    flush(s);
    screen_puts(s, 0, 2, 0, "B");
    assert_string_equal(row_text(s, 0), " AB xy");
    flush(s);
    screen_puts(s, 0, 0, 0, "\xe4\xb8\xad\xe6\x96\x87");
    flush(s);
    screen_put(s, 0, 1, 2, 0, "\xe4\xb8\xad", 3);
    assert_string_equal(row_text(s, 0), " \xe4\xb8\xad xy");
    flush(s);
    screen_free(s);
}

static void paint_keeps_text(void **state)
{
    struct screen *s = made(1, 6);
    uint16_t attr;
    size_t len;

    (void)state;
    screen_puts(s, 0, 0, ATTR_FG(1), "a\xe4\xb8\xad" "b");
    screen_paint(s, 0, 2, 2, ATTR_REVERSE);
    assert_string_equal(row_text(s, 0), "a\xe4\xb8\xad" "b  ");
    for (int col = 0; col < 6; col++) {
        screen_cell(s, 0, col, &len, &attr);
        assert_int_equal(attr, (col < 4 ? ATTR_FG(1) : 0) |
                                   (col >= 1 && col <= 3 ? ATTR_REVERSE : 0));
    }
    flush(s);
    screen_paint(s, 0, 1, 1, ATTR_BOLD);
    screen_cell(s, 0, 2, &len, &attr);
    assert_int_equal(attr, ATTR_FG(1) | ATTR_REVERSE | ATTR_BOLD);
    flush(s);
    screen_free(s);
}

/* ---- the bytes */

static void an_unchanged_frame_is_no_bytes(void **state)
{
    struct screen *s = made(3, 20);

    (void)state;
    for (int i = 0; i < 3; i++) {
        screen_clear(s);
        screen_puts(s, 1, 2, ATTR_BOLD, "h\xc3\xa9llo \xe4\xb8\xad");
        screen_cursor(s, 2, 2);
        assert_int_equal(send(s) > 0, i == 0);
    }
    screen_free(s);
}

static void the_shortest_way_is_taken(void **state)
{
    struct screen *s = made(24, 80);

    (void)state;
    screen_puts(s, 3, 10, 0, "0123456789");
    assert_bytes(s, "\033[4;11H0123456789");
    screen_puts(s, 3, 10, 0, "x1y");
    assert_bytes(s, "\033[4;11Hx1y"); /* the 1 once more: shorter than a move */
    screen_puts(s, 3, 10, 0, "a1y345b");
    assert_bytes(s, "\033[4;11Ha\033[5Cb");
    screen_puts(s, 3, 10, 0, "c");
    screen_puts(s, 4, 0, 0, "d");
    assert_bytes(s, "\033[4;11Hc\r\nd");
    screen_puts(s, 3, 10, 0, "e");
    screen_puts(s, 4, 10, 0, "f");
    assert_bytes(s, "\033[4;11He\n\bf");
    screen_puts(s, 0, 0, 0, "g");
    screen_puts(s, 23, 79, 0, "h");
    assert_bytes(s, "\033[1Hg\033[24;80Hh");
    screen_puts(s, 22, 79, 0, "i");
    screen_puts(s, 23, 79, 0, "j");
    assert_bytes(s, "\033[23;80Hi\r\n\033[79Cj");
    screen_free(s);
}

static void a_blank_end_is_erased_at_once(void **state)
{
    struct screen *s = made(2, 40);

    (void)state;
    screen_puts(s, 0, 0, ATTR_FG(2), "a long line of text here");
    flush(s);
    screen_fill(s, 0, 6, 34, 0);
    assert_bytes(s, "\033[1;7H\033[K");
    screen_puts(s, 0, 38, 0, "ab");
    flush(s);
    screen_fill(s, 0, 38, 2, 0);
    assert_bytes(s, "\033[1;39H  ");
    screen_free(s);
}

static void attributes_change_in_few_bytes(void **state)
{
    static const struct {
        unsigned from, to;
        const char *sgr;
    } cases[] = {
        {ATTR_BOLD, ATTR_BOLD | ATTR_FG(1), "31"},
        {ATTR_BOLD | ATTR_FG(1), ATTR_FG(1), "22"},
        {ATTR_BOLD | ATTR_DIM, ATTR_DIM, "0;2"},
        {ATTR_BOLD | ATTR_DIM | ATTR_BG(9), ATTR_DIM | ATTR_BG(9), "22;2"},
        {ATTR_REVERSE, ATTR_UNDERLINE, "0;4"},
        {ATTR_FG(15) | ATTR_BG(8), ATTR_FG(15), "49"},
        {ATTR_FG(15), ATTR_FG(7), "37"},
        {ATTR_FG(3) | ATTR_BG(4), ATTR_FG(4) | ATTR_BG(3), "34;43"},
        {ATTR_BOLD, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct screen *s = made(1, 5);
        char wanted[64], bytes[256];
        size_t len;

        screen_puts(s, 0, 0, (uint16_t)cases[i].from, "a");
        screen_puts(s, 0, 1, (uint16_t)cases[i].to, "b");
        const char *out = screen_flush(s, &len);

        snprintf(bytes, sizeof(bytes), "%.*s", (int)len, out);
        snprintf(wanted, sizeof(wanted), "a\033[%smb", cases[i].sgr);
        if (!strstr(bytes, wanted))
            fail_msg("%04x to %04x is not %s", cases[i].from, cases[i].to, cases[i].sgr);
        emu_write(out, len);
        assert_shows(s);
        screen_free(s);
    }
}

static void the_cursor_is_hidden_while_drawing(void **state)
{
    struct screen *s = made(5, 20);

    (void)state;
    screen_cursor(s, 4, 3);
    assert_bytes(s, "\033[5;4H\033[?25h");
    assert_true(emu.cursor_on && emu.row == 4 && emu.col == 3);
    screen_puts(s, 4, 3, 0, "x");
    screen_cursor(s, 4, 4);
    assert_bytes(s, "\033[?25l\033[5;4Hx\033[?25h");
    assert_true(emu.row == 4 && emu.col == 4);
    screen_cursor(s, 3, 4);
    assert_bytes(s, "\033[?25l\033[4;5H\033[?25h");
    screen_cursor(s, -1, -1);
    assert_bytes(s, "\033[?25l");
    assert_false(emu.cursor_on);
    screen_free(s);
}

/* Whatever a terminal thinks of wide, combining and ambiguous characters, the columns after them
 * stand where they should. */
static void odd_widths_shift_nothing(void **state)
{
    (void)state;
    for (int width = 1; width <= 2; width++) {
        struct screen *s = made(2, 40);

        emu.odd_width = width;
        screen_puts(s, 0, 0, 0,
                    "\xe2\x94\x9c\xe2\x94\x80 \xf0\x9f\x98\x80x \xe4\xb8\xad\xe6\x96\x87 42.0");
        screen_puts(s, 1, 38, 0, "\xe4\xb8\xad");
        screen_puts(s, 1, 0, 0, "e\xcc\x81 7");
        send(s);
        assert_string_equal(emu_at(0, 5)->text, "x");
        assert_string_equal(emu_at(0, 12)->text, "4");
        assert_string_equal(emu_at(0, 15)->text, "0");
        assert_string_equal(emu_at(1, 2)->text, "7");
        screen_free(s);
    }
}

/* ---- anything drawn on any size */

static const char *const pool[] = {
    "a", " ", "hello world", "12.5", "          ", "100 - database-vm",
    "\xc3\xa9", "e\xcc\x81", "\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97", "\xf0\x9f\x98\x80",
    "x\xe4\xb8\xad",
    "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", "\xf0\x9f\x87\xa9", "\xe2\x94\x9c\xe2\x94\x80",
    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xe2\x9d\xa4\xef\xb8\x8f",
    "\033[2J\033[H", "\xc2\x9b" "31m", "\xe2\x80\xae" "x", "\xff\xfe", "\n\r\t\b\a", "\x7f",
    "\xcc\x81",
};

static uint16_t some_attr(void)
{
    static const uint16_t some[] = {
        0, 0, 0, ATTR_BOLD, ATTR_REVERSE, ATTR_FG(1), ATTR_FG(9) | ATTR_BG(4),
        ATTR_DIM | ATTR_UNDERLINE, ATTR_BOLD | ATTR_BG(12),
    };

    return some[rand() % (int)COUNT(some)];
}

static void draw_something(struct screen *s)
{
    const char *text = pool[rand() % (int)COUNT(pool)];
    int row = rand() % (screen_rows(s) + 2) - 1;
    int col = rand() % (screen_cols(s) + 2) - 1;
    int n = rand() % 20;

    switch (rand() % 12) {
    case 0:
        screen_fill(s, row, col, rand() % (screen_cols(s) + 2), some_attr());
        break;
    case 1:
        screen_paint(s, row, col, n, some_attr());
        break;
    case 2:
        screen_cursor(s, row, col);
        break;
    case 3:
        if (rand() % 8 == 0)
            screen_clear(s);
        break;
    default:
        screen_put(s, row, col, n, some_attr(), text, strlen(text));
    }
}

static void draw_and_compare(int rows, int cols, int frames)
{
    struct screen *s = made(rows, cols);

    for (int frame = 0; frame < frames; frame++) {
        for (int i = rand() % 12; i > 0; i--)
            draw_something(s);
        if (rand() % 20 == 0) {
            screen_invalidate(s);
            emu_disorder(rows, cols);
        }
        flush(s);
        assert_int_equal(send(s), 0);
    }
    screen_free(s);
}

static void any_drawing_is_shown(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 2}, {2, 1}, {3, 5}, {10, 40}, {24, 80}, {60, 200}};

    (void)state;
    srand(3);
    for (size_t i = 0; i < COUNT(sizes); i++)
        draw_and_compare(sizes[i][0], sizes[i][1], i < 4 ? 4000 : 400);
}

static void a_new_size_starts_afresh(void **state)
{
    struct screen *s = made(10, 40);
    size_t len;

    (void)state;
    screen_puts(s, 0, 0, 0, "before");
    flush(s);
    for (int size = 60; size >= -1; size--) {
        screen_resize(s, size, size);
        assert_int_equal(screen_rows(s), size > 1 ? size : 1);
        assert_int_equal(screen_cols(s), size > 1 ? size : 1);
        emu_disorder(screen_rows(s), screen_cols(s));
        screen_puts(s, 0, 0, 0, "after");
        flush(s);
    }
    screen_resize(s, 200, 500);
    for (int row = 0; row < 200; row++)
        screen_fill(s, row, 0, 500, row % 2 ? ATTR_REVERSE : 0);
    screen_flush(s, &len);
    assert_in_range(len, 100 * 500, 200 * 520);
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_and_made_safe),
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(half_a_wide_character_leaves_a_blank),
        cmocka_unit_test(paint_keeps_text),
        cmocka_unit_test(an_unchanged_frame_is_no_bytes),
        cmocka_unit_test(the_shortest_way_is_taken),
        cmocka_unit_test(a_blank_end_is_erased_at_once),
        cmocka_unit_test(attributes_change_in_few_bytes),
        cmocka_unit_test(the_cursor_is_hidden_while_drawing),
        cmocka_unit_test(odd_widths_shift_nothing),
        cmocka_unit_test(any_drawing_is_shown),
        cmocka_unit_test(a_new_size_starts_afresh),
    };

    return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
