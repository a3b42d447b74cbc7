/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `cgroup`: what the control group that a guest has for itself counts, added to its
 * VMM's row: pressure, throttling and limit of CPU, I/O at the block layer.
 *
 * Of cgroup v2, also where it stands beside v1 (/sys/fs/cgroup/unified); I/O by v1's blkio where
 * v2 has no io controller.  A group that holds more than the guest tells nothing of it.
 */
#include <kvmtop/plugin.h>

#include "cgroup/owner.h"
#include "cgroup/text.h"
#include "lib/read.h"
#include "lib/u64map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define US_TO_PERCENT 1e-4      /* us a second to hundredths */
#define PER_MIB (1.0 / 1048576)
#define FILE_MAX 65536u
#define PLACES_MAX 65536u       /* remembered; one a guest that ever was */

struct cgroup {
    const struct kvmtop_host *host;
    struct u64map places;       /* by PID and birth: a hash of the groups it was in */
    struct read_buffer paths, text;
    /* The call under way. */
    int sysfd, procfd;
    const char *root;           /* of v2, below sys; NULL: not mounted */
    uint32_t reasons;
};

/* ---- the columns ---- */

enum {
    COL_PRESS_CPU, COL_PRESS_IO, COL_PRESS_MEM, COL_THROTTLED, COL_CPU_MAX,
    COL_R_IOPS, COL_W_IOPS, COL_R_MIB, COL_W_MIB, COL_COUNT
};

#define ADDED .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY

