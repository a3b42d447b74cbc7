/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared texts: one copy of equal bytes, given back with the last reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"

static void test_shared(void **state)
{
    const struct text *a = text_get("root", 4), *b = text_get("rooter", 4);
    const struct text *c = text_get("root", 3);

    (void)state;
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_int_equal(text_count(), 2);
    assert_int_equal(a->len, 4);
    assert_memory_equal(a->bytes, "root", 5);
    text_unref(b);
    assert_memory_equal(a->bytes, "root", 5);
    text_unref(a);
    text_unref(c);
    text_unref(NULL);
    assert_int_equal(text_count(), 0);
}

static void test_any_bytes(void **state)
{
    static const char zeros[3] = { 0 };
    const struct text *two = text_get(zeros, 2), *three = text_get(zeros, 3);
    const struct text *empty = text_get("", 0), *again = text_get("", 0);

    (void)state;
    assert_ptr_not_equal(two, three);
    assert_int_equal(two->len, 2);
    assert_int_equal(empty->len, 0);
    assert_int_equal(empty->bytes[0], 0);
    text_unref(two);
    text_unref(three);
    text_unref(empty);
    assert_int_equal(again->len, 0);
    text_unref(again);
    assert_int_equal(text_count(), 0);
}

static void test_cut(void **state)
{
    char *big = malloc(TEXT_MAX + 100);
    const struct text *held = NULL;

    (void)state;
    memset(big, 'x', TEXT_MAX + 100);
    const struct text *whole = text_get(big, TEXT_MAX + 100), *most = text_get(big, TEXT_MAX);
    assert_ptr_equal(whole, most);
    assert_int_equal(whole->len, TEXT_MAX);
    text_set(&held, big, TEXT_MAX + 100);
    assert_ptr_equal(held, whole);
    /* The same again is no change, cut or not. */
    text_set(&held, big, TEXT_MAX + 50);
    assert_ptr_equal(held, whole);
    text_unref(whole);
    text_unref(most);
    text_unref(held);
    free(big);
    assert_int_equal(text_count(), 0);
}

/* text_set() may be given the bytes of the very text it replaces. */
static void test_set(void **state)
{
    const struct text *held = NULL;

    (void)state;
    text_set(&held, "abcdef", 6);
    text_set(&held, held->bytes + 2, 3);
    assert_string_equal(held->bytes, "cde");
    text_set(&held, "", 0);
    assert_int_equal(held->len, 0);
    text_unref(held);
    assert_int_equal(text_count(), 0);
}

/* A burst of texts and its end: the table grows, shrinks, and loses none on the way. */
static void test_many(void **state)
{
    enum { MANY = 5000 };
    static const struct text *held[MANY];
    char name[32];

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        int n = snprintf(name, sizeof name, "text %u", i);
        held[i] = text_get(name, (size_t)n);
    }
    assert_int_equal(text_count(), MANY);
    for (unsigned i = 0; i < MANY; i += 2)
        text_unref(held[i]);
    assert_int_equal(text_count(), MANY / 2);
    for (unsigned i = 1; i < MANY; i += 2) {
        int n = snprintf(name, sizeof name, "text %u", i);
        const struct text *same = text_get(name, (size_t)n);

        assert_ptr_equal(same, held[i]);
        text_unref(same);
        text_unref(held[i]);
    }
    assert_int_equal(text_count(), 0);
}

static void test_hash(void **state)
{
    enum { BITS = 12, N = 1 << BITS };
    static unsigned char taken[N];
    unsigned full = 0;

    (void)state;
    assert_int_not_equal(hash_bytes("ab", 2), hash_bytes("ba", 2));
    assert_int_equal(hash_bytes("0123456789", 10), hash_bytes("0123456789", 10));
    assert_int_not_equal(hash_bytes("0123456789", 10), hash_bytes("0123456789", 9));
    assert_int_not_equal(hash_bytes("\0", 1), hash_bytes("", 0));
    /* Of one hash where that is a known function of the bytes (FNV-1a). */
    assert_int_not_equal(hash_bytes("costarring", 10), hash_bytes("liquid", 6));
    /* PIDs in a row spread over the low bits as chance would have it: about 63 %. */
    for (unsigned i = 0; i < N; i++)
        taken[hash_u64(i) % N] = 1;
    for (unsigned i = 0; i < N; i++)
        full += taken[i];
    assert_in_range(full, N / 100 * 58, N / 100 * 68);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared), cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_cut),    cmocka_unit_test(test_set),
        cmocka_unit_test(test_many),   cmocka_unit_test(test_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
