/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `cgroup`: what the control group that a guest has for itself counts, added to its
 * VMM's row: pressure, throttling and limit of CPU, I/O at the block layer.  All its limits, of any
 * process, on the page of details.
 *
 * Of cgroup v2, also where it stands beside v1 (/sys/fs/cgroup/unified); I/O by v1's blkio where
 * v2 has no io controller.  A group that holds more than the guest tells nothing of it.
 */
#include "cgroup/detail.h"
#include "cgroup/reading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define US_TO_PERCENT 1e-4      /* us a second to hundredths */
#define PER_MIB (1.0 / 1048576)

/* ---- the columns ---- */

#define ADDED .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY

static const struct kvmtop_column columns[] = {
    { .name = "press_cpu", .title = "PrCPU%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .group = "Pressure",
      .help = "of a guest: share of the time in which some task of its cgroup waited for a CPU "
              "(cpu.pressure, some)" },
    { .name = "press_io", .title = "PrIO%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .group = "Pressure",
      .help = "of a guest: share of the time in which some task of its cgroup waited for I/O "
              "(io.pressure, some)" },
    { .name = "press_mem", .title = "PrMem%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .group = "Pressure",
      .help = "of a guest: share of the time in which some task of its cgroup waited for memory "
              "(memory.pressure, some)" },
    { .name = "throttled%", .title = "Throttl%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .group = "Pressure",
      .help = "of a guest: CPU time that cpu.max denied its cgroup, 100 = one CPU all the time "
              "(cpu.stat, throttled_usec)" },
    { .name = "cpu_max", .title = "CPUmax%", .unit = "%", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_MAX, .scale = 100, .importance = 12, ADDED,
      .group = "Pressure",
      .help = "of a guest: CPU time that its cgroup may use at most, 100 = one CPU (cpu.max); - "
              "where there is no limit" },
    { .name = "r_iops", .title = "R_IOPS", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .importance = 16, ADDED, .group = "Disk",
      .help = "of a guest: reads a second of its cgroup at the block layer (io.stat, rios; else "
              "blkio.throttle)" },
    { .name = "w_iops", .title = "W_IOPS", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .importance = 16, ADDED, .group = "Disk",
      .help = "of a guest: writes a second of its cgroup at the block layer (io.stat, wios; else "
              "blkio.throttle)" },
    { .name = "r_bmib", .title = "R_bMiB/s", .unit = "MiB/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 2, .scale = PER_MIB, .importance = 16, ADDED,
      .group = "Disk",
      .help = "of a guest: MiB a second that its cgroup read at the block layer (io.stat, rbytes; "
              "else blkio.throttle)" },
    { .name = "w_bmib", .title = "W_bMiB/s", .unit = "MiB/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 2, .scale = PER_MIB, .importance = 16, ADDED,
      .group = "Disk",
      .help = "of a guest: MiB a second that its cgroup wrote at the block layer (io.stat, wbytes; "
              "else blkio.throttle)" },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

static const char *const column_names[] = {
    [COL_PRESS_CPU] = "press_cpu", [COL_PRESS_IO] = "press_io", [COL_PRESS_MEM] = "press_mem",
    [COL_THROTTLED] = "throttled%", [COL_CPU_MAX] = "cpu_max", [COL_R_IOPS] = "r_iops",
    [COL_W_IOPS] = "w_iops", [COL_R_MIB] = "r_bmib", [COL_W_MIB] = "w_bmib", [COL_COUNT] = NULL,
};

/* ---- why cells are unknown ---- */

static const struct {
    uint32_t reason, columns;
    const char *text;
} reasons[] = {
    { REASON_NO_V2, COLS_PRESSURE | COLS_CPU,
      "cgroup v2 is mounted neither at /sys/fs/cgroup nor at /sys/fs/cgroup/unified" },
    { REASON_SHARED, COLS_PRESSURE | COLS_CPU,
      "the cgroup of some guests holds more than the guest: its figures are not theirs" },
    { REASON_UNREADABLE, COLS_PRESSURE | COLS_CPU | COLS_IO,
      "the cgroup of some guests could not be read: it is gone, or of another cgroup namespace" },
    { REASON_NO_PRESSURE, COLS_PRESSURE,
      "the kernel counts no pressure (psi=1 on its command line turns it on), or not for the "
      "cgroup (cgroup.pressure)" },
    { REASON_NO_CPU, COLS_CPU, "the cpu controller is not enabled for the cgroup of some guests" },
    { REASON_IO_SHARED, COLS_IO,
      "the cgroup of some guests holds more than the guest: its figures are not theirs" },
    { REASON_NO_IO, COLS_IO,
      "the cgroup of some guests has neither the io controller of v2 nor v1's blkio" },
    { REASON_IO_EMPTY, COLS_IO, "nothing has been counted for the cgroup of some guests" },
};

static void report(const struct cgroup *s, struct kvmtop_sample *sample)
{
    for (size_t i = 0; i < KVMTOP_COUNT(reasons); i++)
        for (unsigned c = 0; (s->reasons & reasons[i].reason) != 0 && c < COL_COUNT; c++)
            if ((reasons[i].columns & COL_BIT(c)) != 0 && kvmtop_wants(sample, c))
                s->host->unknown(sample, c, reasons[i].text);
}

/* ---- the round ---- */

/* Where systemd and others mount v2: alone, or beside the hierarchies of v1. */
static const char *find_root(const struct cgroup *s)
{
    static const char *const root[] = { "fs/cgroup", "fs/cgroup/unified" };
    char path[64];

    for (size_t i = 0; i < KVMTOP_COUNT(root); i++) {
        snprintf(path, sizeof path, "%s/cgroup.controllers", root[i]);
        if (faccessat(s->sysfd, path, F_OK, 0) == 0)
            return root[i];
    }
    return NULL;
}

static void begin(struct cgroup *s)
{
    s->sysfd = s->host->dir(s->host, KVMTOP_DIR_SYS);
    s->procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
    s->root = find_root(s);
    s->reasons = 0;
    layers_forget(&s->layers);
}

static int fill(void *state, struct kvmtop_sample *sample)
{
    struct cgroup *s = state;
    struct kvmtop_row row;

    begin(s);
    while (s->host->next(sample, &row))
        cgroup_read(s, sample, &row);
    report(s, sample);
    return 0;
}

static int detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    begin(state);
    cgroup_detail(state, process, page);
    return 0;
}

static void idle(void *state)
{
    struct cgroup *s = state;

    u64map_free(&s->places);
    layers_free(&s->layers);
    read_buffer_free(&s->paths);
    read_buffer_free(&s->text);
}

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = column_names, .flags = KVMTOP_FILL_GUESTS, .fill = fill,
      .idle = idle },
};

/* ---- the plugin ---- */

static int open_cgroup(const struct kvmtop_host *host, void **state)
{
    struct cgroup *s = calloc(1, sizeof *s);

    if (s == NULL)
        return host->fail(host, -ENOMEM, "no memory");
    s->host = host;
    *state = s;
    return 0;
}

static void close_cgroup(void *state)
{
    idle(state);
    free(state);
}

KVMTOP_PLUGIN(cgroup) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "cgroup",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "pressure, CPU limits and block I/O of guests by their control groups",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_cgroup,
    .close = close_cgroup,
    .detail = detail,
};
