/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wait that the plugin proc tells of: where it is known, and that it is of all threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/delayacct.h"
#include "proc_fixture.h"

static void test_wait_off(void **state)
{
    struct stat_text s = usual;

    (void)state;
    s.wait = 9;
    put("sys/kernel/task_delayacct", "0\n");
    put_process(42, &s);
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "wait"));
    assert_reason("wait", "kernel.task_delayacct=1");
}

/* A sysctl that can't be read says nothing of the kernel. */
static void test_wait_unseen(void **state)
{
    struct stat_text s = usual;

    (void)state;
    s.wait = 9;
    fake_remove(fake, KVMTOP_DIR_PROC, "sys/kernel/task_delayacct");
    fake_folder(fake, KVMTOP_DIR_PROC, "sys/kernel/task_delayacct");
    put_process(42, &s);
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "wait"));
    assert_reason("wait", "could not be read");
}

/* No sysctl: a kernel before 5.14 counts, unless told not to; a later one can't. */
static void test_wait_without_sysctl(void **state)
{
    static const struct {
        const char *release, *cmdline;
        bool known;
    } cases[] = {
        { "5.10.0-28-amd64\n", "quiet\n", true },
        { "4.19.0\n", "quiet\n", true },
        { "5.13.19-6-pve\n", "nodelayacct\n", false },
        { "5.14.0\n", "delayacct\n", false },
        { "6.8.12-1-pve\n", "quiet\n", false },
        { "", "quiet\n", false },
        { "garbage", "quiet\n", false },
    };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(cases); i++) {
        fake_host_free(fake);
        fake = fake_host_new();
        put("sys/kernel/osrelease", cases[i].release);
        put("cmdline", cases[i].cmdline);
        put_process(42, &usual);
        assert_int_equal(collect(), 0);
        assert_int_equal(known(process(42), "wait"), cases[i].known);
        assert_reason("wait", cases[i].known ? NULL : "CONFIG_TASK_DELAY_ACCT");
    }
}

/* Switched on by the sysctl it counts for later processes: an older one's 0 is unknown. */
static void test_wait_of_older(void **state)
{
    struct stat_text s = usual;

    (void)state;
    put("cmdline", "quiet xdelayacct delayacct=1 nodelayacct\n");
    s.start = 4999;
    put_process(10, &s);
    s.start = 5000;
    s.wait = 3;
    put_process(11, &s);
    assert_int_equal(collect(), 0);
    assert_false(known(process(10), "wait"));
    assert_reason("wait", "older");
    assert_int_equal(value(process(11), "wait"), 3ull * TICK);
    s.wait = 0;
    s.start = (unsigned)(fake->boottime / TICK) + 1;
    put_process(12, &s);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(12), "wait"), 0);
    assert_false(known(process(10), "wait"));
    /* Off and on again: what has begun in between isn't counted, nor is the other surely. */
    put("sys/kernel/task_delayacct", "0\n");
    assert_int_equal(collect(), 0);
    assert_false(known(process(11), "wait"));
    put("sys/kernel/task_delayacct", "1\n");
    assert_int_equal(collect(), 0);
    assert_false(known(process(12), "wait"));
    assert_true(known(process(11), "wait"));
}

/* Of a process older than that the younger threads alone are counted: a sum of them is no fact. */
static void test_wait_of_a_part(void **state)
{
    struct stat_text s = usual;

    (void)state;
    put("cmdline", "quiet\n");
    s.threads = 2;
    put_process(42, &s);
    put_thread(42, 42, &s);
    s.start = 6000;
    s.wait = 3;
    put_thread(42, 57, &s);
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "wait"));
    assert_reason("wait", "older");
    assert_false(known(thread(42), "wait"));
    assert_int_equal(value(thread(57), "wait"), 3ull * TICK);
    /* Its main thread has waited: it is counted, and so are all that came after it. */
    s = usual;
    s.threads = 2;
    s.wait = 1;
    put_process(42, &s);
    put_thread(42, 42, &s);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "wait"), 4ull * TICK);
}

