/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what the groups of one guest count. */
#include "cgroup/reading.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cgroup/owner.h"

#define FILE_MAX 65536u
#define PLACES_MAX 65536u       /* remembered; one a guest that ever was */
#define YOUNG UINT64_C(60000000000) /* ns */

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
    uint32_t reasons;           /* of what stays unknown */
};

static void count(struct reading *r, unsigned column, uint64_t value)
{
    if (!r->moved)
        kvmtop_set_u64(r->row, column, value);
}

static void read_pressure(struct reading *r, int group)
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
            r->reasons |= REASON_NO_PRESSURE;
    }
}

static void read_throttled(struct reading *r, int group)
{
    struct span text;
    uint64_t us;

    if (!kvmtop_wants(r->sample, COL_THROTTLED))
        return;
    if (read_text(group, "cpu.stat", &r->s->text, &text) &&
        cgroup_key(text, "throttled_usec", &us))
        count(r, COL_THROTTLED, us);
    else
        r->reasons |= REASON_NO_CPU;
}

static void read_cpu_max(struct reading *r, int group)
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
        r->reasons |= REASON_NO_CPU;
}

/* ---- I/O ---- */

static void store_io(struct reading *r, const struct cgroup_io *io)
{
    static const uint8_t column[CGROUP_IO_VALUES] = {
        [CGROUP_RIOS] = COL_R_IOPS, [CGROUP_WIOS] = COL_W_IOPS,
        [CGROUP_RBYTES] = COL_R_MIB, [CGROUP_WBYTES] = COL_W_MIB,
    };

    for (unsigned i = 0; i < CGROUP_IO_VALUES; i++)
        if ((io->known >> i & 1) != 0)
            count(r, column[i], io->value[i]);
    if (io->known == 0)
        r->reasons |= REASON_IO_EMPTY;
}

/* False: there is no io controller. */
static bool read_io_stat(struct reading *r, int group)
{
    struct cgroup_io io = { 0 };
    struct span text;

    if (!read_text(group, "io.stat", &r->s->text, &text))
        return false;
    cgroup_io_stat(text, layers_io, &r->s->layers);
    layers_sum(&r->s->layers, r->s->sysfd, &io);
    store_io(r, &io);
    return true;
}

static bool read_blkio(struct reading *r, int group)
{
    struct cgroup_io io = { 0 };
    struct span text;

    if (!read_text(group, "blkio.throttle.io_serviced", &r->s->text, &text))
        return false;
    cgroup_blkio(text, CGROUP_RIOS, CGROUP_WIOS, layers_io, &r->s->layers);
    layers_sum(&r->s->layers, r->s->sysfd, &io);
    if (!read_text(group, "blkio.throttle.io_service_bytes", &r->s->text, &text))
        return false;
    cgroup_blkio(text, CGROUP_RBYTES, CGROUP_WBYTES, layers_io, &r->s->layers);
    layers_sum(&r->s->layers, r->s->sysfd, &io);
    store_io(r, &io);
    return true;
}

/* ---- a process ---- */

/* The group of its own in the hierarchy, or -1 with the reason noted. */
static int open_own(struct reading *r, const char *root, struct span path, uint32_t shared)
{
    struct cgroup_place place = {
        r->s->sysfd, r->s->procfd, root, path, .recursive = root == r->s->root
    };
    enum cgroup_owner owner;
    int group = cgroup_open_own(&place, (int32_t)r->row->id, &owner);

    if (owner != CGROUP_OWN)
        r->reasons |= owner == CGROUP_SHARED ? shared : REASON_UNREADABLE;
    return group;
}

static bool wants(const struct kvmtop_sample *sample, uint32_t columns_of)
{
    return (sample->wanted[0] & columns_of) != 0;
}

/* True: I/O is told. */
static bool read_v2(struct reading *r, struct span path)
{
    bool told = false;
    int group = open_own(r, r->s->root, path, REASON_SHARED);

    if (group < 0)
        return false;
    read_pressure(r, group);
    read_throttled(r, group);
    read_cpu_max(r, group);
    if (wants(r->sample, COLS_IO))
        told = read_io_stat(r, group);
    close(group);
    return told;
}

static void read_v1(struct reading *r, struct span path)
{
    int group = open_own(r, "fs/cgroup/blkio", path, REASON_IO_SHARED);

    if (group < 0)
        return;
    if (!read_blkio(r, group))
        r->reasons |= REASON_NO_IO;
    close(group);
}

/* Is it in other groups than when it was last seen?  So is a new guest: its rates begin at its
 * birth, but its group may be older and have counted before. */
static bool has_moved(struct cgroup *s, const struct kvmtop_sample *sample,
                      const struct kvmtop_row *row, struct span text)
{
    bool young = row->birth + YOUNG > sample->boottime;
    uint64_t key = u64map_hash(u64map_hash(U64MAP_SEED, &row->id, sizeof row->id), &row->birth,
                               sizeof row->birth);
    /* Odd, so that it is no NULL. */
    void *place = (void *)(uintptr_t)(u64map_hash(U64MAP_SEED, text.at, text.len) | 1);
    void *before = u64map_get(&s->places, key);

    if (s->places.used >= PLACES_MAX)
        u64map_clear(&s->places);
    return (before != place && u64map_put(&s->places, key, place) < 0) ||
           (before != NULL ? before != place : young);
}

/* Only where v2 counts no I/O. */
static void read_io_v1(struct reading *r, struct span text)
{
    struct span path;

    if (cgroup_path(text, "blkio", &path))
        read_v1(r, path);
    else if ((r->reasons & REASON_SHARED) != 0)
        r->reasons |= REASON_IO_SHARED;
    else if ((r->reasons & REASON_UNREADABLE) == 0)
        r->reasons |= REASON_NO_IO;
}

static void read_groups(struct reading *r, struct span text)
{
    struct span path;
    bool told = false;

    if (r->s->root == NULL)
        r->reasons |= REASON_NO_V2;
    else if (cgroup_path(text, "", &path))
        told = read_v2(r, path);
    else
        r->reasons |= REASON_UNREADABLE;
    if (!told && wants(r->sample, COLS_IO))
        read_io_v1(r, text);
}

void cgroup_read(struct cgroup *s, const struct kvmtop_sample *sample,
                 const struct kvmtop_row *row)
{
    struct reading r = { .s = s, .sample = sample, .row = row };
    struct span text;
    char file[40];

    snprintf(file, sizeof file, "%d/cgroup", (int)row->id);
    if (read_text(s->procfd, file, &s->paths, &text)) {
        r.moved = has_moved(s, sample, row, text);
        read_groups(&r, text);
    } else {
        r.reasons = REASON_UNREADABLE;
    }
    s->reasons |= r.reasons;
}
