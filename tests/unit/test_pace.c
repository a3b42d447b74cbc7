/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds of the screen: the first, those out of turn, the frost, the end of a recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "core/pace.h"
#include "fake_plugin.h"

static const struct fake_item items[] = { { .id = 1, .cpu = 5 }, { .id = 2, .cpu = 5 } };

/* The fake host is a recording of a single step; steps: how many it is to have.  0: it is live. */
static void begin(struct world *world, struct pace *pace, unsigned steps)
{
    char path[40];

    world_open(world, NULL);
    fake_script.item = items;
    fake_script.nitems = 2;
    for (unsigned i = 2; i <= steps; i++) {
        snprintf(path, sizeof path, "../%u/clock", i);
        world_write_text(world, path, "2000000000000\n");
        snprintf(path, sizeof path, "../%u/proc/loadavg", i);
        world_write_text(world, path, "0.00 0.00 0.00 1/2 3\n");
    }
    if (!steps)
        world->session.model.root.step = 0;
    pace_start(pace, &world->session, 0);
}

/* The next round, without waiting for it.  True: something new is to be shown. */
static bool next_round(struct pace *pace)
{
    bool news;

    pace->next = 0;
    do
        news = pace_run(pace);
    while (pace->session->sched.phase != SCHED_IDLE);
    return news;
}

static void test_start(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 0);
    uint64_t began = pace_now();
    assert_false(next_round(&pace));
    assert_int_equal(pace.owed, PACE_SECOND);
    assert_in_range(pace.next, began + PACE_PRIME_NS, pace_now() + PACE_PRIME_NS);
    assert_int_equal(pace_due(&pace), pace.next);
    assert_false(pace_run(&pace));      /* it isn't due */
    assert_true(next_round(&pace));
    assert_true(pace.shown);
    assert_int_equal(pace.owed, PACE_NONE);
    assert_true(pace.next > pace_now());
    world_close(&world);
}

/* Of a host that takes long what there is comes to be shown at a moment of its own. */
static void test_late(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 0);
    assert_false(next_round(&pace));
    pace.next = UINT64_MAX;
    assert_int_equal(pace_due(&pace), pace.late);
    pace.late = pace_now();
    assert_true(pace_run(&pace));
    assert_true(pace.shown);
    assert_false(pace_run(&pace));
    world_close(&world);
}

/* The tree is shown once without its threads, before any rates. */
static void test_haste(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 0);
    world.session.view = session_find_view(&world.session, "tree");
    pace_start(&pace, &world.session, 0);
    assert_true(next_round(&pace));
    assert_true(next_round(&pace));
    assert_int_equal(pace.owed, PACE_SECOND);
    assert_true(next_round(&pace));
    assert_int_equal(pace.owed, PACE_NONE);
    world_close(&world);
}

/* A round under way has begun without what comes up now: two more follow. */
static void test_prime(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 0);
    next_round(&pace);
    next_round(&pace);
    world.session.sched.patient = false;
    fake_script.a_call = 1;
    pace.next = 0;
    assert_false(pace_run(&pace));
    assert_int_equal(pace_due(&pace), 0);
    pace_prime(&pace);
    while (!pace_run(&pace))
        ;
    assert_int_equal(pace.owed, PACE_FIRST);
    assert_true(pace.next <= pace_now());
    next_round(&pace);
    assert_int_equal(pace.owed, PACE_SECOND);
    next_round(&pace);
    assert_int_equal(pace.owed, PACE_NONE);
    world_close(&world);
}

static void test_frost(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 0);
    pace_freeze(&pace);                 /* before there is anything to look at */
    assert_false(pace.frozen);
    next_round(&pace);
    next_round(&pace);
    uint64_t rounds = world.session.sched.rounds;
    pace_freeze(&pace);
    assert_int_equal(pace_due(&pace), UINT64_MAX);
    pace_prime(&pace);
    assert_false(next_round(&pace));
    assert_int_equal(world.session.sched.rounds, rounds);
    pace_freeze(&pace);
    assert_true(pace.thawing);
    next_round(&pace);
    assert_true(pace.thawing);
    next_round(&pace);
    assert_false(pace.thawing);
    world_close(&world);
}

/* There is nothing to wait for: the one step is all that will be shown. */
static void test_one_step(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 1);
    next_round(&pace);
    assert_true(next_round(&pace));
    assert_true(pace.shown);
    assert_int_equal(pace_due(&pace), UINT64_MAX);
    world.session.view->sort = world_column(&world, "process", "extra");
    pace_prime(&pace);                  /* a column that has not been read */
    assert_true(next_round(&pace));
    assert_int_equal(fake_script.fills, 2);
    assert_int_equal(pace_due(&pace), UINT64_MAX);
    world_close(&world);
}

/* What comes up after the last step has that one's rates, and is shown once. */
static void test_replay(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 3);
    assert_false(next_round(&pace));
    assert_true(next_round(&pace));
    assert_true(next_round(&pace));
    assert_int_equal(world.session.model.root.step, 3);
    assert_false(next_round(&pace));
    assert_int_equal(pace_due(&pace), UINT64_MAX);
    pace_prime(&pace);
    assert_false(next_round(&pace));
    assert_int_equal(world.session.model.root.step, 2);
    assert_true(next_round(&pace));
    assert_int_equal(world.session.model.root.step, 3);
    next_round(&pace);
    assert_int_equal(pace_due(&pace), UINT64_MAX);
    world_close(&world);
}

static void test_iterations(void **state)
{
    struct world world;
    struct pace pace;

    (void)state;
    begin(&world, &pace, 0);
    pace.left = 2;
    next_round(&pace);
    next_round(&pace);
    assert_false(pace.over);
    next_round(&pace);
    assert_true(pace.over);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),  cmocka_unit_test(test_late),
        cmocka_unit_test(test_haste),  cmocka_unit_test(test_prime),
        cmocka_unit_test(test_frost),  cmocka_unit_test(test_one_step),
        cmocka_unit_test(test_replay), cmocka_unit_test(test_iterations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
