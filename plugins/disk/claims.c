/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which block devices a guest's disks lie on. */
#include "disk/claims.h"

#include "disk/devices.h"
#include "disk/mountinfo.h"
#include "lib/glob.h"
#include "lib/passthrough.h"
#include "lib/qemu_disks.h"
#include "lib/vmm_files.h"

#include <errno.h>
#include <fcntl.h>
#include <kvmtop/plugin.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum {
    MOUNTINFO_MAX = 4 * 1024 * 1024, /* bytes that we care to read */
    DEPTH = 32,                 /* devices upon devices: the kernel itself has room for few */
};

struct search {
    const struct kvmtop_host *host;
    struct kvmtop_claims *claims;
    struct devices *devices;
    int proc;
    int32_t pid;
    bool mounts_read;
    struct mounts mounts;       /* the VMM's, once a file of it is met */
};

/* A device and all those that it stands on, each once. */
static void claim_from(struct search *search, struct device *device, unsigned depth)
{
    if (device == NULL || device->mark == search->devices->mark || depth == DEPTH)
        return;
    device->mark = search->devices->mark;
    search->host->claim(search->claims, KVMTOP_CLAIM_BLOCK, device->stats.name);
    for (size_t i = 0; i < device->nbelow; i++)
        claim_from(search, devices_by_id(search->devices, device->below[i]), depth + 1);
}

static void claim(struct search *search, struct device *device)
{
    claim_from(search, device, 0);
}

/* ---- by what it has open ---- */

static const struct mounts *read_mounts(struct search *search)
{
    struct read_buffer *buffer = &search->devices->buffer;
    char path[32];
    ssize_t len;

    if (search->mounts_read)
        return &search->mounts;
    snprintf(path, sizeof path, "%d/mountinfo", (int)search->pid);
    len = read_file_grow(search->proc, path, buffer, MOUNTINFO_MAX);
    if (len > 0)
        mounts_index(&search->mounts, (struct span){ buffer->data, (size_t)len });
    search->mounts_read = true;
    return &search->mounts;
}

/* btrfs and overlays have a number of their own, which is no device's: the source may tell. */
static struct device *device_under(struct search *search, const struct mountinfo *mount)
{
    char source[PATH_MAX];

    if (mount->major != 0)
        return devices_by_number(search->devices, mount->major, mount->minor);
    return mountinfo_source(mount, source, sizeof source)
               ? devices_by_path(search->devices, source)
               : NULL;
}

static bool parse_octal(struct span text, unsigned *out)
{
    unsigned value = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '7')
            return false;
        value = value << 3 | (unsigned)(text.at[i] - '0');
    }
    *out = value;
    return text.len > 0;
}

/* A disk can be read: what can only be written to is a log or a console. */
static bool can_be_disk(struct span info)
{
    struct span value;
    unsigned flags;

    return vmm_fdinfo_get(info, "flags", &value) && parse_octal(value, &flags) &&
           (flags & O_ACCMODE) != O_WRONLY;
}

static void claim_file(struct search *search, unsigned fd)
{
    char buf[VMM_FDINFO_MAX];
    struct mountinfo mount;
    struct span info, value;
    uint64_t id;

    if (!vmm_fdinfo_read(search->proc, search->pid, fd, buf, &info) || !can_be_disk(info) ||
        !vmm_fdinfo_get(info, "mnt_id", &value) ||
        !parse_u64(&value.at, value.at + value.len, &id))
        return;
    if (mounts_find(read_mounts(search), id, &mount))
        claim(search, device_under(search, &mount));
}

/* Files that a VMM keeps open beside its disks. */
static bool is_other_file(const char *path)
{
    static const char *const others[] = { "*.pid", "*.log", "*.lock", "*.fd", "/memfd:*" };

    for (size_t i = 0; i < KVMTOP_COUNT(others); i++) {
        if (glob_match(others[i], path))
            return true;
    }
    return false;
}

/* Links to no file have no slash in front: socket:[1234], anon_inode:[eventfd]. */
static void visit_fd(void *arg, unsigned fd, const char *link)
{
    struct search *search = arg;

    if (strncmp(link, "/dev/", 5) == 0)
        claim(search, devices_by_id(search->devices, device_id(link + 5)));
    else if (link[0] == '/' && !is_other_file(link))
        claim_file(search, fd);
}

/* ---- by its command line ---- */

static void claim_by_args(struct search *search, const struct qemu_args *args)
{
    char path[PATH_MAX];
    size_t at = 0;

    while (qemu_disks_next(args, &at, path, sizeof path))
        claim(search, devices_by_path(search->devices, path));
}

int disk_claims(const struct kvmtop_host *host, struct devices *devices,
                const struct kvmtop_process *process, struct kvmtop_claims *claims)
{
    struct search search = {
        .host = host, .claims = claims, .devices = devices,
        .proc = host->dir(host, KVMTOP_DIR_PROC), .pid = process->pid,
    };
    struct qemu_args args = { 0 };
    int err;

    devices->mark++;
    err = vmm_files_each(search.proc, process->pid, visit_fd, &search);
    mounts_free(&search.mounts);
    args.argv = host->argv(host, process, &args.argc);
    if (args.argv == NULL)
        return 0;
    if (err < 0)
        claim_by_args(&search, &args);
    passthrough_claim(host, &args, PASSTHROUGH_DISK, claims);
    return err == -EACCES ? err : 0;
}
