/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills: cells brought to rows that another source made, on their own clock; and what happens to
 * samples when another source takes over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/rate.h"
#include "core/snapshot.h"
#include "core/text.h"

#define SECOND UINT64_C(1000000000)

/* OWN is collected; EXTRA is of a plain fill, ONCE and LEVEL of lasting ones. */
enum { OWN, EXTRA, ONCE, LEVEL };
enum { PLAIN, FILL_ONCE, ROTATES };

static const struct kvmtop_column columns[] = {
    [OWN] = { .name = "own", .kind = KVMTOP_COUNTER },
    [EXTRA] = { .name = "extra", .kind = KVMTOP_COUNTER },
    [ONCE] = { .name = "once", .kind = KVMTOP_TEXT },
    [LEVEL] = { .name = "level", .kind = KVMTOP_GAUGE },
};

static struct table *new_table(void)
{
    static const struct kvmtop_table def = { .name = "t" };
    struct table *table = table_new(&def);

    for (size_t i = 0; i < KVMTOP_COUNT(columns); i++)
        table_add_column(table, &columns[i], MADE_BY_PLUGIN);
    for (unsigned fill = PLAIN; fill <= ROTATES; fill++)
        assert_int_equal(table_add_fill(table), fill);
    table->columns[EXTRA].fill = PLAIN;
    table->columns[ONCE].fill = FILL_ONCE;
    table->columns[LEVEL].fill = ROTATES;
    table->columns[ONCE].lasting = table->columns[LEVEL].lasting = true;
    table_seal(table);
    return table;
}

static uint64_t now(const struct table *table)
{
    return (1000 + table->round) * SECOND;
}

static void store(struct table *table, uint32_t row, unsigned column, uint64_t value)
{
    row_put(table, table_at(table, row), &table->columns[column],
            (union kvmtop_cell){ .u64 = value });
}

/* A round with one row; its beginning is second 1001 in the first. */
static uint32_t begin(struct table *table, uint64_t id, uint64_t birth, uint64_t own)
{
    table_begin(table, now(table) + SECOND, now(table) + SECOND);
    uint32_t row = table_row(table, 0, id, birth, NONE);
    store(table, row, OWN, own);
    return row;
}

/* The plain fill reaches the row `late` ns after the round's beginning. */
static void fill(struct table *table, uint32_t row, uint64_t late, uint64_t value)
{
    table_fill_begin(table, PLAIN);
    assert_true(table_fill(table, row, PLAIN, now(table) + late));
    store(table, row, EXTRA, value);
}

static double value(struct table *table, uint32_t row, unsigned column)
{
    double v;

    return rate_value(table, table_at(table, row), column, &v) ? v : -1;
}

/* The interval of a fill is its own: from its last reading of this row to the present one. */
static void test_own_clock(void **state)
{
    struct table *table = new_table();

    (void)state;
    uint32_t row = begin(table, 1, 0, 0);
    table_end(table, false);
    fill(table, row, 0, 100);
    assert_float_equal(value(table, row, EXTRA), -1, 0);
    begin(table, 1, 0, 10);
    table_end(table, false);
    fill(table, row, SECOND / 2, 400);
    assert_float_equal(value(table, row, OWN), 10, 0);
    assert_float_equal(value(table, row, EXTRA), 200, 0);   /* 300 in 1.5 s */
    begin(table, 1, 0, 20);
    table_end(table, false);
    fill(table, row, 0, 500);
    assert_float_equal(value(table, row, EXTRA), 200, 0);   /* 100 in 0.5 s */
    table_free(table);
}

static void test_once_a_round(void **state)
{
    struct table *table = new_table();

    (void)state;
    uint32_t row = begin(table, 1, 0, 0);
    table_end(table, false);
    fill(table, row, 0, 100);
    table_fill_begin(table, PLAIN);
    assert_false(table_fill(table, row, PLAIN, now(table) + 5));
    begin(table, 1, 0, 0);
    table_end(table, false);
    fill(table, row, 0, 150);
    assert_false(table_fill(table, row, PLAIN, now(table) + 5));
    assert_float_equal(value(table, row, EXTRA), 50, 0);
    table_free(table);
}

/* A row that was out of sight for a round has no sample to be compared with, and what was read
 * of it before is not shown as if it were of now. */
static void test_out_of_sight(void **state)
{
    struct table *table = new_table();
    uint32_t seen, other;

    (void)state;
    for (unsigned round = 0; round < 5; round++) {
        seen = begin(table, 1, 0, 0);
        other = table_row(table, 0, 2, 0, NONE);
        table_end(table, false);
        fill(table, other, 0, round);
        if (round != 2)
            fill(table, seen, 0, round * 10);
        assert_float_equal(value(table, seen, EXTRA), round == 1 || round == 4 ? 10 : -1, 0);
        assert_float_equal(value(table, other, EXTRA), round > 0 ? 1 : -1, 0);
    }
    table_free(table);
}

/* A fill that nobody wanted for a while goes on from its last run, over all the time since. */
static void test_not_wanted(void **state)
{
    struct table *table = new_table();
    static const uint64_t samples[] = { 0, 10, 0, 40 };
    static const double expected[] = { -1, 10, 10, 15 };

    (void)state;
    for (unsigned round = 0; round < 4; round++) {
        uint32_t row = begin(table, 1, 0, 0);
        table_end(table, false);
        if (round != 2)
            fill(table, row, 0, samples[round]);
        assert_float_equal(value(table, row, EXTRA), expected[round], 0);
    }
    table_free(table);
}

