/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plugins in memory; see fake_plugin.h. */
#include "fake_plugin.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/builtin.h"
#include "core/cell.h"
#include "core/rate.h"
#include "core/xalloc.h"

struct fake_script fake_script;
struct kvmtop_plugin fake_plugins[FAKE_PLUGINS];

/* ---- the plugin: schema ---- */

static const struct kvmtop_column process_columns[] = {
    { .name = "pid", .title = "PID", .help = "id", .kind = KVMTOP_ID, .flags = KVMTOP_IDENTITY,
      .width = 7, .digit = 1, .importance = 100 },
    { .name = "user", .title = "User", .help = "user", .kind = KVMTOP_TEXT, .width = 8,
      .importance = 60 },
    { .name = "uptime", .title = "Uptime", .help = "age", .kind = KVMTOP_AGE, .width = 8,
      .importance = 40 },
    { .name = "mem", .title = "Mem", .help = "MiB", .kind = KVMTOP_GAUGE, .width = 8,
      .precision = 1, .aggregate = KVMTOP_SUM, .scale = 1.0 / 1048576, .importance = 70 },
    { .name = "cpu", .title = "CPU%", .help = "%", .kind = KVMTOP_COUNTER, .width = 6,
      .digit = 2, .precision = 1, .aggregate = KVMTOP_SUM, .scale = 1e-7, .importance = 95,
      .warn = 50, .crit = 90 },
    { .name = "ops", .title = "Ops", .help = "/s", .kind = KVMTOP_COUNTER, .width = 7,
      .precision = 1, .aggregate = KVMTOP_SUM, .importance = 50 },
    { .name = "busy", .title = "Busy", .help = "ms", .kind = KVMTOP_COUNTER, .width = 7,
      .precision = 1, .aggregate = KVMTOP_SUM, .scale = 1e-6, .flags = KVMTOP_PER_INTERVAL,
      .importance = 45 },
    { .name = "lat", .title = "Lat", .help = "ms", .kind = KVMTOP_RATIO, .num = "busy",
      .den = "ops", .precision = 2, .aggregate = KVMTOP_SUM, .scale = 1e-6, .importance = 30 },
    { .name = "peak", .title = "Peak", .help = "most", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_MAX, .precision = 1, .importance = 20,
      .flags = KVMTOP_PARENT_ONLY },
    { .name = "state", .title = "S", .help = "state", .kind = KVMTOP_STATE, .digit = 8,
      .importance = 90 },
    { .name = "command", .title = "COMMAND", .help = "command", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_GUEST_LABEL, .width = 12, .importance = 100 },
    { .name = "comm", .title = "Comm", .help = "name", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_OPTIONAL | KVMTOP_CHILD_LABEL, .width = 15, .importance = 35 },
    { .name = "tid", .title = "TID", .help = "thread", .kind = KVMTOP_ID, .width = 7,
      .flags = KVMTOP_OPTIONAL | KVMTOP_CHILD_ONLY, .importance = 25 },
    { .name = "extra", .title = "Extra", .help = "plain fill", .kind = KVMTOP_COUNTER,
      .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY, .aggregate = KVMTOP_SUM, .importance = 10 },
    { .name = "tag", .title = "Tag", .help = "filled once", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_OPTIONAL, .importance = 10 },
    { .name = "rss", .title = "Rss", .help = "filled in rotation", .kind = KVMTOP_GAUGE,
      .flags = KVMTOP_OPTIONAL, .aggregate = KVMTOP_SUM, .importance = 10 },
};

static const struct kvmtop_column network_columns[] = {
    { .name = "name", .title = "Iface", .help = "name", .kind = KVMTOP_TEXT, .importance = 100 },
    { .name = "rx", .title = "Rx", .help = "/s", .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM,
      .mirror = "tx", .importance = 90 },
    { .name = "tx", .title = "Tx", .help = "/s", .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM,
      .mirror = "rx", .importance = 80 },
};

