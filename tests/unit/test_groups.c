/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of guests: those of their processes, threads, interfaces and devices put together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/overcommit.h"
#include "core/rate.h"
#include "core/xalloc.h"
#include "groups_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define GIB UINT64_C(1073741824)

static void test_sums(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];

    memcpy(item, some, sizeof some);
    world_round(world, item, N);
    assert_int_equal(world_table(world, "guests")->nrows, 3);
    SAME(world, 10, "load", -1);                /* no rate yet */
    SAME(world, 10, "vcpus", 2);
    item[G10].cpu = percent(150);
    item[T101].cpu = percent(90);
    item[T102].cpu = percent(30);
    item[T103].cpu = percent(25);
    item[G11].cpu = item[T111].cpu = percent(60);
    item[OTHER].cpu = percent(77);
    world_round(world, item, N);
    SAME(world, 10, "load", 150);
    SAME(world, 10, "own_cpu", 150);
    SAME(world, 10, "vcpus", 2);
    SAME(world, 10, "vcpu%", 60);
    SAME(world, 10, "io", 25);
    SAME(world, 11, "load", 60);
    SAME(world, 11, "vcpu%", 60);
    SAME(world, 11, "io", 0);                   /* its threads are told apart: it has none */
    SAME(world, 12, "load", 0);
    SAME(world, 12, "vcpus", -1);
    SAME(world, 12, "vcpu%", -1);
    SAME(world, 12, "io", -1);
    assert_string_equal(reason(world, "vcpus"),
                        "the threads of some guests bear no names to tell them apart");
    assert_null(reason(world, "load"));
}

static void test_own(void **state)
{
    struct world *world = *state;
    struct table *table = world_table(world, "guests");

    world_round(world, some, N);
    SAME(world, 11, "pid", 11);
    assert_string_equal(world_text(world, "guests", 11, "who"), "qemu");
    assert_string_equal(world_text(world, "guests", 11, "s"), "R");
    assert_string_equal(world_text(world, "guests", 12, "s"), "T");
    assert_string_equal(world_text(world, "guests", 12, "vmid"), "12");
    assert_string_equal(world_text(world, "guests", 12, "vm"), "twin");
    assert_string_equal(world_text(world, "guests", 11, "vm"), "twin");
    SAME(world, 11, "age", (double)(table->boottime - 2000) / 1e9);
}

/* The totals line adds up; a share weighs as much as what it is a share of. */
static void test_totals(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];
    uint32_t column = world_column(world, "guests", "vcpu%");
    struct table *table = world_table(world, "guests");
    struct total total = { 0 };
    double v;

    memcpy(item, some, sizeof some);
    world_round(world, item, N);
    item[T101].cpu = percent(90);
    item[T111].cpu = percent(60);
    world_round(world, item, N);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        rate_add(&total, table, table_at(table, i), column);
    assert_true(rate_total(&total, &table->columns[column], &v));
    assert_true(fabs(v - 50) < 1e-9);           /* 150 % of 3 vCPUs */
    assert_true(rate_total(&world->session.view->totals[world_column(world, "guests", "vcpus")],
                           &table->columns[world_column(world, "guests", "vcpus")], &v));
    assert_true(fabs(v - 3) < 1e-9);
}

/* ms in the interval become a share of the time, whatever the interval. */
static void test_per_interval(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];

    memcpy(item, some, sizeof some);
    world_round(world, item, N);
    item[G10].busy = 500000000;                 /* 500 ms */
    item[G10].ops = 100;
    world_round_after(world, 2 * FAKE_SECOND, item, N);
    SAME(world, 10, "busy%", 25);
    SAME(world, 10, "busy_ms", 500);
    SAME(world, 10, "lat", 5);                  /* 500 ms by 100 */
    SAME(world, 11, "lat", -1);
}

/* A thread that began in the interval adds what it has used to the whole interval. */
static void test_newborn(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];

    memcpy(item, some, sizeof some);
    world_round(world, item, T103);
    item[G10].cpu = item[T102].cpu = percent(10);
    item[T103] = some[G11];
    item[T103].id = 103;
    item[T103].kind = THREAD;
    item[T103].parent = G10 + 1;
    item[T103].comm = "io";
    item[T103].birth = FAKE_START + 2 * FAKE_SECOND - FAKE_SECOND / 20;
    item[T103].cpu = percent(5);                /* without a break */
    world_round_after(world, 2 * FAKE_SECOND, item, T103 + 1);
    SAME(world, 10, "io", 2.5);
    SAME(world, 10, "load", 5);
}

