/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The set of the host's block devices. */
#include "disk/devices.h"

#include "disk/dev.h"

#include <errno.h>
#include <kvmtop/plugin.h>
#include <stdlib.h>
#include <string.h>

enum {
    DISKSTATS_MAX = 16 * 1024 * 1024, /* bytes of /proc/diskstats that we care to read */
    IN_TURN = 16,               /* devices that are read again at one refresh */
    CLOCK_STEP = 16,            /* devices between two looks at the clock */
    FRESH = 100000000,          /* ns: no two rounds are closer to each other */
};

void devices_free(struct devices *set)
{
    for (size_t i = 0; i < set->count; i++)
        device_free(set->all[i]);
    free(set->all);
    u64map_free(&set->by_id);
    u64map_free(&set->by_number);
    u64map_free(&set->by_dm);
    read_buffer_free(&set->buffer);
}

/* ---- which there are ---- */

static bool make_room(struct devices *set)
{
    size_t room = set->room > 0 ? set->room * 2 : 64;
    struct device **all;

    if (set->count < set->room)
        return true;
    all = reallocarray(set->all, room, sizeof *all);
    if (all == NULL)
        return false;
    set->all = all;
    set->room = room;
    return true;
}

static struct device *new_device(struct devices *set, uint64_t id)
{
    struct device *device;

    if (!make_room(set))
        return NULL;
    device = calloc(1, sizeof *device);
    if (device == NULL || u64map_put(&set->by_id, id, device) < 0) {
        free(device);
        return NULL;
    }
    device->id = id;
    set->all[set->count++] = device;
    set->changed = true;
    return device;
}

/* The same name with a smaller count, or another number, is another device. */
static bool is_another(const struct device *device, const struct diskstats *stats)
{
    return stats->value[DISKSTAT_READS] < device->stats.value[DISKSTAT_READS] ||
           stats->major != device->stats.major || stats->minor != device->stats.minor;
}

static int take_line(struct devices *set, struct span line)
{
    struct diskstats stats;
    struct device *device;
    uint64_t id;

    if (!diskstats_parse(line, &stats))
        return 0;
    id = device_id(stats.name);
    device = u64map_get(&set->by_id, id);
    if (device == NULL)
        device = new_device(set, id);
    else if (is_another(device, &stats))
        set->changed = true;
    if (device == NULL)
        return -ENOMEM;
    device->stats = stats;
    device->exists = true;
    return 0;
}

static void remove_gone(struct devices *set)
{
    size_t count = set->count;

    set->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (set->all[i]->exists)
            set->all[set->count++] = set->all[i];
        else
            device_free(set->all[i]);
    }
    if (set->count == count)
        return;
    set->changed = true;
    u64map_clear(&set->by_number); /* until they are made anew, which an error may put off */
    u64map_clear(&set->by_dm);
    u64map_clear(&set->by_id);
    for (size_t i = 0; i < set->count; i++) /* there is room: no failure */
        u64map_put(&set->by_id, set->all[i]->id, set->all[i]);
}

static int read_diskstats(struct devices *set, int proc)
{
    ssize_t len = read_file_grow(proc, "diskstats", &set->buffer, DISKSTATS_MAX);
    const char *at = set->buffer.data;
    struct span line;
    int err = 0;

    if (len < 0)
        return (int)len;
    for (size_t i = 0; i < set->count; i++)
        set->all[i]->exists = false;
    while (err == 0 && parse_line(&at, set->buffer.data + len, &line))
        err = take_line(set, line);
    remove_gone(set);
    if (err == 0 && len > 0 && set->count == 0)
        return -EBADMSG;        /* a host without devices has an empty file */
    return err;
}

/* ---- what they are ---- */

static void link_paths(struct devices *set)
{
    char head[DISKSTATS_NAME];

    for (size_t i = 0; i < set->count; i++)
        set->all[i]->paths = false;
    for (size_t i = 0; i < set->count; i++) {
        struct device *device = NULL;

        if (device_nvme_head(set->all[i]->stats.name, head))
            device = devices_by_id(set, device_id(head));
        if (device != NULL)
            device->paths = true;
    }
}

