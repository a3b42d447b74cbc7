/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buckets of latencies, and what a histogram tells, against figures worked out from all values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bpf/histogram.h"

#define VALUES 20011u           /* at most */

static struct latency_counts counts;

static void clear(void)
{
    memset(&counts, 0, sizeof counts);
}

/* As the BPF program does it. */
static void add(uint64_t interval, uint64_t ns)
{
    uint64_t longest = latency_longest(interval, ns);

    counts.sum += ns;
    counts.bucket[latency_bucket(ns)]++;
    if (longest > counts.longest)
        counts.longest = longest;
}

static struct histogram_figures figures_of(const struct latency_counts *before, uint64_t interval)
{
    struct latency_counts change;
    struct histogram_figures figures;

    histogram_change(&change, &counts, before, interval);
    assert_true(histogram_figures(&change, &figures));
    return figures;
}

/* ---- buckets ---- */

static void test_logarithm(void **state)
{
    (void)state;
    for (unsigned log = 0; log < 64; log++) {
        uint64_t n = (uint64_t)1 << log;

        assert_int_equal(latency_log2(n), log);
        assert_int_equal(latency_log2(n | (n - 1)), log);
    }
}

/* Each begins where the one before ends, and has what it begins with. */
static void test_buckets_are_without_gaps(void **state)
{
    (void)state;
    assert_int_equal(histogram_low(0), 0);
    for (unsigned i = 1; i < LATENCY_BUCKETS; i++) {
        uint64_t low = histogram_low(i);

        assert_true(low > histogram_low(i - 1));
        assert_int_equal(latency_bucket(low), i);
        assert_int_equal(latency_bucket(low - 1), i - 1);
    }
    assert_int_equal(histogram_low(1), (uint64_t)1 << LATENCY_LEAST);
    assert_int_equal(histogram_low(LATENCY_BUCKETS - 1), (uint64_t)1 << LATENCY_MOST);
    assert_int_equal(latency_bucket(0), 0);
    assert_int_equal(latency_bucket(UINT64_MAX), LATENCY_BUCKETS - 1);
}

static void test_a_bucket_is_an_eighth_wide(void **state)
{
    (void)state;
    for (unsigned i = 1; i + 1 < LATENCY_BUCKETS; i++)
        assert_true((histogram_low(i + 1) - histogram_low(i)) * 8 <= histogram_low(i));
}

/* ---- figures ---- */

static void test_nothing(void **state)
{
    struct histogram_figures figures;

    (void)state;
    clear();
    assert_false(histogram_figures(&counts, &figures));
}

static void test_one(void **state)
{
    struct histogram_figures figures;

    (void)state;
    clear();
    add(1, 10000000);
    figures = figures_of(NULL, 1);
    assert_int_equal(figures.count, 1);
    assert_true(figures.average == 10000000 && figures.longest == 10000000);
    assert_true(figures.p50 > 8750000 && figures.p50 <= 10000000);
    assert_true(figures.p99 <= 10000000);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The value that this share doesn't exceed, exactly. */
static double exact(const uint64_t *value, size_t n, unsigned percent)
{
    size_t rank = (n * percent + 99) / 100;

    return (double)value[rank > 0 ? rank - 1 : 0];
}

static void assert_close(double figure, double right)
{
    double most = right > 1024 ? right / 8 + 1 : 1024;

    if (figure < right - most || figure > right + most)
        fail_msg("%f is not close to %f", figure, right);
}

/* Spread evenly over the powers of two from 2^5 to 2^34 ns. */
static uint64_t some_value(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 32 | (uint64_t)1 << 31) >> (*seed >> 20) % 27 << 3;
}

static void test_against_all_values(void **state)
{
    static uint64_t value[VALUES];
    uint64_t seed = 1, sum;

    (void)state;
    for (size_t n = 1; n < VALUES; n = n * 3 + 7) {
        struct histogram_figures figures;

        clear();
        sum = 0;
        for (size_t i = 0; i < n; i++) {
            value[i] = some_value(&seed);
            sum += value[i];
            add(9, value[i]);
        }
        qsort(value, n, sizeof value[0], compare);
        figures = figures_of(NULL, 9);
        assert_int_equal(figures.count, n);
        assert_true(figures.average == (double)sum / (double)n);
        assert_true(figures.longest == (double)value[n - 1]);
        assert_close(figures.p50, exact(value, n, 50));
        assert_close(figures.p95, exact(value, n, 95));
        assert_close(figures.p99, exact(value, n, 99));
    }
}

/* Only what came in between, also where a counter has begun again at 0. */
static void test_between_two_readings(void **state)
{
    struct latency_counts before;
    struct histogram_figures figures;

    (void)state;
    clear();
    for (unsigned i = 0; i < 100; i++)
        add(1, 900000000);
    counts.bucket[latency_bucket(2000000)] = UINT32_MAX;
    before = counts;
    for (unsigned i = 0; i < 10; i++)
        add(2, 2000000);
    figures = figures_of(&before, 2);
    assert_int_equal(figures.count, 10);
    assert_true(figures.average == 2000000 && figures.longest == 2000000);
    assert_close(figures.p99, 2000000);
}

/* One that ended while the counters were read has the number of the interval before. */
static void test_longest_is_never_below_its_bucket(void **state)
{
    struct latency_counts before;

    (void)state;
    clear();
    add(1, 5000000);
    before = counts;
    add(1, 70000000);
    assert_true(figures_of(&before, 2).longest ==
                (double)histogram_low(latency_bucket(70000000)));
}

static void test_very_long_ones(void **state)
{
    uint64_t minutes = UINT64_C(200000000000);
    struct histogram_figures figures;

    (void)state;
    clear();
    add(3, minutes);
    figures = figures_of(NULL, 3);
    assert_true(figures.longest == (double)minutes);
    assert_true(figures.p50 >= (double)((uint64_t)1 << LATENCY_MOST));
    assert_true(latency_longest(4, 0) > latency_longest(3, UINT64_MAX));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logarithm),
        cmocka_unit_test(test_buckets_are_without_gaps),
        cmocka_unit_test(test_a_bucket_is_an_eighth_wide),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_against_all_values),
        cmocka_unit_test(test_between_two_readings),
        cmocka_unit_test(test_longest_is_never_below_its_bucket),
        cmocka_unit_test(test_very_long_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
