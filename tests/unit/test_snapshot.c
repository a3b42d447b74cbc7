/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: rows come, stay, go and are found again; rates from the two samples a row holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/rate.h"
#include "core/snapshot.h"
#include "core/text.h"

#define SECOND UINT64_C(1000000000)
/* CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC where the host has slept. */
#define SLEPT (50 * SECOND)

enum { NAME, COUNT, LEVEL, OPS, RATIO, FILLED, WHOLE, TITLE };

static const struct kvmtop_column columns[] = {
    [NAME] = { .name = "name", .kind = KVMTOP_TEXT },
    [COUNT] = { .name = "count", .kind = KVMTOP_COUNTER },
    [LEVEL] = { .name = "level", .kind = KVMTOP_GAUGE },
    [OPS] = { .name = "ops", .kind = KVMTOP_COUNTER },
    [RATIO] = { .name = "ratio", .kind = KVMTOP_RATIO, .num = "count", .den = "ops" },
    [FILLED] = { .name = "filled", .kind = KVMTOP_COUNTER },
    [WHOLE] = { .name = "whole", .kind = KVMTOP_COUNTER, .flags = KVMTOP_PARENT_ONLY },
    [TITLE] = { .name = "title", .kind = KVMTOP_TEXT, .flags = KVMTOP_PARENT_ONLY },
};

static struct table *new_table(void)
{
    static const struct kvmtop_table def = { .name = "t" };
    struct table *table = table_new(&def);

    for (size_t i = 0; i < KVMTOP_COUNT(columns); i++)
        table_add_column(table, &columns[i], MADE_BY_PLUGIN);
    table->columns[FILLED].fill = table_add_fill(table);
    table_seal(table);
    return table;
}

/* Rounds begin a second apart, the first at second 1000. */
static void begin(struct table *table)
{
    uint64_t now = (1000 + table->round) * SECOND;

    table_begin(table, now, now + SLEPT);
}

static void store(struct table *table, uint32_t row, unsigned column, uint64_t value)
{
    row_put(table, table_at(table, row), &table->columns[column],
            (union kvmtop_cell){ .u64 = value });
}

static uint32_t put(struct table *table, uint64_t id, uint64_t birth, uint64_t count)
{
    uint32_t row = table_row(table, 0, id, birth, NONE);

    store(table, row, COUNT, count);
    return row;
}

/* -1: unknown. */
static double value(struct table *table, uint32_t row, unsigned column)
{
    double v;

    return rate_value(table, table_at(table, row), column, &v) ? v : -1;
}

static void assert_value(struct table *table, uint64_t id, uint64_t birth, double expected)
{
    uint32_t row = table_find(table, 0, id, birth);

    assert_int_not_equal(row, NONE);
    assert_float_equal(value(table, row, COUNT), expected, 1e-9);
}

/* ---- rows and their rates ---- */

static void test_rows(void **state)
{
    struct table *table = new_table();

    (void)state;
    assert_int_equal(table_find(table, 0, 1, 0), NONE);
    assert_int_equal(table_next(table, 0), NONE);
    begin(table);
    put(table, 1, 0, 100);
    put(table, 2, 0, 7);
    table_end(table, false);
    assert_value(table, 1, 0, -1);      /* one sample has no rate */
    begin(table);
    uint32_t row = put(table, 1, 0, 350);
    store(table, row, LEVEL, 5);
    table_end(table, false);
    assert_value(table, 1, 0, 250);
    assert_float_equal(value(table, row, LEVEL), 5, 0);
    assert_int_equal(table_find(table, 0, 2, 0), NONE);
    assert_int_equal(table->nrows, 1);
    begin(table);
    row = put(table, 1, 0, 350);
    put(table, 2, 0, 9);                /* gone in between: its old sample is too */
    table_end(table, false);
    assert_value(table, 1, 0, 0);
    assert_value(table, 2, 0, -1);
    assert_float_equal(value(table, row, LEVEL), -1, 0); /* not stored this time */
    table_free(table);
    table_free(NULL);
}

/* The key is kind, id and birth: all three. */
static void test_keys(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    uint32_t a = table_row(table, 0, 5, 10, NONE), b = table_row(table, 1, 5, 10, NONE);
    uint32_t c = table_row(table, 0, 5, 11, NONE), d = table_row(table, 0, 6, 10, NONE);
    assert_int_equal(table_row(table, 0, 5, 10, NONE), a);
    table_end(table, false);
    assert_int_equal(table->nrows, 4);
    assert_int_equal(table_find(table, 0, 5, 10), a);
    assert_int_equal(table_find(table, 1, 5, 10), b);
    assert_int_equal(table_find(table, 0, 5, 11), c);
    assert_int_equal(table_find(table, 0, 6, 10), d);
    assert_int_equal(table_find(table, 1, 6, 10), NONE);
    table_free(table);
}

