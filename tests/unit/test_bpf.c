/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin bpf on the running kernel, by both ways: against what the kernel says elsewhere, and
 * with tasks that come and go meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bpf/sampler.h"
#include "fake_host.h"
#include "lib/cpu_clock.h"

#define MS 1000000u

extern const struct kvmtop_plugin kvmtop_plugin_bpf;

static const char *way;         /* of the tests that are running */
static struct fake_host *fake;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake_live(fake);
    fake_option(fake, "way", way);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

static void open_plugin(void)
{
    if (fake_open(fake, &kvmtop_plugin_bpf) != 0)
        fail_msg("%s", fake->message);
}

static void collect(void)
{
    if (fake_collect(fake, &kvmtop_plugin_bpf.sources[0]) != 0)
        fail_msg("%s", fake->message);
}

static struct fake_row *process(pid_t pid)
{
    return fake_row(fake, "process", 0, (uint64_t)pid);
}

static uint64_t value(const struct fake_row *row, const char *column)
{
    assert_non_null(row);
    return fake_u64(fake, row, column);
}

static const struct sampler *sampler(void)
{
    return fake->state;
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

/* A child that does this, over and over, until it is told to end. */
static pid_t launch(void (*work)(void))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        work();
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void *sleep_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

static int nthreads;            /* of be_many(), besides its first */

static void be_many(void)
{
    pthread_attr_t small;
    pthread_t thread;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    for (int i = 0; i < nthreads; i++)
        if (pthread_create(&thread, &small, sleep_for_ever, NULL) != 0)
            _exit(1);
    for (;;)
        pause();
}

/* Processes with so many threads each, and only they are looked at. */
static uint64_t many[3];

static int compare_ids(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void launch_many(unsigned n, int threads)
{
    nthreads = threads;
    for (unsigned i = 0; i < n; i++)
        many[i] = (uint64_t)launch(be_many);
    qsort(many, n, sizeof many[0], compare_ids); /* IDs may have begun again from the bottom */
    fake->only = many;
    fake->nonly = n;
    fake->children = false;
    for (unsigned i = 0; i < n; i++) {
        do {
            pause_ms(10);
            collect();
        } while (value(process((pid_t)many[i]), "threads") <= (unsigned)threads);
    }
    fake->children = true;
}

static void end_many(void)
{
    for (unsigned i = 0; i < fake->nonly; i++)
        end((pid_t)many[i]);
}

/* ---- ourselves ---- */

struct own_figures {
    unsigned long long syscr, syscw, read_bytes, write_bytes;
};

static void read_own(struct own_figures *own)
{
    FILE *file = fopen("/proc/self/io", "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "rchar: %*u wchar: %*u syscr: %llu syscw: %llu "
                            "read_bytes: %llu write_bytes: %llu", &own->syscr, &own->syscw,
                            &own->read_bytes, &own->write_bytes), 4);
    fclose(file);
}

static void assert_between(uint64_t low, uint64_t middle, uint64_t high)
{
    assert_true(low <= middle);
    assert_true(middle <= high);
}

static void test_own_figures(void **state)
{
    struct own_figures before, after;
    uint64_t run[2] = { 0 }, time[2];
    struct fake_row *row;

    (void)state;
    open_plugin();
    burn(5 * MS);
    collect();                  /* its own growing over with */
    time[0] = clock_ns(CLOCK_MONOTONIC);
    read_own(&before);
    assert_int_equal(cpu_clock_read(getpid(), &run[0]), 0);
    collect();
    assert_int_equal(cpu_clock_read(getpid(), &run[1]), 0);
    read_own(&after);
    time[1] = clock_ns(CLOCK_MONOTONIC);
    row = process(getpid());
    assert_between(before.syscr, value(row, "r_log"), after.syscr);
    assert_between(before.syscw, value(row, "w_log"), after.syscw);
    assert_between(before.read_bytes, value(row, "r_mib"), after.read_bytes);
    assert_between(before.write_bytes, value(row, "w_mib"), after.write_bytes);
    assert_between(time[0], row->time, time[1]);
    assert_true(value(row, "cpu") > 0);
    assert_true(value(row, "cpu") <= run[1]);
    assert_int_equal(value(row, "state"), 'R');
    assert_int_equal(value(row, "threads"), 1);
}

/* ---- all of them ---- */

static void test_kernel_threads_and_we_are_there(void **state)
{
    (void)state;
    open_plugin();
    collect();
    assert_non_null(process(getpid()));
    assert_int_equal(process(2)->flags, KVMTOP_ROW_HIDDEN);
    assert_string_equal(fake_text(fake, process(2), "comm"), "kthreadd");
    assert_int_equal(fake_count(fake, "process", 1), 0);
}

static void test_only_those_asked_for(void **state)
{
    uint64_t self = (uint64_t)getpid();

    (void)state;
    fake->only = &self;
    fake->nonly = 1;
    fake->children = true;
    open_plugin();
    collect();
    assert_int_equal(fake->nrows, 2);
    assert_non_null(process(getpid()));
}

static volatile sig_atomic_t told;

static void on_order(int signal)
{
    told = signal;
}

static void exec_when_told(void)
{
    while (!told)
        pause_ms(5);
    execlp("sleep", "sleep", "60", (char *)NULL);
    _exit(1);
}

static void test_exec_is_noticed(void **state)
{
    bool changed = false;

    (void)state;
    signal(SIGUSR1, on_order);  /* in time for the child */
    pid_t pid = launch(exec_when_told);
    open_plugin();
    collect();
    collect();                  /* young processes are looked at twice anyway */
    collect();
    assert_false(process(pid)->changed);
    kill(pid, SIGUSR1);
    for (int i = 0; i < 200 && !changed; i++) {
        pause_ms(10);
        collect();
        changed = process(pid)->changed;
    }
    assert_true(changed);
    assert_string_equal(fake_text(fake, process(pid), "comm"), "sleep");
    end(pid);
}

enum { CALLS = 100 };
static sigset_t orders;         /* blocked, and so kept until they are waited for */

static void read_when_told(void)
{
    char byte;
    int fd = open("/dev/zero", O_RDONLY), order;

    sigwait(&orders, &order);
    for (int i = 0; i < CALLS; i++)
        if (read(fd, &byte, 1) != 1)
            _exit(1);
    close(fd);
}

static uint64_t reads_of(pid_t pid)
{
    collect();
    return value(process(pid), "r_log");
}

/* Of one that sleeps all stays but what others change; what it does when it wakes counts, and once. */
static void test_asleep(void **state)
{
    (void)state;
    sigemptyset(&orders);
    sigaddset(&orders, SIGUSR1);
    sigprocmask(SIG_BLOCK, &orders, NULL);
    pid_t pid = launch(read_when_told);
    sigprocmask(SIG_UNBLOCK, &orders, NULL);
    open_plugin();
    pause_ms(50);
    uint64_t before = reads_of(pid), birth = process(pid)->birth;
    assert_int_equal(reads_of(pid), before);
    assert_int_equal(setpriority(PRIO_PROCESS, (id_t)pid, 7), 0);
    collect();
    assert_int_equal(fake_i64(fake, process(pid), "nice"), 7);
    assert_int_equal(value(process(pid), "state"), 'S');
    for (int i = 1; i <= 3; i++) {
        kill(pid, SIGUSR1);
        for (int wait = 0; wait < 200 && reads_of(pid) < before + (unsigned)i * CALLS; wait++)
            pause_ms(10);
        assert_int_equal(reads_of(pid), before + (unsigned)i * CALLS);
    }
    assert_int_equal(process(pid)->birth, birth);
    assert_true(fake_known(fake, process(pid), "rundelay"));
    end(pid);
}

/* ---- those that come and go ---- */

static void *burn_and_end(void *unused)
{
    burn(MS / 5);
    return unused;
}

/* Threads that live for a moment, and leave what they ran to the process. */
static void churn(void)
{
    pthread_t thread[4];

    for (int i = 0; i < 4; i++)
        if (pthread_create(&thread[i], NULL, burn_and_end, NULL) != 0)
            _exit(1);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    pause_ms(1);
}

/* Whatever is said of it lies between what its clock says before and after. */
static void test_ended_threads_count_once(void **state)
{
    pid_t pid = launch(churn);
    uint64_t only = (uint64_t)pid;
    unsigned known = 0, rounds = 300;

    (void)state;
    fake->only = &only;
    fake->nonly = 1;
    open_plugin();
    pause_ms(50);
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t before = 0, after = 0;

        assert_int_equal(cpu_clock_read(pid, &before), 0);
        collect();
        assert_int_equal(cpu_clock_read(pid, &after), 0);
        if (!fake_known(fake, process(pid), "cpu"))
            continue;
        known++;
        assert_between(before, value(process(pid), "cpu"), after);
    }
    printf("known in %u of %u rounds\n", known, rounds);
    assert_true(known > rounds / 2);
    end(pid);
}

