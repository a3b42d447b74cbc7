/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc on the running kernel: CPU clocks, what is kept unread, threads, exec. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_host.h"
#include "lib/cpu_clock.h"
#include "lib/wait_leap.h"

#define MS 1000000u

extern const struct kvmtop_plugin kvmtop_plugin_proc;

static struct fake_host *fake;
static uint64_t only[4];

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake_live(fake);
    fake->only = only;
    assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

/* A round over these processes alone, ascending. */
static void collect(uint32_t n)
{
    fake->nonly = n;
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_proc.sources[0]), 0);
}

static struct fake_row *process(int pid)
{
    return fake_row(fake, "process", 0, (uint64_t)pid);
}

static uint64_t value(const struct fake_row *row, const char *column)
{
    return fake_u64(fake, row, column);
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void burn(uint64_t ns)
{
    uint64_t end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + ns;

    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end)
        ;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * MS }, NULL);
}

/* A child that sleeps until its pipe says: 'b' burn, 't' another thread, 'e' exec, 'n' rename. */
struct child {
    pid_t pid;
    int to, from;
};

static void *sleeper(void *unused)
{
    prctl(PR_SET_NAME, "CPU 0/KVM");
    for (;;)
        pause();
    return unused;
}

static void obey(char order)
{
    pthread_t thread;

    if (order == 'b')
        burn(50 * MS);
    if (order == 't')
        pthread_create(&thread, NULL, sleeper, NULL);
    if (order == 'n')
        prctl(PR_SET_NAME, "other name");
    if (order == 'e')
        execlp("sleep", "kvm", "60", (char *)NULL);
    if (order == 'q')
        _exit(0);
}

static _Noreturn void child_main(int from, int to)
{
    char order;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (read(from, &order, 1) == 1) {
        obey(order);
        pause_ms(20);           /* so that a new thread is asleep */
        if (write(to, "k", 1) != 1)
            break;
    }
    _exit(1);
}

static void order(const struct child *child, char what)
{
    char answer;

    assert_int_equal(write(child->to, &what, 1), 1);
    if (what != 'e' && what != 'q')
        assert_int_equal(read(child->from, &answer, 1), 1);
    pause_ms(30);               /* until it sleeps again */
}

static struct child spawn(void)
{
    struct child child;
    int down[2], up[2];

