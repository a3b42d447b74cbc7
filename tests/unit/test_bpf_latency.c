/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Block latency on the running kernel: against what a device of our own counts, and what its
 * requests took by our own clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <errno.h>
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

#include "bpf/histogram.h"
#include "bpf/sampler.h"
#include "fake_host.h"
#include "lib/proc_stat.h"
#include "lib/read.h"
#include "loop_device.h"

#define BLOCK 4096u
#define DEVICE (8u << 20)       /* bytes */
#define READERS 6u
#define READS 1000u             /* of each of them: enough for some to get mixed up */
#define ROUNDS 8u               /* and often enough */
#define TRIES 50
#define HEADING "Block latency, from issue to completion"

extern const struct kvmtop_plugin kvmtop_plugin_bpf;

static struct fake_host *fake;
static struct loop_device device;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake_live(fake);
    return fake_open(fake, &kvmtop_plugin_bpf);
}

static int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

/* ---- requests ---- */

static double clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Each in one request, at another place.  False: one failed. */
static bool transfer(const struct loop_device *loop, bool writes, unsigned n, double *ms)
{
    static _Alignas(BLOCK) char block[BLOCK];

    for (unsigned i = 0; i < n; i++) {
        off_t at = (off_t)((uint64_t)i * 7919 % (DEVICE / BLOCK)) * BLOCK;
        double began = clock_ms();
        ssize_t r = writes ? pwrite(loop->fd, block, BLOCK, at) : pread(loop->fd, block, BLOCK, at);

        if (r != BLOCK)
            return false;
        if (ms != NULL)
            ms[i] = clock_ms() - began;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* ---- rows ---- */

static uint64_t birth_of(pid_t pid)
{
    char path[40], text[PROC_STAT_TEXT];
    struct proc_stat stat;
    ssize_t len;

    snprintf(path, sizeof path, "%d/stat", (int)pid);
    len = read_once_at(fake->host.dir(&fake->host, KVMTOP_DIR_PROC), path, text, sizeof text);
    assert_true(len > 0 && proc_stat_parse(text, (size_t)len, &stat));
    return stat.value[STAT_START] * (1000000000u / fake->host.clock_ticks);
}

static struct fake_row *row_of(pid_t pid)
{
    struct fake_row *row = fake_row(fake, "process", 0, (uint64_t)pid);

    return row != NULL ? row : fake_add_row(fake, "process", 0, (uint64_t)pid, birth_of(pid));
}

static void sample(void)
{
    if (fake_fill(fake, &kvmtop_plugin_bpf.sources[1]) != 0)
        fail_msg("%s", fake->message);
}

/* Begin to count. */
static void begin(void)
{
    (void)row_of(getpid());
    sample();
    if (((struct sampler *)fake->state)->latency.failed)
        fail_msg("%s", ((struct sampler *)fake->state)->latency.reason);
}

static uint64_t count_of(pid_t pid, unsigned way)
{
    struct latency_histograms change;
    struct histogram_figures figures;

    return latency_of(fake->state, (uint32_t)pid, birth_of(pid), &change) &&
           histogram_figures(&change.way[way], &figures) ? figures.count : 0;
}

/* In milliseconds. */
static double figure(pid_t pid, const char *column)
{
    return fake_f64(fake, row_of(pid), column) / 1e6;
}

static void assert_unknown(const char *column, const char *reason)
{
    assert_false(fake_known(fake, row_of(getpid()), column));
    if (reason == NULL)
        assert_null(fake_reason(fake, column));
    else if (fake_reason(fake, column) == NULL || !strstr(fake_reason(fake, column), reason))
        fail_msg("%s: %s", column, fake_reason(fake, column));
}

/* ---- processes that read ---- */

/* What a child reads, when it is told to, and a byte when it is done. */
struct reader {
    pid_t pid;
    int go, done;
};

static struct reader launch(const struct loop_device *loop, unsigned n,
                            const struct io_group *group)
{
    int go[2], done[2];
    struct reader reader;
    char byte = 0;

    assert_int_equal(pipe(go) | pipe(done), 0);
    reader = (struct reader){ .pid = fork(), .go = go[1], .done = done[0] };
    assert_true(reader.pid >= 0);
    if (reader.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (group != NULL && !io_group_enter(group))
            _exit(1);
        while (read(go[0], &byte, 1) == 1)
            if (!transfer(loop, false, n, NULL) || write(done[1], &byte, 1) != 1)
                _exit(1);
        _exit(0);
    }
    close(go[0]);
    close(done[1]);
    return reader;
}

static void tell(const struct reader *reader)
{
    assert_int_equal(write(reader->go, "", 1), 1);
}

static void wait_for(const struct reader *reader)
{
    char byte;

    assert_int_equal(read(reader->done, &byte, 1), 1);
}

static void end(const struct reader *reader)
{
    close(reader->go);
    close(reader->done);
    kill(reader->pid, SIGKILL);
    assert_int_equal(waitpid(reader->pid, NULL, 0), reader->pid);
}

/* ---- what is in the kernel for us ---- */

static unsigned count_links(void)
{
    DIR *dir = opendir("/proc/self/fdinfo");
    const struct dirent *entry;
    char path[300], text[1024];
    unsigned n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "/proc/self/fdinfo/%s", entry->d_name);
        if (read_file_at(-1, path, text, sizeof text) > 0)
            n += strstr(text, "link_type:\traw_tracepoint") != NULL;
    }
    closedir(dir);
    return n;
}

