/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugins of groups_fixture.h. */
#include "groups_fixture.h"

#include <stdio.h>

/* ---- a table of guests, and who the guests are ---- */

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

/* ---- a site's own columns ---- */

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

unsigned site_rows;

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

int groups_setup(void **state)
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

int groups_teardown(void **state)
{
    world_close(*state);
    return 0;
}
