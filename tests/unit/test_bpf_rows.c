/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that the plugin bpf makes of a walk: one made by the test, so no BPF is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "bpf/sampler.h"
#include "fake_host.h"

#define SECOND 1000000000u
#define UPTIME (10000 * (uint64_t)SECOND)

extern const struct kvmtop_plugin kvmtop_plugin_bpf;

static struct fake_host *fake;
static struct sampler sampler;
static union walk_slot slot[16];
static size_t nslots;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake->plugin = &kvmtop_plugin_bpf;
    fake->state = &sampler;
    fake->monotonic = fake->boottime = UPTIME;
    nslots = 0;
    sampler = (struct sampler){
        .host = &fake->host, .tick = 10000000, .slot = slot, .delayacct.mode = DELAYACCT_ON,
    };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake->plugin = NULL;        /* never opened */
    fake_host_free(fake);
    tgroups_free(&sampler.groups);
    tgroups_free(&sampler.before);
    return 0;
}

static struct walk_task *put_task(uint32_t pid, uint32_t tgid)
{
    struct walk_task *task = &slot[nslots++].task;

    *task = (struct walk_task){
        .pid = pid, .tgid = tgid, .start = 50 * (uint64_t)SECOND + 12345678, .comm = "kvm",
        .state = 1, .flags = WALK_IO | WALK_WAIT | WALK_DELAY,
        .counts = { .run = 1, .guest = 2, .delay = 3, .wait = 4, .minflt = 5, .majflt = 6,
                    .io = { 7, 8, 9, 10 } },
    };
    return task;
}

static struct walk_process *put_process(uint32_t threads)
{
    struct walk_process *process = &slot[nslots++].process;

    *process = (struct walk_process){ .threads = threads, .image = 3, .time = fake->monotonic };
    return process;
}

/* The rows of the slots, a second later than the last time. */
static void collect(void)
{
    fake->monotonic += SECOND;
    fake->boottime += SECOND;
    for (size_t i = 0; i < nslots; i++)
        if (slot[i].task.pid == slot[i].task.tgid)
            slot[++i].process.time = fake->monotonic;
    assert_int_equal(tgroups_build(&sampler.groups, slot, nslots), 0);
    sampler.step = STEP_ROWS;
    sampler.at = 0;
    sampler.reported = 0;
    sampler.now = fake->monotonic;
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_bpf.sources[0]), 0);
}

static struct fake_row *process(uint64_t pid)
{
    return fake_row(fake, "process", ROW_PROCESS, pid);
}

static struct fake_row *thread(uint64_t tid)
{
    return fake_row(fake, "process", ROW_THREAD, tid);
}

static uint64_t value(const struct fake_row *row, const char *column)
{
    assert_non_null(row);
    return fake_u64(fake, row, column);
}

static bool known(const struct fake_row *row, const char *column)
{
    assert_non_null(row);
    return fake_known(fake, row, column);
}

static void assert_reason(const char *column, const char *part)
{
    const char *reason = fake_reason(fake, column);

    assert_non_null(reason);
    assert_non_null(strstr(reason, part));
}

static void test_cells(void **state)
{
    struct walk_task *leader = put_task(10, 10);
    struct fake_row *row;

    (void)state;
    leader->nice = -5;
    put_process(2)->uid = 1234;
    put_task(11, 10);
    collect();
    row = process(10);
    assert_int_equal(row->birth, 50 * (uint64_t)SECOND + 10000000);
    assert_int_equal(row->time, fake->monotonic);
    assert_int_equal(value(row, "uptime"), row->birth);
    assert_int_equal(value(row, "pid"), 10);
    assert_false(known(row, "tid"));
    assert_int_equal(value(row, "cpu"), 2);
    assert_int_equal(value(row, "guest"), 4);
    assert_int_equal(value(row, "rundelay"), 6);
    assert_int_equal(value(row, "wait"), 8);
    assert_int_equal(value(row, "minflt"), 10);
    assert_int_equal(value(row, "majflt"), 12);
    assert_int_equal(value(row, "r_log"), 14);
    assert_int_equal(value(row, "w_log"), 16);
    assert_int_equal(value(row, "r_mib"), 18);
    assert_int_equal(value(row, "w_mib"), 20);
    assert_int_equal(value(row, "threads"), 2);
    assert_int_equal(value(row, "state"), 'S');
    assert_int_equal(fake_i64(fake, row, "nice"), -5);
    assert_string_equal(fake_text(fake, row, "user"), "1234");
    assert_string_equal(fake_text(fake, row, "comm"), "kvm");
    assert_int_equal(row->flags, 0);
    assert_int_equal(fake_count(fake, "process", ROW_THREAD), 0);
}

