/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoding, widths, and what hostile text becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void every_scalar_value_survives(void **state)
{
    char bytes[4];
    uint32_t back;

    (void)state;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        if (cp >= 0xd800 && cp <= 0xdfff)
            continue;
        size_t len = utf8_encode(bytes, cp);

        assert_int_equal(utf8_decode(bytes, len, &back), len);
        assert_int_equal(back, cp);
        for (size_t cut = 0; cut < len; cut++)
            assert_int_equal(utf8_decode(bytes, cut, &back), UTF8_SHORT);
    }
}

static void what_is_no_character_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        int result;
    } cases[] = {
        {"\x80", UTF8_INVALID},         {"\xbf", UTF8_INVALID},
        {"\xc0\x80", UTF8_INVALID},     {"\xc1\xbf", UTF8_INVALID},
        {"\xe0\x80\x80", UTF8_INVALID}, {"\xe0\x9f\xbf", UTF8_INVALID},
        {"\xed\xa0\x80", UTF8_INVALID}, {"\xed\xbf\xbf", UTF8_INVALID},
        {"\xf0\x80\x80\x80", UTF8_INVALID}, {"\xf0\x8f\xbf\xbf", UTF8_INVALID},
        {"\xf4\x90\x80\x80", UTF8_INVALID}, {"\xf5\x80\x80\x80", UTF8_INVALID},
        {"\xfe", UTF8_INVALID},         {"\xff", UTF8_INVALID},
        {"\xc3(", UTF8_INVALID},        {"\xe2\x82(", UTF8_INVALID},
        {"\xf0\x9f\x98(", UTF8_INVALID}, {"\xc3", UTF8_SHORT},
        {"\xe2\x82", UTF8_SHORT},       {"\xf0\x9f\x98", UTF8_SHORT},
        {"", UTF8_SHORT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t cp = 42;

        assert_int_equal(utf8_decode(cases[i].bytes, strlen(cases[i].bytes), &cp),
                         cases[i].result);
        assert_int_equal(cp, 42);
    }
}