/* ---- counts ---- */

/*
 * Never more than there were; and all of them, if not at first: an interrupt may come in the midst
 * of counting, and on some virtual machines a tracepoint that has been switched on takes a while
 * until all CPUs see it whatever they run.
 */
static bool is_right(pid_t pid, unsigned way, uint64_t right)
{
    uint64_t count = count_of(pid, way);

    if (count > right)
        fail_msg("%llu, not %llu", (unsigned long long)count, (unsigned long long)right);
    return count == right;
}

/* The kernel wakes who waits for a request before it counts it for the device. */
static void expect_of_device(const struct loop_counts *before, uint64_t reads, uint64_t writes)
{
    struct loop_counts now = loop_counts(&device);

    for (unsigned ms = 0; now.reads + now.writes < before->reads + reads + before->writes + writes &&
                          ms < 1000; ms++) {
        usleep(1000);
        now = loop_counts(&device);
    }
    assert_int_equal(now.reads - before->reads, reads);
    assert_int_equal(now.writes - before->writes, writes);
}

static bool counts_are_the_devices(void)
{
    struct loop_counts before = loop_counts(&device);

    assert_true(transfer(&device, false, 300, NULL));
    assert_true(transfer(&device, true, 200, NULL));
    expect_of_device(&before, 300, 200);
    sample();
    return is_right(getpid(), LATENCY_READ, 300) && is_right(getpid(), LATENCY_WRITE, 200);
}

static void test_counts_are_the_devices(void **state)
{
    int tries = 0;

    (void)state;
    begin();
    while (!counts_are_the_devices())
        assert_true(++tries < TRIES);
    sample();
    assert_int_equal(count_of(getpid(), LATENCY_READ), 0);
    assert_unknown("r_p50", NULL);
}

/* ---- times ---- */

/* A request takes no longer than the call that waits for it. */
static void test_within_our_own_clock(void **state)
{
    static const char *const columns[] = { "r_p50", "r_p95", "r_p99", "r_max" };
    double ms[400], sum = 0;
    int tries = 0;

    (void)state;
    begin();
    do {
        assert_true(tries++ < TRIES);
        assert_true(transfer(&device, false, KVMTOP_COUNT(ms), ms));
        sample();
    } while (!is_right(getpid(), LATENCY_READ, KVMTOP_COUNT(ms)));
    qsort(ms, KVMTOP_COUNT(ms), sizeof ms[0], compare);
    for (size_t i = 0; i < KVMTOP_COUNT(ms); i++)
        sum += ms[i];
    assert_true(figure(getpid(), "r_avg") > 0);
    assert_true(figure(getpid(), "r_avg") <= sum / KVMTOP_COUNT(ms));
    assert_true(figure(getpid(), "r_p50") <= ms[200] * 9 / 8 + 0.001);
    assert_true(figure(getpid(), "r_max") <= ms[399]);
    for (size_t i = 1; i < KVMTOP_COUNT(columns); i++)
        assert_true(figure(getpid(), columns[i - 1]) <= figure(getpid(), columns[i]));
    assert_unknown("w_p50", NULL);
}

/* Reads of the upper device wait for the lower, which gives one in 100 ms. */
static void test_known_delay(void **state)
{
    struct loop_device slow;
    struct io_group group;
    struct reader reader;

    (void)state;
    if (!loop_on_loop(&slow, &device))
        skip();
    if (!io_group_make(&group, &device, 10)) {
        loop_close(&slow);
        skip();
    }
    begin();
    reader = launch(&slow, 8, &group);
    tell(&reader);
    wait_for(&reader);
    sample();
    (void)row_of(reader.pid);
    sample();
    tell(&reader);
    wait_for(&reader);
    sample();
    printf("a delay of 100 ms: p50 %.1f, p95 %.1f, max %.1f, average %.1f ms\n",
           figure(reader.pid, "r_p50"), figure(reader.pid, "r_p95"),
           figure(reader.pid, "r_max"), figure(reader.pid, "r_avg"));
    assert_in_range(count_of(reader.pid, LATENCY_READ), 1, 8);
    /* The requests to the lower device are the kernel's. */
    assert_true(((struct sampler *)fake->state)->latency.readings.others.kernels > 0);
    assert_true(figure(reader.pid, "r_p50") > 80 && figure(reader.pid, "r_p50") < 130);
    assert_true(figure(reader.pid, "r_max") >= 90);
    end(&reader);
    io_group_remove(&group);
    loop_close(&slow);
}

