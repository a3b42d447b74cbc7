/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc on VMMs: threads by what they do, sums of them, vhost's kernel threads, memory
 * in merged and huge pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_host.h"

#define SECOND 1000000000u

extern const struct kvmtop_plugin kvmtop_plugin_proc;

enum { COLLECT, PAGES = 3 };    /* the plugin's sources */

static struct fake_host *fake;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
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

/* folder: "PID" or "PID/task/TID".  run, delay: ns; the clock ticks of stat say as much. */
static void put_task(const char *folder, const char *comm, char state, unsigned flags,
                     unsigned threads, unsigned long long run, unsigned long long delay)
{
    char path[64], text[512];

    snprintf(path, sizeof path, "%s/stat", folder);
    snprintf(text, sizeof text,
             "1 (%s) %c 1 1 1 0 -1 %u 0 0 0 0 %llu 0 0 0 20 0 %u 0 5000 1048576 32 "
             "18446744073709551615 4096 0 0 0 0 0 0 0 0 1 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
             comm, state, flags, run / 10000000, threads);
    put(path, text);
    snprintf(path, sizeof path, "%s/schedstat", folder);
    snprintf(text, sizeof text, "%llu %llu 7\n", run, delay);
    put(path, text);
}

/* Of less CPU time than a clock tick. */
static void put_process(int pid, const char *comm, unsigned threads)
{
    char folder[32];

    snprintf(folder, sizeof folder, "%d", pid);
    put_task(folder, comm, 'S', 4194560, threads, 0, 0);
}

static void put_thread(int pid, int tid, const char *comm, char state, unsigned long long run,
                       unsigned long long delay)
{
    char folder[64];

    snprintf(folder, sizeof folder, "%d/task/%d", pid, tid);
    put_task(folder, comm, state, 4194560, 1, run, delay);
}

static void collect(void)
{
    fake->monotonic += SECOND;
    fake->boottime += SECOND;
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_proc.sources[COLLECT]), 0);
}

static struct fake_row *process(unsigned pid)
{
    return fake_row(fake, "process", 0, pid);
}

static uint64_t value(const struct fake_row *row, const char *column)
{
    return fake_u64(fake, row, column);
}

static bool known(const struct fake_row *row, const char *column)
{
    return fake_known(fake, row, column);
}

static const char *class_of(unsigned tid)
{
    const struct fake_row *row = fake_row(fake, "process", 1, tid);

    return known(row, "class") ? fake_text(fake, row, "class") : "";
}

static const char *const sums[] = {
    "vcpus", "vcpu_cpu", "emu_cpu", "io_cpu", "vhost_cpu", "steal",
};

static void assert_no_sums(const struct fake_row *row)
{
    for (size_t i = 0; i < KVMTOP_COUNT(sums); i++)
        assert_false(known(row, sums[i]));
}

/* All threads of a QEMU, of which one never ran. */
static void put_qemu(void)
{
    put_process(42, "qemu-system-x86", 7);
    put_thread(42, 42, "qemu-system-x86", 'S', 1000, 9);
    put_thread(42, 43, "CPU 0/KVM", 'S', 20000, 300);
    put_thread(42, 44, "CPU 1/KVM", 'D', 30000, 500);
    put_thread(42, 45, "IO iothread0", 'S', 400, 9);
    put_thread(42, 46, "worker", 'S', 70, 9);
    put_thread(42, 47, "vhost-42", 'S', 8, 9);
    put_thread(42, 48, "vnc_worker", 'S', 0, 0);
    put("42/task/48/schedstat", "0 0 0\n");
}

static void test_sums(void **state)
{
    const struct fake_row *row;

    (void)state;
    put_qemu();
    collect();
    row = process(42);
    assert_int_equal(value(row, "vcpus"), 2);
    assert_int_equal(value(row, "vcpu_cpu"), 50000);
    assert_int_equal(value(row, "emu_cpu"), 1070);
    assert_int_equal(value(row, "io_cpu"), 400);
    assert_int_equal(value(row, "vhost_cpu"), 8);
    assert_int_equal(value(row, "steal"), 800);
    assert_int_equal(value(row, "vm_state"), 'D');
    for (size_t i = 0; i < KVMTOP_COUNT(sums); i++)
        assert_null(fake_reason(fake, sums[i]));
    assert_int_equal(fake_count(fake, "process", 1), 0);
    put_thread(42, 44, "CPU 1/KVM", 'R', 30007, 500);
    collect();
    assert_int_equal(value(process(42), "vcpu_cpu"), 50007);
    assert_int_equal(value(process(42), "vm_state"), 'R');
}

