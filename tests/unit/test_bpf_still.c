/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that stand still: their rows are kept, and no other's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fake_walk.h"

enum { THREADS = 100 };

/* Process 10, whose threads 11, 12, … do nothing. */
static void make_tasks(unsigned threads)
{
    walk.fake->children = true;
    walk.nslots = 0;
    for (uint32_t i = 0; i < threads; i++) {
        struct walk_task *task = &walk.slot[walk.nslots++].task;

        *task = (struct walk_task){
            .pid = 10 + i, .tgid = 10, .start = 50 * (uint64_t)SECOND, .comm = "kvm", .state = 1,
            .flags = WALK_IO | WALK_WAIT | WALK_DELAY, .counts.run = 7 + i,
        };
        if (i == 0)
            fake_walk_process(threads);
    }
}

static struct walk_task *task_of(uint32_t tid)
{
    size_t i = 0;

    while (walk.slot[i].task.pid != tid || (i == 1 && tid == 10))
        i++;
    return &walk.slot[i].task;
}

static unsigned kept(void)
{
    unsigned n = 0;

    for (uint32_t tid = 10; tid < 10 + THREADS; tid++)
        n += walked_thread(tid) != NULL && walked_thread(tid)->kept;
    return n;
}

static void test_keeps(void **state)
{
    (void)state;
    make_tasks(THREADS);
    fake_walk_collect();
    assert_int_equal(kept(), 0);
    fake_walk_collect();
    assert_int_equal(kept(), THREADS);
    assert_int_equal(walked_thread(15)->time, walk.fake->monotonic);
    assert_int_equal(walked_value(walked_thread(15), "cpu"), 12);
}

/* Whatever changes of what a row is made of. */
static void test_makes_anew(void **state)
{
    struct walk_task *task;

    (void)state;
    make_tasks(THREADS);
    fake_walk_collect();
    task = task_of(20);
#define CHANGES(statement)                   \
    do {                                     \
        statement;                           \
        fake_walk_collect();                 \
        assert_false(walked_thread(20)->kept); \
        assert_int_equal(kept(), THREADS - 1); \
        fake_walk_collect();                 \
        assert_int_equal(kept(), THREADS);   \
    } while (0)
    CHANGES(task->counts.run++);
    CHANGES(task->counts.guest++);
    CHANGES(task->counts.delay++);
    CHANGES(task->counts.wait++);
    CHANGES(task->counts.minflt++);
    CHANGES(task->counts.majflt++);
    for (unsigned i = 0; i < WALK_IO_VALUES; i++)
        CHANGES(task->counts.io[i]++);
    CHANGES(task->state = 0);
    CHANGES(task->nice = -1);
    CHANGES(task->flags = 0);
    CHANGES(memcpy(task->comm, "CPU 0", 6));
    assert_string_equal(fake_text(walk.fake, walked_thread(20), "comm"), "CPU 0");
    assert_int_equal(walked_value(walked_thread(20), "state"), 'R');
    assert_int_equal(fake_i64(walk.fake, walked_thread(20), "nice"), -1);
    assert_false(walked_known(walked_thread(20), "wait"));
}

/* What they have in common. */
static void test_whole_process(void **state)
{
    (void)state;
    make_tasks(THREADS);
    fake_walk_collect();
    walk.slot[1].process.uid = 4242;
    fake_walk_collect();
    assert_int_equal(kept(), 0);
    assert_string_equal(fake_text(walk.fake, walked_thread(20), "user"), "4242");
    walk.sampler.delayacct.mode = DELAYACCT_OFF;
    fake_walk_collect();
    assert_int_equal(kept(), 0);
    assert_false(walked_known(walked_thread(20), "wait"));
}

/* Another thread of the same ID. */
static void test_reused(void **state)
{
    (void)state;
    make_tasks(THREADS);
    fake_walk_collect();
    task_of(20)->start += SECOND;
    fake_walk_collect();
    assert_false(walked_thread(20)->kept);
    assert_int_equal(walked_thread(20)->birth, 51 * (uint64_t)SECOND);
}

/* The others are found beside those that have come and gone. */
static void test_comings_and_goings(void **state)
{
    struct walk_task *late;

    (void)state;
    make_tasks(THREADS);
    fake_walk_collect();
    memmove(&walk.slot[20], &walk.slot[60], (walk.nslots - 60) * sizeof walk.slot[0]);
    walk.nslots -= 40;
    walk.slot[1].process.threads = THREADS - 40;
    fake_walk_collect();
    assert_int_equal(kept(), THREADS - 40);
    late = &walk.slot[walk.nslots++].task;
    *late = *task_of(11);
    late->pid = 5000;
    walk.slot[1].process.threads++;
    fake_walk_collect();
    assert_int_equal(kept(), THREADS - 40);
    assert_false(walked_thread(5000)->kept);
    fake_walk_collect();
    assert_true(walked_thread(5000)->kept);
}

/* Why cells are unknown holds for kept rows too. */
static void test_reasons(void **state)
{
    (void)state;
    make_tasks(2);
    task_of(11)->flags &= (uint8_t)~WALK_IO;
    fake_walk_collect();
    assert_non_null(fake_reason(walk.fake, "r_log"));
    fake_walk_collect();
    assert_int_equal(kept(), 2);
    assert_non_null(fake_reason(walk.fake, "r_log"));
}

/* A view without threads in between. */
static void test_forgets(void **state)
{
    (void)state;
    make_tasks(THREADS);
    fake_walk_collect();
    walk.fake->children = false;
    fake_walk_collect();
    walk.fake->children = true;
    fake_walk_collect();
    assert_int_equal(kept(), 0);
    still_forget(&walk.sampler.still); /* a round that was given up */
    fake_walk_collect();
    assert_int_equal(kept(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(test_keeps),
        WALK_TEST(test_makes_anew),
        WALK_TEST(test_whole_process),
        WALK_TEST(test_reused),
        WALK_TEST(test_comings_and_goings),
        WALK_TEST(test_reasons),
        WALK_TEST(test_forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
