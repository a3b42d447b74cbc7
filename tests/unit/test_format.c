/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text: never wider than the column, never with a locale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/format.h"
#include "core/str.h"

static const char *fixed(double value, int decimals)
{
    static char buf[FORMAT_BUF];

    size_t len = format_fixed(buf, value, decimals);
    assert_int_equal(len, strlen(buf));
    return buf;
}

static const char *shown(uint8_t kind, uint8_t precision, double value, int width)
{
    static char buf[FORMAT_BUF];
    struct column column = { .def = { .kind = kind, .precision = precision } };

    size_t len = format_value(buf, &column, value, width);
    assert_int_equal(len, strlen(buf));
    return buf;
}

static const char *exact(const struct kvmtop_column *def, double value)
{
    static char buf[FORMAT_BUF];
    struct column column = { .def = *def };

    size_t len = format_exact(buf, &column, value);
    assert_int_equal(len, strlen(buf));
    return buf;
}

static const char *seconds(double value)
{
    static char buf[FORMAT_BUF];

    size_t len = format_seconds(buf, value);
    assert_int_equal(len, strlen(buf));
    return buf;
}

static void test_fixed(void **state)
{
    (void)state;
    assert_string_equal(fixed(0, 0), "0");
    assert_string_equal(fixed(0, 2), "0.00");
    assert_string_equal(fixed(3.14159, 2), "3.14");
    assert_string_equal(fixed(0.06, 1), "0.1");
    assert_string_equal(fixed(999.95, 1), "1000.0");
    assert_string_equal(fixed(-12.5, 1), "-12.5");
    assert_string_equal(fixed(1e-9, 9), "0.000000001");
    assert_string_equal(fixed(123456789012345678.0, 0), "123456789012345680");
    assert_string_equal(fixed(1234567890123456.0, 1), "1234567890123456.0");
}

/* What rounds to zero has no sign. */
static void test_negative_zero(void **state)
{
    (void)state;
    assert_string_equal(fixed(-0.0, 1), "0.0");
    assert_string_equal(fixed(-0.04, 1), "0.0");
    assert_string_equal(fixed(-0.06, 1), "-0.1");
    assert_string_equal(shown(KVMTOP_GAUGE, 1, -0.01, 5), "0.0");
    assert_string_equal(exact(&(struct kvmtop_column){ .kind = KVMTOP_COUNTER }, -1e-9), "0");
}

/* Every finite number is a number in JSON; a 64-bit integer with its digits. */
static void test_large(void **state)
{
    static const double large[] = { 9e18, 9.3e18, 18446744073709549568.0, 1e20, 1e300 };

    (void)state;
    assert_string_equal(fixed(9223372036854775808.0, 0), "9223372036854775808");
    assert_string_equal(fixed(18446744073709549568.0, 2), "18446744073709549568");
    assert_string_equal(fixed(-18446744073709549568.0, 0), "-18446744073709549568");
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        for (int decimals = 0; decimals <= 9; decimals++) {
            const char *text = fixed(large[i], decimals);
            char *end;

            assert_in_range(*text, '0', '9');
            assert_true(fabs(strtod(text, &end) / large[i] - 1) < 0.5);
            assert_int_equal(*end, 0);
        }
    }
}

static void test_narrow(void **state)
{
    static const struct {
        double value;
        int width;
        const char *text;
    } table[] = {
        { 1234567, 4, "1.2M" }, { 1234567, 5, "1.2M" }, { 1234567, 6, "1.2M" },
        { 1234567, 7, "1234567" }, { 1234567, 9, "1234567.0" }, { 12345.67, 5, "12346" },
        { 12345.67, 7, "12345.7" }, { 12345.67, 4, "12k" }, { 999999, 4, "1.0M" },
        { 999999, 3, "1M" }, { 99.96, 4, "100" }, { 9.96, 3, "10" }, { 999.6, 3, "1k" },
        { 5, 1, "5" }, { 15, 2, "15" }, { 2.5e9, 4, "2.5G" }, { 2.5e12, 4, "2.5T" },
        { 2.5e15, 4, "2.5P" }, { 1.5e18, 4, "1.5E" }, { -1234567, 5, "-1.2M" }, { 0, 3, "0.0" },
        { 123456, 5, "123k" }, { 123456, 6, "123456" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(shown(KVMTOP_COUNTER, 1, table[i].value, table[i].width),
                            table[i].text);
}

/* From four columns on every value below 1000 E fits. */
static void test_never_wider(void **state)
{
    (void)state;
    for (double value = 0.001; value < 9e20; value *= 1.37)
        for (int width = 4; width < 12; width++)
            for (uint8_t precision = 0; precision < 3; precision++)
                assert_in_range(strlen(shown(KVMTOP_COUNTER, precision, value, width)), 1, width);
}

static void test_id(void **state)
{
    (void)state;
    assert_string_equal(shown(KVMTOP_ID, 0, 4194304, 3), "4194304");
    assert_string_equal(exact(&(struct kvmtop_column){ .kind = KVMTOP_ID }, 4194304), "4194304");
}

static void test_age(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } table[] = {
        { -5, "00:00:00" }, { 0, "00:00:00" }, { 59.999, "00:00:59" }, { 60, "00:01:00" },
        { 3661, "01:01:01" }, { 86399.9, "23:59:59" }, { 86400, "1d00h" }, { 442800, "5d03h" },
        { 9999 * 86400.0 + 86399, "9999d23h" }, { 10000 * 86400.0, "10000d" },
        { 18446744073.7, "213503d" },
    };
    char buf[FORMAT_BUF];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(format_age(buf, table[i].seconds), strlen(table[i].text));
        assert_string_equal(buf, table[i].text);
        assert_string_equal(shown(KVMTOP_AGE, 0, table[i].seconds, 8), table[i].text);
    }
}

