/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict parsing of numbers, words and lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/parse.h"

#include <string.h>

/* used: how many bytes the number takes; 0: it is none. */
static void expect_u64(const char *text, uint64_t value, size_t used)
{
    const char *p = text;
    uint64_t out = 12345;

    assert_int_equal(parse_u64(&p, text + strlen(text), &out), used > 0);
    assert_ptr_equal(p, text + used);
    assert_int_equal(out, used > 0 ? value : 12345);
}

static void test_u64(void **state)
{
    (void)state;
    expect_u64("0", 0, 1);
    expect_u64("0042 x", 42, 4);
    expect_u64("18446744073709551615", UINT64_MAX, 20);
    expect_u64("18446744073709551616", 0, 0);
    expect_u64("99999999999999999999999", 0, 0);
    expect_u64("", 0, 0);
    expect_u64(" 1", 0, 0);
    expect_u64("+1", 0, 0);
    expect_u64("-1", 0, 0);
    expect_u64("x", 0, 0);
}

static void test_u64_stops_at_end(void **state)
{
    const char *text = "1234", *p = text;
    uint64_t out;

    (void)state;
    assert_true(parse_u64(&p, text + 2, &out));
    assert_int_equal(out, 12);
    p = text;
    assert_false(parse_u64(&p, text, &out));
}

static void expect_i64(const char *text, int64_t value, bool good)
{
    const char *p = text;
    int64_t out = 0;

    assert_int_equal(parse_i64(&p, text + strlen(text), &out), good);
    assert_true(out == (good ? value : 0));
    assert_ptr_equal(p, good ? text + strlen(text) : text);
}

static void test_i64(void **state)
{
    (void)state;
    expect_i64("-20", -20, true);
    expect_i64("19", 19, true);
    expect_i64("-9223372036854775808", INT64_MIN, true);
    expect_i64("9223372036854775807", INT64_MAX, true);
    expect_i64("9223372036854775808", 0, false);
    expect_i64("-9223372036854775809", 0, false);
    expect_i64("-", 0, false);
    expect_i64("--1", 0, false);
    expect_i64("", 0, false);
}

static void test_hex(void **state)
{
    const char *text = "0aFfg", *p = text;
    uint32_t out = 0;

    (void)state;
    assert_true(parse_hex(&p, text + 5, 4, &out));
    assert_int_equal(out, 0xaff);
    assert_ptr_equal(p, text + 4);
    assert_false(parse_hex(&p, text + 5, 1, &out));
    assert_false(parse_hex(&p, text + 5, 2, &out));
    p = "ffffffff";
    assert_true(parse_hex(&p, p + 8, 8, &out));
    assert_int_equal(out, UINT32_MAX);
}

static void test_text(void **state)
{
    const char *text = "name: x", *p = text;

    (void)state;
    assert_false(parse_text(&p, text + 7, "named"));
    assert_false(parse_text(&p, text + 3, "name"));
    assert_true(parse_text(&p, text + 7, "name:"));
    assert_ptr_equal(p, text + 5);
}

static void test_words_and_lines(void **state)
{
    const char *text = "one \t two\r\n\nthree", *p = text, *end = text + strlen(text), *q;
    struct span line, word;

    (void)state;
    assert_true(parse_line(&p, end, &line));
    assert_int_equal(line.len, 10);
    q = line.at;
    assert_true(parse_word(&q, line.at + line.len, &word));
    assert_int_equal(word.len, 3);
    assert_true(parse_word(&q, line.at + line.len, &word));
    assert_memory_equal(word.at, "two", 3);
    assert_int_equal(word.len, 3);
    assert_false(parse_word(&q, line.at + line.len, &word));
    assert_true(parse_line(&p, end, &line));
    assert_int_equal(line.len, 0);
    assert_true(parse_line(&p, end, &line));
    assert_int_equal(line.len, 5);
    assert_false(parse_line(&p, end, &line));
}

static void test_number(void **state)
{
    uint64_t out = 7;

    (void)state;
    assert_true(parse_number("100", &out));
    assert_int_equal(out, 100);
    assert_false(parse_number("100 ", &out));
    assert_false(parse_number("-1", &out));
    assert_false(parse_number("", &out));
    assert_int_equal(out, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_u64),
        cmocka_unit_test(test_u64_stops_at_end),
        cmocka_unit_test(test_i64),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_words_and_lines),
        cmocka_unit_test(test_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
