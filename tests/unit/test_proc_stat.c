/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of stat, statm, io, schedstat and status files: whole, cut short, hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/proc_stat.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char line[] =
    "4711 (kvm) S 1 4711 4700 34816 4711 4194560 9001 77 31 5 1200 340 11 12 20 -5 23 0 "
    "556677 8589934592 262144 18446744073709551615 94700908371968 94700908452569 140722326252176 "
    "0 0 0 0 4096 1088 1 0 0 17 3 0 0 4242 987 0 94700908483696 94700908492008 94701694271488 "
    "140722326256254 140722326256271 140722326256271 140722326257643 0\n";

static bool parse(const char *text, struct proc_stat *stat)
{
    /* A copy of its very size: reading past the end shows under ASan. */
    size_t len = strlen(text);
    char *copy = malloc(len + (len == 0));
    bool ok;

    memcpy(copy, text, len);
    ok = proc_stat_parse(copy, len, stat);
    free(copy);
    return ok;
}

static void test_all_values(void **state)
{
    static const uint64_t want[STAT_VALUES] = {
        [STAT_FLAGS] = 4194560, [STAT_MINFLT] = 9001, [STAT_MAJFLT] = 31, [STAT_UTIME] = 1200,
        [STAT_STIME] = 340, [STAT_NICE] = (uint64_t)-5, [STAT_THREADS] = 23,
        [STAT_START] = 556677, [STAT_START_CODE] = 94700908371968, [STAT_BLKIO] = 4242,
        [STAT_GUEST] = 987,
    };
    struct proc_stat stat;

    (void)state;
    assert_true(parse(line, &stat));
    assert_int_equal(stat.comm_len, 3);
    assert_memory_equal(stat.comm, "kvm", 3);
    assert_int_equal(stat.state, 'S');
    for (unsigned i = 0; i < STAT_VALUES; i++) {
        assert_true(proc_stat_has(&stat, i));
        assert_int_equal(stat.value[i], want[i]);
    }
}

/* Whatever the name holds, what follows its last parenthesis is found. */
static void test_names(void **state)
{
    static const char *const names[] = {
        "", " ", ")", "(", "a b", "a) S 1 2 (b", "))))((((", "x\ny", "\xff\xfe", "tab\there",
        "123456789012345", "kworker/u16:3-events_unbound",
    };
    char text[256];
    struct proc_stat stat;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(text, sizeof text, "1 (%s) Z 2 3 4 5 6 2097152 8 ", names[i]);
        assert_true(parse(text, &stat));
        assert_int_equal(stat.comm_len, strlen(names[i]));
        assert_memory_equal(stat.comm, names[i], strlen(names[i]));
        assert_int_equal(stat.state, 'Z');
        assert_int_equal(stat.value[STAT_FLAGS], PROC_PF_KTHREAD);
    }
}

static void test_long_name(void **state)
{
    char text[512] = "1 (";
    struct proc_stat stat;

    (void)state;
    memset(text + 3, 'n', 200);
    memcpy(text + 203, ") R 1 ", 7);
    assert_true(parse(text, &stat));
    assert_int_equal(stat.comm_len, PROC_COMM_MAX);
    assert_int_equal(stat.state, 'R');
}

/* Cut at any place, what is still known is right. */
static void test_truncated(void **state)
{
    struct proc_stat whole, part;
    char text[sizeof line];

    (void)state;
    assert_true(parse(line, &whole));
    for (size_t len = 0; len < sizeof line - 1; len++) {
        memcpy(text, line, len);
        text[len] = '\0';
        if (!parse(text, &part)) {
            assert_true(len < strlen("4711 (kvm) S "));
            continue;
        }
        assert_int_equal(part.state, whole.state);
        for (unsigned i = 0; i < STAT_VALUES; i++)
            if (proc_stat_has(&part, i))
                assert_int_equal(part.value[i], whole.value[i]);
    }
}

