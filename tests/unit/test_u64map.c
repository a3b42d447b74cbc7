/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash table of the plugins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/u64map.h"

enum { MANY = 5000 };

static void finds_what_was_put(void **state)
{
    struct u64map map = { 0 };
    static int values[MANY];

    (void)state;
    assert_null(u64map_get(&map, 0));
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(u64map_put(&map, (uint64_t)i << (i % 3 * 20), &values[i]), 0);
    for (unsigned i = 1; i < MANY; i++)
        assert_ptr_equal(u64map_get(&map, (uint64_t)i << (i % 3 * 20)), &values[i]);
    assert_null(u64map_get(&map, UINT64_MAX));
    u64map_free(&map);
    assert_null(u64map_get(&map, 1));
}

static void put_replaces(void **state)
{
    struct u64map map = { 0 };
    int a, b;

    (void)state;
    u64map_put(&map, 0, &a);
    u64map_put(&map, 0, &b);
    assert_ptr_equal(u64map_get(&map, 0), &b);
    assert_int_equal(map.used, 1);
    u64map_free(&map);
}

static void clear_keeps_the_room(void **state)
{
    struct u64map map = { 0 };
    size_t capacity;
    int a;

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        u64map_put(&map, i, &a);
    capacity = map.capacity;
    u64map_clear(&map);
    for (unsigned i = 0; i < MANY; i++)
        assert_null(u64map_get(&map, i));
    for (unsigned i = 0; i < MANY; i++)
        u64map_put(&map, i, &a);
    assert_int_equal(map.capacity, capacity);
    u64map_free(&map);
}

/* The vectors of the algorithm's authors. */
static void hashes_as_fnv(void **state)
{
    (void)state;
    assert_true(u64map_hash(U64MAP_SEED, "", 0) == UINT64_C(0xcbf29ce484222325));
    assert_true(u64map_hash(U64MAP_SEED, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    assert_true(u64map_hash(u64map_hash(U64MAP_SEED, "foo", 3), "bar", 3) ==
                UINT64_C(0x85944171f73967e8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(put_replaces),
        cmocka_unit_test(clear_keeps_the_room),
        cmocka_unit_test(hashes_as_fnv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