static const struct kvmtop_column columns[] = {
    { .name = "press_cpu", .title = "PrCPU%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .help = "of a guest: share of the time in which some task of its cgroup waited for a CPU "
              "(cpu.pressure, some)" },
    { .name = "press_io", .title = "PrIO%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .help = "of a guest: share of the time in which some task of its cgroup waited for I/O "
              "(io.pressure, some)" },
    { .name = "press_mem", .title = "PrMem%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .help = "of a guest: share of the time in which some task of its cgroup waited for memory "
              "(memory.pressure, some)" },
    { .name = "throttled%", .title = "Throttl%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_MAX, .precision = 1, .scale = US_TO_PERCENT, .importance = 14, ADDED,
      .help = "of a guest: CPU time that cpu.max denied its cgroup, 100 = one CPU all the time "
              "(cpu.stat, throttled_usec)" },
    { .name = "cpu_max", .title = "CPUmax%", .unit = "%", .kind = KVMTOP_GAUGE,
      .number = KVMTOP_F64, .aggregate = KVMTOP_MAX, .scale = 100, .importance = 12, ADDED,
      .help = "of a guest: CPU time that its cgroup may use at most, 100 = one CPU (cpu.max); - "
              "where there is no limit" },
    { .name = "r_iops", .title = "R_IOPS", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .importance = 16, ADDED,
      .help = "of a guest: reads a second of its cgroup at the block layer (io.stat, rios; else "
              "blkio.throttle)" },
    { .name = "w_iops", .title = "W_IOPS", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .importance = 16, ADDED,
      .help = "of a guest: writes a second of its cgroup at the block layer (io.stat, wios; else "
              "blkio.throttle)" },
    { .name = "r_bmib", .title = "R_bMiB/s", .unit = "MiB/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 2, .scale = PER_MIB, .importance = 16, ADDED,
      .help = "of a guest: MiB a second that its cgroup read at the block layer (io.stat, rbytes; "
              "else blkio.throttle)" },
    { .name = "w_bmib", .title = "W_bMiB/s", .unit = "MiB/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 2, .scale = PER_MIB, .importance = 16, ADDED,
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

enum {
    REASON_NO_V2 = 1,
    REASON_SHARED = 2,
    REASON_UNREADABLE = 4,
    REASON_NO_PRESSURE = 8,
    REASON_NO_CPU = 16,
    REASON_IO_SHARED = 32,
    REASON_NO_IO = 64,
    REASON_IO_EMPTY = 128,
};

#define BIT(column) (1u << (column))
#define PRESSURE (BIT(COL_PRESS_CPU) | BIT(COL_PRESS_IO) | BIT(COL_PRESS_MEM))
#define CPU (BIT(COL_THROTTLED) | BIT(COL_CPU_MAX))
#define IO (BIT(COL_R_IOPS) | BIT(COL_W_IOPS) | BIT(COL_R_MIB) | BIT(COL_W_MIB))

static const struct {
    uint32_t reason, columns;
    const char *text;
} reasons[] = {
    { REASON_NO_V2, PRESSURE | CPU,
      "cgroup v2 is mounted neither at /sys/fs/cgroup nor at /sys/fs/cgroup/unified" },
    { REASON_SHARED, PRESSURE | CPU,
      "the cgroup of some guests holds more than the guest: its figures are not theirs" },
    { REASON_UNREADABLE, PRESSURE | CPU | IO,
      "the cgroup of some guests could not be read: it is gone, or of another cgroup namespace" },
    { REASON_NO_PRESSURE, PRESSURE,
      "the kernel counts no pressure (psi=1 on its command line turns it on), or not for the "
      "cgroup (cgroup.pressure)" },
    { REASON_NO_CPU, CPU, "the cpu controller is not enabled for the cgroup of some guests" },
    { REASON_IO_SHARED, IO,
      "the cgroup of some guests holds more than the guest: its figures are not theirs" },
    { REASON_NO_IO, IO,
      "the cgroup of some guests has neither the io controller of v2 nor v1's blkio" },
    { REASON_IO_EMPTY, IO, "nothing has been counted for the cgroup of some guests" },
};

static void report(const struct cgroup *s, struct kvmtop_sample *sample)
{
    for (size_t i = 0; i < KVMTOP_COUNT(reasons); i++)
        for (unsigned c = 0; (s->reasons & reasons[i].reason) != 0 && c < COL_COUNT; c++)
            if ((reasons[i].columns & BIT(c)) != 0 && kvmtop_wants(sample, c))
                s->host->unknown(sample, c, reasons[i].text);
}

/* ---- files ---- */

/* False: it could not be read. */
static bool read_text(int dirfd, const char *path, struct read_buffer *buf, struct span *text)
{
    ssize_t len = read_file_grow(dirfd, path, buf, FILE_MAX);

    *text = (struct span){ buf->data, len > 0 ? (size_t)len : 0 };
    return len >= 0;
}

/* The figures of one process are taken from its groups. */
struct reading {
    struct cgroup *s;
    const struct kvmtop_sample *sample;
    const struct kvmtop_row *row;
    bool moved;                 /* to another group: its counters start anew */
};

static void count(const struct reading *r, unsigned column, uint64_t value)
{
    if (!r->moved)
        kvmtop_set_u64(r->row, column, value);
}

static void read_pressure(const struct reading *r, int group)
{
    static const char *const file[] = {
        [COL_PRESS_CPU] = "cpu.pressure", [COL_PRESS_IO] = "io.pressure",
        [COL_PRESS_MEM] = "memory.pressure",
    };
    struct span text;
    uint64_t total;

    for (unsigned i = COL_PRESS_CPU; i <= COL_PRESS_MEM; i++) {
        if (!kvmtop_wants(r->sample, i))
            continue;
        if (read_text(group, file[i], &r->s->text, &text) &&
            cgroup_pressure(text, &total))
            count(r, i, total);
        else
            r->s->reasons |= REASON_NO_PRESSURE;
    }
}

static void read_throttled(const struct reading *r, int group)
{
    struct span text;
    uint64_t us;

    if (!kvmtop_wants(r->sample, COL_THROTTLED))
        return;
    if (read_text(group, "cpu.stat", &r->s->text, &text) &&
        cgroup_key(text, "throttled_usec", &us))
        count(r, COL_THROTTLED, us);
    else
        r->s->reasons |= REASON_NO_CPU;
}

static void read_cpu_max(const struct reading *r, int group)
{
    enum cgroup_max max = CGROUP_MAX_UNKNOWN;
    struct span text;
    double cpus;

    if (!kvmtop_wants(r->sample, COL_CPU_MAX))
        return;
    if (read_text(group, "cpu.max", &r->s->text, &text))
        max = cgroup_cpu_max(text, &cpus);
    if (max == CGROUP_MAX_SET)
        kvmtop_set_f64(r->row, COL_CPU_MAX, cpus);
    else if (max == CGROUP_MAX_UNKNOWN)
        r->s->reasons |= REASON_NO_CPU;
}

/* ---- I/O ---- */

static bool has_entries(int dirfd, const char *path)
{
    int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry = NULL;

    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while ((entry = readdir(dir)) != NULL && entry->d_name[0] == '.')
        ;
    closedir(dir);
    return entry != NULL;
}

/* A device that stands on others (device mapper, md) passes its requests on to them, for the same
 * group, and they count them again. */
static bool counts(void *arg, struct span device)
{
    const struct cgroup *s = arg;
    char path[80];

    snprintf(path, sizeof path, "dev/block/%.*s/slaves", (int)device.len, device.at);
    return !has_entries(s->sysfd, path);
}

static void store_io(const struct reading *r, const struct cgroup_io *io)
{
    static const uint8_t column[CGROUP_IO_VALUES] = {
        [CGROUP_RIOS] = COL_R_IOPS, [CGROUP_WIOS] = COL_W_IOPS,
        [CGROUP_RBYTES] = COL_R_MIB, [CGROUP_WBYTES] = COL_W_MIB,
    };

    for (unsigned i = 0; i < CGROUP_IO_VALUES; i++)
        if ((io->known >> i & 1) != 0)
            count(r, column[i], io->value[i]);
    if (io->known == 0)
        r->s->reasons |= REASON_IO_EMPTY;
}

/* False: there is no io controller. */
static bool read_io_stat(const struct reading *r, int group)
{
    struct cgroup_io io = { 0 };
    struct span text;

    if (!read_text(group, "io.stat", &r->s->text, &text))
        return false;
    cgroup_io_stat(text, counts, r->s, &io);
    store_io(r, &io);
    return true;
}

static bool read_blkio(const struct reading *r, int group)
{
    struct cgroup_io io = { 0 };
    struct span text;

    if (!read_text(group, "blkio.throttle.io_serviced", &r->s->text, &text))
        return false;
    cgroup_blkio(text, CGROUP_RIOS, CGROUP_WIOS, counts, r->s, &io);
    if (!read_text(group, "blkio.throttle.io_service_bytes", &r->s->text, &text))
        return false;
    cgroup_blkio(text, CGROUP_RBYTES, CGROUP_WBYTES, counts, r->s, &io);
    store_io(r, &io);
    return true;
}

/* ---- a process ---- */

/* The group of its own in the hierarchy, or -1 with the reason noted. */
static int open_own(struct cgroup *s, const char *root, struct span path, int32_t pid,
                    uint32_t shared)
{
    struct cgroup_place place = { s->sysfd, s->procfd, root, path };
    enum cgroup_owner owner;
    int group = cgroup_open_own(&place, pid, &owner);

    if (owner != CGROUP_OWN)
        s->reasons |= owner == CGROUP_SHARED ? shared : REASON_UNREADABLE;
    return group;
}

static bool wants(const struct kvmtop_sample *sample, uint32_t columns_of)
{
    return (sample->wanted[0] & columns_of) != 0;
}

/* True: I/O is told. */
static bool read_v2(const struct reading *r, struct span path)
{
    bool told = false;
    int group = open_own(r->s, r->s->root, path, (int32_t)r->row->id, REASON_SHARED);

    if (group < 0)
        return false;
    read_pressure(r, group);
    read_throttled(r, group);
    read_cpu_max(r, group);
    if (wants(r->sample, IO))
        told = read_io_stat(r, group);
    close(group);
    return told;
}

static void read_v1(const struct reading *r, struct span path)
{
    int group = open_own(r->s, "fs/cgroup/blkio", path, (int32_t)r->row->id, REASON_IO_SHARED);

    if (group < 0)
        return;
    if (!read_blkio(r, group))
        r->s->reasons |= REASON_NO_IO;
    close(group);
}

/* Is it in other groups than when it was last seen? */
static bool has_moved(struct cgroup *s, const struct kvmtop_row *row, struct span text)
{
    uint64_t key = u64map_hash(u64map_hash(U64MAP_SEED, &row->id, sizeof row->id), &row->birth,
                               sizeof row->birth);
    /* Odd, so that it is no NULL. */
    void *place = (void *)(uintptr_t)(u64map_hash(U64MAP_SEED, text.at, text.len) | 1);
    void *before = u64map_get(&s->places, key);

    if (s->places.used >= PLACES_MAX)
        u64map_clear(&s->places);
    return (before != place && u64map_put(&s->places, key, place) < 0) ||
           (before != NULL && before != place);
}

static void fill_row(struct cgroup *s, const struct kvmtop_sample *sample,
                     const struct kvmtop_row *row)
{
    struct reading r = { .s = s, .sample = sample, .row = row };
    struct span text, path;
    char file[40];
    bool told = false;

    snprintf(file, sizeof file, "%d/cgroup", (int)row->id);
    if (!read_text(s->procfd, file, &s->paths, &text)) {
        s->reasons |= REASON_UNREADABLE;
        return;
    }
    r.moved = has_moved(s, row, text);
    if (s->root == NULL)
        s->reasons |= REASON_NO_V2;
    else if (cgroup_path(text, "", &path))
        told = read_v2(&r, path);
    else
        s->reasons |= REASON_UNREADABLE;
    if (told || !wants(sample, IO))
        return;
    if (cgroup_path(text, "blkio", &path))
        read_v1(&r, path);
    else
        s->reasons |= (s->reasons & REASON_SHARED) != 0 ? REASON_IO_SHARED : REASON_NO_IO;
}

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

static int fill(void *state, struct kvmtop_sample *sample)
{
    struct cgroup *s = state;
    struct kvmtop_row row;

    s->sysfd = s->host->dir(s->host, KVMTOP_DIR_SYS);
    s->procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
    s->root = find_root(s);
    s->reasons = 0;
    while (s->host->next(sample, &row))
        fill_row(s, sample, &row);
    report(s, sample);
    return 0;
}

static void idle(void *state)
{
    struct cgroup *s = state;

    u64map_free(&s->places);
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
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .summary = "pressure, CPU limits and block I/O of guests by their control groups",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_cgroup,
    .close = close_cgroup,
};