static const struct kvmtop_column storage_columns[] = {
    { .name = "name", .title = "Device", .help = "name", .kind = KVMTOP_TEXT,
      .importance = 100 },
    { .name = "ops", .title = "Ops", .help = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .importance = 90 },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .title = "Processes", .hotkey = 'c', .sort = "cpu",
      .columns = process_columns, .ncolumns = KVMTOP_COUNT(process_columns),
      .flags = KVMTOP_TABLE_PROCESSES | KVMTOP_TABLE_CHILDREN },
    { .name = "network", .title = "Network", .hotkey = 'n', .sort = "rx", .iface = "name",
      .side = "host's side", .mirror_side = "guest's side", .columns = network_columns,
      .ncolumns = KVMTOP_COUNT(network_columns) },
    { .name = "storage", .title = "Storage", .hotkey = 'd', .sort = "ops", .block = "name",
      .columns = storage_columns, .ncolumns = KVMTOP_COUNT(storage_columns) },
};

enum { PID, USER, UPTIME, MEM, CPU, OPS, BUSY, PEAK, STATE, COMMAND, COMM, TID };

static const char *const process_brings[] = {
    "pid", "user", "uptime", "mem", "cpu", "ops", "busy", "peak", "state", "command", "comm",
    "tid", NULL,
};
static const char *const network_brings[] = { "name", "rx", "tx", NULL };
static const char *const storage_brings[] = { "name", "ops", NULL };
static const char *const extra_brings[] = { "extra", NULL };
static const char *const tag_brings[] = { "tag", NULL };
static const char *const rss_brings[] = { "rss", NULL };

/* ---- the plugin: callbacks ---- */

static const struct kvmtop_host *host;
static uint32_t refs[65536];    /* of this round's rows, by their place */
static size_t at;               /* where collect of `process` goes on */

static void put(const struct kvmtop_row *row, unsigned i, uint64_t value)
{
    if (value != FAKE_UNKNOWN)
        kvmtop_set_u64(row, i, value);
}

static void put_text(struct kvmtop_sample *sample, const struct kvmtop_row *row, unsigned i,
                     const char *text)
{
    if (text)
        sample->host->text(sample, row, i, text, strlen(text));
}

static bool begin(struct kvmtop_sample *sample, const struct fake_item *item,
                  struct kvmtop_row *row)
{
    uint32_t parent = item->parent ? refs[item->parent - 1] : 0;

    if (item->keep && host->keep(sample, item->kind, item->id, item->birth, row))
        return true;
    return host->row(sample, item->kind, item->id, item->birth, parent, row);
}

static void put_process(struct kvmtop_sample *sample, const struct fake_item *item,
                        const struct kvmtop_row *row)
{
    kvmtop_set_u64(row, PID, item->id);
    if (item->kind)
        kvmtop_set_u64(row, TID, item->id);
    put_text(sample, row, USER, item->user);
    put_text(sample, row, COMMAND, item->command);
    put_text(sample, row, COMM, item->comm);
    if (item->birth)
        kvmtop_set_u64(row, UPTIME, item->birth);
    put(row, MEM, item->mem);
    put(row, CPU, item->cpu);
    put(row, OPS, item->ops);
    put(row, BUSY, item->busy);
    kvmtop_set_f64(row, PEAK, item->peak);
    if (item->state)
        kvmtop_set_u64(row, STATE, (unsigned char)item->state);
}

static void put_row(struct kvmtop_sample *sample, size_t i)
{
    const struct fake_item *item = &fake_script.item[i];
    struct kvmtop_row row;

    refs[i] = 0;
    if (!begin(sample, item, &row))
        return;
    refs[i] = row.ref;
    *row.flags = item->flags;
    if (item->changed)
        host->changed(sample, &row);
    if (item->hint_id)
        host->hint(sample, &row, item->hint_platform, item->hint_id);
    if (item->owner)
        host->belongs(sample, &row, item->owner);
    if (item->keep)
        return;
    if (item->table == FAKE_PROCESS) {
        put_process(sample, item, &row);
        return;
    }
    put_text(sample, &row, 0, item->user);
    put(&row, 1, item->ops);
    if (item->table == FAKE_NETWORK)
        put(&row, 2, item->busy);
}

static int collect_process(void *state, struct kvmtop_sample *sample)
{
    size_t calls = 0, until = fake_script.error ? fake_script.until : fake_script.nitems;

    (void)state;
    fake_script.collects++;
    for (; at < until && at < fake_script.nitems; at++) {
        if (fake_script.a_call && calls++ == fake_script.a_call)
            return KVMTOP_MORE;
        if (fake_script.item[at].table == FAKE_PROCESS)
            put_row(sample, at);
    }
    at = 0;
    if (fake_script.error && fake_script.message)
        return host->fail(host, fake_script.error, "%s", fake_script.message);
    return fake_script.error;
}

