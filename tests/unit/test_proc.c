/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc on a recorded /proc: every cell, threads, commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proc_fixture.h"

/* ---- cells ---- */

static void test_every_cell(void **state)
{
    struct stat_text s = usual;
    const struct fake_row *row;

    (void)state;
    s.nice = -5;
    s.wait = 12;
    put_process(42, &s);
    put("42/io", "rchar: 1\nwchar: 2\nsyscr: 30\nsyscw: 40\nread_bytes: 5000\n"
                 "write_bytes: 6000\ncancelled_write_bytes: 0\n");
    put("42/status", "Name:\tkvm\nUid:\t1000\t0\t1000\t1000\nVmSwap:\t 3 kB\n");
    put("42/statm", "1000 300 20 1 0 100 0\n");
    put_thread(42, 42, &s);
    put("42/task/42/schedstat", "3000000007 55000 12\n");
    assert_int_equal(collect(), 0);
    fill(MEMORY);
    assert_int_equal(fake_count(fake, "process", 0), 1);
    assert_int_equal(fake_count(fake, "process", 1), 0);
    row = process(42);
    assert_int_equal(row->birth, 5000ull * TICK);
    assert_int_equal(row->parent, 0);
    assert_int_equal(row->flags, 0);
    assert_int_equal(value(row, "pid"), 42);
    assert_false(known(row, "tid"));
    assert_string_equal(fake_text(fake, row, "user"), "root");
    assert_int_equal(value(row, "uptime"), 5000ull * TICK);
    assert_int_equal(value(row, "r_log"), 30);
    assert_int_equal(value(row, "w_log"), 40);
    assert_int_equal(value(row, "r_mib"), 5000);
    assert_int_equal(value(row, "w_mib"), 6000);
    assert_int_equal(value(row, "wait"), 12ull * TICK);
    assert_int_equal(value(row, "cpu"), 300ull * TICK);
    assert_int_equal(value(row, "state"), 'S');
    assert_string_equal(fake_text(fake, row, "comm"), "kvm");
    assert_int_equal(fake_i64(fake, row, "nice"), -5);
    assert_int_equal(value(row, "threads"), 1);
    assert_int_equal(value(row, "minflt"), 100);
    assert_int_equal(value(row, "majflt"), 7);
    assert_int_equal(value(row, "guest"), 200ull * TICK);
    assert_int_equal(value(row, "rundelay"), 55000);
    assert_int_equal(value(row, "virt"), 1000 * 4096);
    assert_int_equal(value(row, "res"), 300 * 4096);
    assert_int_equal(value(row, "shr"), 20 * 4096);
    assert_int_equal(value(row, "swap"), 3 * 1024);
    for (size_t i = 0; kvmtop_plugin_proc.sources[COLLECT].columns[i] != NULL; i++)
        assert_null(fake_reason(fake, kvmtop_plugin_proc.sources[COLLECT].columns[i]));
}

static bool only_pid_and_cpu(const char *column)
{
    return strcmp(column, "pid") == 0 || strcmp(column, "cpu") == 0;
}

/* What nobody wants isn't read: no files, no reasons. */
static void test_unwanted(void **state)
{
    (void)state;
    put("sys/kernel/task_delayacct", "0\n");
    put_process(42, &usual);
    fake->wants = only_pid_and_cpu;
    assert_int_equal(collect(), 0);
    assert_true(known(process(42), "cpu"));
    assert_false(known(process(42), "r_log"));
    assert_false(known(process(42), "user"));
    assert_reason("r_log", NULL);
    assert_reason("wait", NULL);
    assert_reason("rundelay", NULL);
}