static void test_pid_reuse(void **state)
{
    struct table *table = new_table();
    uint64_t old = 900 * SECOND, born = 1000 * SECOND + SLEPT + SECOND / 2;

    (void)state;
    begin(table);
    put(table, 42, old, 1000000);
    table_end(table, false);
    begin(table);
    put(table, 42, born, 30);
    table_end(table, false);
    assert_int_equal(table_find(table, 0, 42, old), NONE);
    assert_value(table, 42, born, 60);  /* 30 in the half second since its birth */
    table_free(table);
}

static void test_birth(void **state)
{
    struct table *table = new_table();

    (void)state;
    /* In the first round nobody's birth lies in an interval. */
    begin(table);
    put(table, 1, 999 * SECOND + SLEPT, 10);
    table_end(table, false);
    assert_value(table, 1, 999 * SECOND + SLEPT, -1);
    begin(table);
    put(table, 2, 1000 * SECOND + SLEPT + SECOND / 4, 75);
    put(table, 3, 1000 * SECOND + SLEPT, 50);   /* at the last sample: not surely after it */
    put(table, 4, 800 * SECOND, 50);            /* long ago, but not seen so far */
    put(table, 5, 0, 50);                       /* unknown */
    put(table, 6, 1001 * SECOND + SLEPT, 50);   /* now: no time to divide by */
    put(table, 7, 1009 * SECOND + SLEPT, 50);   /* nonsense */
    table_end(table, false);
    assert_value(table, 2, 1000 * SECOND + SLEPT + SECOND / 4, 100);
    assert_value(table, 3, 1000 * SECOND + SLEPT, -1);
    assert_value(table, 4, 800 * SECOND, -1);
    assert_value(table, 5, 0, -1);
    assert_value(table, 6, 1001 * SECOND + SLEPT, -1);
    assert_value(table, 7, 1009 * SECOND + SLEPT, -1);
    table_free(table);
}

static void test_falls(void **state)
{
    static const struct {
        uint64_t count;
        double rate;
    } step[] = { { 100, -1 }, { 90, -1 }, { 95, 5 }, { 95, 0 }, { UINT64_MAX, 1.8446744e19 } };
    struct table *table = new_table();

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(step); i++) {
        begin(table);
        put(table, 1, 0, step[i].count);
        table_end(table, false);
        assert_float_equal(value(table, 0, COUNT), step[i].rate, 1e13);
    }
    table_free(table);
}

/* A counter that could not be read once has no rate then, nor in the round after. */
static void test_gap(void **state)
{
    struct table *table = new_table();

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        begin(table);
        uint32_t row = table_row(table, 0, 1, 0, NONE);
        if (i != 2)
            store(table, row, COUNT, i * 10);
        table_end(table, false);
        assert_float_equal(value(table, row, COUNT), i == 1 || i == 4 ? 10 : -1, 0);
    }
    table_free(table);
}

static void test_keep(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    assert_int_equal(table_keep(table, 0, 1, 0), NONE);
    uint32_t row = put(table, 1, 0, 10);
    store(table, row, LEVEL, 3);
    table_end(table, false);
    begin(table);
    assert_int_equal(table_keep(table, 0, 1, 0), row);
    table_end(table, false);
    assert_float_equal(value(table, row, COUNT), 0, 0);
    assert_float_equal(value(table, row, LEVEL), 3, 0);
    begin(table);
    put(table, 1, 0, 40);
    table_end(table, false);
    assert_float_equal(value(table, row, COUNT), 30, 0);    /* over one second, not two */
    assert_float_equal(value(table, row, LEVEL), -1, 0);
    begin(table);
    table_end(table, false);
    begin(table);
    assert_int_equal(table_keep(table, 0, 1, 0), NONE);
    table_end(table, false);
    table_free(table);
}

/* The collector failed midway: what it said holds, so does what it said last time of the rest. */
static void test_partial(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    put(table, 1, 0, 100);
    put(table, 2, 0, 100);
    table_end(table, false);
    begin(table);
    put(table, 1, 0, 150);
    table_end(table, true);
    assert_int_equal(table->nrows, 2);
    assert_value(table, 1, 0, 50);
    begin(table);
    put(table, 1, 0, 160);
    put(table, 2, 0, 500);
    put(table, 3, 1000 * SECOND + SLEPT + 1, 5);    /* began before the failed round: unseen */
    table_end(table, false);
    assert_value(table, 1, 0, 10);
    assert_value(table, 2, 0, 200);     /* 400 in the two seconds since it was last read */
    assert_value(table, 3, 1000 * SECOND + SLEPT + 1, -1);
    table_free(table);
}

