/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a column, whatever its kind; and totals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "core/rate.h"

#define SECOND UINT64_C(1000000000)
#define FIRST (1000 * SECOND)

/* One table with one column of the kind under test besides two counters for ratios. */
struct one {
    struct table *table;
    uint32_t column, num, den;
};

static struct one make(const struct kvmtop_column *def)
{
    static const struct kvmtop_table table_def = { .name = "t" };
    static const struct kvmtop_column num = { .name = "num", .kind = KVMTOP_COUNTER };
    static const struct kvmtop_column den = { .name = "den", .kind = KVMTOP_COUNTER };
    struct one one = { .table = table_new(&table_def) };

    one.num = table_add_column(one.table, &num, MADE_BY_PLUGIN);
    one.den = table_add_column(one.table, &den, MADE_BY_PLUGIN);
    one.column = table_add_column(one.table, def, MADE_BY_PLUGIN);
    table_seal(one.table);
    return one;
}

static void begin(struct one *one, uint64_t now)
{
    table_begin(one->table, now, now);
}

static struct row *put(struct one *one, uint64_t id, uint32_t column, union kvmtop_cell cell)
{
    struct row *row = table_at(one->table, table_row(one->table, 0, id, 0, NONE));

    row_put(one->table, row, &one->table->columns[column], cell);
    return row;
}

/* The value after two samples two seconds apart; NAN: unknown. */
static double after(const struct kvmtop_column *def, union kvmtop_cell before,
                    union kvmtop_cell now)
{
    struct one one = make(def);
    double value;

    begin(&one, FIRST);
    put(&one, 1, one.column, before);
    table_end(one.table, false);
    begin(&one, FIRST + 2 * SECOND);
    struct row *row = put(&one, 1, one.column, now);
    table_end(one.table, false);
    bool known = rate_value(one.table, row, one.column, &value);
    table_free(one.table);
    return known ? value : NAN;
}

#define U64(v) ((union kvmtop_cell){ .u64 = (v) })
#define I64(v) ((union kvmtop_cell){ .i64 = (v) })
#define F64(v) ((union kvmtop_cell){ .f64 = (v) })

static void test_counter(void **state)
{
    struct kvmtop_column def = { .name = "c", .kind = KVMTOP_COUNTER };

    (void)state;
    assert_float_equal(after(&def, U64(100), U64(150)), 25, 0);
    assert_float_equal(after(&def, U64(100), U64(100)), 0, 0);
    assert_true(isnan(after(&def, U64(100), U64(99))));
    /* Large counts are subtracted before they become doubles. */
    assert_float_equal(after(&def, U64(UINT64_MAX - 6), U64(UINT64_MAX)), 3, 0);
    def.scale = 1e-3;
    assert_float_equal(after(&def, U64(0), U64(4000)), 2, 1e-12);
    def.flags = KVMTOP_PER_INTERVAL;
    assert_float_equal(after(&def, U64(0), U64(4000)), 4, 1e-12);
    def.scale = 0;                      /* counts as 1 */
    assert_float_equal(after(&def, U64(0), U64(4000)), 4000, 0);
}

static void test_counter_numbers(void **state)
{
    struct kvmtop_column def = { .name = "c", .kind = KVMTOP_COUNTER, .number = KVMTOP_I64 };

    (void)state;
    assert_float_equal(after(&def, I64(-10), I64(10)), 10, 0);
    assert_true(isnan(after(&def, I64(10), I64(-10))));
    assert_float_equal(after(&def, I64(INT64_MAX - 8), I64(INT64_MAX)), 4, 0);
    assert_float_equal(after(&def, I64(INT64_MIN), I64(INT64_MAX)), 9223372036854775807.5, 4096);
    def.number = KVMTOP_F64;
    assert_float_equal(after(&def, F64(0.5), F64(1.5)), 0.5, 0);
    assert_true(isnan(after(&def, F64(1.5), F64(0.5))));
    assert_true(isnan(after(&def, F64((double)NAN), F64(1))));
    assert_true(isnan(after(&def, F64(1), F64((double)NAN))));
    assert_true(isnan(after(&def, F64(1), F64((double)INFINITY))));
}

static void test_gauge(void **state)
{
    struct kvmtop_column def = { .name = "g", .kind = KVMTOP_GAUGE };

    (void)state;
    assert_float_equal(after(&def, U64(9), U64(7)), 7, 0);
    def.scale = 1.0 / 1048576;
    assert_float_equal(after(&def, U64(0), U64(3 << 20)), 3, 0);
    def.scale = 0;
    def.number = KVMTOP_I64;
    assert_float_equal(after(&def, I64(0), I64(-20)), -20, 0);
    def.number = KVMTOP_F64;
    assert_float_equal(after(&def, F64(0), F64(-0.25)), -0.25, 0);
}

