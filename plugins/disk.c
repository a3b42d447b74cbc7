/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Table `storage`: the block devices of the host from /proc/diskstats, and which guests' disks
 * lie on each.
 */
#include <kvmtop/plugin.h>

#include "disk/claims.h"
#include "disk/devices.h"
#include "lib/vmm_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct disk {
    const struct kvmtop_host *host;
    bool partitions;            /* are shown from the beginning */
    struct devices devices;
};

/* ---- the table ---- */

/* In the order of source_columns. */
enum {
    COL_DEVICE,
    COL_R_IOPS,
    COL_W_IOPS,
    COL_R_MIB,
    COL_W_MIB,
    COL_R_TIME,
    COL_W_TIME,
    COL_UTIL,
    COL_QUEUE,
    COL_D_IOPS,
    COL_F_IOPS,
    COL_DM,
    COL_KNAME,
};

static const char *const source_columns[] = {
    "device", "r_iops", "w_iops", "r_mib",  "w_mib", "r_time", "w_time",
    "util",   "queue",  "d_iops", "f_iops", "dm",    "kname",  NULL,
};

#define BYTES_TO_MIB (1.0 / (1024 * 1024))

static const struct kvmtop_column columns[] = {
    {
        .name = "device",
        .title = "DEVICE",
        .group = "Identity",
        .help = "Block device: its name by device mapper, ZFS or md where it has one",
        .kind = KVMTOP_TEXT,
        .width = 16,
        .importance = 100,
        .flags = KVMTOP_IDENTITY,
    },
    {
        .name = "r_iops",
        .title = "R_IOPS",
        .group = "Disk",
        .help = "Reads completed a second (/proc/diskstats, merged ones not counted)",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 8,
        .digit = 1,
        .importance = 90,
    },
    {
        .name = "w_iops",
        .title = "W_IOPS",
        .group = "Disk",
        .help = "Writes completed a second",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 8,
        .digit = 2,
        .importance = 90,
    },
    {
        .name = "r_mib",
        .title = "R_MiB/s",
        .group = "Disk",
        .help = "Read from the device, in MiB a second",
        .unit = "MiB/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 9,
        .digit = 3,
        .importance = 80,
        .scale = BYTES_TO_MIB,
    },
    {
        .name = "w_mib",
        .title = "W_MiB/s",
        .group = "Disk",
        .help = "Written to the device, in MiB a second",
        .unit = "MiB/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 9,
        .digit = 4,
        .importance = 80,
        .scale = BYTES_TO_MIB,
    },
    {
        .name = "r_lat",
        .title = "R_Lat(ms)",
        .group = "Disk",
        .help = "Milliseconds that a read took, on average over those of the interval",
        .unit = "ms",
        .kind = KVMTOP_RATIO,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 9,
        .digit = 5,
        .importance = 85,
        .num = "r_time",
        .den = "r_iops",
    },
    {
        .name = "w_lat",
        .title = "W_Lat(ms)",
        .group = "Disk",
        .help = "Milliseconds that a write took, on average over those of the interval",
        .unit = "ms",
        .kind = KVMTOP_RATIO,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 9,
        .digit = 6,
        .importance = 85,
        .num = "w_time",
        .den = "w_iops",
    },
    {
        .name = "util",
        .title = "Util%",
        .group = "Disk",
        .help = "Share of the time in which at least one request was in flight",
        .unit = "%",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_MAX,
        .precision = 1,
        .width = 6,
        .importance = 70,
        .flags = KVMTOP_OPTIONAL,
        .scale = 0.1,           /* milliseconds a second */
    },
    {
        .name = "queue",
        .title = "Queue",
        .group = "Disk",
        .help = "Requests in flight, on average over the interval",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 7,
        .importance = 60,
        .flags = KVMTOP_OPTIONAL,
        .scale = 0.001,
    },
    {
        .name = "d_iops",
        .title = "D_IOPS",
        .group = "Disk",
        .help = "Discards completed a second (Linux >= 4.18)",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 7,
        .importance = 40,
        .flags = KVMTOP_OPTIONAL,
    },
    {
        .name = "f_iops",
        .title = "F_IOPS",
        .group = "Disk",
        .help = "Flushes completed a second (Linux >= 5.5)",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 7,
        .importance = 40,
        .flags = KVMTOP_OPTIONAL,
    },
    {
        .name = "r_time",
        .title = "R_Time",
        .group = "Disk",
        .help = "Milliseconds a second that reads took, all of them together",
        .unit = "ms/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 8,
        .importance = 20,
        .flags = KVMTOP_OPTIONAL,
    },
    {
        .name = "w_time",
        .title = "W_Time",
        .group = "Disk",
        .help = "Milliseconds a second that writes took, all of them together",
        .unit = "ms/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 8,
        .importance = 20,
        .flags = KVMTOP_OPTIONAL,
    },
    {
        .name = "dm",
        .title = "DM",
        .group = "Identity",
        .help = "Name of a device-mapper device, as in /dev/mapper",
        .kind = KVMTOP_TEXT,
        .width = 16,
        .importance = 30,
        .flags = KVMTOP_OPTIONAL,
    },
    {
        .name = "kname",
        .title = "KNAME",
        .group = "Identity",
        .help = "The kernel's name of the device, as in /proc/diskstats",
        .kind = KVMTOP_TEXT,
        .width = 8,
        .importance = 30,
        .flags = KVMTOP_OPTIONAL | KVMTOP_IDENTITY,
    },
};