static void test_threads(void **state)
{
    (void)state;
    fake->children = true;
    put_task(10, 10);
    put_process(2);
    put_task(11, 10)->counts.run = 100;
    memcpy(slot[2].task.comm, "CPU 0/KVM", 10);
    collect();
    assert_int_equal(fake_count(fake, "process", ROW_THREAD), 2);
    assert_int_equal(value(process(10), "cpu"), 101);
    assert_int_equal(value(thread(10), "cpu"), 1);
    assert_int_equal(value(thread(11), "cpu"), 100);
    assert_int_equal(value(thread(11), "pid"), 10);
    assert_int_equal(value(thread(11), "tid"), 11);
    assert_int_equal(value(thread(11), "rundelay"), 3);
    assert_int_equal(value(thread(11), "wait"), 4);
    assert_int_equal(value(thread(11), "w_mib"), 10);
    assert_string_equal(fake_text(fake, thread(11), "comm"), "CPU 0/KVM");
    assert_int_equal(thread(11)->parent, process(10)->ref);
    assert_false(known(thread(11), "threads"));
}

static void test_states(void **state)
{
    static const struct {
        uint16_t bits;
        char letter;
    } states[] = {
        { 0, 'R' }, { 0x1, 'S' }, { 0x2, 'D' }, { 0x4, 'T' }, { 0x8, 't' }, { 0x20, 'Z' },
        { 0x40, 'P' }, { 0x402, 'I' }, { 0x80, 'R' }, { 0x102, 'D' }, { 0x2001, 'S' },
        { 0x8000, 'D' }, { 0x1000, 'D' }, { 0x104, 'T' },
    };

    (void)state;
    put_task(10, 10);
    put_process(1);
    for (size_t i = 0; i < KVMTOP_COUNT(states); i++) {
        slot[0].task.state = states[i].bits;
        collect();
        assert_int_equal(value(process(10), "state"), states[i].letter);
    }
}

static void test_the_dead_have_no_rows(void **state)
{
    (void)state;
    fake->children = true;
    put_task(10, 10);
    put_process(2);
    put_task(11, 10)->state = 0x90;
    put_task(20, 20)->state = 0x90;
    put_process(1);
    put_task(31, 30);           /* its leader is not there */
    collect();
    assert_int_equal(fake_count(fake, "process", ROW_PROCESS), 1);
    assert_int_equal(fake_count(fake, "process", ROW_THREAD), 1);
    assert_int_equal(value(process(10), "cpu"), 2); /* not gone over to the process yet */
}

static void test_kernel_threads_are_marked(void **state)
{
    (void)state;
    put_task(10, 10)->flags |= WALK_KERNEL;
    put_process(1);
    collect();
    assert_int_equal(process(10)->flags, KVMTOP_ROW_HIDDEN);
}

static void test_comm_of_full_length(void **state)
{
    (void)state;
    put_task(10, 10);
    put_process(1);
    memcpy(slot[0].task.comm, "0123456789abcdef", WALK_COMM);
    collect();
    assert_string_equal(fake_text(fake, process(10), "comm"), "0123456789abcdef");
}

static void test_only(void **state)
{
    static const uint64_t only[] = { 20, 30 };

    (void)state;
    fake->only = only;
    fake->nonly = 2;
    for (uint32_t pid = 10; pid <= 40; pid += 10) {
        put_task(pid, pid);
        put_process(1);
    }
    collect();
    assert_int_equal(fake_count(fake, "process", ROW_PROCESS), 2);
    assert_non_null(process(20));
    assert_non_null(process(30));
}