    assert_int_equal(pipe(down), 0);
    assert_int_equal(pipe(up), 0);
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        close(down[1]);
        close(up[0]);
        child_main(down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    child.to = down[1];
    child.from = up[0];
    only[0] = (uint64_t)child.pid;
    order(&child, '-');
    return child;
}

static void reap(const struct child *child)
{
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    close(child->to);
    close(child->from);
}

/* ---- tests ---- */

static void test_own_cpu(void **state)
{
    uint64_t begun, before, after, shown;

    (void)state;
    only[0] = (uint64_t)getpid();
    burn(20 * MS);
    begun = clock_ns(CLOCK_MONOTONIC);
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    collect(1);
    after = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    shown = value(process(getpid()), "cpu");
    assert_in_range(shown, before, after);
    assert_int_equal(value(process(getpid()), "state"), 'R');
    assert_true(fake_known(fake, process(getpid()), "r_log"));
    assert_in_range(process(getpid())->time, begun, clock_ns(CLOCK_MONOTONIC));
}

static void test_rested_is_kept(void **state)
{
    struct child child = spawn();
    uint64_t cpu;
    unsigned kept = 0;

    (void)state;
    collect(1);
    assert_false(process(child.pid)->kept);
    cpu = value(process(child.pid), "cpu");
    for (unsigned i = 0; i < 64; i++) {
        collect(1);
        kept += process(child.pid)->kept;
        assert_int_equal(value(process(child.pid), "cpu"), cpu);
    }
    assert_int_equal(kept, 62); /* and read anew every 32 rounds */
    order(&child, 'b');
    collect(1);
    assert_false(process(child.pid)->kept);
    assert_in_range(value(process(child.pid), "cpu") - cpu, 50 * MS, 200 * MS);
    reap(&child);
    collect(1);
    assert_null(process(child.pid));
}

static bool want_delay;

static bool all_but_delay(const char *column)
{
    return want_delay || strcmp(column, "rundelay") != 0;
}

/* A column that nobody wanted before has to be read. */
static void test_newly_wanted(void **state)
{
    struct child child = spawn();

    (void)state;
    fake->wants = all_but_delay;
    want_delay = false;
    collect(1);
    collect(1);
    assert_true(process(child.pid)->kept);
    assert_false(fake_known(fake, process(child.pid), "rundelay"));
    want_delay = true;
    collect(1);
    assert_false(process(child.pid)->kept);
    assert_true(fake_known(fake, process(child.pid), "rundelay"));
    want_delay = false;
    collect(1);
    assert_true(process(child.pid)->kept);
    reap(&child);
}

static void test_threads(void **state)
{
    struct child child = spawn();
    uint64_t tid = 0;

    (void)state;
    fake->children = true;
    order(&child, 't');
    collect(1);
    assert_int_equal(fake_count(fake, "process", 1), 2);
    for (size_t i = 0; i < fake->nrows; i++)
        if (fake->rows[i]->kind == 1 && fake->rows[i]->id != (uint64_t)child.pid)
            tid = fake->rows[i]->id;
    assert_string_equal(fake_text(fake, fake_row(fake, "process", 1, tid), "comm"), "CPU 0/KVM");
    collect(1);
    assert_true(fake_row(fake, "process", 1, tid)->kept);
    /* The main thread runs: the other one's row is kept all the same. */
    order(&child, 'b');
    collect(1);
    assert_false(process(child.pid)->kept);
    assert_false(fake_row(fake, "process", 1, (uint64_t)child.pid)->kept);
    assert_true(fake_row(fake, "process", 1, tid)->kept);
    /* Away and back: they are read anew. */
    fake->children = false;
    collect(1);
    assert_int_equal(fake_count(fake, "process", 1), 0);
    assert_true(process(child.pid)->kept);
    fake->children = true;
    collect(1);
    assert_int_equal(fake_count(fake, "process", 1), 2);
    assert_int_equal(fake_row(fake, "process", 1, tid)->parent, process(child.pid)->ref);
    order(&child, 't');
    collect(1);
    assert_int_equal(fake_count(fake, "process", 1), 3);
    assert_int_equal(value(process(child.pid), "threads"), 3);
    reap(&child);
}

/* A page of details shows one process's threads: the others' aren't read. */
static void test_threads_of_one(void **state)
{
    struct child first = spawn(), child = spawn();

    (void)state;
    only[first.pid < child.pid ? 0 : 1] = (uint64_t)first.pid;
    only[first.pid < child.pid ? 1 : 0] = (uint64_t)child.pid;
    order(&first, 't');
    order(&child, 't');
    fake->children = true;
    fake->children_of = (uint64_t)first.pid;
    for (int i = 0; i < 2; i++) {
        collect(2);
        assert_int_equal(fake_count(fake, "process", 1), 2);
        assert_non_null(fake_row(fake, "process", 1, (uint64_t)first.pid));
    }
    assert_true(process(child.pid)->kept);
    /* On to another one, and to all. */
    fake->children_of = (uint64_t)child.pid;
    collect(2);
    assert_int_equal(fake_count(fake, "process", 1), 2);
    assert_non_null(fake_row(fake, "process", 1, (uint64_t)child.pid));
    assert_true(process(first.pid)->kept);
    fake->children_of = 0;
    collect(2);
    assert_int_equal(fake_count(fake, "process", 1), 4);
    reap(&first);
    reap(&child);
}

static void test_exec_and_rename(void **state)
{
    struct child child = spawn();

    (void)state;
    collect(1);
    order(&child, 'b');
    collect(1);                 /* it was young: this may be its exec */
    order(&child, 'b');
    collect(1);
    assert_false(process(child.pid)->changed);
    order(&child, 'n');
    collect(1);
    assert_true(process(child.pid)->changed);
    assert_string_equal(fake_text(fake, process(child.pid), "comm"), "other name");
    order(&child, 'e');
    for (unsigned i = 0; i < 100 && strcmp(fake_text(fake, process(child.pid), "comm"), "sleep");
         i++) {
        pause_ms(10);
        collect(1);
    }
    assert_string_equal(fake_text(fake, process(child.pid), "comm"), "sleep");
    assert_true(process(child.pid)->changed);
    collect(1);
    reap(&child);
}

static void test_zombie(void **state)
{
    struct child child = spawn();

    (void)state;
    fake->children = true;
    collect(1);
    order(&child, 'q');
    for (unsigned i = 0; i < 3; i++) {
        collect(1);
        assert_int_equal(value(process(child.pid), "state"), 'Z');
        assert_true(fake_known(fake, process(child.pid), "cpu"));
    }
    reap(&child);
}

/* Slices on the real clock: however short they are, the round ends. */
static void test_everything(void **state)
{
    (void)state;
    fake->children = true;
    fake->deadline = 1;
    collect(0);
    assert_true(fake_count(fake, "process", 0) >= 1);
    assert_true(fake_count(fake, "process", 1) >= fake_count(fake, "process", 0));
    collect(0);
}

static void close_netlink(void)
{
    for (int fd = 3; fd < 64; fd++) {
        struct sockaddr_storage address;
        socklen_t len = sizeof address;

        if (getsockname(fd, (struct sockaddr *)&address, &len) == 0 &&
            address.ss_family == AF_NETLINK)
            close(fd);
    }
}

/* Where taskstats fails in the middle of it all, the threads' files take over. */
static void test_lost_taskstats(void **state)
{
    struct child child = spawn();
    uint64_t before;

    (void)state;
    collect(1);
    before = value(process(child.pid), "rundelay");
    order(&child, 'b');
    close_netlink();
    collect(1);
    assert_true(value(process(child.pid), "rundelay") >= before);
    collect(1);
    assert_true(fake_known(fake, process(child.pid), "rundelay"));
    reap(&child);
}

static void test_clock(void **state)
{
    uint64_t ns = 0;

    (void)state;
    assert_int_equal(cpu_clock_read(getpid(), &ns), 0);
    assert_true(ns > 0);
    assert_int_equal(cpu_clock_read(4194303, &ns), -EINVAL);
}

static void test_leaps(void **state)
{
    const uint64_t s = 1000000000, day = 86400 * s;

    (void)state;
    assert_true(wait_leaps(day, 5 * s, 4, day));
    assert_true(wait_leaps(day + 5 * s, 5 * s, 64, day));
    assert_true(wait_leaps(3 * day, 5 * s, 1, day));
    /* A hung disk that comes back after an hour is honest. */
    assert_false(wait_leaps(3600 * s, 5 * s, 1, day));
    assert_false(wait_leaps(4 * 3600 * s, 5 * s, 16, day));
    /* Soon after boot many threads can wait that long together. */
    assert_false(wait_leaps(64 * s, s, 64, 60 * s));
    assert_false(wait_leaps(0, 0, 0, day));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_own_cpu), TEST(test_rested_is_kept), TEST(test_newly_wanted),
        TEST(test_threads), TEST(test_threads_of_one), TEST(test_exec_and_rename),
        TEST(test_zombie), TEST(test_everything), TEST(test_lost_taskstats),
        cmocka_unit_test(test_clock), cmocka_unit_test(test_leaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
