/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for one refresh: pieces apart from each other, aligned, kept for the next refresh and
 * given back when far less is needed.  Run under ASan it also shows what is handed out twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"

static void test_pieces(void **state)
{
    struct arena arena = { 0 };
    unsigned char *piece[200];

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        piece[i] = arena_alloc(&arena, i * 7);
        assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
        memset(piece[i], (int)i, i * 7);
    }
    for (unsigned i = 0; i < 200; i++)
        for (unsigned k = 0; k < i * 7; k++)
            assert_int_equal(piece[i][k], i);
    arena_free(&arena);
    assert_null(arena.block);
}

static void test_large(void **state)
{
    struct arena arena = { 0 };
    char *small = arena_alloc(&arena, 10);

    (void)state;
    memset(small, 1, 10);
    memset(arena_alloc(&arena, 5000000), 2, 5000000);
    memset(arena_alloc(&arena, 10), 3, 10);
    assert_int_equal(small[9], 1);
    arena_free(&arena);
}

/* A refresh like the one before takes no more memory from the system. */
static void test_settles(void **state)
{
    struct arena arena = { 0 };
    struct arena_block *block = NULL;

    (void)state;
    for (unsigned round = 0; round < 10; round++) {
        for (unsigned i = 0; i < 1000; i++)
            memset(arena_alloc(&arena, 1000), (int)i, 1000);
        if (round > 3)
            assert_ptr_equal(arena.block, block);
        block = arena.block;
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void test_gives_back(void **state)
{
    struct arena arena = { 0 };

    (void)state;
    memset(arena_alloc(&arena, 8000000), 0, 8000000);
    arena_reset(&arena);
    assert_non_null(arena.block);
    memset(arena_alloc(&arena, 100), 0, 100);
    arena_reset(&arena);
    assert_null(arena.block);
    memset(arena_alloc(&arena, 100), 0, 100);
    arena_reset(&arena);
    assert_non_null(arena.block);
    arena_free(&arena);
    arena_free(&arena);
    arena_reset(&arena);
}

/* Work space is given back while what was there before it stays. */
static void test_release(void **state)
{
    struct arena arena = { 0 };
    char *kept = arena_alloc(&arena, 100);

    (void)state;
    memset(kept, 7, 100);
    for (unsigned size = 100; size < 1000000; size *= 10) {
        const struct arena before = arena;
        memset(arena_alloc(&arena, size), 1, size);
        memset(arena_alloc(&arena, size), 2, size);
        arena_release(&arena, &before);
        char *next = arena_alloc(&arena, 100);
        memset(next, 3, 100);
        for (unsigned i = 0; i < 100; i++)
            assert_int_equal(kept[i], 7);
        kept = next;
        memset(kept, 7, 100);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_settles),
        cmocka_unit_test(test_gives_back),
        cmocka_unit_test(test_release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