static void test_garbage(void **state)
{
    static const char *const bad[] = {
        "", "\n", "x", "1", "1 ", "1 (", "1 (a", "1 (a)", "1 (a) ", "1 (a) S", "1 a S 1 2 ",
        "-1 (a) S 1 ", "1 (a)S 1 2 ", "1 (a) 7 1 2 ", "1 (a) SS 1 2 ", "1 (a) \x01 1 ",
        ") S 1 (", "99999999999999999999 (a) S 1 ",
    };
    struct proc_stat stat;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(parse(bad[i], &stat));
    /* A field that is no number ends what is known. */
    assert_true(parse("1 (a) S 1 2 3 4 5 6 7 8 nine 10 11 12 ", &stat));
    assert_true(proc_stat_has(&stat, STAT_MINFLT));
    assert_false(proc_stat_has(&stat, STAT_MAJFLT));
    assert_false(proc_stat_has(&stat, STAT_UTIME));
    /* What can't be negative is unknown then, and what follows it is not. */
    assert_true(parse("1 (a) S 1 2 3 4 5 6 -7 8 9 10 11 12 ", &stat));
    assert_false(proc_stat_has(&stat, STAT_MINFLT));
    assert_int_equal(stat.value[STAT_MAJFLT], 9);
}

static void test_keys(void **state)
{
    static const char io[] = "rchar: 5\nwchar: 6\nsyscr: 7\nsyscw: 8\nread_bytes: 4096\n"
                             "write_bytes: 8192\ncancelled_write_bytes: 1";
    static const char status[] = "Name:\tUid: 5 6\nUmask:\t0022\nState:\tS (sleeping)\n"
                                 "Uid:\t1000\t1001\t1002\t1003\nVmSwap:\t     512 kB\n";
    uint64_t value = 99;

    (void)state;
    assert_true(proc_key_u64(io, sizeof io - 1, "syscr", &value) && value == 7);
    assert_true(proc_key_u64(io, sizeof io - 1, "read_bytes", &value) && value == 4096);
    assert_true(proc_key_u64(io, sizeof io - 1, "write_bytes", &value) && value == 8192);
    assert_false(proc_key_u64(io, sizeof io - 1, "cancelled_write_bytes", &value));
    assert_false(proc_key_u64(io, sizeof io - 1, "bytes", &value));
    assert_false(proc_key_u64(io, sizeof io - 1, "read", &value));
    assert_true(proc_key_nth(status, sizeof status - 1, "Uid", 1, &value) && value == 1001);
    assert_false(proc_key_nth(status, sizeof status - 1, "Uid", 4, &value));
    assert_true(proc_key_u64(status, sizeof status - 1, "VmSwap", &value) && value == 512);
    assert_false(proc_key_u64(status, sizeof status - 1, "State", &value));
    assert_false(proc_key_u64("", 0, "State", &value));
    assert_false(proc_key_u64("Uid:", 4, "Uid", &value));
    assert_false(proc_key_u64("Uid", 3, "Uid", &value));
    assert_int_equal(value, 512);
}

static void test_numbers(void **state)
{
    uint64_t n[3] = { 0 };

    (void)state;
    assert_int_equal(proc_numbers("5 60 700 8\n", 11, n, 3), 3);
    assert_int_equal(n[2], 700);
    assert_int_equal(proc_numbers("5 60 700", 8, n, 3), 2);
    assert_int_equal(proc_numbers("", 0, n, 3), 0);
    assert_int_equal(proc_numbers("-5 6 7\n", 7, n, 3), 0);
    assert_int_equal(proc_numbers("5 99999999999999999999 7\n", 25, n, 3), 1);
}

static void test_ticks(void **state)
{
    (void)state;
    assert_int_equal(proc_ticks_ns(0, 100), 0);
    assert_int_equal(proc_ticks_ns(1, 100), 10000000);
    assert_int_equal(proc_ticks_ns(1234567, 100), 12345670000000);
    assert_int_equal(proc_ticks_ns(1025, 1024), 1000976562);
    assert_int_equal(proc_ticks_ns(UINT64_MAX, 100), UINT64_MAX);
    assert_int_equal(proc_ticks_ns(1, 0), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_values), cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_name),  cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_garbage),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_ticks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
