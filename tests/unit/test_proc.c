/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc on a recorded /proc: every cell, threads, the wait's conditions, bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "fake_host.h"
#include "lib/delayacct.h"

#define SECOND 1000000000u
#define TICK 10000000u          /* ns of the fake's clock tick */

extern const struct kvmtop_plugin kvmtop_plugin_proc;

enum { COLLECT, MEMORY, COMMAND }; /* the plugin's sources */

struct stat_text {
    const char *comm;
    char state;
    unsigned flags, minflt, majflt, utime, stime, threads, start, code, wait, guest;
    int nice;
};

static const struct stat_text usual = {
    .comm = "kvm", .state = 'S', .flags = 4194560, .minflt = 100, .majflt = 7, .utime = 250,
    .stime = 50, .threads = 1, .start = 5000, .code = 4096, .guest = 200,
};

static struct fake_host *fake;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake_file(fake, KVMTOP_DIR_PROC, "sys/kernel/osrelease", "6.1.0-9-amd64\n");
    fake_file(fake, KVMTOP_DIR_PROC, "sys/kernel/task_delayacct", "1\n");
    fake_file(fake, KVMTOP_DIR_PROC, "cmdline", "root=/dev/sda1 delayacct quiet\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

static void put(const char *path, const char *text)
{
    fake_file(fake, KVMTOP_DIR_PROC, path, text);
}

/* folder: "PID" or "PID/task/TID". */
static void put_stat(const char *folder, const struct stat_text *s)
{
    char path[64], text[1024];

    snprintf(path, sizeof path, "%s/stat", folder);
    snprintf(text, sizeof text,
             "%d (%s) %c 1 1 1 0 -1 %u %u 0 %u 0 %u %u 0 0 20 %d %u 0 %u 1048576 32 "
             "18446744073709551615 %u 0 0 0 0 0 0 0 0 1 0 0 17 0 0 0 %u %u 0 0 0 0 0 0 0 0 0\n",
             1, s->comm, s->state, s->flags, s->minflt, s->majflt, s->utime, s->stime, s->nice,
             s->threads, s->start, s->code, s->wait, s->guest);
    put(path, text);
}

static void put_process(int pid, const struct stat_text *s)
{
    char path[64];

    snprintf(path, sizeof path, "%d", pid);
    put_stat(path, s);
}

static void put_thread(int pid, int tid, const struct stat_text *s)
{
    char path[64];

    snprintf(path, sizeof path, "%d/task/%d", pid, tid);
    put_stat(path, s);
}

static void put_of(const char *folder, const char *file, const char *text)
{
    char path[80];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    put(path, text);
}

static int collect(void)
{
    fake->monotonic += SECOND;
    fake->boottime += SECOND;
    if (fake->plugin == NULL)
        assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    return fake_collect(fake, &kvmtop_plugin_proc.sources[COLLECT]);
}

static void fill(unsigned source)
{
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_proc.sources[source]), 0);
}

static struct fake_row *process(unsigned pid)
{
    return fake_row(fake, "process", 0, pid);
}

static struct fake_row *thread(unsigned tid)
{
    return fake_row(fake, "process", 1, tid);
}

static uint64_t value(const struct fake_row *row, const char *column)
{
    return fake_u64(fake, row, column);
}

static bool known(const struct fake_row *row, const char *column)
{
    return fake_known(fake, row, column);
}

static void assert_reason(const char *column, const char *part)
{
    const char *reason = fake_reason(fake, column);

    if (part == NULL) {
        assert_null(reason);
        return;
    }
    assert_non_null(reason);
    if (strstr(reason, part) == NULL)
        fail_msg("the reason of %s is: %s", column, reason);
}

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

/* ---- the wait ---- */

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

/* ---- changes ---- */

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