static void test_exact(void **state)
{
    static const struct kvmtop_column whole = { .kind = KVMTOP_GAUGE };
    static const struct kvmtop_column scaled = { .kind = KVMTOP_GAUGE, .scale = 0.5 };
    static const struct kvmtop_column real = { .kind = KVMTOP_GAUGE, .number = KVMTOP_F64 };
    static const struct kvmtop_column rate = { .kind = KVMTOP_COUNTER, .precision = 1 };

    (void)state;
    assert_string_equal(exact(&whole, 1234567), "1234567");
    assert_string_equal(exact(&scaled, 1.5), "1.5");
    assert_string_equal(exact(&real, 2), "2");
    assert_string_equal(exact(&rate, 50), "50");
    assert_string_equal(exact(&rate, 12.345678), "12.345678");
    assert_string_equal(exact(&rate, 0.1000000001), "0.1");
    assert_string_equal(exact(&rate, 1e15), "1000000000000000");
    assert_string_equal(exact(&rate, 100), "100");      /* its zeros mean something */
    assert_string_equal(exact(&rate, 0), "0");
}

static void test_least(void **state)
{
    (void)state;
    for (uint8_t precision = 0; precision <= 3; precision++) {
        struct column column = { .def = { .kind = KVMTOP_GAUGE, .precision = precision } };
        double least = format_least(&column);

        assert_string_equal(shown(KVMTOP_GAUGE, precision, least * 0.99, 10),
                            fixed(0, precision));
        assert_string_not_equal(shown(KVMTOP_GAUGE, precision, least, 10), fixed(0, precision));
    }
}

/* As it was given: an interval read back is the same. */
static void test_seconds(void **state)
{
    (void)state;
    assert_string_equal(seconds(5), "5.0");
    assert_string_equal(seconds(3600), "3600.0");
    assert_string_equal(seconds(0.25), "0.25");
    assert_string_equal(seconds(1.25), "1.25");
    assert_string_equal(seconds(0.1), "0.1");
    assert_string_equal(seconds(10.000001), "10.000001");
}

static void test_width(void **state)
{
    struct column column = { .def = { .title = "CPU%" } };

    (void)state;
    assert_int_equal(format_width(&column), 4);
    column.def.digit = 2;
    assert_int_equal(format_width(&column), 5);
    column.def.width = 8;
    assert_int_equal(format_width(&column), 8);
    column.def.title = "Größe";
    column.def.digit = column.def.width = 0;
    assert_int_equal(format_width(&column), 5);
}

/* A locale with a comma, made for this test where the system has the means. */
static bool use_comma(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "de_DE" };
    char folder[] = "/tmp/kvmtop-locale-XXXXXX", command[200];

    if (!mkdtemp(folder))
        return false;
    snprintf(command, sizeof command,
             "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    if (!system(command))
        setenv("LOCPATH", folder, 1);
    bool set = false;
    for (unsigned i = 0; i < 3 && !set; i++)
        set = setlocale(LC_ALL, names[i]);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && set && *localeconv()->decimal_point == ',';
}

/* Nothing of a locale reaches what is written, or is read. */
static void test_locale(void **state)
{
    double value;

    (void)state;
    if (!use_comma()) {
        print_message("SKIP: no locale de_DE here\n");
        skip();
    }
    assert_string_equal(fixed(1234567.25, 2), "1234567.25");
    assert_string_equal(shown(KVMTOP_COUNTER, 1, 1234567, 4), "1.2M");
    assert_string_equal(exact(&(struct kvmtop_column){ .kind = KVMTOP_COUNTER }, 0.5), "0.5");
    assert_true(str_double("0.5", &value));
    assert_float_equal(value, 0.5, 0);
    assert_false(str_double("0,5", &value));
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed),  cmocka_unit_test(test_negative_zero),
        cmocka_unit_test(test_large),  cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_never_wider), cmocka_unit_test(test_id),
        cmocka_unit_test(test_age),    cmocka_unit_test(test_exact),
        cmocka_unit_test(test_least),  cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
