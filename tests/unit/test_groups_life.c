/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests that come and go, and what their table shows of those that have gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "groups_fixture.h"

/* Starts, stops, a PID used again, and a process that turns out to be a guest's later. */
static void test_life(void **state)
{
    struct world *world = *state;
    struct fake_item item[] = {
        { .id = 10, .birth = FAKE_START - FAKE_SECOND, .cpu = 5000 },
        { .id = 11, .birth = 2000, .cpu = 7000 },
    };

    world_round(world, item, 2);
    item[0].cpu += percent(10);
    world_round(world, item, 2);
    SAME(world, 10, "load", 10);
    item[0] = (struct fake_item){ .id = 10, .cpu = percent(20),
                                  .birth = FAKE_START + 2 * FAKE_SECOND - FAKE_SECOND / 2 };
    world_round(world, item, 2);
    assert_int_equal(world_table(world, "guests")->nrows, 2);
    SAME(world, 10, "load", 40);                /* since its birth, half a second ago */
    world_round(world, item + 1, 1);
    assert_int_equal(world_table(world, "guests")->nrows, 1);
    assert_null(world_row(world, "guests", 10));
    world_round(world, item, 0);
    assert_int_equal(world_table(world, "guests")->nrows, 0);
}

/* The table as it was when it was last looked at: a guest that has gone since has no name, not
 * that of another whose index is the same. */
static void test_stale(void **state)
{
    static const struct fake_item item[] = {
        { .id = 10, .birth = 1000 }, { .id = 11, .birth = 2000 }, { .id = 12, .birth = 3000 },
    };
    struct world *world = *state;

    world_round(world, item, 2);
    world_round(world, item, 2);
    uint32_t index = world_row(world, "guests", 10)->guest;
    assert_string_equal(world_text(world, "guests", 10, "vmid"), "10");
    world->session.view = session_find_view(&world->session, "storage");
    world_round(world, item + 1, 1);
    world_round(world, item + 1, 2);
    assert_int_equal(world_row(world, "process", 12)->guest, index);
    assert_int_equal(world_table(world, "guests")->nrows, 2);
    assert_null(world_text(world, "guests", 10, "vmid"));
    assert_string_equal(world_text(world, "guests", 11, "vmid"), "11");
}

/* The same where the process has been replaced by another of its PID. */
static void test_stale_pid(void **state)
{
    static const struct fake_item before = { .id = 10, .birth = 1000 };
    static const struct fake_item after = { .id = 10, .birth = 4000 };
    struct world *world = *state;

    world_round(world, &before, 1);
    world->session.view = session_find_view(&world->session, "storage");
    world_round(world, NULL, 0);
    world_round(world, &after, 1);
    assert_int_equal(world_row(world, "guests", 10)->birth, 1000);
    assert_null(world_text(world, "guests", 10, "vmid"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_life), TEST(test_stale), TEST(test_stale_pid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