static void test_sides(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];

    memcpy(item, some, sizeof some);
    item[FIRST_IFACE].flags = KVMTOP_ROW_MIRRORED;
    world_round(world, item, N);
    item[FIRST_IFACE].ops = 30;                 /* rx, */
    item[FIRST_IFACE].busy = 7;                 /* tx */
    item[FIRST_IFACE + 1].ops = 200;            /* seen from the guest's side, hidden or not */
    item[FIRST_IFACE + 2].ops = 1;
    item[FIRST_IFACE + 3].ops = 1000;           /* nobody's */
    world_round(world, item, N);
    SAME(world, 10, "rx", 207);
    SAME(world, 10, "tx", 30);
    SAME(world, 11, "rx", 1);
    SAME(world, 12, "rx", -1);
    assert_string_equal(reason(world, "rx"),
                        "devices handed through to a guest are seen by no counter of the host");
    /* What stands on others would count twice. */
    item[FIRST_IFACE + 1].flags = KVMTOP_ROW_UNCOUNTED;
    item[FIRST_IFACE].busy += 3;
    item[FIRST_IFACE + 1].ops += 500;
    world_round(world, item, N);
    SAME(world, 10, "rx", 3);
}

/* A device is every guest's that claims it, be it under others or not. */
static void test_devices(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];

    memcpy(item, some, sizeof some);
    world_round(world, item, N);
    item[N - 2].ops = 10;
    item[N - 1].ops = 40;
    world_round(world, item, N);
    SAME(world, 10, "dev_ops", 10);
    SAME(world, 11, "dev_ops", 40);
    assert_string_equal(world_text(world, "guests", 11, "devices"), "sda,sdb");
    assert_string_equal(world_text(world, "guests", 10, "ifaces"), "tap10,veth10");
    assert_string_equal(world_text(world, "guests", 11, "ifaces"), "tap11,veth11");
    assert_null(world_text(world, "guests", 11, "passthrough"));
    assert_string_equal(world_text(world, "guests", 12, "passthrough"), "vfio-pci 0000:03:10.1");
}

/* A kernel thread of vhost counts for the guest, but isn't it. */
static void test_servant(void **state)
{
    struct world *world = *state;
    struct fake_item item[] = {
        { .id = 10, .user = "root", .state = 'S', .birth = 1000 },
        { .id = 101, .kind = THREAD, .parent = 1, .comm = "vcpu" },
        { .id = 7000, .user = "kernel", .state = 'D', .owner = 10 },
        { .id = 7000, .kind = THREAD, .parent = 3, .comm = "io" },
        { .id = 7001, .user = "kernel", .owner = 6000 },
        { .id = 7002, .user = "kernel", .owner = -3 },
    };

    world_round(world, item, KVMTOP_COUNT(item));
    item[0].cpu = item[1].cpu = percent(40);
    item[2].cpu = item[3].cpu = percent(30);
    item[4].cpu = percent(99);
    world_round(world, item, KVMTOP_COUNT(item));
    SAME(world, 10, "load", 70);
    SAME(world, 10, "io", 30);
    SAME(world, 10, "own_cpu", 40);
    SAME(world, 10, "pid", 10);
    assert_string_equal(world_text(world, "guests", 10, "s"), "S");
    assert_string_equal(world_text(world, "process", 7000, "vmid"), "10");
    assert_null(world_text(world, "process", 7001, "vmid"));
    /* The guest goes, another takes its place in memory. */
    item[0] = some[G11];
    world_round(world, item, KVMTOP_COUNT(item));
    assert_int_equal(world_table(world, "guests")->nrows, 1);
    assert_null(world_text(world, "process", 7000, "vmid"));
}

/* What can't be made is unknown, with a reason. */
static void test_unbound(void **state)
{
    struct world *world = *state;

    world_round(world, some, N);
    world_round(world, some, N);
    SAME(world, 10, "nowhere", -1);
    assert_string_equal(reason(world, "nowhere"), "no plugin brings nowhere.cpu");
    assert_string_equal(reason(world, "nothing"), "no plugin brings process.nothing");
    assert_string_equal(reason(world, "colour"), "no plugin brings process.cpu with colour=red");
    assert_string_equal(reason(world, "wrong"), "no plugin brings process.cpu");
    assert_string_equal(reason(world, "dotless"), "no plugin brings process with comm");
}