static void test_threads(void **state)
{
    struct stat_text s = usual;
    const struct fake_row *row;

    (void)state;
    s.threads = 2;
    put_process(42, &s);
    put("42/status", "Uid:\t7\t7\t7\t7\n");
    put_thread(42, 42, &s);
    s = (struct stat_text){ .comm = "CPU 0/KVM", .state = 'R', .utime = 30, .stime = 3,
                            .threads = 2, .start = 6000, .wait = 4, .guest = 20, .nice = 3 };
    put_thread(42, 57, &s);
    put("42/task/57/schedstat", "999 77 5\n");
    put("42/task/57/io", "syscr: 1\nsyscw: 2\nread_bytes: 3\nwrite_bytes: 4\n");
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_int_equal(fake_count(fake, "process", 1), 2);
    row = thread(57);
    assert_int_equal(row->parent, process(42)->ref);
    assert_int_equal(row->birth, 6000ull * TICK);
    assert_int_equal(value(row, "pid"), 42);
    assert_int_equal(value(row, "tid"), 57);
    assert_string_equal(fake_text(fake, row, "comm"), "CPU 0/KVM");
    assert_string_equal(fake_text(fake, row, "user"), "7");
    assert_int_equal(value(row, "cpu"), 999);
    assert_int_equal(value(row, "rundelay"), 77);
    assert_int_equal(value(row, "wait"), 4ull * TICK);
    assert_int_equal(value(row, "state"), 'R');
    assert_int_equal(value(row, "guest"), 20ull * TICK);
    assert_int_equal(value(row, "r_log"), 1);
    assert_int_equal(value(row, "w_mib"), 4);
    assert_int_equal(fake_i64(fake, row, "nice"), 3);
    assert_false(known(row, "threads"));
    /* Without schedstat the ticks have to do. */
    assert_int_equal(value(thread(42), "cpu"), 300ull * TICK);
    assert_false(known(thread(42), "rundelay"));
    /* They come only when asked for, and go when not. */
    fake->children = false;
    assert_int_equal(collect(), 0);
    assert_int_equal(fake_count(fake, "process", 1), 0);
    assert_int_equal(fake_count(fake, "process", 0), 1);
}

/* ---- fills ---- */

static void assert_command(int pid, const char *want)
{
    fake_add_row(fake, "process", 0, (uint64_t)pid, 0);
    fill(COMMAND);
    if (want == NULL)
        assert_false(known(process((unsigned)pid), "command"));
    else
        assert_string_equal(fake_text(fake, process((unsigned)pid), "command"), want);
}

static void test_command(void **state)
{
    static const char *const args[] = { "/usr/bin/kvm", "-name", "a b", "", "" };
    static const char *const empty[] = { "" };

    (void)state;
    assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    fake_argv(fake, 1, args, 3);
    assert_command(1, "/usr/bin/kvm -name a b");
    fake_argv(fake, 2, args, 5);
    assert_command(2, "/usr/bin/kvm -name a b");
    fake_argv(fake, 3, args, 0);
    fake_fact(fake, 3, KVMTOP_FACT_COMM, "kthreadd");
    assert_command(3, "[kthreadd]");
    fake_fact(fake, 4, KVMTOP_FACT_COMM, "kworker/u8:2-events_unbound");
    assert_command(4, "[kworker/u8:2]");
    fake_argv(fake, 5, empty, 1);
    fake_fact(fake, 5, KVMTOP_FACT_COMM, "a-b");
    assert_command(5, "[a-b]");
    fake_fact(fake, 7, KVMTOP_FACT_COMM, "kworker/R-rcu_gp");
    assert_command(7, "[kworker/R-rcu_gp]");
    assert_command(6, NULL);
}

static void test_long_command(void **state)
{
    char *huge = malloc(1 << 20);
    const char *args[] = { "x", huge };

    (void)state;
    memset(huge, 'y', (1 << 20) - 1);
    huge[(1 << 20) - 1] = '\0';
    assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    fake_argv(fake, 1, args, 2);
    fake_add_row(fake, "process", 0, 1, 0);
    fill(COMMAND);
    assert_int_equal(strlen(fake_text(fake, process(1), "command")), 65536);
    assert_memory_equal(fake_text(fake, process(1), "command"), "x yyy", 5);
    free(huge);
}

/* Of a process in many groups the memory comes after their line. */
static void test_many_groups(void **state)
{
    char text[65536 + 100];
    size_t len = (size_t)snprintf(text, sizeof text, "Name:\tkvm\nUid:\t1\t2\t3\t4\nGroups:\t");

    (void)state;
    for (unsigned i = 0; len < 65536; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%u ", 1000000000 + i);
    snprintf(text + len, sizeof text - len, "\nVmSwap:\t 3 kB\n");
    put("42/status", text);
    put("42/statm", "1000 300 20 1 0 100 0\n");
    put_process(42, &usual);
    assert_int_equal(collect(), 0);
    fill(MEMORY);
    assert_string_equal(fake_text(fake, process(42), "user"), "2");
    assert_int_equal(value(process(42), "swap"), 3 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_cell), TEST(test_unwanted), TEST(test_threads), TEST(test_command),
        TEST(test_long_command), TEST(test_many_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
