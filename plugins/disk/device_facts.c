/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a block device is called and what it stands on. */
#include "disk/dev.h"
#include "disk/devices.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 128 };       /* class/block/NAME/dm/name */

uint64_t device_id(const char *name)
{
    return u64map_hash(U64MAP_SEED, name, strlen(name));
}

void device_free(struct device *device)
{
    free(device->dm);
    free(device->label);
    free(device->below);
    free(device);
}

bool device_stands_on_others(const struct device *device)
{
    const char *name = device->stats.name;

    /* A zvol's pool is not to be seen in sysfs, nor is the device under a loop's file. */
    return device->nbelow > 0 || device->partition || device->paths ||
           strncmp(name, "zd", 2) == 0 || strncmp(name, "loop", 4) == 0;
}

/* ---- by its name ---- */

static size_t without_digits(const char *name, size_t len)
{
    while (len > 0 && parse_is_digit(name[len - 1]))
        len--;
    return len;
}

/* The kernel calls a partition by its disk's name and a number, with a `p` between them where
 * the disk's name ends in a digit: sda1, nvme0n1p1. */
static const struct device *disk_of(const struct devices *set, const char *name)
{
    size_t len = strlen(name), stem = without_digits(name, len);
    char disk[DISKSTATS_NAME];

    if (stem == len || stem == 0)
        return NULL;
    if (stem > 1 && name[stem - 1] == 'p' && parse_is_digit(name[stem - 2]))
        stem--;
    memcpy(disk, name, stem);
    disk[stem] = '\0';
    return devices_by_id(set, device_id(disk));
}

bool device_nvme_head(const char *name, char head[DISKSTATS_NAME])
{
    const char *at = name, *end = name + strlen(name);
    uint64_t subsystem, controller;
    int len;

    if (!parse_text(&at, end, "nvme") || !parse_u64(&at, end, &subsystem) ||
        !parse_text(&at, end, "c") || !parse_u64(&at, end, &controller) || *at != 'n')
        return false;
    len = snprintf(head, DISKSTATS_NAME, "nvme%llu%s", (unsigned long long)subsystem, at);
    return len < DISKSTATS_NAME;
}

/* ---- by sysfs ---- */

/* In sysfs a name's `/` (cciss/c0d0) is written `!`. */
static void exchange(char *name, char from, char to)
{
    for (; *name != '\0'; name++) {
        if (*name == from)
            *name = to;
    }
}

static bool sysfs_path(char path[PATH_SIZE], const char *name, const char *file)
{
    char safe[DISKSTATS_NAME];

    snprintf(safe, sizeof safe, "%s", name);
    exchange(safe, '/', '!');
    if (strcmp(safe, ".") == 0 || strcmp(safe, "..") == 0)
        return false;
    return snprintf(path, PATH_SIZE, "class/block/%s/%s", safe, file) < PATH_SIZE;
}

static bool add_below(struct device *device, uint64_t id)
{
    uint64_t *below = reallocarray(device->below, device->nbelow + 1, sizeof *below);

    if (below == NULL)
        return false;
    device->below = below;
    device->below[device->nbelow++] = id;
    return true;
}

static void add_slaves(struct device *device, DIR *dir)
{
    char name[DISKSTATS_NAME];
    struct dirent *entry;

    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof name)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)sizeof name - 1, entry->d_name);
        exchange(name, '!', '/');
        if (!add_below(device, device_id(name)))
            break;
    }
}

static void read_slaves(struct device *device, int sys)
{
    char path[PATH_SIZE];
    DIR *dir;
    int fd;

    if (sys < 0 || !sysfs_path(path, device->stats.name, "slaves"))
        return;
    fd = openat(sys, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir != NULL) {
        add_slaves(device, dir);
        closedir(dir);
    } else if (fd >= 0) {
        close(fd);
    }
}

static void read_dm_name(struct device *device, int sys)
{
    char path[PATH_SIZE], name[256]; /* DM_NAME_LEN is 128 */
    ssize_t len;

    free(device->dm);
    device->dm = NULL;
    if (sys < 0 || strncmp(device->stats.name, "dm-", 3) != 0 ||
        !sysfs_path(path, device->stats.name, "dm/name"))
        return;
    len = read_once_at(sys, path, name, sizeof name);
    if (len > 0 && name[len - 1] == '\n')
        name[--len] = '\0';
    if (len > 0)
        device->dm = strdup(name);
}

void device_read_facts(struct device *device, const struct devices *set, int sys)
{
    const struct device *disk = disk_of(set, device->stats.name);

    device->nbelow = 0;
    device->partition = disk != NULL;
    if (disk != NULL)
        add_below(device, disk->id);
    else
        read_slaves(device, sys);
    read_dm_name(device, sys);
}

/* ---- by /dev ---- */

static void set_label(struct devices *set, const char *target, const char *label)
{
    struct device *device = devices_by_id(set, device_id(target));

    if (device == NULL)
        return;
    free(device->label);
    device->label = strdup(label);
}

/* rpool/data/vm-100-disk-0 */
static void label_zvol(void *arg, const char *path, const char *target)
{
    set_label(arg, target, path);
}

/* md/root; a bare number says no more than md0 does. */
static void label_md(void *arg, const char *path, const char *target)
{
    char label[DISKSTATS_NAME];

    if (without_digits(path, strlen(path)) == 0)
        return;
    snprintf(label, sizeof label, "md/%s", path);
    set_label(arg, target, label);
}

static bool any_begins(const struct devices *set, const char *prefix)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strncmp(set->all[i]->stats.name, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

void devices_read_labels(struct devices *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->all[i]->label);
        set->all[i]->label = NULL;
    }
    if (any_begins(set, "zd"))
        dev_each_link(set->dev, "zvol", label_zvol, set);
    if (any_begins(set, "md"))
        dev_each_link(set->dev, "md", label_md, set);
}
