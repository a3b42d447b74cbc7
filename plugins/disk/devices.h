/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The block devices of the host: the counters of each from /proc/diskstats at each refresh; what
 * it is called and what it stands on, from /sys/class/block and /dev, when a device comes or
 * goes, and of some at each refresh in turn.
 */
#ifndef KVMTOP_DISK_DEVICES_H
#define KVMTOP_DISK_DEVICES_H

#include "disk/diskstats.h"
#include "lib/read.h"
#include "lib/u64map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kvmtop_host;

struct device {
    uint64_t id;                /* device_id() of its name, for good */
    struct diskstats stats;     /* with the name and the number */
    char *dm;                   /* owned: name of a device-mapper device; NULL: none */
    char *label;                /* owned: another readable name, of a zvol or md; NULL: none */
    uint64_t *below;            /* owned: ids of those it stands on, which may not be there */
    size_t nbelow;
    bool partition;
    bool paths;                 /* NVMe multipath: what it does is counted by its paths as well */

    bool exists;                /* false: to be taken out */
    bool stale;                 /* sysfs is to be read */
    unsigned mark;              /* equal to the set's: claimed already */
};

/* Begin with {.dev = -1}, or the descriptor of /dev, which remains the caller's. */
struct devices {
    int dev;
    struct device **all;        /* owned, as what they point to */
    size_t count, room;
    bool loaded;
    uint64_t time;              /* of the last refresh: CLOCK_MONOTONIC ns */
    struct u64map by_id, by_number, by_dm;
    unsigned mark;
    bool changed;               /* what the other two maps hold, and labels, is out of date */
    bool unfinished;            /* some are stale, though it was their turn */
    size_t turn;                /* who is stale next */
    struct read_buffer buffer;
};

void devices_free(struct devices *set);

/* 0, KVMTOP_MORE (to be called again, as this moment of CLOCK_MONOTONIC is past), or -errno. */
int devices_refresh(struct devices *set, const struct kvmtop_host *host, uint64_t deadline);

/* The same, all of it, unless that was a moment ago: for who asks about devices while nobody looks
 * at them. */
void devices_freshen(struct devices *set, const struct kvmtop_host *host);

/* Does it stand on others, so that their counters hold its I/O, too? */
bool device_stands_on_others(const struct device *device);

/* All NULL where there is no such device. */
struct device *devices_by_id(const struct devices *set, uint64_t id);
struct device *devices_by_number(struct devices *set, uint32_t major, uint32_t minor);
/* /dev/sda1, /dev/mapper/NAME, /dev/VG/LV, or any link below /dev. */
struct device *devices_by_path(struct devices *set, const char *path);

/* The rest is for devices.c and device_facts.c alone. */

uint64_t device_id(const char *name);
/* What sysfs says of a device. */
void device_read_facts(struct device *device, const struct devices *set, int sys);
/* The readable names below /dev of all. */
void devices_read_labels(struct devices *set);
/* The head of an NVMe multipath device's path: nvme0n1 of nvme0c1n1. */
bool device_nvme_head(const char *name, char head[DISKSTATS_NAME]);
void device_free(struct device *device);

#endif