/* Who ended leaves what he used. */
static void test_ended(void **state)
{
    const struct fake_row *row;

    (void)state;
    put_qemu();
    collect();
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/44");
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/46");
    put_process(42, "qemu-system-x86", 5);
    put_thread(42, 42, "qemu-system-x86", 'S', 1001, 9);
    collect();
    row = process(42);
    assert_int_equal(value(row, "vcpus"), 1);
    assert_int_equal(value(row, "vcpu_cpu"), 50000);
    assert_int_equal(value(row, "steal"), 800);
    assert_int_equal(value(row, "emu_cpu"), 1071);
    assert_int_equal(value(row, "vm_state"), 'S');
}

static uint64_t all_classes(const struct fake_row *row)
{
    return value(row, "vcpu_cpu") + value(row, "emu_cpu") + value(row, "io_cpu") +
           value(row, "vhost_cpu");
}

/* Who came and went between two rounds, and what others used after the last that met them. */
static void test_unseen(void **state)
{
    (void)state;
    put_qemu();
    put_task("42", "qemu-system-x86", 'S', 4194560, 7, 50000000, 0);
    collect();
    assert_int_equal(value(process(42), "vcpu_cpu"), 50000);
    assert_int_equal(value(process(42), "io_cpu"), 400);
    assert_int_equal(all_classes(process(42)), 50000000);
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/45");
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/46");
    put_task("42", "qemu-system-x86", 'S', 4194560, 5, 90000000, 0);
    collect();
    assert_int_equal(value(process(42), "io_cpu"), 400);
    assert_int_equal(all_classes(process(42)), 90000000);
    /* Threads run on while they are read: no sum ever falls. */
    put_thread(42, 43, "CPU 0/KVM", 'R', 70020000, 300);
    collect();
    assert_int_equal(value(process(42), "vcpu_cpu"), 70050000);
    assert_int_equal(all_classes(process(42)), 160000000);
    put_task("42", "qemu-system-x86", 'S', 4194560, 5, 170000000, 0);
    collect();
    assert_int_equal(value(process(42), "vcpu_cpu"), 70050000);
    assert_int_equal(all_classes(process(42)), 170000000);
}

static void test_classes(void **state)
{
    (void)state;
    fake->children = true;
    put_qemu();
    put_process(60, "java", 2);
    put_thread(60, 60, "java", 'S', 1, 1);
    put_thread(60, 61, "IO worker", 'S', 1, 1);
    collect();
    assert_string_equal(class_of(42), "emulator");
    assert_string_equal(class_of(43), "vcpu");
    assert_string_equal(class_of(45), "io");
    assert_string_equal(class_of(46), "emulator");
    assert_string_equal(class_of(47), "vhost");
    assert_string_equal(class_of(61), "");
    assert_int_equal(value(fake_row(fake, "process", 1, 43), "steal"), 300);
    assert_false(fake_known(fake, fake_row(fake, "process", 1, 45), "steal"));
    assert_false(fake_known(fake, fake_row(fake, "process", 1, 61), "steal"));
    assert_no_sums(process(60));
    assert_int_equal(value(process(42), "vcpus"), 2);
}

/* A QEMU without debug-threads; any other program. */
static void test_nameless(void **state)
{
    (void)state;
    put_process(42, "java", 2);
    put_thread(42, 42, "java", 'S', 1000, 9);
    put_thread(42, 43, "java", 'R', 1000, 9);
    collect();
    assert_no_sums(process(42));
    assert_int_equal(value(process(42), "vm_state"), 'S');
    assert_null(fake_reason(fake, "vcpus"));
    put_process(50, "kvm", 2);
    put_thread(50, 50, "kvm", 'S', 1000, 9);
    put_thread(50, 51, "kvm", 'S', 1000, 9);
    put_thread(50, 51, "kvm", 'D', 1000, 9);
    collect();
    assert_false(known(process(50), "vcpus") || known(process(50), "emu_cpu"));
    assert_int_equal(value(process(50), "vm_state"), 'D');
    assert_non_null(strstr(fake_reason(fake, "vcpus"), "debug-threads=on"));
    assert_non_null(fake_reason(fake, "steal"));
    assert_null(fake_reason(fake, "vm_state"));
}

