/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of words, strict numbers, growing text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_double(void **state)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {
        { "0", 0 }, { "5", 5 }, { "5.0", 5 }, { "5.", 5 }, { ".5", 0.5 }, { "0.1", 0.1 },
        { "3600", 3600 }, { "007.250", 7.25 }, { "-2.5", -2.5 }, { "123456.789", 123456.789 },
        { "0.50000000000000000000000000000001", 0.5 }, { "99999999999999999", 1e17 },
    };
    static const char *const bad[] = {
        "", ".", "-", "x", "5x", " 5", "5 ", "+5", "1,5", "1.2.3", "1e3", "0x10", "inf", "nan",
        "--1", "5-", "1000000000000000000000",
    };
    double value;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(str_double(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        value = 7;
        assert_false(str_double(bad[i], &value));
        assert_true(value == 7);
    }
}

static void test_u64(void **state)
{
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "1.0", "x", "0x1", "18446744073709551616",
        "99999999999999999999",
    };
    uint64_t value = 7;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(str_u64(bad[i], &value));
    assert_true(value == 7);
    assert_true(str_u64("0", &value) && value == 0);
    assert_true(str_u64("0042", &value) && value == 42);
    assert_true(str_u64("18446744073709551615", &value) && value == UINT64_MAX);
}

static void test_bool(void **state)
{
    static const char *const yes[] = { "yes", "true", "on", "1" };
    static const char *const no[] = { "no", "false", "off", "0" };
    bool value = true;

    (void)state;
    for (size_t i = 0; i < COUNT(no); i++)
        assert_true(str_bool(no[i], &value) && !value);
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_true(str_bool(yes[i], &value) && value);
    assert_false(str_bool("", &value));
    assert_false(str_bool("y", &value));
    assert_false(str_bool("yes ", &value));
    assert_true(value);
}

static void test_words(void **state)
{
    const char *at = " a,b ,, c\td,", *word;
    struct str_buf got = { 0 };
    size_t len;

    (void)state;
    while (str_word(&at, &word, &len)) {
        str_put(&got, word, len);
        str_puts(&got, "|");
    }
    assert_string_equal(got.text, "a|b|c|d|");
    assert_int_equal(got.len, 8);
    assert_false(str_word(&at, &word, &len));
    free(got.text);
}

static void test_list(void **state)
{
    struct string_list list = { 0 };
    const char *first;

    (void)state;
    string_list_add(&list, "one");
    first = list.item[0];
    string_list_insert(&list, 0, "zeroes", 4);
    for (int i = 0; i < 100; i++)
        string_list_add(&list, "more");
    assert_int_equal(list.count, 102);
    assert_string_equal(list.item[0], "zero");
    assert_ptr_equal(list.item[1], first);
    assert_true(string_list_has(&list, "one,", 3));
    assert_false(string_list_has(&list, "on", 2));
    string_list_free(&list);
    assert_int_equal(list.count, 0);
    string_list_free(&list);
}

static void test_buf(void **state)
{
    struct str_buf buf = { 0 };
    char *text = str_format("%s %d", "a", 5);

    (void)state;
    str_put(&buf, "a\0b", 3);
    assert_int_equal(buf.len, 3);
    for (int i = 0; i < 1000; i++)
        str_puts(&buf, text);
    assert_int_equal(buf.len, 3003);
    assert_memory_equal(buf.text, "a\0ba 5a 5", 9);
    assert_int_equal(buf.text[buf.len], '\0');
    free(buf.text);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_double), cmocka_unit_test(test_u64), cmocka_unit_test(test_bool),
        cmocka_unit_test(test_words),  cmocka_unit_test(test_list), cmocka_unit_test(test_buf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