static void test_null_device(void **state)
{
    struct loop_device null;
    double ms;
    uint64_t ns;

    (void)state;
    if (!null_open(&null, &ns)) {
        printf("without a device of null_blk\n");
        skip();
    }
    ms = (double)ns / 1e6;
    begin();
    assert_true(transfer(&null, true, 10, NULL));
    sample();
    assert_true(transfer(&null, true, 40, NULL));
    sample();
    printf("a delay of %.1f ms: p50 %.1f, p95 %.1f, max %.1f, average %.1f ms\n", ms,
           figure(getpid(), "w_p50"), figure(getpid(), "w_p95"), figure(getpid(), "w_max"),
           figure(getpid(), "w_avg"));
    assert_true(figure(getpid(), "w_p50") > ms * 0.85 && figure(getpid(), "w_p50") < ms * 2);
    loop_close(&null);
}

/* ---- whose they are ---- */

static bool each_has_its_own(const struct reader *reader)
{
    bool right = true;

    for (unsigned r = 0; r < READERS; r++)
        tell(&reader[r]);
    for (unsigned r = 0; r < READERS; r++)
        wait_for(&reader[r]);
    sample();
    for (unsigned r = 0; r < READERS; r++)
        right &= is_right(reader[r].pid, LATENCY_READ, READS + r);
    return right;
}

/* With a scheduler, what one process submitted is issued by another. */
static void test_each_has_its_own(void **state)
{
    static const char *const scheduler[] = { "mq-deadline", "none" };
    struct reader reader[READERS];

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(scheduler); i++) {
        unsigned right = 0;

        if (!loop_scheduler(&device, scheduler[i])) {
            printf("without %s, which is not there\n", scheduler[i]);
            continue;
        }
        for (unsigned r = 0; r < READERS; r++)
            reader[r] = launch(&device, READS + r, NULL);
        begin();
        for (unsigned tries = 0; tries < ROUNDS || (right == 0 && tries < TRIES); tries++)
            right += each_has_its_own(reader);
        assert_true(right > 0);
        for (unsigned r = 0; r < READERS; r++)
            end(&reader[r]);
        kvmtop_plugin_bpf.sources[1].idle(fake->state);
    }
}

/* ---- nothing for nothing ---- */

static void test_let_go_when_idle(void **state)
{
    unsigned before = count_links();

    (void)state;
    begin();
    assert_int_equal(count_links(), before + 3);
    kvmtop_plugin_bpf.sources[1].idle(fake->state);
    assert_int_equal(count_links(), before);
    assert_true(transfer(&device, false, 10, NULL));
    begin();
    assert_unknown("r_p50", "from now on");
    sample();
    assert_int_equal(count_of(getpid(), LATENCY_READ), 0);
}

/* Another process of the same number is another. */
static void test_of_another_birth(void **state)
{
    struct fake_row *other;

    (void)state;
    other = fake_add_row(fake, "process", 0, (uint64_t)getpid(), birth_of(getpid()) + 10000000);
    sample();
    assert_true(transfer(&device, false, 5, NULL));
    sample();
    assert_false(fake_known(fake, other, "r_p50"));
}

/* The columns say why, the rows of processes are there all the same, and the next try does. */
static void test_without_descriptors(void **state)
{
    struct rlimit limit, none;

    (void)state;
    (void)row_of(getpid());
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){ .rlim_cur = 0, .rlim_max = limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    sample();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_unknown("r_p50", "could not be read");
    sample();
    assert_unknown("w_max", "could not be read");
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_bpf.sources[0]), 0);
    assert_non_null(fake_row(fake, "process", 0, 2));
    kvmtop_plugin_bpf.sources[1].idle(fake->state);
    begin();
}

static const char *detail(const char *name)
{
    static char text[200];
    struct kvmtop_page page = { 0 };
    const char *line;

    fake_process(fake, getpid())->birth = birth_of(getpid());
    assert_int_equal(fake_detail(fake, getpid(), &page), 0);
    line = fake_line(&page, HEADING, name);
    snprintf(text, sizeof text, "%s", line != NULL ? line : "");
    fake_page_free(&page);
    return text;
}

static void test_page(void **state)
{
    unsigned before = count_links();

    (void)state;
    assert_non_null(strstr(detail(""), "r_p50"));
    assert_int_equal(count_links(), before);
    begin();
    assert_non_null(strstr(detail(""), "from now on"));
    assert_true(transfer(&device, true, 40, NULL));
    sample();
    assert_string_equal(detail(""), "");
    assert_string_equal(detail("reads"), "");
    assert_int_equal(strncmp(detail("writes"), "40, average ", 12), 0);
    sample();
    assert_non_null(strstr(detail(""), "no request"));
}

/* ---- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static bool is_there(void)
{
    int r = set_up(NULL);

    if (r != 0)
        printf("skipped: %s\n", fake->message);
    tear_down(NULL);
    return r == 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_counts_are_the_devices),
        TEST(test_within_our_own_clock),
        TEST(test_known_delay),
        TEST(test_null_device),
        TEST(test_each_has_its_own),
        TEST(test_let_go_when_idle),
        TEST(test_of_another_birth),
        TEST(test_without_descriptors),
        TEST(test_page),
    };
    int failed;

    if (!is_there())
        return 77;
    if (!loop_on_file(&device, DEVICE)) {
        printf("skipped: no loop device\n");
        return 77;
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    loop_close(&device);
    return failed;
}
