/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc from round to round: processes that come, go and change, rounds in slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "proc_fixture.h"

static void test_exec(void **state)
{
    struct stat_text s = usual, worker = usual;

    (void)state;
    worker.flags = 0x00200000;
    worker.comm = "kworker/0:1-events";
    put_process(42, &s);
    put_process(2, &worker);
    assert_int_equal(collect(), 0);
    assert_false(process(42)->changed);
    assert_int_equal(process(2)->flags, KVMTOP_ROW_HIDDEN);
    assert_int_equal(collect(), 0);
    assert_false(process(42)->changed);
    s.comm = "sh";
    worker.comm = "kworker/0:1-mm";
    put_process(42, &s);
    put_process(2, &worker);
    assert_int_equal(collect(), 0);
    assert_true(process(42)->changed);
    assert_false(process(2)->changed);
    assert_string_equal(fake_text(fake, process(42), "comm"), "sh");
    s.code = 8192;
    put_process(42, &s);
    assert_int_equal(collect(), 0);
    assert_true(process(42)->changed);
    /* Out of sight it says nothing. */
    s.code = 1;
    put_process(42, &s);
    assert_int_equal(collect(), 0);
    assert_false(process(42)->changed);
    s.code = 8192;
    put_process(42, &s);
    assert_int_equal(collect(), 0);
    assert_false(process(42)->changed);
    /* Caught in the midst of an exec, without arguments: once more when it is done. */
    s.code = 0;
    put_process(43, &s);
    assert_int_equal(collect(), 0);
    s.code = 4096;
    put_process(43, &s);
    assert_int_equal(collect(), 0);
    assert_true(process(43)->changed);
    /* And a zombie has no code any more. */
    s.code = 0;
    put_process(43, &s);
    assert_int_equal(collect(), 0);
    assert_false(process(43)->changed);
}

/* First seen just after its birth, it may have been between fork and exec: named once more. */
static void test_young(void **state)
{
    struct stat_text s = usual;

    (void)state;
    assert_int_equal(collect(), 0);
    s.start = (unsigned)(fake->boottime / TICK) + 50;
    put_process(42, &s);
    assert_int_equal(collect(), 0);
    assert_false(process(42)->changed);
    assert_int_equal(collect(), 0);
    assert_true(process(42)->changed);
    assert_int_equal(collect(), 0);
    assert_false(process(42)->changed);
}

static void test_coming_and_going(void **state)
{
    (void)state;
    for (int pid = 1; pid <= 400; pid++)
        put_process(pid * 7, &usual);
    assert_int_equal(collect(), 0);
    assert_int_equal(fake_count(fake, "process", 0), 400);
    for (int pid = 1; pid <= 400; pid += 2) {
        char path[16];

        snprintf(path, sizeof path, "%d", pid * 7);
        fake_remove(fake, KVMTOP_DIR_PROC, path);
    }
    put_process(3, &usual);
    put_process(2147483647, &usual);
    assert_int_equal(collect(), 0);
    assert_int_equal(fake_count(fake, "process", 0), 202);
    assert_non_null(process(3));
    assert_non_null(process(14));
    assert_null(process(7));
}

static void test_only(void **state)
{
    static const uint64_t only[] = { 7, 21, 9999 };

    (void)state;
    put_process(7, &usual);
    put_process(14, &usual);
    put_process(21, &usual);
    fake->only = only;
    fake->nonly = KVMTOP_COUNT(only);
    assert_int_equal(collect(), 0);
    assert_int_equal(fake_count(fake, "process", 0), 2);
    assert_null(process(14));
}

/* In slices it comes to the same, and each call gets on. */
static void test_slices(void **state)
{
    (void)state;
    put_many();
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_int_equal(fake->calls, 1);
    fake->deadline = 0;
    assert_int_equal(collect(), 0);
    assert_in_range(fake->calls, 100, 160);
    assert_int_equal(fake_count(fake, "process", 0), 40);
    assert_int_equal(fake_count(fake, "process", 1), 120);
    assert_int_equal(value(thread(2139), "pid"), 139);
    assert_int_equal(thread(2139)->parent, process(139)->ref);
}

/* A round left in the middle is forgotten. */
static void test_abandoned(void **state)
{
    struct kvmtop_sample sample = { .host = &fake->host, .deadline = 0, .children = true };
    uint64_t wanted[2] = { UINT64_MAX, UINT64_MAX };

    (void)state;
    put_many();
    fake->children = true;
    assert_int_equal(collect(), 0);
    sample.now = fake->monotonic + 1;
    sample.boottime = fake->boottime + 1;
    sample.wanted = wanted;
    fake->round++;
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(kvmtop_plugin_proc.sources[COLLECT].collect(fake->state, &sample),
                         KVMTOP_MORE);
    fake_remove(fake, KVMTOP_DIR_PROC, "101");
    assert_int_equal(collect(), 0);
    assert_int_equal(fake_count(fake, "process", 0), 39);
    assert_int_equal(fake_count(fake, "process", 1), 117);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_exec), TEST(test_young), TEST(test_coming_and_going), TEST(test_only),
        TEST(test_slices), TEST(test_abandoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
