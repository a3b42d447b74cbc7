/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plugin as it was made for ABI 1.0, with all that the contract has: it includes the header as
 * it was, and has to load and work in every later kvmtop of this major version.  Not to be
 * brought up to date.
 */
#include "plugin.h"

#include <errno.h>
#include <stdlib.h>

struct state {
    const struct kvmtop_host *host;
    unsigned calls, idled;
};

/* ---- a table of its own ---- */

enum { C_NAME, C_STATE, C_ID, C_LEVEL, C_REAL, C_DONE, C_TOOK, C_SINCE, C_NEVER, C_COUNT };

static const struct kvmtop_column columns[] = {
    { .name = "label", .title = "Label", .help = "text", .kind = KVMTOP_TEXT, .width = 12,
      .flags = KVMTOP_IDENTITY, .group = "Identity" },
    { .name = "st", .title = "S", .help = "a state", .kind = KVMTOP_STATE, .width = 1 },
    { .name = "num", .title = "No", .help = "an id", .kind = KVMTOP_ID, .digit = 1 },
    { .name = "level", .title = "Level", .help = "a level", .unit = "C", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_I64, .scale = 0.5, .precision = 1, .aggregate = KVMTOP_MAX, .warn = 5,
      .crit = 9, .child_warn = 7, .child_crit = 8 },
    { .name = "real", .title = "Real", .help = "a real number", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .precision = 2, .importance = 200 },
    { .name = "done", .title = "Done", .help = "things done", .unit = "/s",
      .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM, .mirror = "took" },
    { .name = "took", .title = "Took", .help = "time it took", .kind = KVMTOP_COUNTER,
      .scale = 1e-6, .flags = KVMTOP_PER_INTERVAL, .aggregate = KVMTOP_SUM, .mirror = "done" },
    { .name = "each", .title = "Each", .help = "time each took", .unit = "ms",
      .kind = KVMTOP_RATIO, .num = "took", .den = "done", .scale = 1e-6, .precision = 1,
      .aggregate = KVMTOP_SUM },
    { .name = "since", .title = "Since", .help = "its age", .kind = KVMTOP_AGE },
    { .name = "never", .title = "Never", .help = "never known", .kind = KVMTOP_GAUGE,
      .flags = KVMTOP_COSTLY },
};

static const char *const names[C_COUNT + 1] = {
    [C_NAME] = "label", [C_STATE] = "st", [C_ID] = "num", [C_LEVEL] = "level", [C_REAL] = "real",
    [C_DONE] = "done", [C_TOOK] = "took", [C_SINCE] = "since", [C_NEVER] = "never",
};

static void put_row(const struct state *s, struct kvmtop_sample *sample, uint64_t id)
{
    const struct kvmtop_host *host = s->host;
    struct kvmtop_row row, child;

    if (!host->row(sample, 0, id, 0, 0, &row))
        return;
    host->text(sample, &row, C_NAME, id == 1 ? "tap100i0" : "other", id == 1 ? 8 : 5);
    kvmtop_set_u64(&row, C_STATE, 'R');
    kvmtop_set_u64(&row, C_ID, id);
    kvmtop_set_i64(&row, C_LEVEL, -3);
    kvmtop_set_f64(&row, C_REAL, 0.25);
    kvmtop_set_u64(&row, C_DONE, sample->now / 10000000 * id);
    kvmtop_set_u64(&row, C_TOOK, sample->now / 10 * id);
    kvmtop_set_u64(&row, C_SINCE, sample->boottime - 2000000000u);
    *row.flags |= id == 3 ? KVMTOP_ROW_HIDDEN : id == 2 ? KVMTOP_ROW_UNCOUNTED : 0;
    if (kvmtop_wants(sample, C_NEVER))
        host->unknown(sample, C_NEVER, "it is never known");
    if (sample->children && host->row(sample, 1, id * 10, 0, row.ref, &child))
        host->text(sample, &child, C_NAME, "child", 5);
}

/* One row a call, and the last of them kept from the sample before. */
static int collect(void *state, struct kvmtop_sample *sample)
{
    struct state *s = state;
    struct kvmtop_row row;

    if (s->calls++ % 2 == 0) {
        put_row(s, sample, 1);
        put_row(s, sample, 2);
        return KVMTOP_MORE;
    }
    if (!s->host->keep(sample, 0, 3, 0, &row))
        put_row(s, sample, 3);
    return 0;
}

static void idle(void *state)
{
    struct state *s = state;

    s->idled++;
}

/* ---- columns for processes, and for guests from them ---- */

static const struct kvmtop_column of_processes[] = {
    { .name = "args", .title = "Args", .help = "number of arguments", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL },
    { .name = "word", .title = "Word", .help = "its name, in brackets", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_OPTIONAL },
};

static const struct kvmtop_column of_guests[] = {
    { .name = "own_args", .title = "OwnArgs", .help = "those of its process",
      .kind = KVMTOP_GAUGE, .number = KVMTOP_F64, .of = "process.args", .aggregate = KVMTOP_OWN },
};