static int collect_others(struct kvmtop_sample *sample, enum fake_table table)
{
    for (size_t i = 0; i < fake_script.nitems; i++)
        if (fake_script.item[i].table == table)
            put_row(sample, i);
    return 0;
}

static int collect_network(void *state, struct kvmtop_sample *sample)
{
    (void)state;
    return collect_others(sample, FAKE_NETWORK);
}

static int collect_storage(void *state, struct kvmtop_sample *sample)
{
    (void)state;
    return collect_others(sample, FAKE_STORAGE);
}

static const struct fake_item *item_of(const struct kvmtop_row *row)
{
    for (size_t i = 0; i < fake_script.nitems; i++) {
        const struct fake_item *item = &fake_script.item[i];

        if (item->table == FAKE_PROCESS && item->id == row->id && item->kind == row->kind &&
            item->birth == row->birth)
            return item;
    }
    return NULL;
}

static int fill_extra(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    fake_script.extras++;
    if (fake_script.fill_error)
        return fake_script.fill_error;
    while (sample->host->next(sample, &row)) {
        const struct fake_item *item = item_of(&row);

        fake_script.fills++;
        put(&row, 0, item ? item->extra : FAKE_UNKNOWN);
    }
    if (fake_script.reason)
        sample->host->unknown(sample, 0, fake_script.reason);
    return 0;
}

static int fill_tag(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row)) {
        const struct fake_item *item = item_of(&row);

        fake_script.onces++;
        put_text(sample, &row, 0, item ? item->tag : NULL);
        if (item && !item->tag && fake_script.reason)
            sample->host->unknown(sample, 0, fake_script.reason);
    }
    return 0;
}

static int fill_rss(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row)) {
        const struct fake_item *item = item_of(&row);

        fake_script.rotates++;
        put(&row, 0, item ? item->rss : FAKE_UNKNOWN);
    }
    return 0;
}

static void idle(void *state)
{
    (void)state;
    fake_script.idles++;
}

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = process_brings, .collect = collect_process, .idle = idle },
    { .table = "process", .columns = extra_brings, .fill = fill_extra, .idle = idle },
    { .table = "process", .columns = tag_brings, .fill = fill_tag, .flags = KVMTOP_FILL_ONCE },
    { .table = "process", .columns = rss_brings, .fill = fill_rss, .flags = KVMTOP_FILL_ROTATE },
    { .table = "network", .columns = network_brings, .collect = collect_network },
    { .table = "storage", .columns = storage_brings, .collect = collect_storage },
};

static int open_fake(const struct kvmtop_host *given, void **state)
{
    (void)state;
    host = given;
    at = 0;
    return 0;
}

static const struct kvmtop_plugin fake = {
    KVMTOP_PLUGIN_HEAD,
    .name = "fake", .version = "1", .license = "GPL-3.0-or-later", .summary = "rows of a test",
    .tables = tables, .ntables = KVMTOP_COUNT(tables),
    .sources = sources, .nsources = KVMTOP_COUNT(sources),
    .open = open_fake,
};

/* In place of the build's own table. */
const struct kvmtop_plugin *const builtin_table[] = {
    &fake, &fake_plugins[0], &fake_plugins[1], &fake_plugins[2], NULL,
};

/* ---- the world ---- */

static void need(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "fake world: %s: %s\n", what, strerror(errno));
    abort();
}

static void report(void *ctx, const char *line)
{
    struct world *world = ctx;

    world->mistakes++;
    snprintf(world->mistake, sizeof world->mistake, "%s", line);
}