static void widths(void **state)
{
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        {0, -1},      {0x1f, -1},   {' ', 1},      {'~', 1},      {0x7f, -1},    {0x80, -1},
        {0x9b, -1},   {0x9f, -1},   {0xa0, 1},     {0xad, -1},    {0xe9, 1},     {0x300, 0},
        {0x34f, -1},  {0x378, -1},  {0x61c, -1},   {0x5d0, 1},    {0x1100, 2},   {0x1161, 0},
        {0x11a8, 0},  {0x115f, -1}, {0x200b, -1},  {0x200d, -1},  {0x200e, -1},  {0x200f, -1},
        {0x2028, -1}, {0x2029, -1}, {0x202a, -1},  {0x202e, -1},  {0x2066, -1},  {0x2069, -1},
        {0x20ac, 1},  {0x20e3, 0},  {0x2500, 1},   {0x2588, 1},   {0x3000, 2},   {0x4e2d, 2},
        {0xac00, 2},  {0xd800, -1}, {0xe000, -1},  {0xfdd0, -1},  {0xfe0f, -1},  {0xfeff, -1},
        {0xff21, 2},  {0xff76, 1},  {0xfffd, 1},   {0xfffe, -1},  {0x1f1e6, 1},  {0x1f600, 2},
        {0x20000, 2}, {0xe0001, -1}, {0x100000, -1}, {0x10ffff, -1}, {0x110000, -1},
        {0xffffffff, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (utf8_width(cases[i].cp) != cases[i].width)
            fail_msg("U+%04X: %d, not %d", (unsigned)cases[i].cp, utf8_width(cases[i].cp),
                     cases[i].width);
}

#define TEXT(s) s, sizeof(s) - 1

static void printable_forms(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *shown;
        size_t columns;
    } cases[] = {
        {TEXT(""), "", 0},
        {TEXT("web01"), "web01", 5},
        {TEXT("a\\x1b"), "a\\x1b", 5},
        {TEXT("a\nb\tc"), "a\\nb\\tc", 7},
        {TEXT("\033[31m"), "\\x1b[31m", 8},
        {TEXT("a\0b"), "a\\x00b", 6},
        {TEXT("\x7f"), "\\x7f", 4},
        {TEXT("\x9b" "31m"), "\\x9b31m", 7},
        {TEXT("\xc2\x9b" "31m"), "\\u{009b}31m", 11},
        {TEXT("\xe2\x80\xae" "exe"), "\\u{202e}exe", 11},
        {TEXT("\xe2\x80\xa8"), "\\u{2028}", 8},
        {TEXT("a\xe2\x80\x8d"), "a\\u{200d}", 9},
        {TEXT("\xee\x80\x80"), "\\u{e000}", 8},
        {TEXT("\xef\xbf\xbe"), "\\u{fffe}", 8},
        {TEXT("\xf3\xa0\x80\x81"), "\\u{e0001}", 9},
        {TEXT("\xf4\x8f\xbf\xbf"), "\\u{10ffff}", 10},
        {TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80", 12},
        {TEXT("caf\xc3\xa9"), "caf\xc3\xa9", 4},
        {TEXT("cafe\xcc\x81!"), "cafe\xcc\x81!", 5},
        {TEXT("\xcc\x81"), "\\u{0301}", 8},
        {TEXT("\n\xcc\x81"), "\\n\\u{0301}", 10},
        {TEXT("\xe4\xb8\xad\xe6\x96\x87"), "\xe4\xb8\xad\xe6\x96\x87", 4},
        {TEXT("\xe4\xb8"), "\\xe4\\xb8", 8},
        /* a heart with the emoji selector; a thumb with a tone; one tone alone */
        {TEXT("\xe2\x9d\xa4\xef\xb8\x8f"), "\xe2\x9d\xa4", 1},
        {TEXT("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"), "\xf0\x9f\x91\x8d", 2},
        {TEXT("\xf0\x9f\x8f\xbd"), "\xf0\x9f\x8f\xbd", 2},
        {TEXT("\xef\xb8\x8f"), "\\u{fe0f}", 8},
        /* a flag, and a letter of one that is left over */
        {TEXT("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xaa"),
         "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\\u{1f1ea}", 11},
        /* Hangul from its letters */
        {TEXT("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2},
        /* a cluster has an end */
        {TEXT("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81" "b"),
         "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81" "b", 2},
        {TEXT("\xe4\xb8\xad\xe2\x83\x9d\xe2\x83\x9d\xe2\x83\x9d\xe2\x83\x9d"),
         "\xe4\xb8\xad\xe2\x83\x9d\xe2\x83\x9d\xe2\x83\x9d", 2},
    };
    char shown[80];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(utf8_printable(shown, sizeof(shown), cases[i].text, cases[i].len),
                         strlen(cases[i].shown));
        assert_string_equal(shown, cases[i].shown);
        assert_int_equal(utf8_columns(cases[i].text, cases[i].len), cases[i].columns);
    }
}

static void printable_never_cuts_a_piece(void **state)
{
    static const char text[] = "a\033\xe4\xb8\xad";
    static const struct {
        size_t cap;
        const char *shown;
    } cases[] = {
        {1, ""},           {2, "a"},          {5, "a"},
        {6, "a\\x1b"},     {8, "a\\x1b"},     {9, "a\\x1b\xe4\xb8\xad"},
    };
    char shown[16];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        memset(shown, '#', sizeof(shown));
        utf8_printable(shown, cases[i].cap, text, sizeof(text) - 1);
        assert_string_equal(shown, cases[i].shown);
        assert_int_equal(shown[cases[i].cap], '#');
    }
}

static void fit_and_skip(void **state)
{
    static const char text[] = "a\xe4\xb8\xad" "e\xcc\x81\n!"; /* columns 1 2 1 2 1 */
    static const struct {
        size_t columns;
        size_t fit, fit_used;
        size_t skip, skip_used;
    } cases[] = {
        {0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}, {2, 1, 1, 4, 3}, {3, 4, 3, 4, 3}, {4, 7, 4, 7, 4},
        {5, 7, 4, 8, 6}, {6, 8, 6, 8, 6}, {7, 9, 7, 9, 7}, {8, 9, 7, 9, 7},
    };
    size_t used;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(utf8_fit(text, sizeof(text) - 1, cases[i].columns, &used), cases[i].fit);
        assert_int_equal(used, cases[i].fit_used);
        assert_int_equal(utf8_skip(text, sizeof(text) - 1, cases[i].columns, &used),
                         cases[i].skip);
        assert_int_equal(used, cases[i].skip_used);
    }
    assert_int_equal(utf8_fit("ab", 2, 1, NULL), 1);
    assert_int_equal(utf8_skip("ab", 2, 1, NULL), 1);
}

static void check_safe(const char *text, size_t len)
{
    uint32_t cp;
    int n;

    for (size_t at = 0; at < len; at += (size_t)n) {
        n = utf8_decode(text + at, len - at, &cp);
        assert_true(n > 0);
        assert_true(utf8_width(cp) >= 0);
    }
}

/* Characters near the borders of the tables, and any bytes. */
static size_t make_text(char *text, size_t max)
{
    static const uint32_t near[] = {0x20, 0x7f, 0x300, 0x2028, 0x4e00, 0xfe0f, 0x1f1e6, 0x1f3fb};
    size_t len = 0;

    while (len + 4 < max) {
        if (rand() % 3 == 0)
            text[len++] = (char)(rand() & 0xff);
        else
            len += utf8_encode(text + len, near[rand() % (int)COUNT(near)] + (uint32_t)rand() % 8);
    }
    return len;
}

static void random_text_is_made_safe(void **state)
{
    char text[64], once[1024], twice[1024];

    (void)state;
    srand(1);
    for (int i = 0; i < 50000; i++) {
        size_t len = make_text(text, sizeof(text));
        size_t shown = utf8_printable(once, sizeof(once), text, len);

        check_safe(once, shown);
        assert_int_equal(utf8_printable(twice, sizeof(twice), once, shown), shown);
        assert_string_equal(once, twice);
        assert_int_equal(utf8_columns(text, len), utf8_columns(once, shown));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_survives),
        cmocka_unit_test(what_is_no_character_is_refused),
        cmocka_unit_test(widths),
        cmocka_unit_test(printable_forms),
        cmocka_unit_test(printable_never_cuts_a_piece),
        cmocka_unit_test(fit_and_skip),
        cmocka_unit_test(random_text_is_made_safe),
    };

    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