static bool is_sum(const char *column)
{
    for (size_t i = 0; i < KVMTOP_COUNT(sums); i++)
        if (strcmp(column, sums[i]) == 0)
            return true;
    return false;
}

/* Delays would need the threads too. */
static bool no_delays(const char *column)
{
    return strcmp(column, "rundelay") != 0 && strcmp(column, "wait") != 0;
}

static bool no_threads(const char *column)
{
    return no_delays(column) && !is_sum(column) && strcmp(column, "vm_state") != 0;
}

/* A process is looked at when it is seen first, and when it has more threads or less. */
static void test_looks(void **state)
{
    (void)state;
    fake->wants = no_delays;
    put_process(42, "wrapper", 1);
    put_thread(42, 42, "wrapper", 'S', 1000, 9);
    collect();
    assert_no_sums(process(42));
    put_process(42, "wrapper", 2);
    put_thread(42, 43, "wrapper", 'S', 10, 1);
    collect();
    assert_no_sums(process(42));
    put_thread(42, 43, "CPU 0/KVM", 'S', 10, 1);
    collect();
    assert_no_sums(process(42));
    put_process(42, "wrapper", 3);
    put_thread(42, 44, "worker", 'S', 10, 1);
    collect();
    assert_int_equal(value(process(42), "vcpus"), 1);
    assert_int_equal(value(process(42), "vcpu_cpu"), 10);
    /* Another program under the same PID. */
    fake_remove(fake, KVMTOP_DIR_PROC, "42");
    collect();
    put_process(42, "bash", 3);
    put_thread(42, 42, "bash", 'S', 1, 1);
    collect();
    assert_no_sums(process(42));
}

/* Where nobody asks, threads aren't read; what was remembered of them is forgotten. */
static void test_wants(void **state)
{
    (void)state;
    put_qemu();
    collect();
    fake->wants = no_threads;
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task");
    collect();
    assert_int_equal(fake->fails, 0);
    assert_no_sums(process(42));
    put_qemu();
    fake->wants = NULL;
    collect();
    assert_int_equal(value(process(42), "vcpu_cpu"), 50000);
}

/* A kernel that counts run time in clock ticks alone. */
static void test_blind(void **state)
{
    (void)state;
    put_qemu();
    put_thread(42, 44, "CPU 1/KVM", 'S', 30000000, 500);
    fake_remove(fake, KVMTOP_DIR_PROC, "42/task/44/schedstat");
    collect();
    assert_false(known(process(42), "vcpu_cpu") || known(process(42), "vcpus"));
    assert_int_equal(value(process(42), "vm_state"), 'S');
    assert_non_null(strstr(fake_reason(fake, "vcpu_cpu"), "schedstat"));
}

/* Before Linux 6.4. */
static void test_vhost(void **state)
{
    (void)state;
    fake->children = true;
    put_qemu();
    put_task("70", "vhost-42", 'S', 0x208040, 1, 90000000, 3);
    put_task("70/task/70", "vhost-42", 'S', 0x208040, 1, 90000007, 3);
    put_task("71", "vhost-42", 'S', 4194560, 1, 90000000, 3); /* a user's */
    put_task("71/task/71", "vhost-42", 'S', 4194560, 1, 90000000, 3);
    put_task("72", "vhost-x", 'S', 0x208040, 1, 90000000, 3);
    put_task("72/task/72", "vhost-x", 'S', 0x208040, 1, 90000000, 3);
    collect();
    assert_int_equal(process(70)->owner, 42);
    assert_int_equal(value(process(70), "vhost_cpu"), 90000000);
    assert_string_equal(class_of(70), "vhost");
    assert_int_equal(process(71)->owner, 0);
    assert_false(known(process(71), "vhost_cpu"));
    assert_string_equal(class_of(71), "");
    assert_int_equal(process(72)->owner, 0);
}

/* ---- memory ---- */

static struct fake_row *guest(uint64_t pid)
{
    return fake_add_row(fake, "process", 0, pid, 0);
}

static void fill_pages(void)
{
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_proc.sources[PAGES]), 0);
}