/* What is no number is not known: it would be no JSON either. */
static void test_not_finite(void **state)
{
    struct kvmtop_column def = { .name = "g", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64 };

    (void)state;
    assert_true(isnan(after(&def, F64(0), F64((double)NAN))));
    assert_true(isnan(after(&def, F64(0), F64((double)INFINITY))));
    assert_true(isnan(after(&def, F64(0), F64(-(double)INFINITY))));
    def.scale = DBL_MAX;
    assert_true(isnan(after(&def, F64(0), F64(10))));
}

static void test_age(void **state)
{
    struct kvmtop_column def = { .name = "a", .kind = KVMTOP_AGE };

    (void)state;
    assert_float_equal(after(&def, U64(0), U64(FIRST)), 2, 0);
    assert_float_equal(after(&def, U64(0), U64(FIRST + 9 * SECOND)), 0, 0); /* in the future */
}

static void test_text(void **state)
{
    struct kvmtop_column def = { .name = "s", .kind = KVMTOP_STATE };

    (void)state;
    assert_true(isnan(after(&def, U64('R'), U64('S'))));
}

/* The clock of a recorded host may stand still or go back. */
static void test_clock(void **state)
{
    static const struct kvmtop_column def = { .name = "c", .kind = KVMTOP_COUNTER };
    struct one one = make(&def);
    static const uint64_t times[] = { FIRST, FIRST, FIRST - SECOND, FIRST };
    double value;

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(times); i++) {
        begin(&one, times[i]);
        struct row *row = put(&one, 1, one.column, U64(i * 10));
        table_end(one.table, false);
        assert_int_equal(rate_value(one.table, row, one.column, &value), i == 3);
    }
    assert_float_equal(value, 10, 0);
    table_free(one.table);
}

/* ---- totals ---- */

/* Rows 1.. have counted these numbers in one second. */
static double total_of(const struct kvmtop_column *def, const uint64_t (*counts)[2], size_t n)
{
    struct one one = make(def);
    struct total total = { 0 };
    double value;

    for (unsigned round = 0; round < 2; round++) {
        begin(&one, FIRST + round * SECOND);
        for (size_t i = 0; i < n; i++) {
            put(&one, i + 1, one.num, U64(round * counts[i][0]));
            put(&one, i + 1, one.den, U64(round * counts[i][1]));
            if (def->kind != KVMTOP_RATIO)
                put(&one, i + 1, one.column, U64(round * counts[i][0]));
        }
        table_end(one.table, false);
    }
    for (size_t i = 0; i < n; i++)
        rate_add(&total, one.table,
                 table_at(one.table, table_find(one.table, 0, i + 1, 0)), one.column);
    bool known = rate_total(&total, &one.table->columns[one.column], &value);
    table_free(one.table);
    return known ? value : NAN;
}

static void test_totals(void **state)
{
    static const uint64_t counts[][2] = { { 10, 1 }, { 0, 0 }, { 90, 3 } };
    struct kvmtop_column def = { .name = "c", .kind = KVMTOP_COUNTER };

    (void)state;
    assert_true(isnan(total_of(&def, counts, 3)));  /* no aggregate */
    def.aggregate = KVMTOP_SUM;
    assert_float_equal(total_of(&def, counts, 3), 100, 0);
    assert_true(isnan(total_of(&def, counts, 0)));  /* of nothing: not 0 */
    def.aggregate = KVMTOP_MAX;
    assert_float_equal(total_of(&def, counts, 3), 90, 0);
    /* A row that did nothing has no latency, and the total is not the mean of the others'. */
    def = (struct kvmtop_column){ .name = "r", .kind = KVMTOP_RATIO, .aggregate = KVMTOP_SUM,
                                  .num = "num", .den = "den", .scale = 2 };
    assert_float_equal(total_of(&def, counts, 3), 50, 0);
    assert_true(isnan(total_of(&def, counts + 1, 1)));
}

static void test_negative_max(void **state)
{
    static const struct kvmtop_column def = { .name = "g", .kind = KVMTOP_GAUGE,
                                              .number = KVMTOP_I64, .aggregate = KVMTOP_MAX };
    struct one one = make(&def);
    struct total total = { 0 };
    double value;

    (void)state;
    begin(&one, FIRST);
    rate_add(&total, one.table, put(&one, 1, one.column, I64(-5)), one.column);
    rate_add(&total, one.table, put(&one, 2, one.column, I64(-9)), one.column);
    table_end(one.table, false);
    assert_true(rate_total(&total, &one.table->columns[one.column], &value));
    assert_float_equal(value, -5, 0);
    table_free(one.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counter),    cmocka_unit_test(test_counter_numbers),
        cmocka_unit_test(test_gauge),      cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_age),        cmocka_unit_test(test_text),
        cmocka_unit_test(test_clock),      cmocka_unit_test(test_totals),
        cmocka_unit_test(test_negative_max),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