static void fork_some(void)
{
    pid_t pid[8];

    for (int i = 0; i < 8; i++) {
        pid[i] = fork();
        if (pid[i] == 0) {
            if (i % 2 == 0)
                execl("/bin/true", "true", (char *)NULL);
            _exit(0);
        }
    }
    for (int i = 0; i < 8; i++)
        if (pid[i] > 0)
            waitpid(pid[i], NULL, 0);
}

static void test_fork_storm(void **state)
{
    pid_t storm[2] = { launch(fork_some), launch(fork_some) };
    uint64_t until = clock_ns(CLOCK_MONOTONIC) + 1000 * (uint64_t)MS;

    (void)state;
    fake->children = true;
    fake_option(fake, "room", "16");
    open_plugin();
    while (clock_ns(CLOCK_MONOTONIC) < until) {
        fake->deadline = clock_ns(CLOCK_MONOTONIC) + MS / 5;
        collect();
        assert_non_null(process(getpid()));
        assert_non_null(process(storm[0]));
        assert_true(fake_known(fake, process(getpid()), "cpu"));
    }
    end(storm[0]);
    end(storm[1]);
}

/* More than there is room for: it grows, and nothing is missing; and then there are less again. */
static void test_a_burst_of_tasks(void **state)
{
    (void)state;
    fake_option(fake, "room", "16");
    open_plugin();
    launch_many(1, 1000);
    collect();
    assert_int_equal(fake_count(fake, "process", 1), 1001);
    end_many();
    collect();
    assert_int_equal(fake->nrows, 0);
}

