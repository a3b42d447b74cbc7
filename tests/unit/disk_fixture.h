/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded host for the plugin `disk`: its files of devices, a round, a row by its name. */
#ifndef DISK_FIXTURE_H
#define DISK_FIXTURE_H

#include "device_fixture.h"
#include "disk/devices.h"

#include <stdio.h>

extern const struct kvmtop_plugin kvmtop_plugin_disk;

#define COUNTERS " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"

static inline void set_stats(struct fake_host *fake, const char *lines)
{
    fake_file(fake, KVMTOP_DIR_PROC, "diskstats", lines);
}

static inline void set_sysfs(struct fake_host *fake, const char *name, const char *file,
                             const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "class/block/%s/%s", name, file);
    if (text != NULL)
        fake_file(fake, KVMTOP_DIR_SYS, path, text);
    else
        fake_folder(fake, KVMTOP_DIR_SYS, path);
}

/* Proxmox VE's usual stack: a disk, a partition, LVM on it. */
static inline void set_lvm(struct fake_host *fake)
{
    set_stats(fake, "8 0 sda" COUNTERS "8 3 sda3" COUNTERS "253 1 dm-1" COUNTERS
                    "253 5 dm-5" COUNTERS "8 16 sdb" COUNTERS "8 17 sdb1" COUNTERS);
    set_sysfs(fake, "sda", "slaves", NULL);
    set_sysfs(fake, "sdb", "slaves", NULL);
    set_sysfs(fake, "sda3", "partition", "3\n");
    set_sysfs(fake, "dm-1", "dm/name", "pve-data_tdata\n");
    set_sysfs(fake, "dm-1", "slaves/sda3", NULL);
    set_sysfs(fake, "dm-5", "dm/name", "pve-vm--100--disk--0\n");
    set_sysfs(fake, "dm-5", "slaves/dm-1", NULL);
}

static inline void collect(struct fake_host *fake)
{
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_disk.sources[0]), 0);
}

static inline void open_and_collect(struct fake_host *fake)
{
    assert_int_equal(fake_open(fake, &kvmtop_plugin_disk), 0);
    collect(fake);
}

static inline struct fake_row *row_of(struct fake_host *fake, const char *kname)
{
    return fake_row(fake, "storage", 0, device_id(kname));
}

#endif
