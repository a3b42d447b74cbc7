/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Putting the tasks of a walk together to processes, and what is summed over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bpf/tgroups.h"

static union walk_slot slot[64];
static size_t nslots;
static struct tgroups groups;
static struct tgroup_sums sums;

static int set_up(void **state)
{
    (void)state;
    memset(slot, 0xee, sizeof slot);
    nslots = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tgroups_free(&groups);
    return 0;
}

static struct walk_task *put_task(uint32_t pid, uint32_t tgid)
{
    struct walk_task *task = &slot[nslots++].task;

    *task = (struct walk_task){ .pid = pid, .tgid = tgid, .start = 1000 + tgid, .ended = 4 };
    return task;
}

static struct walk_process *put_process(uint32_t threads)
{
    struct walk_process *process = &slot[nslots++].process;

    *process = (struct walk_process){ .threads = threads, .image = 1 };
    return process;
}

static void build(void)
{
    assert_int_equal(tgroups_build(&groups, slot, nslots), 0);
}

static const struct tgroup *only_group(void)
{
    assert_int_equal(groups.n, 1);
    return &groups.group[0];
}

static void assert_threads(const struct tgroup *group, const uint32_t *pids, size_t n)
{
    uint32_t at = group->first;

    for (size_t i = 0; i < n; i++, at = slot[at].task.next) {
        assert_int_not_equal(at, TGROUP_NONE);
        assert_int_equal(slot[at].task.pid, pids[i]);
    }
    assert_int_equal(at, TGROUP_NONE);
}

static void test_nothing(void **state)
{
    (void)state;
    build();
    assert_int_equal(groups.n, 0);
    assert_null(tgroups_find(&groups, 1));
}

static void test_leaders_before_their_threads(void **state)
{
    (void)state;
    put_task(10, 10);
    put_process(3);
    put_task(11, 10);
    put_task(12, 10);
    put_task(20, 20);
    put_process(1);
    build();
    assert_int_equal(groups.n, 2);
    assert_int_equal(groups.nchanging, 0);
    assert_int_equal(groups.group[0].threads, 3);
    assert_int_equal(groups.group[0].leader, 0);
    assert_threads(&groups.group[0], (uint32_t[]){ 11, 12 }, 2);
    assert_int_equal(groups.group[1].leader, 4);
    assert_threads(&groups.group[1], NULL, 0);
    assert_ptr_equal(tgroups_find(&groups, 20), &groups.group[1]);
}

/* As the iterator gives them: by ID, which starts again from the bottom at the maximum. */
static void test_any_order(void **state)
{
    (void)state;
    put_task(5, 90);
    put_task(20, 20);
    put_process(2);
    put_task(30, 90);
    put_task(40, 20);
    put_task(90, 90);
    put_process(4);
    put_task(91, 90);
    build();
    assert_int_equal(groups.n, 2);
    assert_int_equal(groups.nchanging, 0);
    assert_threads(tgroups_find(&groups, 90), (uint32_t[]){ 5, 30, 91 }, 3);
    assert_threads(tgroups_find(&groups, 20), (uint32_t[]){ 40 }, 1);
}

static void test_threads_without_leader(void **state)
{
    (void)state;
    put_task(5, 90);
    build();
    assert_int_equal(only_group()->leader, TGROUP_NONE);
    assert_int_equal(groups.nchanging, 0);
}

static void test_an_id_used_again(void **state)
{
    (void)state;
    put_task(10, 10);
    put_process(1);
    put_task(10, 10)->start = 7777;
    put_process(1);
    build();
    assert_int_equal(groups.n, 2);
    assert_int_equal(tgroups_find(&groups, 10)->start, 7777);
}

/* The leader that was and the thread that is to be: the first is counted until it is gone. */
static void test_exec_by_a_thread(void **state)
{
    (void)state;
    put_task(10, 10)->counts.run = 5;
    put_process(2);
    put_task(10, 10)->counts.run = 7;
    put_process(2);
    build();
    assert_int_equal(only_group()->leader, 2);
    assert_int_equal(only_group()->threads, 2);
    tgroup_sum(only_group(), slot, &sums);
    assert_int_equal(sums.counts.run, 12);
}

static void test_a_walk_cut_short(void **state)
{
    (void)state;
    put_task(10, 10);
    put_process(1);
    put_task(20, 20);
    build();
    assert_int_equal(only_group()->tgid, 10);
}