/* Where memory is lacking a look-up finds nothing, and a guest is not shown at its device. */
static void index_all(struct devices *set)
{
    u64map_clear(&set->by_number);
    u64map_clear(&set->by_dm);
    for (size_t i = 0; i < set->count; i++) {
        struct device *device = set->all[i];
        uint64_t number = (uint64_t)device->stats.major << 32 | device->stats.minor;

        u64map_put(&set->by_number, number, device);
        if (device->dm != NULL)
            u64map_put(&set->by_dm, device_id(device->dm), device);
    }
}

static void choose_stale(struct devices *set)
{
    size_t count = set->changed || set->count < IN_TURN ? set->count : IN_TURN;

    for (size_t i = 0; i < count; i++)
        set->all[set->turn++ % set->count]->stale = true;
    set->unfinished = true;
    if (set->changed) {
        devices_read_labels(set);
        link_paths(set);
    }
    set->changed = false;
}

static int read_stale(struct devices *set, const struct kvmtop_host *host, uint64_t deadline)
{
    int sys = host->dir(host, KVMTOP_DIR_SYS);
    unsigned reads = 0;

    for (size_t i = 0; i < set->count; i++) {
        if (!set->all[i]->stale)
            continue;
        if (reads++ % CLOCK_STEP == CLOCK_STEP - 1 &&
            host->now(host, KVMTOP_CLOCK_MONOTONIC) > deadline)
            return KVMTOP_MORE;
        device_read_facts(set->all[i], set, sys);
        set->all[i]->stale = false;
    }
    set->unfinished = false;
    index_all(set);
    return 0;
}

int devices_refresh(struct devices *set, const struct kvmtop_host *host, uint64_t deadline)
{
    int err = read_diskstats(set, host->dir(host, KVMTOP_DIR_PROC));

    set->time = host->now(host, KVMTOP_CLOCK_MONOTONIC);
    if (err < 0)
        return err;
    set->loaded = true;
    if (set->changed || !set->unfinished)
        choose_stale(set);
    return read_stale(set, host, deadline);
}

void devices_freshen(struct devices *set, const struct kvmtop_host *host)
{
    if (!set->loaded || host->now(host, KVMTOP_CLOCK_MONOTONIC) - set->time >= FRESH)
        devices_refresh(set, host, UINT64_MAX);
}

/* ---- look-ups ---- */

struct device *devices_by_id(const struct devices *set, uint64_t id)
{
    return u64map_get(&set->by_id, id);
}

struct device *devices_by_number(struct devices *set, uint32_t major, uint32_t minor)
{
    return u64map_get(&set->by_number, (uint64_t)major << 32 | minor);
}

/* pve/vm-100-disk-0 is pve-vm--100--disk--0 to the device mapper. */
static bool lvm_name(const char *path, char *buf, size_t cap)
{
    size_t len = 0;

    if (strchr(path, '/') == NULL || strchr(path, '/') != strrchr(path, '/'))
        return false;
    for (; *path != '\0' && len + 2 < cap; path++) {
        if (*path == '-')
            buf[len++] = '-';
        buf[len++] = *path == '/' ? '-' : *path;
    }
    buf[len] = '\0';
    return *path == '\0';
}

static struct device *by_dm_name(const struct devices *set, const char *path)
{
    char name[256];

    if (strncmp(path, "mapper/", 7) == 0)
        return u64map_get(&set->by_dm, device_id(path + 7));
    return lvm_name(path, name, sizeof name) ? u64map_get(&set->by_dm, device_id(name)) : NULL;
}

struct device *devices_by_path(struct devices *set, const char *path)
{
    char target[DISKSTATS_NAME];
    struct device *device;

    if (strncmp(path, "/dev/", 5) != 0)
        return NULL;
    path += 5;
    device = devices_by_id(set, device_id(path));
    if (device == NULL)
        device = by_dm_name(set, path);
    if (device == NULL && dev_link_target(set->dev, path, target, sizeof target))
        device = devices_by_id(set, device_id(target));
    return device;
}