static const char *const args_names[] = { "args", NULL };
static const char *const word_names[] = { "word", NULL };

static int fill_args(void *state, struct kvmtop_sample *sample)
{
    struct state *s = state;
    struct kvmtop_row row;
    size_t argc;

    while (s->host->next(sample, &row))
        if (row.process != NULL && s->host->argv(s->host, row.process, &argc) != NULL)
            kvmtop_set_u64(&row, 0, argc);
    return 0;
}

static int fill_word(void *state, struct kvmtop_sample *sample)
{
    struct state *s = state;
    struct kvmtop_row row;

    while (s->host->next(sample, &row)) {
        const char *comm = s->host->fact(s->host, row.process, KVMTOP_FACT_COMM);

        if (comm != NULL)
            s->host->text(sample, &row, 0, comm, strlen(comm));
    }
    return 0;
}

/* ---- guests ---- */

static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    struct state *s = state;
    const char *name = s->host->guest_get(guest, KVMTOP_GUEST_NAME);
    const char *prefix = s->host->option(s->host, "prefix", 0);
    char text[80] = "";

    if (name == NULL || process->pid <= 0)
        return 0;
    strncat(text, prefix, 30);
    strncat(text, name, 40);
    s->host->guest_set(guest, KVMTOP_GUEST_NAME, text, strlen(text));
    s->host->guest_set(guest, KVMTOP_GUEST_ID, s->host->option(s->host, "id", 1), 2);
    return 0;
}

static int claims(void *state, const struct kvmtop_process *process, struct kvmtop_claims *claims)
{
    struct state *s = state;

    if (process->pid == 1300)
        s->host->claim(claims, KVMTOP_CLAIM_IFACE, "tap100i0");
    return 0;
}

static int detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    struct state *s = state;

    s->host->heading(page, "Of 1.0");
    s->host->line(page, "user", s->host->user(s->host, process->uid));
    return 0;
}

/* ---- the plugin ---- */

static int check(const struct kvmtop_host *host, const char *value)
{
    return *value == 'x' ? host->fail(host, -EINVAL, "no %s, please", value) : 0;
}

static int open_abi(const struct kvmtop_host *host, void **state)
{
    struct state *s = calloc(1, sizeof *s);

    if (s == NULL || host->abi >> 16 != KVMTOP_ABI_MAJOR || host->size < sizeof *host ||
        host->dir(host, KVMTOP_DIR_PROC) < 0 || host->clock_ticks == 0 || host->page_size == 0 ||
        host->now(host, KVMTOP_CLOCK_MONOTONIC) == 0) {
        free(s);
        return host->fail(host, -EPROTO, "this is no host of ABI 1");
    }
    s->host = host;
    *state = s;
    return 0;
}

static const struct kvmtop_option options[] = {
    { .name = "prefix", .help = "before names", .value = "of ", .type = KVMTOP_OPTION_STRING,
      .check = check },
    { .name = "id", .help = "ids", .type = KVMTOP_OPTION_NUMBER, .repeatable = true, .min = 10,
      .max = 99 },
    { .name = "flag", .help = "a flag", .value = "no", .type = KVMTOP_OPTION_BOOL },
};

static const struct kvmtop_table tables[] = {
    { .name = "abi", .title = "ABI 1.0", .sort = "num", .columns = columns,
      .ncolumns = KVMTOP_COUNT(columns), .flags = KVMTOP_TABLE_CHILDREN, .iface = "label",
      .side = "one side", .mirror_side = "other side", .hotkey = '&' },
    { .name = "process", .columns = of_processes, .ncolumns = KVMTOP_COUNT(of_processes) },
    { .name = "guests", .columns = of_guests, .ncolumns = KVMTOP_COUNT(of_guests) },
};

static const struct kvmtop_source sources[] = {
    { .table = "abi", .columns = names, .collect = collect, .idle = idle },
    { .table = "process", .columns = args_names, .flags = KVMTOP_FILL_ROTATE, .fill = fill_args },
    { .table = "process", .columns = word_names, .flags = KVMTOP_FILL_ONCE, .fill = fill_word },
};

static const struct kvmtop_resolver resolvers[] = {
    { .name = "abi", .rank = 999, .flags = KVMTOP_OVERRIDE, .resolve = resolve, .claims = claims },
};

KVMTOP_PLUGIN(abi_1_0) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "abi_1_0",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .summary = "a plugin of ABI 1.0",
    .options = options,
    .tables = tables,
    .sources = sources,
    .resolvers = resolvers,
    .noptions = KVMTOP_COUNT(options),
    .ntables = KVMTOP_COUNT(tables),
    .nsources = KVMTOP_COUNT(sources),
    .nresolvers = KVMTOP_COUNT(resolvers),
    .open = open_abi,
    .close = free,
    .detail = detail,
};