static void test_pages(void **state)
{
    const struct fake_row *row = guest(42), *older = guest(43), *oldest = guest(44);

    (void)state;
    put("42/status", "Name:\tkvm\nHugetlbPages:\t 2048 kB\n");
    put("42/ksm_stat", "ksm_rmap_items 9\nksm_zero_pages 2\nksm_merging_pages 10\n"
                       "ksm_process_profit -5\n");
    put("43/status", "Name:\tkvm\nHugetlbPages:\t 0 kB\n");
    put("43/ksm_merging_pages", "7\n");
    fill_pages();
    assert_int_equal(value(row, "huge"), 2048 * 1024);
    assert_int_equal(value(row, "ksm"), 12 * 4096);
    assert_int_equal(value(older, "huge"), 0);
    assert_int_equal(value(older, "ksm"), 7 * 4096);
    assert_false(known(oldest, "huge") || known(oldest, "ksm")); /* it has ended */
    assert_null(fake_reason(fake, "ksm"));
    put("44/status", "Name:\tkvm\n");
    put("44/stat", "44 (kvm) S\n");
    fill_pages();
    assert_false(known(oldest, "huge") || known(oldest, "ksm"));
    assert_non_null(strstr(fake_reason(fake, "ksm"), "CONFIG_KSM"));
}

static void test_bad_pages(void **state)
{
    static const char *const bad[] = {
        "", "\n", "ksm_merging_pages\n", "ksm_merging_pages x\n", "ksm_merging_pages 5",
        "ksm_merging_pages 99999999999999999999\n", "ksm_merging_pages 18446744073709551615\n",
    };
    const struct fake_row *row = guest(42);

    (void)state;
    put("42/ksm_merging_pages", "x\n");
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++) {
        put("42/ksm_stat", bad[i]);
        put("42/status", bad[i]);
        fill_pages();
        assert_false(known(row, "ksm") || known(row, "huge"));
    }
}

/* ---- the real /proc ---- */

/* Of CPU time, however busy the machine. */
static void burn_ms(long ms)
{
    struct timespec now;

    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while (now.tv_sec == 0 && now.tv_nsec < ms * 1000000);
}

static void *worker(void *unused)
{
    burn_ms(4);
    return unused;
}

static void *vcpu(void *ready)
{
    prctl(PR_SET_NAME, "CPU 0/KVM");
    burn_ms(20);
    for (int i = 0; i < 10; i++) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, worker, NULL) != 0)
            _exit(1);
        pthread_join(thread, NULL);
    }
    if (write(*(int *)ready, "r", 1) != 1)
        _exit(1);
    for (;;)
        pause();
    return NULL;
}

/* At rest nothing of it is read again, and still its figures are there in each round. */
static void test_live(void **state)
{
    int ready[2];
    char answer;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        pthread_t thread;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (pthread_create(&thread, NULL, vcpu, &ready[1]) != 0)
            _exit(1);
        for (;;)
            pause();
    }
    assert_true(pid > 0);
    assert_int_equal(read(ready[0], &answer, 1), 1);
    tear_down(NULL);
    fake = fake_host_new();
    fake_live(fake);
    assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    uint64_t only = (uint64_t)pid, first = 0;
    fake->only = &only;
    fake->nonly = 1;
    nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    for (unsigned round = 0; round < 70; round++) {
        assert_int_equal(fake_collect(fake, &kvmtop_plugin_proc.sources[COLLECT]), 0);
        assert_int_equal(value(process((unsigned)pid), "vcpus"), 1);
        first = round == 0 ? value(process((unsigned)pid), "vcpu_cpu") : first;
        assert_true(value(process((unsigned)pid), "vcpu_cpu") == first);
        assert_true(all_classes(process((unsigned)pid)) == value(process((unsigned)pid), "cpu"));
    }
    assert_in_range(value(process((unsigned)pid), "emu_cpu"), 40000000, UINT32_MAX);
    assert_in_range(first, 15000000, UINT32_MAX);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ready[0]);
    close(ready[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sums), TEST(test_ended), TEST(test_unseen), TEST(test_classes),
        TEST(test_nameless), TEST(test_looks), TEST(test_wants), TEST(test_blind),
        TEST(test_vhost), TEST(test_pages), TEST(test_bad_pages), TEST(test_live),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
