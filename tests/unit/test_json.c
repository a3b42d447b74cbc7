/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking values up in JSON texts, good and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/json.h"

#include <errno.h>
#include <string.h>

static struct span span_of(const char *text)
{
    return (struct span){ text, strlen(text) };
}

/* value: the raw text; NULL: nothing is to be found. */
static void expect_find(const char *text, const char *key, const char *value)
{
    struct span found = { NULL, 0 };

    if (value == NULL) {
        assert_false(json_find(span_of(text), key, &found));
        return;
    }
    assert_true(json_find(span_of(text), key, &found));
    assert_int_equal(found.len, strlen(value));
    assert_memory_equal(found.at, value, found.len);
}

static void test_find(void **state)
{
    (void)state;
    expect_find("{\"a\":1}", "a", "1");
    expect_find(" \n{ \"b\" : [ ] , \"a\"\t:\"x\" }", "a", "\"x\"");
    expect_find("{\"o\":{\"a\":1},\"l\":[{\"a\":2}],\"a\":-2.5e+3}", "a", "-2.5e+3");
    expect_find("{\"b\":\"\\\"a\\\":1\",\"a\":null}", "a", "null");
    expect_find("{\"\\u0061\":true}", "a", "true");
    expect_find("{\"a\":1,\"a\":2}", "a", "1");
    expect_find("{\"a\":{\"b\":[1,{}]}}", "a", "{\"b\":[1,{}]}");
    expect_find("{\"a\":1} rubbish behind", "a", "1");
}

static void test_find_nothing(void **state)
{
    static const char *const texts[] = {
        "", "{", "{}", "[]", "\"a\"", "{\"b\":1}", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{a:1}",
        "{'a':1}", "{\"b\":1 \"a\":2}", "{\"b\":[1,],\"a\":2}", "{\"b\":[1,\"a\":2}",
        "{\"b\":{,},\"a\":2}", "{\"b\":\"x,\"a\":2}", "{\"b\":\"\n\",\"a\":2}", "{\"a\":\"x",
        "{\"a\":[1,2", "{\"a\":{\"b\":1]", "{\"b\":(1),\"a\":2}", "{,\"a\":1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_find(texts[i], "a", NULL);
}

static void test_depth(void **state)
{
    char deep[4096];
    size_t half = sizeof deep / 2 - 8;

    (void)state;
    memcpy(deep, "{\"b\":", 5);
    memset(deep + 5, '[', half);
    memset(deep + 5 + half, ']', half);
    memcpy(deep + 5 + 2 * half, ",\"a\":1}", 8);
    expect_find(deep, "a", NULL);
}

static void test_next(void **state)
{
    static const char *const want[] = { "1", "\"a,]\"", "[2,3]", "{\"b\":[4]}", "null" };
    struct span rest = span_of(" [ 1 ,\"a,]\",[2,3], {\"b\":[4]},null ] "), element;

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_true(json_next(&rest, &element));
        assert_int_equal(element.len, strlen(want[i]));
        assert_memory_equal(element.at, want[i], element.len);
    }
    assert_false(json_next(&rest, &element));
    rest = span_of("[]");
    assert_false(json_next(&rest, &element));
    rest = span_of("[1");
    assert_true(json_next(&rest, &element));
    assert_false(json_next(&rest, &element));
    rest = span_of("");
    assert_false(json_next(&rest, &element));
}

static void expect_decoded(const char *json, const char *text)
{
    char buf[32];

    if (text == NULL) {
        assert_int_equal(json_string(span_of(json), buf, sizeof buf), -EINVAL);
        return;
    }
    assert_int_equal(json_string(span_of(json), buf, sizeof buf), strlen(text));
    assert_string_equal(buf, text);
}

static void test_string(void **state)
{
    (void)state;
    expect_decoded("\"\"", "");
    expect_decoded("\"a b\"", "a b");
    expect_decoded("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    expect_decoded("\"\\u0041\\u00e4\\u20AC\\ud83d\\ude00\"", "A\u00e4\u20ac\U0001f600");
    expect_decoded("\"\xff\xc3\"", "\xff\xc3");
}

static void test_bad_string(void **state)
{
    static const char *const texts[] = {
        "", "\"", "a", "1", "null", "\"a", "\"a\"b", "\"\\\"", "\"\\x\"", "\"\\u004\"",
        "\"\\u00g0\"", "\"\\u0000\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"",
        "\"\\ude00\"", "\"a\tb\"", "\"\\\n\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_decoded(texts[i], NULL);
}

static void test_cut_off(void **state)
{
    char buf[4] = "";

    (void)state;
    assert_int_equal(json_string(span_of("\"abcdef\""), buf, sizeof buf), 6);
    assert_string_equal(buf, "abc");
    assert_int_equal(json_string(span_of("\"abcdef\""), NULL, 0), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),   cmocka_unit_test(test_find_nothing),
        cmocka_unit_test(test_depth),  cmocka_unit_test(test_next),
        cmocka_unit_test(test_string), cmocka_unit_test(test_bad_string),
        cmocka_unit_test(test_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