static const struct kvmtop_table tables[] = {
    {
        .name = "storage",
        .title = "Storage",
        .sort = "r_iops",
        .columns = columns,
        .ncolumns = KVMTOP_COUNT(columns),
        .block = "kname",
        .hotkey = 's',
    },
};

/* ---- rows ---- */

static const struct counter {
    unsigned column;
    enum diskstat stat;
    unsigned factor;
} counters[] = {
    { COL_R_IOPS, DISKSTAT_READS, 1 },         { COL_W_IOPS, DISKSTAT_WRITES, 1 },
    { COL_R_MIB, DISKSTAT_READ_SECTORS, 512 }, { COL_W_MIB, DISKSTAT_WRITE_SECTORS, 512 },
    { COL_R_TIME, DISKSTAT_READ_MS, 1 },       { COL_W_TIME, DISKSTAT_WRITE_MS, 1 },
    { COL_UTIL, DISKSTAT_BUSY_MS, 1 },         { COL_QUEUE, DISKSTAT_QUEUE_MS, 1 },
    { COL_D_IOPS, DISKSTAT_DISCARDS, 1 },      { COL_F_IOPS, DISKSTAT_FLUSHES, 1 },
};

static void set_counters(struct kvmtop_sample *sample, const struct kvmtop_row *row,
                         const struct diskstats *stats)
{
    for (size_t i = 0; i < KVMTOP_COUNT(counters); i++) {
        const struct counter *counter = &counters[i];

        if (counter->stat < stats->count)
            kvmtop_set_u64(row, counter->column, stats->value[counter->stat] * counter->factor);
        else
            sample->host->unknown(sample, counter->column, "this kernel does not count them");
    }
}

static void set_text(struct kvmtop_sample *sample, const struct kvmtop_row *row, unsigned column,
                     const char *text)
{
    sample->host->text(sample, row, column, text, strlen(text));
}

static void set_names(struct kvmtop_sample *sample, const struct kvmtop_row *row,
                      const struct device *device)
{
    const char *name = device->stats.name;

    set_text(sample, row, COL_KNAME, name);
    set_text(sample, row, COL_DEVICE,
             device->dm != NULL ? device->dm : device->label != NULL ? device->label : name);
    if (device->dm != NULL)
        set_text(sample, row, COL_DM, device->dm);
}

static bool is_hidden(const struct disk *disk, const struct device *device)
{
    const char *name = device->stats.name;

    return strncmp(name, "loop", 4) == 0 || strncmp(name, "ram", 3) == 0 ||
           (device->partition && !disk->partitions);
}

static void make_row(struct disk *disk, struct kvmtop_sample *sample, const struct device *device)
{
    struct kvmtop_row row;

    if (!disk->host->row(sample, 0, device->id, 0, 0, &row))
        return;
    set_names(sample, &row, device);
    set_counters(sample, &row, &device->stats);
    if (is_hidden(disk, device))
        *row.flags |= KVMTOP_ROW_HIDDEN;
    if (device_stands_on_others(device))
        *row.flags |= KVMTOP_ROW_UNCOUNTED;
}

static int collect(void *state, struct kvmtop_sample *sample)
{
    struct disk *disk = state;
    int err = devices_refresh(&disk->devices, disk->host, sample->deadline);

    if (err < 0)
        return disk->host->fail(disk->host, err, "cannot read /proc/diskstats: %s",
                                strerror(-err));
    if (err == KVMTOP_MORE)
        return err;
    for (size_t i = 0; i < disk->devices.count; i++)
        make_row(disk, sample, disk->devices.all[i]);
    return 0;
}

static const struct kvmtop_source sources[] = {
    { .table = "storage", .columns = source_columns, .collect = collect },
};

/* ---- the guests' ---- */

static int claims_of(void *state, const struct kvmtop_process *process,
                     struct kvmtop_claims *claims)
{
    struct disk *disk = state;

    devices_freshen(&disk->devices, disk->host);
    int err = disk_claims(disk->host, &disk->devices, process, claims);
    return err < 0 ? disk->host->fail(disk->host, err, VMM_FILES_REFUSED, "disks") : 0;
}

static const struct kvmtop_resolver resolvers[] = {
    { .name = "disk", .rank = 500, .flags = KVMTOP_NO_IFACES, .claims = claims_of },
};

/* ---- the plugin ---- */

static const struct kvmtop_option options[] = {
    {
        .name = "partitions",
        .help = "show partitions without the key h too",
        .value = "0",
        .type = KVMTOP_OPTION_BOOL,
    },
};

static int open_disk(const struct kvmtop_host *host, void **state)
{
    struct disk *disk = calloc(1, sizeof *disk);

    if (disk == NULL)
        return host->fail(host, -ENOMEM, "no memory");
    disk->host = host;
    disk->partitions = strcmp(host->option(host, "partitions", 0), "1") == 0;
    /* Without it, or for a recorded host, links below /dev tell nothing. */
    disk->devices.dev = host->live ? open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    *state = disk;
    return 0;
}

static void close_disk(void *state)
{
    struct disk *disk = state;

    devices_free(&disk->devices);
    if (disk->devices.dev >= 0)
        close(disk->devices.dev);
    free(disk);
}

KVMTOP_PLUGIN(disk) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "disk",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "block devices and the guests whose disks lie on them",
    .options = options,
    .noptions = KVMTOP_COUNT(options),
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .resolvers = resolvers,
    .nresolvers = KVMTOP_COUNT(resolvers),
    .open = open_disk,
    .close = close_disk,
};
