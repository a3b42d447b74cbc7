/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of guests: rows of processes, threads, interfaces and devices grouped by the guest that
 * they belong to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/groups.h"
#include "core/overcommit.h"
#include "core/rate.h"
#include "core/xalloc.h"
#include "fake_plugin.h"

#define GIB UINT64_C(1073741824)
#define THREAD 1                /* kind of row */

/* ---- plugins: a table of guests, who the guests are, and a site's own column ---- */

static const struct kvmtop_column columns[] = {
    { .name = "pid", .title = "PID", .help = "own", .kind = KVMTOP_ID, .aggregate = KVMTOP_OWN,
      .of = "process.pid" },
    { .name = "who", .title = "Who", .help = "own", .kind = KVMTOP_TEXT, .aggregate = KVMTOP_OWN,
      .of = "process.user" },
    { .name = "age", .title = "Age", .help = "own", .kind = KVMTOP_AGE, .aggregate = KVMTOP_OWN,
      .of = "process.uptime" },
    { .name = "s", .title = "S", .help = "own", .kind = KVMTOP_STATE, .aggregate = KVMTOP_OWN,
      .of = "process.state" },
    { .name = "own_cpu", .title = "CPU", .help = "own", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_OWN, .of = "process.cpu" },
    { .name = "vcpus", .title = "vCPUs", .help = "rows", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_ROWS, .of = "process.cpu", .where = "comm=vcpu",
      .flags = KVMTOP_GIVES_CPUS },
    { .name = "load", .title = "Load", .help = "sum", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_SUM, .of = "process.cpu" },
    { .name = "vcpu%", .title = "vCPU%", .help = "share", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.cpu", .where = "comm=vcpu",
      .per = "vcpus", .flags = KVMTOP_OPTIONAL },
    { .name = "io", .title = "IO", .help = "sum", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_SUM, .of = "process.cpu", .where = "comm=io" },
    { .name = "busy%", .title = "Busy%", .help = "sum", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.busy", .scale = 0.1 },
    { .name = "busy_ms", .title = "Busy", .help = "sum", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.busy",
      .flags = KVMTOP_PER_INTERVAL },
    { .name = "lat", .title = "Lat", .help = "ratio", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_SUM, .of = "process.lat" },
    { .name = "dev_ops", .title = "Ops", .help = "of devices", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_MAX, .of = "storage.ops" },
    { .name = "nowhere", .title = "N", .help = "no table", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "nowhere.cpu" },
    { .name = "nothing", .title = "N", .help = "no column", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.nothing" },
    { .name = "colour", .title = "N", .help = "no where", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.cpu",
      .where = "colour=red" },
    { .name = "wrong", .title = "N", .help = "no per", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.cpu", .per = "colours" },
    { .name = "mem", .title = "M", .help = "given", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.mem",
      .flags = KVMTOP_OPTIONAL | KVMTOP_GIVES_MEMORY },
    { .name = "dotless", .title = "N", .help = "no dot", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process", .where = "comm" },
};

static const struct kvmtop_table tables[] = {
    { .name = "guests", .title = "Guests", .hotkey = 'v', .sort = "load", .columns = columns,
      .ncolumns = KVMTOP_COUNT(columns), .flags = KVMTOP_TABLE_GUESTS },
};

static const struct kvmtop_host *host;

/* Processes up to 4999 are guests; all of them have the same name. */
static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    char id[16];

    (void)state;
    if (process->pid >= 5000)
        return 0;
    snprintf(id, sizeof id, "%d", process->pid);
    host->guest_set(guest, KVMTOP_GUEST_ID, id, strlen(id));
    host->guest_set(guest, KVMTOP_GUEST_NAME, "twin", 4);
    return 0;
}

static int claims(void *state, const struct kvmtop_process *process, struct kvmtop_claims *list)
{
    char name[16];

    (void)state;
    snprintf(name, sizeof name, "tap%d", process->pid);
    host->claim(list, KVMTOP_CLAIM_IFACE, name);
    snprintf(name, sizeof name, "veth%d", process->pid);
    host->claim(list, KVMTOP_CLAIM_IFACE, name);
    host->claim(list, KVMTOP_CLAIM_BLOCK, "sda");
    if (process->pid == 11)
        host->claim(list, KVMTOP_CLAIM_BLOCK, "sdb");
    if (process->pid == 12)
        host->claim(list, KVMTOP_CLAIM_PASSTHROUGH, "vfio-pci 0000:03:10.1");
    return 0;
}

/* What is another's. */
static int claims_heard(void *state, const struct kvmtop_process *process,
                        struct kvmtop_claims *list)
{
    (void)state;
    if (process->pid == 10)
        host->claim(list, KVMTOP_CLAIM_IFACE, "tap11");
    return 0;
}

static const struct kvmtop_resolver resolvers[] = {
    { .name = "test", .rank = 1, .flags = KVMTOP_ALL_PROCESSES, .resolve = resolve,
      .claims = claims },
    { .name = "heard", .rank = 2, .claims = claims_heard },
};

static int open_guests(const struct kvmtop_host *given, void **state)
{
    (void)state;
    host = given;
    return 0;
}

/* A site's plugin knows nothing of guests but the flags of its fills. */
static const struct kvmtop_column site_columns[] = {
    { .name = "tariff", .title = "Tariff", .help = "its price", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .scale = 0.01, .unit = "EUR", .flags = KVMTOP_COSTLY },
    { .name = "calls", .title = "Calls", .help = "a counter", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM },
    { .name = "given", .title = "Given", .help = "once", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_MAX },
    { .name = "secret", .title = "Secret", .help = "no total", .kind = KVMTOP_GAUGE },
};

static const struct kvmtop_table site_tables[] = {
    { .name = "process", .columns = site_columns, .ncolumns = KVMTOP_COUNT(site_columns) },
};

static unsigned site_rows;

static int fill_site(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row)) {
        site_rows++;
        assert_true(row.id < 5000);
        assert_int_equal(row.kind, 0);
        kvmtop_set_u64(&row, 0, row.id * 100);
        kvmtop_set_u64(&row, 1, sample->now / 1000000);
        if (row.id == 11)
            sample->host->unknown(sample, 1, "not of this one");
    }
    return 0;
}

static int fill_once(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row))
        kvmtop_set_u64(&row, 0, 4096);
    return 0;
}