/* Switched on before we came: what is younger than one that has waited is counted too. */
static void test_wait_of_younger(void **state)
{
    struct stat_text s = usual;

    (void)state;
    put("cmdline", "quiet\n");
    put_process(10, &s);
    s.start = 3000;
    put_process(11, &s);
    s.start = 4000;
    s.wait = 3;
    put_process(12, &s);
    assert_int_equal(collect(), 0);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(10), "wait"), 0);
    assert_false(known(process(11), "wait"));
    /* Once seen off, who waited before that is no witness. */
    put("sys/kernel/task_delayacct", "0\n");
    assert_int_equal(collect(), 0);
    put("sys/kernel/task_delayacct", "1\n");
    assert_int_equal(collect(), 0);
    assert_int_equal(collect(), 0);
    assert_false(known(process(10), "wait"));
}

/* What was read before a witness was found has to be looked at again. */
static void test_witness(void **state)
{
    struct delayacct acct = { 0 };
    int procfd = fake->host.dir(&fake->host, KVMTOP_DIR_PROC);

    (void)state;
    put("cmdline", "quiet\n");
    assert_true(delayacct_update(&acct, procfd, 1000));
    assert_false(delayacct_known(&acct, 0, 600));
    delayacct_witness(&acct, 0); /* of unknown birth */
    delayacct_witness(&acct, 1001);
    assert_false(delayacct_update(&acct, procfd, 1100));
    delayacct_witness(&acct, 500);
    delayacct_witness(&acct, 700);
    assert_true(delayacct_update(&acct, procfd, 1200));
    assert_false(delayacct_update(&acct, procfd, 1300));
    assert_true(delayacct_known(&acct, 0, 500));
    assert_false(delayacct_known(&acct, 0, 499));
    assert_true(delayacct_known(&acct, 1, 499));
}

/* Booted with delayacct a 0 is a fact; once seen off it is none. */
static void test_wait_from_boot(void **state)
{
    (void)state;
    put_process(42, &usual);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "wait"), 0);
    assert_reason("wait", NULL);
    put("sys/kernel/task_delayacct", "0\n");
    assert_int_equal(collect(), 0);
    put("sys/kernel/task_delayacct", "1\n");
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "wait"));
}

/* The file of a process knows its main thread's wait alone. */
static void test_wait_of_threads(void **state)
{
    struct stat_text s = usual;

    (void)state;
    s.threads = 3;
    s.wait = 100;
    put_process(42, &s);
    put_thread(42, 42, &s);
    s.wait = 20;
    put_thread(42, 50, &s);
    s.wait = 3;
    put_thread(42, 51, &s);
    put("42/task/51/schedstat", "10 500 1\n");
    put("42/task/50/schedstat", "10 60 1\n");
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "wait"), 123ull * TICK);
    assert_int_equal(value(process(42), "rundelay"), 560);
    /* One ends: its share stays; another begins under its ID. */
    s.wait = 5;
    s.start = 7000;
    put_thread(42, 51, &s);
    put("42/task/51/schedstat", "9 1 1\n");
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "wait"), 128ull * TICK);
    assert_int_equal(value(process(42), "rundelay"), 561);
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/50");
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/51");
    s = usual;
    s.wait = 101;
    put_process(42, &s);
    put_thread(42, 42, &s);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "wait"), 129ull * TICK);
    /* A new process under the PID starts clean. */
    s.start = 9000;
    s.wait = 2;
    put_process(42, &s);
    put_thread(42, 42, &s);
    assert_int_equal(collect(), 0);
    assert_int_equal(process(42)->birth, 9000ull * TICK);
    assert_int_equal(value(process(42), "wait"), 2ull * TICK);
}

static void test_wait_unread(void **state)
{
    struct stat_text s = usual;

    (void)state;
    s.threads = 2;
    put_process(42, &s);
    put_thread(42, 42, &s);
    put("42/task/50/stat", "no such thing");
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "wait"));
    assert_reason("wait", "threads");
    assert_false(known(thread(50), "state"));
    assert_int_equal(value(thread(50), "tid"), 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wait_off), TEST(test_wait_unseen), TEST(test_wait_without_sysctl),
        TEST(test_wait_of_older), TEST(test_wait_of_a_part), TEST(test_wait_of_younger),
        TEST(test_witness), TEST(test_wait_from_boot), TEST(test_wait_of_threads),
        TEST(test_wait_unread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