/* The same row twice in a round: the later one counts, nothing is shifted twice. */
static void test_twice(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    put(table, 1, 0, 100);
    table_end(table, false);
    begin(table);
    put(table, 1, 0, 130);
    put(table, 1, 0, 140);
    assert_int_not_equal(table_keep(table, 0, 1, 0), NONE);
    table_end(table, false);
    assert_value(table, 1, 0, 40);
    assert_int_equal(table->nrows, 1);
    table_free(table);
}

static void test_ratio(void **state)
{
    struct table *table = new_table();
    static const uint64_t count[] = { 0, 60, 60, 90 }, ops[] = { 0, 20, 20, 20 };
    static const double expected[] = { -1, 3, -1, -1 };     /* nothing done: no latency */

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        begin(table);
        uint32_t row = put(table, 1, 0, count[i]);
        store(table, row, OPS, ops[i]);
        table_end(table, false);
        assert_float_equal(value(table, row, RATIO), expected[i], 0);
    }
    table_free(table);
}

/* ---- texts ---- */

static void test_texts(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    for (uint64_t id = 1; id <= 3; id++) {
        uint32_t row = put(table, id, 0, 1);
        table_set_text(table, table_at(table, row), NAME, "root", 4);
    }
    table_end(table, false);
    assert_int_equal(text_count(), 1);
    begin(table);
    put(table, 1, 0, 1);                /* its text stays without being set again */
    uint32_t two = put(table, 2, 0, 1);
    table_set_text(table, table_at(table, two), NAME, "bob", 3);
    table_end(table, false);
    assert_string_equal(row_text(table, table_at(table, 0), NAME)->bytes, "root");
    assert_string_equal(row_text(table, table_at(table, two), NAME)->bytes, "bob");
    assert_int_equal(text_count(), 2);
    begin(table);
    table_end(table, false);
    assert_int_equal(text_count(), 0);
    table_free(table);
}

static void test_reason(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    assert_null(table_reason(table, COUNT));
    table_set_reason(table, COUNT, "no permission");
    table_set_reason(table, COUNT, "no permission");
    table_end(table, false);
    assert_string_equal(table_reason(table, COUNT), "no permission");
    assert_null(table_reason(table, LEVEL));
    begin(table);
    table_set_reason(table, COUNT, "accounting off");
    table_end(table, false);
    assert_string_equal(table_reason(table, COUNT), "accounting off");
    begin(table);
    table_end(table, false);
    assert_null(table_reason(table, COUNT));    /* it was known again */
    table_free(table);
}

/* ---- children, memory ---- */

static void test_children(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    uint32_t parent = put(table, 1, 0, 1), other = put(table, 2, 0, 1);
    uint32_t a = table_row(table, 1, 1, 0, parent), b = table_row(table, 1, 11, 0, parent);
    table_at(table, parent)->guest = 7;
    table_end(table, false);
    assert_int_equal(table_at(table, parent)->child_count, 2);
    assert_int_equal(table_at(table, other)->child_count, 0);
    assert_int_equal(row_guest(table, table_at(table, a)), 7);
    assert_int_equal(row_guest(table, table_at(table, other)), NONE);
    begin(table);
    put(table, 1, 0, 1);
    table_row(table, 1, 11, 0, parent);
    table_end(table, false);
    assert_int_equal(table_at(table, parent)->child_count, 1);
    /* The parent goes, the child is kept: it must not point at a free slot. */
    begin(table);
    put(table, 2, 0, 1);
    assert_int_equal(table_keep(table, 1, 11, 0), b);
    table_end(table, false);
    assert_int_equal(table_at(table, b)->parent, NONE);
    table_free(table);
}

static void fill_up(struct table *table, uint64_t n, uint64_t salt)
{
    char name[32];

    for (uint64_t id = 1; id <= n; id++) {
        uint32_t row = put(table, id, 0, id * salt);
        uint32_t child = table_row(table, 1, id, 0, row);
        int len = snprintf(name, sizeof name, "row %u", (unsigned)id);

        table_set_text(table, table_at(table, row), NAME, name,
                       (size_t)len);
        store(table, child, COUNT, id * salt * 2);
    }
}