static const char *const site_brings[] = { "tariff", "calls", NULL };
static const char *const given_brings[] = { "given", NULL };

static const struct kvmtop_source site_sources[] = {
    { .table = "process", .columns = site_brings, .fill = fill_site,
      .flags = KVMTOP_FILL_GUESTS },
    { .table = "process", .columns = given_brings, .fill = fill_once,
      .flags = KVMTOP_FILL_GUESTS | KVMTOP_FILL_ONCE },
};

/* ---- the world ---- */

#define HEAD(n)                                                                                   \
    KVMTOP_PLUGIN_HEAD, .name = n, .version = "1", .license = "GPL-3.0-or-later", .summary = n

static int setup(void **state)
{
    static struct world world;

    fake_plugins[0] = (struct kvmtop_plugin){
        HEAD("guests"), .tables = tables, .ntables = KVMTOP_COUNT(tables),
        .resolvers = resolvers, .nresolvers = KVMTOP_COUNT(resolvers), .open = open_guests,
    };
    fake_plugins[1] = (struct kvmtop_plugin){
        HEAD("site"), .tables = site_tables, .ntables = KVMTOP_COUNT(site_tables),
        .sources = site_sources, .nsources = KVMTOP_COUNT(site_sources),
    };
    world_open(&world, NULL);
    world.session.view = session_find_view(&world.session, "guests");
    assert_non_null(world.session.view);
    world.session.export = true;
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

static double value(struct world *world, uint64_t guest, const char *column)
{
    double v;

    return world_value(world, "guests", guest, column, &v) ? v : -1;
}

static const char *reason(struct world *world, const char *column)
{
    return table_reason(world_table(world, "guests"), world_column(world, "guests", column));
}

#define SAME(world, guest, column, expected)                                                      \
    assert_true(fabs(value(world, guest, column) - (expected)) < 1e-9)

/* A guest with two vCPUs and an iothread, one with a vCPU, one without threads that are told
 * apart, and a process that is none. */
enum { G10, T101, T102, T103, G11, T111, G12, OTHER, FIRST_IFACE };

static const struct fake_item some[] = {
    [G10] = { .id = 10, .user = "root", .comm = "kvm", .state = 'S', .birth = 1000 },
    [T101] = { .id = 101, .kind = THREAD, .parent = G10 + 1, .comm = "vcpu" },
    [T102] = { .id = 102, .kind = THREAD, .parent = G10 + 1, .comm = "vcpu" },
    [T103] = { .id = 103, .kind = THREAD, .parent = G10 + 1, .comm = "io" },
    [G11] = { .id = 11, .user = "qemu", .comm = "kvm", .state = 'R', .birth = 2000 },
    [T111] = { .id = 111, .kind = THREAD, .parent = G11 + 1, .comm = "vcpu" },
    [G12] = { .id = 12, .user = "qemu", .state = 'T', .birth = 3000 },
    [OTHER] = { .id = 6000, .user = "root", .comm = "vcpu" },
    [FIRST_IFACE] = { .table = FAKE_NETWORK, .id = 1, .user = "tap10" },
    { .table = FAKE_NETWORK, .id = 2, .user = "veth10", .flags = KVMTOP_ROW_HIDDEN },
    { .table = FAKE_NETWORK, .id = 3, .user = "tap11" },
    { .table = FAKE_NETWORK, .id = 4, .user = "eth0" },
    { .table = FAKE_STORAGE, .id = 1, .user = "sda" },
    { .table = FAKE_STORAGE, .id = 2, .user = "sdb", .flags = KVMTOP_ROW_UNCOUNTED },
};

#define N KVMTOP_COUNT(some)

static uint64_t percent(uint64_t n)
{
    return n * 10000000;        /* ns of a second */
}

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

/* Starts, stops, a PID used again, and a process that turns out to be a guest's later. */
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sums), TEST(test_own), TEST(test_totals), TEST(test_per_interval),
        TEST(test_newborn), TEST(test_sides), TEST(test_devices), TEST(test_servant),
        TEST(test_unbound), TEST(test_added), TEST(test_site), TEST(test_rotation),
        TEST(test_wants), TEST(test_seen), TEST(test_given), TEST(test_life),
        TEST(test_stale), TEST(test_stale_pid), TEST(test_many), TEST(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