static void test_many(void **state)
{
    static union walk_slot many[8000];

    (void)state;
    for (uint32_t i = 0; i < 4000; i++) {
        many[2 * i].task = (struct walk_task){ .pid = 100 + i, .tgid = 100 + i, .ended = i };
        many[2 * i + 1].process = (struct walk_process){ .threads = 1 };
    }
    assert_int_equal(tgroups_build(&groups, many, 8000), 0);
    assert_int_equal(groups.n, 4000);
    assert_int_equal(groups.nchanging, 0);
    assert_int_equal(tgroups_find(&groups, 4099)->leader, 7998);
    build();
    assert_int_equal(groups.n, 0);
    assert_null(tgroups_find(&groups, 4099));
}

static void test_changing(void **state)
{
    (void)state;
    put_task(10, 10);           /* a thread was missed */
    put_process(2);
    put_task(20, 20);           /* one ended after the leader was read */
    put_process(2);
    put_task(21, 20)->ended = 6;
    put_task(30, 30);           /* one ended while it was read */
    put_process(1)->flags = WALK_TORN;
    put_task(40, 40);           /* one more began: it can be counted */
    put_process(1);
    put_task(41, 40);
    build();
    assert_int_equal(groups.nchanging, 3);
    assert_true(tgroups_find(&groups, 10)->changing);
    assert_true(tgroups_find(&groups, 20)->changing);
    assert_true(tgroups_find(&groups, 30)->changing);
    assert_false(tgroups_find(&groups, 40)->changing);
}

static struct walk_counts counts(uint64_t first)
{
    return (struct walk_counts){
        .run = first, .guest = first + 1, .delay = first + 2, .wait = first + 3,
        .minflt = first + 4, .majflt = first + 5,
        .io = { first + 6, first + 7, first + 8, first + 9 },
    };
}

static void test_sums(void **state)
{
    struct walk_counts all = counts(111);

    (void)state;
    put_task(10, 10)->counts = counts(1);
    put_process(2)->counts = counts(10);
    put_task(11, 10)->counts = counts(100);
    build();
    tgroup_sum(only_group(), slot, &sums);
    assert_int_equal(sums.counts.run, 111);
    assert_int_equal(sums.counts.guest, 114);
    assert_int_equal(sums.counts.delay, 117);
    assert_int_equal(sums.counts.wait, 120);
    assert_int_equal(sums.counts.minflt, 123);
    assert_int_equal(sums.counts.majflt, 126);
    for (uint64_t i = 0; i < WALK_IO_VALUES; i++)
        assert_int_equal(sums.counts.io[i], all.io[i] + 2 * (6 + i));
}

/* A thread about to end has left its delays to the process already, but nothing else. */
static void test_delays_of_ending_threads(void **state)
{
    struct walk_task *task;
    struct walk_process *process;

    (void)state;
    put_task(10, 10)->counts = counts(1);
    process = put_process(2);
    process->counts = counts(10);
    task = put_task(11, 10);
    task->counts = counts(100);
    task->flags = WALK_EXITING;
    build();
    tgroup_sum(only_group(), slot, &sums);
    assert_int_equal(sums.counts.wait, 120); /* nothing was kept: it still has its own */
    process->flags = WALK_ENDED;
    tgroup_sum(only_group(), slot, &sums);
    assert_int_equal(sums.counts.wait, 17);
    assert_int_equal(sums.counts.delay, 15);
    assert_int_equal(sums.counts.run, 111);
}

static void test_what_is_known_of_delays(void **state)
{
    struct walk_task *leader, *thread;
    struct walk_process *process;

    (void)state;
    leader = put_task(10, 10);
    process = put_process(2);
    thread = put_task(11, 10);
    build();
    tgroup_sum(only_group(), slot, &sums);
    assert_false(sums.has_wait);
    assert_false(sums.has_delay);
    thread->flags = WALK_WAIT | WALK_DELAY;
    tgroup_sum(only_group(), slot, &sums);
    assert_false(sums.has_wait); /* of one thread it isn't known */
    assert_true(sums.has_delay);
    leader->flags = WALK_WAIT;
    thread->flags = WALK_WAIT;
    process->flags = WALK_DELAY;
    tgroup_sum(only_group(), slot, &sums);
    assert_true(sums.has_wait);
    assert_true(sums.has_delay);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leaders_before_their_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads_without_leader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_id_used_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exec_by_a_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_walk_cut_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sums, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_delays_of_ending_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_known_of_delays, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