/* Rows come in slices when the time is up. */
static void test_slices(void **state)
{
    (void)state;
    open_plugin();
    launch_many(3, 100);
    fake->deadline = 1;
    collect();
    assert_true(fake->calls > 1);
    assert_int_equal(fake_count(fake, "process", 0), 3);
    assert_int_equal(fake_count(fake, "process", 1), 303);
    end_many();
}

/* The iterator takes a descriptor for each walk; without one the round fails, and the next may
 * do.  The walk needs none. */
static void test_no_descriptors_left(void **state)
{
    struct rlimit limit, none;
    int r;

    (void)state;
    open_plugin();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){ .rlim_cur = 0, .rlim_max = limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    r = fake_collect(fake, &kvmtop_plugin_bpf.sources[0]);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(r, strcmp(way, "iter") == 0 ? -EMFILE : 0);
    if (r < 0)
        assert_string_equal(fake->message, "walking over the tasks: Too many open files");
    collect();
    assert_non_null(process(getpid()));
}

/* ---- ways and refusals ---- */

static void test_too_many_for_one_walk(void **state)
{
    (void)state;
    fake_option(fake, "way", "auto");
    fake_option(fake, "walk_tasks", "10");
    open_plugin();
    collect();
    collect();
    assert_int_equal(walker_way(sampler()->walker), WALKER_ITER);
    assert_non_null(process(getpid()));
    fake_close(fake);
    fake_option(fake, "walk_tasks", "1000000");
    open_plugin();
    collect();
    assert_int_equal(walker_way(sampler()->walker), WALKER_WALK);
}

static void refuse(const char *part)
{
    assert_true(fake_open(fake, &kvmtop_plugin_bpf) < 0);
    if (strstr(fake->message, part) == NULL)
        fail_msg("%s", fake->message);
}

static void test_not_of_a_recorded_host(void **state)
{
    (void)state;
    fake->host.live = false;
    refuse("recorded host");
}

static void test_unknown_way(void **state)
{
    (void)state;
    fake_option(fake, "way", "sideways");
    refuse("auto, walk or iter");
}

/* What the child exits with is the test's result. */
static void in_child(void (*test)(void))
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        test();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void expect_refusal(const char *part)
{
    if (fake_open(fake, &kvmtop_plugin_bpf) == 0 || strstr(fake->message, part) == NULL) {
        fprintf(stderr, "not '%s' but '%s'\n", part, fake->message);
        _exit(1);
    }
}

static void open_without_rights(void)
{
    if (setresuid(65534, 65534, 65534) < 0)
        _exit(2);
    expect_refusal("CAP_BPF");
}

static void test_without_rights(void **state)
{
    (void)state;
    in_child(open_without_rights);
}

static void open_in_pid_namespace(void)
{
    int status;
    pid_t pid;

    if (unshare(CLONE_NEWPID) < 0)
        _exit(2);
    pid = fork();
    if (pid == 0) {
        expect_refusal("namespace");
        _exit(0);
    }
    _exit(waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1);
}

static void test_in_a_pid_namespace(void **state)
{
    (void)state;
    in_child(open_in_pid_namespace);
}

/* ---- */

static bool is_there(const char *which)
{
    int r;

    way = which;
    set_up(NULL);
    r = fake_open(fake, &kvmtop_plugin_bpf);
    if (r != 0)
        printf("skipped, way %s: %s\n", way, fake->message);
    tear_down(NULL);
    return r == 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest either_way[] = {
        TEST(test_own_figures),
        TEST(test_kernel_threads_and_we_are_there),
        TEST(test_only_those_asked_for),
        TEST(test_exec_is_noticed),
        TEST(test_asleep),
        TEST(test_ended_threads_count_once),
        TEST(test_fork_storm),
        TEST(test_a_burst_of_tasks),
        TEST(test_slices),
        TEST(test_no_descriptors_left),
        TEST(test_not_of_a_recorded_host),
        TEST(test_unknown_way),
        TEST(test_without_rights),
        TEST(test_in_a_pid_namespace),
    }, both_ways[] = {
        TEST(test_too_many_for_one_walk),
    };
    int failed = 0;

    if (!is_there("iter"))
        return 77;
    failed += cmocka_run_group_tests(either_way, NULL, NULL);
    if (!is_there("walk"))
        return failed;
    failed += cmocka_run_group_tests(either_way, NULL, NULL);
    return failed + cmocka_run_group_tests(both_ways, NULL, NULL);
}