/* A burst of rows and its end: the memory is given back, and what is left is what it was. */
static void test_burst(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table);
    fill_up(table, 20000, 1);
    table_end(table, false);
    assert_int_equal(table->nrows, 40000);
    begin(table);
    /* Those with the highest indices stay, so that all of them move. */
    for (uint64_t id = 19991; id <= 20000; id++) {
        uint32_t row = put(table, id, 0, id * 3);

        store(table, table_row(table, 1, id, 0, row), COUNT, id * 6);
    }
    uint32_t version = table->version;
    table_end(table, false);
    assert_int_not_equal(table->version, version);
    assert_int_equal(table->nrows, 20);
    assert_in_range(table->nslots, 1, 2 * ROWS_A_BLOCK);
    assert_in_range(table->nbuckets, 20, 1024);
    assert_int_equal(text_count(), 10);
    for (uint64_t id = 19991; id <= 20000; id++) {
        uint32_t row = table_find(table, 0, id, 0), child = table_find(table, 1, id, 0);
        char name[32];

        assert_float_equal(value(table, row, COUNT), (double)id * 2, 0);
        assert_float_equal(value(table, child, COUNT), (double)id * 4, 0);
        assert_int_equal(table_at(table, child)->parent, row);
        assert_int_equal(table_at(table, row)->child_count, 1);
        snprintf(name, sizeof name, "row %u", (unsigned)id);
        assert_string_equal(row_text(table, table_at(table, row), NAME)->bytes, name);
    }
    begin(table);
    fill_up(table, 3000, 7);            /* the smaller table grows again */
    table_end(table, false);
    assert_int_equal(table->nrows, 6000);
    assert_int_not_equal(table_find(table, 0, 3000, 0), NONE);
    begin(table);
    table_end(table, false);
    assert_int_equal(table->nslots, 0);
    assert_int_equal(text_count(), 0);
    table_free(table);
}

/* A row made as a child has no room for what only parents have: it takes less memory, and what is
 * stored there all the same is never known. */
static void test_child_cells(void **state)
{
    struct table *table = new_table();
    uint32_t parent, child;

    (void)state;
    for (uint64_t round = 1; round < 4; round++) {
        begin(table);
        parent = put(table, 1, 0, round * 100);
        store(table, parent, WHOLE, round * 7);
        child = table_row(table, 1, 1, 0, parent);
        store(table, child, COUNT, round * 30);
        store(table, child, OPS, round * 10);
        table_set_text(table, table_at(table, child), NAME, "child", 5);
        table_set_text(table, table_at(table, child), TITLE, "none", 4);
        table_set_text(table, table_at(table, parent), TITLE, "some", 4);
        table_end(table, false);
    }
    assert_float_equal(value(table, parent, WHOLE), 7, 0);
    assert_float_equal(value(table, child, WHOLE), -1, 0);
    assert_float_equal(value(table, child, COUNT), 30, 0);
    assert_float_equal(value(table, child, RATIO), 3, 0);
    assert_string_equal(row_text(table, table_at(table, parent), TITLE)->bytes, "some");
    assert_null(row_text(table, table_at(table, child), TITLE));
    assert_string_equal(row_text(table, table_at(table, child), NAME)->bytes, "child");
    assert_true(table->block_of[child / ROWS_A_BLOCK].stride <
                table->block_of[parent / ROWS_A_BLOCK].stride);
    assert_int_equal(table_next_whole(table, 0), parent);
    assert_int_equal(table_next_whole(table, parent + 1), NONE);
    table_free(table);
    assert_int_equal(text_count(), 0);
}

/* Rows come and go without the slots growing, and nothing of one is left for the next. */
static void test_churn(void **state)
{
    struct table *table = new_table();

    (void)state;
    for (uint64_t round = 0; round < 200; round++) {
        begin(table);
        for (uint64_t i = 0; i < 100; i++) {
            uint32_t row = table_row(table, 0, round * 100 + i, 0, NONE);

            assert_float_equal(value(table, row, LEVEL), -1, 0);
            assert_null(row_text(table, table_at(table, row), NAME));
            store(table, row, LEVEL, 5);
            table_set_text(table, table_at(table, row), NAME, "x", 1);
        }
        table_end(table, false);
        assert_int_equal(table->nrows, 100);
    }
    assert_int_equal(table->nslots, ROWS_A_BLOCK);
    table_free(table);
    assert_int_equal(text_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_pid_reuse), cmocka_unit_test(test_birth),
        cmocka_unit_test(test_falls),   cmocka_unit_test(test_gap),
        cmocka_unit_test(test_keep),    cmocka_unit_test(test_partial),
        cmocka_unit_test(test_twice),   cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_texts),   cmocka_unit_test(test_reason),
        cmocka_unit_test(test_children), cmocka_unit_test(test_burst),
        cmocka_unit_test(test_child_cells),
        cmocka_unit_test(test_churn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
