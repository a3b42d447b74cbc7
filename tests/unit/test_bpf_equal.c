/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the plugin bpf finds, by either way, is what the plugin proc finds: cell by cell, over a
 * fleet of stopped processes and their threads.  Not close: equal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <pthread.h>
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

#include "fake_host.h"

#define MS 1000000u
#define TICK 10000000u          /* ns, where clock_ticks is 100 */

extern const struct kvmtop_plugin kvmtop_plugin_bpf, kvmtop_plugin_proc;

/* ---- what the fleet has done ---- */

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * MS }, NULL);
}

static void burn(uint64_t ns)
{
    struct timespec ts;
    uint64_t now, end = 0;

    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
        now = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
        end = end == 0 ? now + ns : end;
    } while (now < end);
}

/* Calls and bytes, read and written, and pages touched for the first time. */
static void work(void)
{
    char path[] = "/var/tmp/kvmtop-test-XXXXXX", buf[16384];
    int fd = mkstemp(path);
    char *fresh = malloc(1 << 20);

    memset(buf, 'x', sizeof buf);
    unlink(path);
    for (int i = 0; i < 20 && fresh != NULL; i++) {
        if (pwrite(fd, buf, sizeof buf, i * (off_t)sizeof buf) < 0 ||
            pread(fd, buf, sizeof buf, 0) < 0)
            break;
        fresh[i * 50000] = 1;
    }
    fdatasync(fd);
    close(fd);
    free(fresh);
    burn(3 * MS);
}

static void *work_and_end(void *unused)
{
    work();
    return unused;
}

static pthread_barrier_t all_worked;    /* of a process's threads that stay, and its main one */

static void *work_and_stay(void *name)
{
    prctl(PR_SET_NAME, name);
    work();
    pthread_barrier_wait(&all_worked);
    for (;;)
        pause();
    return NULL;
}

static void begin_thread(pthread_t *thread, void *(*run)(void *), const char *name)
{
    if (pthread_create(thread, NULL, run, (void *)(uintptr_t)name) != 0)
        _exit(1);
}

static void be_threaded(void)
{
    pthread_t thread;

    pthread_barrier_init(&all_worked, NULL, 3);
    begin_thread(&thread, work_and_stay, "CPU 0/KVM");
    begin_thread(&thread, work_and_stay, "a) R (b");
    for (int i = 0; i < 5; i++) {
        begin_thread(&thread, work_and_end, NULL);
        pthread_join(thread, NULL);
    }
    pthread_barrier_wait(&all_worked);
}

static void be_renamed(void)
{
    prctl(PR_SET_NAME, "0123456789abcdef");
    if (setpriority(PRIO_PROCESS, 0, 7) < 0)
        _exit(1);
}

static void be_somebody(void)
{
    work();
    if (setresuid(65534, 65534, 65534) < 0)
        _exit(1);
}

static int ready_to;

static void tell_ready(void)
{
    if (write(ready_to, "r", 1) != 1)
        _exit(1);
}

static void *outlive_main(void *unused)
{
    pause_ms(50);
    work();
    tell_ready();
    for (;;)
        pause();
    return unused;
}

static void lose_the_leader(void)
{
    pthread_t thread;

    work();
    begin_thread(&thread, outlive_main, NULL);
    pthread_exit(NULL);
}

static void be_a_zombie(void)
{
    work();
    tell_ready();
    _exit(0);
}

static void (*const kinds[])(void) = {
    work, be_threaded, be_renamed, be_somebody, lose_the_leader, be_a_zombie,
};

enum { NKINDS = sizeof kinds / sizeof kinds[0], ZOMBIE = NKINDS - 1 };

/* ---- the fleet ---- */

static uint64_t fleet[NKINDS];  /* PIDs */