/* What guests are given all together: whole or a part, unknown where nothing is, and without any
 * cost where no column is shown for it. */
static void test_given(void **state)
{
    struct world *world = *state;
    struct fake_item item[N];
    struct overcommit given;

    memcpy(item, some, sizeof some);
    item[G10].mem = 2 * GIB;
    item[G11].mem = item[G12].mem = GIB;
    world->session.export = false;
    view_set_columns(world->session.view, "load,vcpus", NULL, 0);
    world_round(world, item, N);
    overcommit_read(&given, &world->session.model);
    assert_true(given.cpus.value == 3);
    assert_false(given.cpus.whole);             /* of 12 they are unknown */
    assert_true(given.memory.value == 4096);    /* though not shown */
    assert_true(given.memory.whole);
    item[G11].mem = FAKE_UNKNOWN;
    view_set_columns(world->session.view, "load", NULL, 0);
    world_round(world, item, N);
    overcommit_read(&given, &world->session.model);
    assert_true(given.memory.value == 3072);
    assert_false(given.memory.whole);
    world->session.view = session_find_view(&world->session, "process");
    world_round(world, item, N);
    overcommit_read(&given, &world->session.model);
    assert_true(given.cpus.value == -1);
    assert_true(given.memory.value == -1);
}

/* 2,000 guests with two threads and an interface each. */
static void test_many(void **state)
{
    enum { GUESTS = 2000, EACH = 4 };
    struct world *world = *state;
    struct fake_item *item = xcalloc(GUESTS * EACH, sizeof *item);
    static char name[GUESTS][12];

    for (uint32_t g = 0; g < GUESTS; g++) {
        struct fake_item *i = item + (size_t)g * EACH;

        snprintf(name[g], sizeof name[g], "tap%u", g + 1);
        i[0] = (struct fake_item){ .id = g + 1, .birth = 1000 };
        i[1] = (struct fake_item){ .id = 10000 + g, .kind = THREAD, .comm = "vcpu",
                                   .parent = g * EACH + 1 };
        i[2] = (struct fake_item){ .id = 20000 + g, .kind = THREAD, .comm = "io",
                                   .parent = g * EACH + 1 };
        i[3] = (struct fake_item){ .table = FAKE_NETWORK, .id = g + 1, .user = name[g] };
    }
    world_round(world, item, GUESTS * EACH);
    for (uint32_t g = 0; g < GUESTS; g++) {
        item[g * EACH + 1].cpu = g * 1000;
        item[g * EACH + 3].ops = g;
    }
    world_round(world, item, GUESTS * EACH);
    assert_int_equal(world_table(world, "guests")->nrows, GUESTS);
    for (uint32_t g = 0; g < GUESTS; g++) {
        SAME(world, g + 1, "vcpu%", g * 1e-4);
        SAME(world, g + 1, "rx", g);
    }
    free(item);
}

/* 300 vCPUs, 64 interfaces. */
static void test_large(void **state)
{
    enum { VCPUS = 300 };
    struct world *world = *state;
    struct fake_item item[1 + VCPUS] = { { .id = 10, .birth = 1000, .mem = 3 * GIB } };

    for (uint32_t i = 1; i <= VCPUS; i++)
        item[i] = (struct fake_item){ .id = 1000 + i, .kind = THREAD, .parent = 1,
                                      .comm = "vcpu" };
    world_round(world, item, KVMTOP_COUNT(item));
    for (uint32_t i = 1; i <= VCPUS; i++)
        item[i].cpu = percent(100);
    item[0].cpu = percent(100 * VCPUS);
    world_round(world, item, KVMTOP_COUNT(item));
    SAME(world, 10, "vcpus", VCPUS);
    SAME(world, 10, "vcpu%", 100);
    SAME(world, 10, "load", 100 * VCPUS);
    SAME(world, 10, "mem", 3072);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sums), TEST(test_own), TEST(test_totals), TEST(test_per_interval),
        TEST(test_newborn), TEST(test_sides), TEST(test_devices), TEST(test_servant),
        TEST(test_unbound), TEST(test_given), TEST(test_many), TEST(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