static void test_a_changing_process_has_no_sums(void **state)
{
    static const char *const sums[] = { "cpu", "wait", "r_log", "w_mib", "minflt", "rundelay" };

    (void)state;
    fake->children = true;
    put_task(10, 10);
    put_process(3);
    put_task(11, 10);
    collect();
    for (size_t i = 0; i < KVMTOP_COUNT(sums); i++) {
        assert_false(known(process(10), sums[i]));
        assert_reason(sums[i], "ended while");
    }
    assert_int_equal(value(process(10), "threads"), 3);
    assert_int_equal(value(thread(11), "cpu"), 1);
}

static void test_no_io_accounting(void **state)
{
    (void)state;
    put_task(10, 10)->flags = 0;
    put_process(1);
    collect();
    assert_false(known(process(10), "r_log"));
    assert_reason("w_mib", "CONFIG_TASK_IO_ACCOUNTING");
    assert_false(known(process(10), "rundelay"));
    assert_true(known(process(10), "cpu"));
}

static void test_wait_off(void **state)
{
    (void)state;
    fake->children = true;
    sampler.delayacct.mode = DELAYACCT_OFF;
    put_task(10, 10);
    put_process(1);
    collect();
    assert_false(known(process(10), "wait"));
    assert_false(known(thread(10), "wait"));
    assert_reason("wait", "task_delayacct=1");
    sampler.delayacct.mode = DELAYACCT_NONE;
    collect();
    assert_reason("wait", "nodelayacct");
}

/* Delay accounting was switched on between its first thread and its second. */
static void test_wait_of_a_part(void **state)
{
    (void)state;
    fake->children = true;
    put_task(10, 10)->flags &= (uint8_t)~WALK_WAIT;
    put_process(2);
    put_task(11, 10);
    collect();
    assert_false(known(process(10), "wait"));
    assert_false(known(thread(10), "wait"));
    assert_int_equal(value(thread(11), "wait"), 4);
    assert_reason("wait", "older than delay accounting");
}

static void test_wait_that_leaps(void **state)
{
    (void)state;
    fake->children = true;
    put_task(10, 10);
    put_process(2);
    put_task(11, 10);
    collect();
    assert_true(known(process(10), "wait"));
    slot[2].task.counts.wait += UPTIME;
    collect();
    assert_false(known(process(10), "wait"));
    assert_false(known(thread(11), "wait"));
    assert_true(known(thread(10), "wait"));
    assert_reason("wait", "from boot on");
    slot[2].task.counts.wait += SECOND;
    collect();
    assert_true(known(process(10), "wait"));
    assert_false(known(thread(11), "wait"));
}

static void collect_and_expect(bool changed)
{
    collect();
    assert_int_equal(process(10)->changed, changed);
}

static void test_exec(void **state)
{
    (void)state;
    put_task(10, 10);
    put_process(1);
    collect_and_expect(false);
    collect_and_expect(false);
    slot[1].process.image++;
    collect_and_expect(true);
    collect_and_expect(true);   /* the new arguments may not have been there yet */
    collect_and_expect(false);
    memcpy(slot[0].task.comm, "web01", 6);
    collect_and_expect(true);
    collect_and_expect(true);
    collect_and_expect(false);
    slot[0].task.start += SECOND; /* another process */
    slot[1].process.image++;
    collect_and_expect(false);
}

static void test_a_process_just_born_is_looked_at_again(void **state)
{
    (void)state;
    put_task(10, 10)->start = fake->boottime + SECOND / 2;
    put_process(1);
    collect_and_expect(false);
    collect_and_expect(true);
    collect_and_expect(false);
}

static void test_names_of_kernel_threads_change(void **state)
{
    (void)state;
    put_task(10, 10)->flags |= WALK_KERNEL;
    put_process(1);
    collect_and_expect(false);
    memcpy(slot[0].task.comm, "kworker", 8);
    collect_and_expect(false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_states, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_dead_have_no_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kernel_threads_are_marked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_comm_of_full_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_changing_process_has_no_sums, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_io_accounting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wait_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wait_of_a_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wait_that_leaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exec, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_process_just_born_is_looked_at_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_names_of_kernel_threads_change, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