static pid_t launch(void (*kind)(void))
{
    int up[2];
    char answer;
    pid_t pid;

    assert_int_equal(pipe(up), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(up[0]);
        ready_to = up[1];
        kind();
        tell_ready();
        for (;;)
            pause();
    }
    close(up[1]);
    assert_int_equal(read(up[0], &answer, 1), 1);
    close(up[0]);
    return pid;
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static int launch_fleet(void **state)
{
    (void)state;
    for (int i = 0; i < NKINDS; i++) {
        fleet[i] = (uint64_t)launch(kinds[i]);
        if (i != ZOMBIE)
            assert_int_equal(kill((pid_t)fleet[i], SIGSTOP), 0);
    }
    qsort(fleet, NKINDS, sizeof fleet[0], compare_ids);
    return 0;
}

static int end_fleet(void **state)
{
    (void)state;
    for (int i = 0; i < NKINDS; i++)
        kill((pid_t)fleet[i], SIGKILL);
    for (int i = 0; i < NKINDS; i++)
        waitpid((pid_t)fleet[i], NULL, 0);
    return 0;
}

/* ---- comparing ---- */

static struct fake_host *open_source(const struct kvmtop_plugin *plugin, const char *way)
{
    struct fake_host *fake = fake_host_new();

    fake_live(fake);
    fake->children = true;
    fake->only = fleet;
    fake->nonly = NKINDS;
    if (way != NULL)
        fake_option(fake, "way", way);
    if (fake_open(fake, plugin) != 0)
        fail_msg("%s: %s", plugin->name, fake->message);
    return fake;
}

static void collect(struct fake_host *fake)
{
    assert_int_equal(fake_collect(fake, &fake->plugin->sources[0]), 0);
}

struct difference {
    char text[300];
    bool found;
};

static void note(struct difference *difference, const struct fake_row *row, const char *column,
                 const char *what)
{
    difference->found = true;
    snprintf(difference->text, sizeof difference->text, "%s %llu: %s: %s",
             row->kind == 0 ? "process" : "thread", (unsigned long long)row->id, column, what);
}

/* Where one can't know it: taskstats by TGID leave out who ended but was not reaped; whose delays
 * are counted only the task itself tells. */
static bool may_differ(struct fake_host *fake, const struct fake_row *row, const char *column)
{
    bool zombie = fake_known(fake, row, "state") && fake_u64(fake, row, "state") == 'Z';

    return strcmp(column, "wait") == 0 || (strcmp(column, "rundelay") == 0 && zombie);
}

static void compare_cell(struct fake_host *a, const struct fake_row *x, struct fake_host *b,
                         const struct fake_row *y, const char *column,
                         struct difference *difference)
{
    bool known = fake_known(a, x, column), other = fake_known(b, y, column);
    char what[120];
    uint64_t u, v;

    if (known != other && !may_differ(a, x, column))
        note(difference, x, column, known ? "known, and unknown" : "unknown, and known");
    if (!known || !other)
        return;
    if (strcmp(column, "user") == 0 || strcmp(column, "comm") == 0 ||
        strcmp(column, "class") == 0) {
        if (strcmp(fake_text(a, x, column), fake_text(b, y, column)) != 0)
            note(difference, x, column, fake_text(b, y, column));
        return;
    }
    u = fake_u64(a, x, column);
    v = fake_u64(b, y, column);
    if (strcmp(column, "guest") == 0 || (strcmp(column, "wait") == 0 && x->kind == 1)) {
        u -= u % TICK;          /* stat files have no more */
        v -= v % TICK;
    }
    if (u == v)
        return;
    snprintf(what, sizeof what, "%llu, and %llu", (unsigned long long)u, (unsigned long long)v);
    note(difference, x, column, what);
}

static void compare_rows(struct fake_host *a, struct fake_host *b, struct difference *difference)
{
    const char *const *columns = kvmtop_plugin_bpf.sources[0].columns;

    difference->found = false;
    for (size_t i = 0; i < a->nrows && !difference->found; i++) {
        const struct fake_row *x = a->rows[i], *y = fake_row(b, "process", x->kind, x->id);

        if (y == NULL || x->birth != y->birth || x->flags != y->flags)
            note(difference, x, "row", "missing, or of another birth or flags");
        for (size_t c = 0; columns[c] != NULL && !difference->found; c++)
            compare_cell(a, x, b, y, columns[c], difference);
    }
    if (!difference->found && a->nrows != b->nrows) {
        difference->found = true;
        snprintf(difference->text, sizeof difference->text, "%zu rows, and %zu", a->nrows,
                 b->nrows);
    }
}

/* A signal takes a while to stop all threads: until then figures may differ. */
static void assert_equal(struct fake_host *a, struct fake_host *b)
{
    struct difference difference = { .found = true };

    for (int i = 0; i < 40 && difference.found; i++) {
        if (i > 0)
            pause_ms(25);
        collect(a);
        collect(b);
        compare_rows(a, b, &difference);
    }
    if (difference.found)
        fail_msg("%s", difference.text);
}

/* Nothing that is compared is trivial. */
static void assert_worth_it(struct fake_host *fake)
{
    static const char *const columns[] = {
        "cpu", "r_log", "w_log", "w_mib", "minflt", "rundelay", "threads", "user", "comm",
        "vcpus", "vcpu_cpu", "emu_cpu", "steal", "vm_state",
    };
    const struct fake_row *row = NULL;
    unsigned stolen = 0;        /* threads with a steal time: the vCPU */

    for (size_t i = 0; i < fake->nrows; i++)
        stolen += fake->rows[i]->kind == 1 && fake_known(fake, fake->rows[i], "steal");
    assert_int_equal(stolen, 1);
    for (size_t i = 0; i < fake->nrows; i++)
        if (fake->rows[i]->kind == 0 && fake_u64(fake, fake->rows[i], "threads") == 3)
            row = fake->rows[i];
    assert_non_null(row);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        assert_true(fake_known(fake, row, columns[i]));
    assert_true(fake_u64(fake, row, "cpu") > 7 * 3 * MS);
    assert_true(fake_u64(fake, row, "vcpu_cpu") + fake_u64(fake, row, "emu_cpu") +
                    fake_u64(fake, row, "io_cpu") + fake_u64(fake, row, "vhost_cpu") ==
                fake_u64(fake, row, "cpu"));
    assert_true(fake_u64(fake, row, "w_log") > 7 * 20);
    assert_int_equal(fake_count(fake, "process", 0), NKINDS);
    assert_int_equal(fake_count(fake, "process", 1), NKINDS + 3);
}

static void compare_with(const struct kvmtop_plugin *plugin, const char *way, const char *other)
{
    struct fake_host *a = open_source(&kvmtop_plugin_bpf, way);
    struct fake_host *b = open_source(plugin, other);

    assert_equal(a, b);
    assert_worth_it(a);
    fake_host_free(b);
    fake_host_free(a);
}

static void test_walk_and_proc(void **state)
{
    (void)state;
    compare_with(&kvmtop_plugin_proc, "walk", NULL);
}

static void test_iter_and_proc(void **state)
{
    (void)state;
    compare_with(&kvmtop_plugin_proc, "iter", NULL);
}

static void test_walk_and_iter(void **state)
{
    (void)state;
    compare_with(&kvmtop_plugin_bpf, "walk", "iter");
}

static bool skips(const char *way)
{
    struct fake_host *fake = fake_host_new();
    int r;

    fake_live(fake);
    fake_option(fake, "way", way);
    r = fake_open(fake, &kvmtop_plugin_bpf);
    if (r != 0)
        printf("skipped, way %s: %s\n", way, fake->message);
    fake_host_free(fake);
    return r != 0;
}

int main(void)
{
    static const struct CMUnitTest with_walk[] = {
        cmocka_unit_test(test_walk_and_proc),
        cmocka_unit_test(test_walk_and_iter),
    }, with_iter[] = {
        cmocka_unit_test(test_iter_and_proc),
    };
    int failed = 0;

    if (skips("iter"))
        return 77;
    failed += cmocka_run_group_tests(with_iter, launch_fleet, end_fleet);
    if (!skips("walk"))
        failed += cmocka_run_group_tests(with_walk, launch_fleet, end_fleet);
    return failed;
}
