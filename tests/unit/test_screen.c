/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen against a small terminal: after any drawing, the bytes flushed must bring it to show
 * exactly the grid. */
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
#include "emu.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- helpers */

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
