/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that the plugin bpf makes of a walk: one made by the test, so no BPF is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fake_walk.h"

static struct walk_task *put_task(uint32_t pid, uint32_t tgid)
{
    struct walk_task *task = &walk.slot[walk.nslots++].task;

    *task = (struct walk_task){
        .pid = pid, .tgid = tgid, .start = 50 * (uint64_t)SECOND + 12345678, .comm = "kvm",
        .state = 1, .flags = WALK_IO | WALK_WAIT | WALK_DELAY,
        .counts = { .run = 1, .guest = 2, .delay = 3, .wait = 4, .minflt = 5, .majflt = 6,
                    .io = { 7, 8, 9, 10 } },
    };
    return task;
}

static void assert_reason(const char *column, const char *part)
{
    const char *reason = fake_reason(walk.fake, column);

    assert_non_null(reason);
    assert_non_null(strstr(reason, part));
}

static void test_cells(void **state)
{
    struct walk_task *leader = put_task(10, 10);
    struct fake_row *row;

    (void)state;
    leader->nice = -5;
    fake_walk_process(2)->uid = 1234;
    put_task(11, 10);
    fake_walk_collect();
    row = walked_process(10);
    assert_int_equal(row->birth, 50 * (uint64_t)SECOND + 10000000);
    assert_int_equal(row->time, walk.fake->monotonic);
    assert_int_equal(walked_value(row, "uptime"), row->birth);
    assert_int_equal(walked_value(row, "pid"), 10);
    assert_false(walked_known(row, "tid"));
    assert_int_equal(walked_value(row, "cpu"), 2);
    assert_int_equal(walked_value(row, "guest"), 4);
    assert_int_equal(walked_value(row, "rundelay"), 6);
    assert_int_equal(walked_value(row, "wait"), 8);
    assert_int_equal(walked_value(row, "minflt"), 10);
    assert_int_equal(walked_value(row, "majflt"), 12);
    assert_int_equal(walked_value(row, "r_log"), 14);
    assert_int_equal(walked_value(row, "w_log"), 16);
    assert_int_equal(walked_value(row, "r_mib"), 18);
    assert_int_equal(walked_value(row, "w_mib"), 20);
    assert_int_equal(walked_value(row, "threads"), 2);
    assert_int_equal(walked_value(row, "state"), 'S');
    assert_int_equal(fake_i64(walk.fake, row, "nice"), -5);
    assert_string_equal(fake_text(walk.fake, row, "user"), "1234");
    assert_string_equal(fake_text(walk.fake, row, "comm"), "kvm");
    assert_int_equal(row->flags, 0);
    assert_int_equal(fake_count(walk.fake, "process", ROW_THREAD), 0);
}

static void test_threads(void **state)
{
    (void)state;
    walk.fake->children = true;
    put_task(10, 10);
    fake_walk_process(2);
    put_task(11, 10)->counts.run = 100;
    memcpy(walk.slot[2].task.comm, "CPU 0/KVM", 10);
    fake_walk_collect();
    assert_int_equal(fake_count(walk.fake, "process", ROW_THREAD), 2);
    assert_int_equal(walked_value(walked_process(10), "cpu"), 101);
    assert_int_equal(walked_value(walked_thread(10), "cpu"), 1);
    assert_int_equal(walked_value(walked_thread(11), "cpu"), 100);
    assert_int_equal(walked_value(walked_thread(11), "pid"), 10);
    assert_int_equal(walked_value(walked_thread(11), "tid"), 11);
    assert_int_equal(walked_value(walked_thread(11), "rundelay"), 3);
    assert_int_equal(walked_value(walked_thread(11), "wait"), 4);
    assert_int_equal(walked_value(walked_thread(11), "w_mib"), 10);
    assert_string_equal(fake_text(walk.fake, walked_thread(11), "comm"), "CPU 0/KVM");
    assert_int_equal(walked_thread(11)->parent, walked_process(10)->ref);
    assert_false(walked_known(walked_thread(11), "threads"));
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
    fake_walk_process(1);
    for (size_t i = 0; i < KVMTOP_COUNT(states); i++) {
        walk.slot[0].task.state = states[i].bits;
        fake_walk_collect();
        assert_int_equal(walked_value(walked_process(10), "state"), states[i].letter);
    }
}

static void test_the_dead_have_no_rows(void **state)
{
    (void)state;
    walk.fake->children = true;
    put_task(10, 10);
    fake_walk_process(2);
    put_task(11, 10)->state = 0x90;
    put_task(20, 20)->state = 0x90;
    fake_walk_process(1);
    put_task(31, 30);           /* its leader is not there */
    fake_walk_collect();
    assert_int_equal(fake_count(walk.fake, "process", ROW_PROCESS), 1);
    assert_int_equal(fake_count(walk.fake, "process", ROW_THREAD), 1);
    /* It has not gone over to the process yet. */
    assert_int_equal(walked_value(walked_process(10), "cpu"), 2);
}

static void test_kernel_threads_are_marked(void **state)
{
    (void)state;
    put_task(10, 10)->flags |= WALK_KERNEL;
    fake_walk_process(1);
    fake_walk_collect();
    assert_int_equal(walked_process(10)->flags, KVMTOP_ROW_HIDDEN);
}

static void test_comm_of_full_length(void **state)
{
    (void)state;
    put_task(10, 10);
    fake_walk_process(1);
    memcpy(walk.slot[0].task.comm, "0123456789abcdef", WALK_COMM);
    fake_walk_collect();
    assert_string_equal(fake_text(walk.fake, walked_process(10), "comm"), "0123456789abcdef");
}