void world_write(const struct world *world, const char *path, const void *bytes,
                     size_t len)
{
    char name[512];

    snprintf(name, sizeof name, "%s/1/%s", world->folder, path);
    for (char *slash = strchr(name + strlen(world->folder) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        need(!mkdir(name, 0700) || errno == EEXIST, name);
        *slash = '/';
    }
    FILE *file = fopen(name, "w");
    need(file && fwrite(bytes, 1, len, file) == len && !fclose(file), name);
}

void world_write_text(const struct world *world, const char *path, const char *text)
{
    world_write(world, path, text, strlen(text));
}

static void make_folder(struct world *world)
{
    const char *tmp = getenv("TMPDIR");
    char name[256];

    snprintf(name, sizeof name, "%s/kvmtop-world-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    need(mkdtemp(name), name);
    world->folder = xstrdup(name);
    world_write_text(world, "clock", "1000000000000\n");
    world_write_text(world, "proc/loadavg", "0.00 0.00 0.00 1/2 3\n");
    world_write_text(world, "sys/none", "");
    world_write_text(world, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
}

static void choose_plugins(struct settings *settings)
{
    string_list_free(&settings->plugins);
    settings->plugins_default = 0;
    string_list_add(&settings->plugins, "fake");
    for (unsigned i = 0; i < FAKE_PLUGINS; i++) {
        if (!fake_plugins[i].name)
            fake_plugins[i].name = "";
        if (*fake_plugins[i].name)
            string_list_add(&settings->plugins, fake_plugins[i].name);
    }
}

void world_open(struct world *world, void (*configure)(struct settings *settings))
{
    *world = (struct world){ 0 };
    fake_script = (struct fake_script){ 0 };
    make_folder(world);
    settings_init(&world->settings);
    world->settings.limit = 0;
    world->settings.root = xstrdup(world->folder);
    choose_plugins(&world->settings);
    if (configure)
        configure(&world->settings);
    world->mistakes = 0;
    if (model_load(&world->session.model, &world->settings, report, world))
        return;
    int err = session_open(&world->session, &world->settings, report, world);
    need(!err || err == -EINVAL, "session_open");
    world->session.model.root.clock = FAKE_START - FAKE_SECOND;
    world->session.sched.patient = true;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void world_close(struct world *world)
{
    session_close(&world->session);
    settings_free(&world->settings);
    nftw(world->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(world->folder);
    memset(fake_plugins, 0, sizeof fake_plugins);
}

void world_round_after(struct world *world, uint64_t ns, const struct fake_item *item,
                            size_t n)
{
    need(n <= sizeof refs / sizeof *refs, "more rows than the fake holds");
    fake_script.item = item;
    fake_script.nitems = n;
    world->session.model.root.clock += ns;
    session_begin(&world->session);
    while (!session_step(&world->session))
        ;
    session_update(&world->session);
}

void world_round(struct world *world, const struct fake_item *item, size_t n)
{
    world_round_after(world, FAKE_SECOND, item, n);
}

/* ---- looking ---- */

struct table *world_table(struct world *world, const char *table)
{
    struct feed *feed = model_feed(&world->session.model, table);

    need(feed, table);
    return feed->table;
}

struct row *world_row_of(struct world *world, const char *table, uint32_t kind, uint64_t id,
                        uint64_t birth)
{
    struct table *t = world_table(world, table);
    uint32_t row = table_find(t, kind, id, birth);

    return row == NONE ? NULL : table_at(t, row);
}

struct row *world_row(struct world *world, const char *table, uint64_t id)
{
    struct table *t = world_table(world, table);

    for (uint32_t i = table_next(t, 0); i != NONE; i = table_next(t, i + 1))
        if (table_at(t, i)->id == id && !table_at(t, i)->kind)
            return table_at(t, i);
    return NULL;
}

uint32_t world_column(struct world *world, const char *table, const char *column)
{
    uint32_t index = table_column(world_table(world, table), column, strlen(column));

    need(index != NONE, column);
    return index;
}

bool world_value(struct world *world, const char *table, uint64_t id, const char *column,
                double *value)
{
    struct row *row = world_row(world, table, id);

    return row && rate_value(world_table(world, table), row, world_column(world, table, column),
                             value);
}

const char *world_text(struct world *world, const char *table, uint64_t id,
                      const char *column)
{
    static char text[CELL_BUF * 2];
    struct row *row = world_row(world, table, id);
    char buf[CELL_BUF];

    if (!row)
        return NULL;
    struct span span = cell_text(&world->session.model, world_table(world, table), row,
                                 world_column(world, table, column), buf);
    if (!span.bytes)
        return NULL;
    snprintf(text, sizeof text, "%.*s", (int)span.len, span.bytes);
    return text;
}