static void put_many(void)
{
    for (int pid = 100; pid < 140; pid++) {
        put_process(pid, &usual);
        for (int tid = pid; tid < pid + 3000; tid += 1000)
            put_thread(pid, tid, &usual);
    }
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

/* ---- bad input ---- */

static void test_garbage(void **state)
{
    static const char *const texts[] = {
        "", "\n", "garbage", "42", "42 (", "42 (x", "42 (x) ", "\xff\xff\xff", "42 (x) S",
    };
    char path[32];

    (void)state;
    for (unsigned i = 0; i < KVMTOP_COUNT(texts); i++) {
        snprintf(path, sizeof path, "%u", 100 + i);
        put_of(path, "stat", texts[i]);
        put_of(path, "io", texts[i]);
        put_of(path, "statm", texts[i]);
        put_of(path, "status", texts[i]);
    }
    assert_int_equal(collect(), 0);
    assert_reason("state", "could not be read");
    assert_reason("r_log", "could not be read");
    fill(MEMORY);
    assert_int_equal(fake_count(fake, "process", 0), KVMTOP_COUNT(texts));
    for (unsigned i = 0; i < KVMTOP_COUNT(texts); i++) {
        const struct fake_row *row = process(100 + i);

        assert_int_equal(row->birth, 0);
        assert_int_equal(value(row, "pid"), 100 + i);
        for (size_t c = 1; kvmtop_plugin_proc.sources[COLLECT].columns[c] != NULL; c++)
            assert_false(known(row, kvmtop_plugin_proc.sources[COLLECT].columns[c]));
        assert_false(known(row, "res"));
        assert_false(known(row, "swap"));
    }
}

/* Cut short: what is whole is there, the rest is unknown. */
static void test_truncated(void **state)
{
    (void)state;
    put("42/stat", "42 (a b) D 1 2 3 4 5 6 77 8 99");
    put("42/io", "syscr: 5\nsyscw: 6\nread_byt");
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "state"), 'D');
    assert_int_equal(value(process(42), "minflt"), 77);
    assert_false(known(process(42), "majflt"));
    assert_false(known(process(42), "cpu"));
    assert_int_equal(value(process(42), "w_log"), 6);
    assert_false(known(process(42), "r_mib"));
    assert_reason("r_mib", "/proc/PID/io");
}

static void test_missing(void **state)
{
    (void)state;
    fake_folder(fake, KVMTOP_DIR_PROC, "41"); /* it has gone between listing and reading */
    put_process(42, &usual);
    fake_folder(fake, KVMTOP_DIR_PROC, "44/stat");
    put("0045/stat", "x");
    put("4294967338/stat", "x");
    put("12x/stat", "x");
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_reason("r_log", "CONFIG_TASK_IO_ACCOUNTING");
    fill(MEMORY);
    assert_int_equal(fake_count(fake, "process", 0), 2);
    assert_null(process(41));
    assert_false(known(process(42), "r_log"));
    assert_false(known(process(44), "state"));
    assert_false(known(process(42), "res"));
    assert_false(known(process(42), "user"));
    fake_remove(fake, KVMTOP_DIR_PROC, "44");
    fake_folder(fake, KVMTOP_DIR_PROC, "42/io");
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "r_log"));
    assert_reason("r_log", "could not be read");
}

static void test_no_proc(void **state)
{
    (void)state;
    put_process(42, &usual);
    assert_int_equal(collect(), 0);
    fake_no_dir(fake, KVMTOP_DIR_PROC);
    assert_true(collect() < 0);
    assert_string_equal(fake->message, "listing /proc: No such file or directory");
    assert_non_null(process(42));
}

/* Out of descriptors: an error, the rows stay, and it goes on afterwards. */
static void test_no_descriptors(void **state)
{
    struct rlimit before, less;
    unsigned failed = 0;

    (void)state;
    put_many();
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (rlim_t n = 3; n < 24; n++) {
        int err;

        less = (struct rlimit){ .rlim_cur = n, .rlim_max = before.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
        err = collect();
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_true(err == 0 || err == -EMFILE);
        failed += err != 0;
        assert_int_equal(fake_count(fake, "process", 0), 40);
        assert_int_equal(fake_count(fake, "process", 1), 120);
    }
    assert_true(failed > 2);
    assert_int_equal(fake->error, -EMFILE);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(thread(1100), "pid"), 100);
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_every_cell), TEST(test_unwanted), TEST(test_threads), TEST(test_wait_off),
        TEST(test_wait_unseen),
        TEST(test_wait_without_sysctl), TEST(test_wait_of_older), TEST(test_wait_of_a_part),
        TEST(test_wait_of_younger), TEST(test_witness), TEST(test_wait_from_boot),
        TEST(test_wait_of_threads), TEST(test_wait_unread), TEST(test_exec), TEST(test_young),
        TEST(test_coming_and_going), TEST(test_only), TEST(test_slices), TEST(test_abandoned),
        TEST(test_garbage), TEST(test_truncated), TEST(test_missing), TEST(test_no_proc),
        TEST(test_no_descriptors), TEST(test_command), TEST(test_long_command),
        TEST(test_many_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