static void test_only(void **state)
{
    static const uint64_t only[] = { 20, 30 };

    (void)state;
    walk.fake->only = only;
    walk.fake->nonly = 2;
    for (uint32_t pid = 10; pid <= 40; pid += 10) {
        put_task(pid, pid);
        fake_walk_process(1);
    }
    fake_walk_collect();
    assert_int_equal(fake_count(walk.fake, "process", ROW_PROCESS), 2);
    assert_non_null(walked_process(20));
    assert_non_null(walked_process(30));
}

static void test_a_changing_process_has_no_sums(void **state)
{
    static const char *const sums[] = { "cpu", "wait", "r_log", "w_mib", "minflt", "rundelay" };

    (void)state;
    walk.fake->children = true;
    put_task(10, 10);
    fake_walk_process(3);
    put_task(11, 10);
    fake_walk_collect();
    for (size_t i = 0; i < KVMTOP_COUNT(sums); i++) {
        assert_false(walked_known(walked_process(10), sums[i]));
        assert_reason(sums[i], "ended while");
    }
    assert_int_equal(walked_value(walked_process(10), "threads"), 3);
    assert_int_equal(walked_value(walked_thread(11), "cpu"), 1);
}

static void test_no_io_accounting(void **state)
{
    (void)state;
    put_task(10, 10)->flags = 0;
    fake_walk_process(1);
    fake_walk_collect();
    assert_false(walked_known(walked_process(10), "r_log"));
    assert_reason("w_mib", "CONFIG_TASK_IO_ACCOUNTING");
    assert_false(walked_known(walked_process(10), "rundelay"));
    assert_true(walked_known(walked_process(10), "cpu"));
}

static void test_wait_off(void **state)
{
    (void)state;
    walk.fake->children = true;
    walk.sampler.delayacct.mode = DELAYACCT_OFF;
    put_task(10, 10);
    fake_walk_process(1);
    fake_walk_collect();
    assert_false(walked_known(walked_process(10), "wait"));
    assert_false(walked_known(walked_thread(10), "wait"));
    assert_reason("wait", "task_delayacct=1");
    walk.sampler.delayacct.mode = DELAYACCT_NONE;
    fake_walk_collect();
    assert_reason("wait", "nodelayacct");
}

/* Delay accounting was switched on between its first thread and its second. */
static void test_wait_of_a_part(void **state)
{
    (void)state;
    walk.fake->children = true;
    put_task(10, 10)->flags &= (uint8_t)~WALK_WAIT;
    fake_walk_process(2);
    put_task(11, 10);
    fake_walk_collect();
    assert_false(walked_known(walked_process(10), "wait"));
    assert_false(walked_known(walked_thread(10), "wait"));
    assert_int_equal(walked_value(walked_thread(11), "wait"), 4);
    assert_reason("wait", "older than delay accounting");
}

static void test_wait_that_leaps(void **state)
{
    (void)state;
    walk.fake->children = true;
    put_task(10, 10);
    fake_walk_process(2);
    put_task(11, 10);
    fake_walk_collect();
    assert_true(walked_known(walked_process(10), "wait"));
    walk.slot[2].task.counts.wait += UPTIME;
    fake_walk_collect();
    assert_false(walked_known(walked_process(10), "wait"));
    assert_false(walked_known(walked_thread(11), "wait"));
    assert_true(walked_known(walked_thread(10), "wait"));
    assert_reason("wait", "from boot on");
    walk.slot[2].task.counts.wait += SECOND;
    fake_walk_collect();
    assert_true(walked_known(walked_process(10), "wait"));
    assert_false(walked_known(walked_thread(11), "wait"));
}

static void collect_and_expect(bool changed)
{
    fake_walk_collect();
    assert_int_equal(walked_process(10)->changed, changed);
}

static void test_exec(void **state)
{
    (void)state;
    put_task(10, 10);
    fake_walk_process(1);
    collect_and_expect(false);
    collect_and_expect(false);
    walk.slot[1].process.image++;
    collect_and_expect(true);
    collect_and_expect(true);   /* the new arguments may not have been there yet */
    collect_and_expect(false);
    memcpy(walk.slot[0].task.comm, "web01", 6);
    collect_and_expect(true);
    collect_and_expect(true);
    collect_and_expect(false);
    walk.slot[0].task.start += SECOND; /* another process */
    walk.slot[1].process.image++;
    collect_and_expect(false);
}

static void test_a_process_just_born_is_looked_at_again(void **state)
{
    (void)state;
    put_task(10, 10)->start = walk.fake->boottime + SECOND / 2;
    fake_walk_process(1);
    collect_and_expect(false);
    collect_and_expect(true);
    collect_and_expect(false);
}

static void test_names_of_kernel_threads_change(void **state)
{
    (void)state;
    put_task(10, 10)->flags |= WALK_KERNEL;
    fake_walk_process(1);
    collect_and_expect(false);
    memcpy(walk.slot[0].task.comm, "kworker", 8);
    collect_and_expect(false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WALK_TEST(test_cells),
        WALK_TEST(test_threads),
        WALK_TEST(test_states),
        WALK_TEST(test_the_dead_have_no_rows),
        WALK_TEST(test_kernel_threads_are_marked),
        WALK_TEST(test_comm_of_full_length),
        WALK_TEST(test_only),
        WALK_TEST(test_a_changing_process_has_no_sums),
        WALK_TEST(test_no_io_accounting),
        WALK_TEST(test_wait_off),
        WALK_TEST(test_wait_of_a_part),
        WALK_TEST(test_wait_that_leaps),
        WALK_TEST(test_exec),
        WALK_TEST(test_a_process_just_born_is_looked_at_again),
        WALK_TEST(test_names_of_kernel_threads_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
