/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a group has counted of block devices, each request once. */
#include "cgroup/layers.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/read.h"

#define PATH_SIZE 320           /* class/block/, a name of up to 255 bytes, /partition */

/* A device and those that it stands on. */
struct layer {
    struct layer *next;
    size_t count;
    uint64_t *beneath;          /* owned */
};

struct tally {
    uint64_t device;
    struct cgroup_io io;
};

void layers_forget(struct layers *set)
{
    while (set->layers != NULL) {
        struct layer *layer = set->layers;

        set->layers = layer->next;
        free(layer->beneath);
        free(layer);
    }
    u64map_clear(&set->by_device);
}

void layers_free(struct layers *set)
{
    layers_forget(set);
    u64map_free(&set->by_device);
    u64map_free(&set->beneath);
    free(set->tallies);
    free(set->found);
    *set = (struct layers){ 0 };
}

/* ---- sysfs ---- */

/* A file `dev`: MAJOR:MINOR. */
static bool read_number(int sysfd, const char *path, uint64_t *device)
{
    char text[32];
    ssize_t len = read_once_at(sysfd, path, text, sizeof text);

    while (len > 0 && text[len - 1] == '\n')
        len--;
    return len > 0 && cgroup_device((struct span){ text, (size_t)len }, device);
}

/* Groups count for whole disks: that of a partition is the folder above. */
static bool disk_number(int sysfd, const char *name, uint64_t *device)
{
    char path[PATH_SIZE];
    bool part;

    snprintf(path, sizeof path, "class/block/%s/partition", name);
    part = faccessat(sysfd, path, F_OK, 0) == 0;
    snprintf(path, sizeof path, "class/block/%s/%sdev", name, part ? "../" : "");
    return read_number(sysfd, path, device);
}

/* A list of numbers with room for one more; false: no memory. */
static bool make_room(uint64_t **list, size_t count, size_t *room)
{
    size_t more = *room > 0 ? *room * 2 : 8;
    uint64_t *bigger;

    if (count < *room)
        return true;
    bigger = reallocarray(*list, more, sizeof *bigger);
    if (bigger == NULL)
        return false;
    *list = bigger;
    *room = more;
    return true;
}

static bool add_slaves(struct layer *layer, int sysfd, DIR *dir)
{
    const struct dirent *entry;
    size_t room = 0;
    uint64_t device;

    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || !disk_number(sysfd, entry->d_name, &device))
            continue;
        if (!make_room(&layer->beneath, layer->count, &room))
            return false;
        layer->beneath[layer->count++] = device;
    }
    return true;
}

/* One that is gone, or that sysfs does not have, stands on none. */
static bool read_slaves(struct layer *layer, int sysfd, uint64_t device)
{
    char path[64];
    bool done;
    DIR *dir;
    int fd;

    snprintf(path, sizeof path, "dev/block/%" PRIu64 ":%" PRIu64 "/slaves", device >> 32,
             device & UINT32_MAX);
    fd = openat(sysfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return true;
    dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
        return false;
    }
    done = add_slaves(layer, sysfd, dir);
    closedir(dir);
    return done;
}

/* Read at its first mention in the round: every guest may have it.  NULL: no memory. */
static const struct layer *layer_of(struct layers *set, int sysfd, uint64_t device)
{
    struct layer *layer = u64map_get(&set->by_device, device);

    if (layer != NULL)
        return layer;
    layer = calloc(1, sizeof *layer);
    if (layer == NULL)
        return NULL;
    layer->next = set->layers;
    set->layers = layer;
    if (!read_slaves(layer, sysfd, device) || u64map_put(&set->by_device, device, layer) < 0)
        return NULL;
    return layer;
}

/* ---- the devices of one text ---- */

static bool add_tally(struct layers *set, uint64_t device)
{
    if (set->count == set->room) {
        size_t room = set->room > 0 ? set->room * 2 : 16;
        struct tally *tallies = reallocarray(set->tallies, room, sizeof *tallies);

        if (tallies == NULL)
            return false;
        set->tallies = tallies;
        set->room = room;
    }
    set->tallies[set->count++] = (struct tally){ .device = device };
    return true;
}

/* Lines of one device follow one another. */
struct cgroup_io *layers_io(void *arg, uint64_t device)
{
    struct layers *set = arg;

    if ((set->count == 0 || set->tallies[set->count - 1].device != device) &&
        !add_tally(set, device)) {
        set->failed = true;
        return NULL;
    }
    return &set->tallies[set->count - 1].io;
}

static bool has_counted(const struct cgroup_io *io)
{
    uint64_t any = 0;

    for (unsigned i = 0; i < CGROUP_IO_VALUES; i++)
        any |= io->value[i];
    return any != 0;
}

static void find_beneath(struct layers *set, int sysfd, uint64_t device)
{
    const struct layer *layer = layer_of(set, sysfd, device);

    set->failed |= layer == NULL;
    for (size_t i = 0; layer != NULL && i < layer->count; i++) {
        uint64_t one = layer->beneath[i];

        if (u64map_get(&set->beneath, one) != NULL)
            continue;
        if (!make_room(&set->found, set->nfound, &set->found_room) ||
            u64map_put(&set->beneath, one, set) < 0) {
            set->failed = true;
            return;
        }
        set->found[set->nfound++] = one;
    }
}

static void add_io(struct cgroup_io *sum, const struct cgroup_io *io)
{
    for (unsigned i = 0; i < CGROUP_IO_VALUES; i++)
        sum->value[i] += io->value[i];
    sum->known |= io->known;
}

void layers_sum(struct layers *set, int sysfd, struct cgroup_io *sum)
{
    for (size_t i = 0; i < set->count; i++)
        if (has_counted(&set->tallies[i].io)) /* v1 lists all that there are */
            find_beneath(set, sysfd, set->tallies[i].device);
    for (size_t i = 0; i < set->nfound; i++)
        find_beneath(set, sysfd, set->found[i]);
    for (size_t i = 0; i < set->count; i++)
        if (!set->failed && u64map_get(&set->beneath, set->tallies[i].device) == NULL)
            add_io(sum, &set->tallies[i].io);
    u64map_clear(&set->beneath);
    set->count = set->nfound = 0;
    set->failed = false;
}