static void test_born(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table, 1, 0, 0);
    table_end(table, false);
    uint64_t birth = now(table) + SECOND / 4;
    uint32_t row = begin(table, 7, birth, 30);
    table_end(table, false);
    fill(table, row, SECOND / 4, 50);
    assert_float_equal(value(table, row, OWN), 40, 0);      /* 30 in 0.75 s */
    assert_float_equal(value(table, row, EXTRA), 50, 0);    /* 50 in 1 s */
    /* Reached first in the round after its birth: nothing is known of the time between. */
    birth = now(table) + SECOND / 2;
    row = begin(table, 8, birth, 10);
    table_end(table, false);
    begin(table, 8, birth, 10);
    table_end(table, false);
    fill(table, row, 0, 50);
    assert_float_equal(value(table, row, EXTRA), -1, 0);
    table_free(table);
}

static void test_lasting(void **state)
{
    struct table *table = new_table();

    (void)state;
    uint32_t row = begin(table, 1, 0, 0);
    table_end(table, false);
    table_fill_begin(table, ROTATES);
    assert_true(table_fill(table, row, ROTATES, now(table)));
    store(table, row, LEVEL, 77);
    table_fill_begin(table, FILL_ONCE);
    assert_true(table_fill(table, row, FILL_ONCE, now(table)));
    table_set_text(table, table_at(table, row), ONCE, "abc", 3);
    for (unsigned round = 0; round < 3; round++) {
        begin(table, 1, 0, 0);
        table_end(table, false);
        assert_float_equal(value(table, row, LEVEL), 77, 0);
        assert_string_equal(row_text(table, table_at(table, row), ONCE)->bytes, "abc");
    }
    /* Its turn has come, and it could not be read. */
    table_fill_begin(table, ROTATES);
    assert_true(table_fill(table, row, ROTATES, now(table)));
    assert_float_equal(value(table, row, LEVEL), -1, 0);
    /* A changed process is filled once more in the same round. */
    assert_true(table_fill(table, row, FILL_ONCE, now(table)));
    assert_false(table_fill(table, row, FILL_ONCE, now(table)));
    table_at(table, row)->marks |= ROW_CHANGED;
    assert_true(table_fill(table, row, FILL_ONCE, now(table)));
    table_free(table);
    assert_int_equal(text_count(), 0);
}

/* The reason why a lasting cell is unknown lasts as the cell does. */
static void test_lasting_reason(void **state)
{
    struct table *table = new_table();

    (void)state;
    begin(table, 1, 0, 0);
    table_end(table, false);
    table_set_reason(table, LEVEL, "no permission");
    table_set_reason(table, EXTRA, "no permission");
    begin(table, 1, 0, 0);
    table_end(table, false);
    assert_null(table_reason(table, EXTRA));
    assert_string_equal(table_reason(table, LEVEL), "no permission");
    /* By then every row has been looked at again, and nobody complained. */
    for (unsigned round = 0; round < 100; round++) {
        begin(table, 1, 0, 0);
        table_end(table, false);
    }
    assert_null(table_reason(table, LEVEL));
    table_free(table);
}

/* Another source takes the table over in the middle of a round: its counters may stand anywhere,
 * so there is no rate until it has sampled twice; what the fills brought goes on. */
static void test_rebase(void **state)
{
    struct table *table = new_table();
    uint64_t cells = (uint64_t)1 << table->columns[OWN].cell;

    (void)state;
    uint32_t row = begin(table, 1, 0, 1000);
    table_end(table, false);
    fill(table, row, 0, 0);
    begin(table, 1, 0, 1100);
    table_rebase(table, &cells);
    row = table_row(table, 0, 1, 0, NONE);
    store(table, row, OWN, 5000000);
    uint32_t late = table_row(table, 0, 2, now(table) - SECOND / 2, NONE);
    store(table, late, OWN, 5);
    table_end(table, false);
    fill(table, row, 0, 10);
    assert_float_equal(value(table, row, OWN), -1, 0);
    assert_float_equal(value(table, late, OWN), 10, 0);     /* counted by it alone */
    assert_float_equal(value(table, row, EXTRA), 10, 0);
    begin(table, 1, 0, 5000010);
    table_end(table, false);
    assert_float_equal(value(table, row, OWN), 10, 0);
    table_free(table);
}

/* Rows that fills have reached are dropped with what they hold (ASan looks on). */
static void test_drop(void **state)
{
    struct table *table = new_table();

    (void)state;
    for (uint64_t id = 1; id < 5; id++) {
        uint32_t row = begin(table, id, 0, 0);
        table_end(table, false);
        fill(table, row, 0, 1);
        table_fill_begin(table, FILL_ONCE);
        assert_true(table_fill(table, row, FILL_ONCE, now(table)));
        table_set_text(table, table_at(table, row), ONCE, "x", 1);
        assert_int_equal(table->nrows, 1);
        assert_int_equal(text_count(), 1);
    }
    table_free(table);
    assert_int_equal(text_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_clock),    cmocka_unit_test(test_once_a_round),
        cmocka_unit_test(test_out_of_sight), cmocka_unit_test(test_not_wanted),
        cmocka_unit_test(test_born),         cmocka_unit_test(test_lasting),
        cmocka_unit_test(test_lasting_reason), cmocka_unit_test(test_rebase),
        cmocka_unit_test(test_drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
