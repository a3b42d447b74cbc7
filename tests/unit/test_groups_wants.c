/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read for tables of guests: for the columns shown, of the guests seen, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/groups.h"
#include "core/rate.h"
#include "groups_fixture.h"

/* Columns that have a total elsewhere come by themselves, once. */
static void test_added(void **state)
{
    struct world *world = *state;
    const struct table *table = world_table(world, "guests");
    const char *const none[] = { "cpu", "user", "secret" };

    for (size_t i = 0; i < KVMTOP_COUNT(none); i++)
        assert_int_equal(table_column(table, none[i], strlen(none[i])), NONE);
    /* cpu is there as `load`; those below under their own names. */
    world_column(world, "guests", "peak");
    world_column(world, "guests", "rx");
    assert_true(table->columns[world_column(world, "guests", "extra")].def.flags & KVMTOP_COSTLY);
}

/* A column that a site's plugin fills into `process` is there for guests, and for them alone. */
static void test_site(void **state)
{
    struct world *world = *state;

    site_rows = 0;
    view_set_columns(world->session.view, "vmid, tariff, calls", NULL, 0);
    world_round(world, some, N);
    assert_int_equal(site_rows, 3);
    SAME(world, 10, "tariff", 10);
    SAME(world, 11, "tariff", 11);
    SAME(world, 10, "calls", -1);
    SAME(world, 10, "given", 4096);             /* was known to be a guest when it was named */
    world_round(world, some, N);
    SAME(world, 10, "calls", 1000);
    SAME(world, 12, "calls", 1000);
    /* Nobody looks: nothing is read. */
    world->session.export = false;
    view_set_columns(world->session.view, "vmid, load", NULL, 0);
    site_rows = 0;
    world_round(world, some, N);
    assert_int_equal(site_rows, 0);
}

/* Levels that are read in rotation are fresh where few guests are shown. */
static void test_rotation(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];

    memcpy(item, some, sizeof some);
    for (unsigned round = 1; round < 10; round++) {
        item[G10].rss = round;
        world_round(world, item, N);
        SAME(world, 10, "rss", round);
    }
}

/* Threads are read for columns that ask for them; what a share is of is wanted with it. */
static void test_wants(void **state)
{
    struct world *world = *state;
    const struct feed *process = model_feed(&world->session.model, "process");
    const struct feed *network = model_feed(&world->session.model, "network");

    world->session.export = false;
    view_set_columns(world->session.view, "vmid, load", NULL, 0);
    world_round(world, some, N);
    assert_false(process->children);
    assert_false(network->active);
    view_set_columns(world->session.view, "vmid, vcpu%, tx", NULL, 0);
    struct fake_item item[N];
    memcpy(item, some, sizeof some);
    world_round(world, item, N);
    assert_true(process->children);
    assert_true(network->active && network->claims);
    item[T101].cpu = percent(50);
    world_round(world, item, N);
    SAME(world, 10, "vcpu%", 25);
    /* What guests own is asked for where it is shown. */
    view_set_columns(world->session.view, "vmid, passthrough", NULL, 0);
    world_round(world, some, N);
    assert_false(network->active);
    assert_true(groups_want_claims(model_feed(&world->session.model, "guests")));
    assert_string_equal(world_text(world, "guests", 12, "passthrough"), "vfio-pci 0000:03:10.1");
}

/* What costs is read for the guests on the screen alone, and for all where it is sorted by; what is
 * known of some has no total. */
static void test_seen(void **state)
{
    struct world *world = *state;
    struct view *view = world->session.view;
    struct fake_item item[N];
    double total;

    memcpy(item, some, sizeof some);
    item[G10].cpu = percent(50);
    world->session.export = false;
    assert_true(view_set_columns(view, "vmid, extra", NULL, 0));
    assert_true(view_set_sort(view, "vmid", NULL, 0));
    fake_script.fills = 0;
    world_round(world, item, N);                /* there is no screen yet */
    assert_int_equal(fake_script.fills, 0);
    view_scroll(view, 2);
    world_round(world, item, N);
    assert_int_equal(fake_script.fills, 2);
    item[G10].extra += 30;
    item[G12].extra += 30;
    world_round(world, item, N);
    assert_int_equal(fake_script.fills, 4);
    SAME(world, 10, "extra", 30);
    SAME(world, 11, "extra", 0);
    SAME(world, 12, "extra", -1);
    uint32_t extra = world_column(world, "guests", "extra");
    const struct column *column = &view->feed->table->columns[extra];
    assert_false(rate_total(&view->totals[extra], column, &total));
    assert_true(view_set_sort(view, "extra", NULL, 0));
    world_round(world, item, N);
    assert_int_equal(fake_script.fills, 8);     /* OTHER's too */
    item[G12].extra += 70;
    world_round(world, item, N);
    SAME(world, 12, "extra", 70);
    assert_true(rate_total(&view->totals[extra], column, &total));
    assert_true(total == 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_added), TEST(test_site), TEST(test_rotation), TEST(test_wants),
        TEST(test_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
