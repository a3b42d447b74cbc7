/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last values as a line of blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "core/history.h"
#include "core/xalloc.h"

/* Upper halves of floats. */
enum { UNKNOWN = 0x7fc0, A_THOUSANDTH = 0x3a83, FOUR_THOUSANDTHS = 0x3b83, A_HUNDREDTH = 0x3c23,
       ONE = 0x3f80, FOUR = 0x4080, MINUS_FOUR = 0xc080, MINUS_HUGE = 0xff00, INFINITE = 0x7f80 };

/* The line of these values, where those below 0.005 are shown as 0. */
static const char *line_of(const uint16_t *value, uint32_t n, double *most)
{
    static char line[HISTORY_LINE_BYTES];
    struct history *history = xcalloc(1, sizeof *history + sizeof history->value[0]);

    memcpy(history->value[0], value, n * sizeof *value);
    history->next = history->count = n;
    bool known = history_line(history, 0, 0.005, line, most);
    free(history);
    return known ? line : NULL;
}

static void test_blocks(void **state)
{
    static const uint16_t values[] = { UNKNOWN, 0, ONE, FOUR };
    double most;

    (void)state;
    assert_string_equal(line_of(values, 4, &most), " ▁▂█");
    assert_true(most == 4);
    assert_null(line_of(values, 1, &most));
}

/* What is shown as 0 is as low as 0. */
static void test_noise(void **state)
{
    static const uint16_t values[] = { 0, A_THOUSANDTH, FOUR_THOUSANDTHS, A_HUNDREDTH };
    double most;

    (void)state;
    assert_string_equal(line_of(values, 3, &most), "▁▁▁");
    assert_true(most == 0);
    assert_string_equal(line_of(values, 4, &most), "▁▁▁█");
}

static void test_below_zero(void **state)
{
    static const uint16_t values[] = { MINUS_HUGE, FOUR, MINUS_FOUR, ONE };
    double most;

    (void)state;
    assert_string_equal(line_of(values, 4, &most), "▁█▁▂");
    assert_true(most == 4);
    assert_string_equal(line_of(values, 1, &most), "▁");
    assert_true(most == 0);
}

/* What no float holds is above all others. */
static void test_infinite(void **state)
{
    static const uint16_t values[] = { ONE, INFINITE, FOUR };
    double most;

    (void)state;
    assert_string_equal(line_of(values, 3, &most), "▁█▁");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_below_zero),
        cmocka_unit_test(test_infinite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
