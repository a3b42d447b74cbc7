/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose is a control group? */
#include "cgroup/owner.h"

#include "cgroup/text.h"
#include "lib/glob.h"
#include "lib/read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROCS_TEXT 1024         /* a group with more processes is no guest's */

/* Names of processes that serve one guest and live in its group: those of libvirt, Proxmox VE and
 * KubeVirt, and before Linux 6.4 the kernel's threads of vhost and KVM. */
static const char *const helpers[] = {
    "swtpm", "virtiofsd", "vhost-*", "kvm-*", "passt", "passt.*", "slirp4netns", "dbus-daemon",
    "qemu-pr-helper", "qemu-storage-*", "virt-launcher*", "virtqemud", "virtlogd",
};

static bool is_helper(int procfd, uint64_t pid)
{
    char path[40], comm[80];
    ssize_t len;

    snprintf(path, sizeof path, "%llu/comm", (unsigned long long)pid);
    len = read_once_at(procfd, path, comm, sizeof comm);
    if (len <= 0)
        return len == -ENOENT || len == -ESRCH; /* ended meanwhile */
    comm[strcspn(comm, "\n")] = '\0';
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++)
        if (glob_match(helpers[i], comm))
            return true;
    return false;
}

static int open_group(const struct cgroup_place *place, struct span path)
{
    char name[PATH_MAX];
    int n = snprintf(name, sizeof name, "%s%.*s", place->root, (int)path.len, path.at);
    int fd = n > 0 && (size_t)n < sizeof name
                 ? openat(place->sysfd, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

    return fd;
}

/* Look at the processes in one group.  A group of threads refuses to list them (EOPNOTSUPP): the
 * one above has them. */
static enum cgroup_owner look(const struct cgroup_place *place, int group, int32_t own,
                              bool *found)
{
    char text[PROCS_TEXT];
    ssize_t len = read_file_at(group, "cgroup.procs", text, sizeof text);
    struct span rest = { text, len > 0 ? (size_t)len : 0 };
    uint64_t pid;

    if (len < 0)
        return len == -EOPNOTSUPP ? CGROUP_OWN : CGROUP_UNREADABLE;
    if ((size_t)len == sizeof text - 1)
        return CGROUP_SHARED;
    while (cgroup_next_pid(&rest, &pid)) {
        if (pid == (uint64_t)own)
            *found = true;
        else if (!is_helper(place->procfd, pid))
            return CGROUP_SHARED;
    }
    return CGROUP_OWN;
}

static struct span parent(struct span path)
{
    while (path.len > 0 && path.at[--path.len] != '/')
        ;
    return path;
}

int cgroup_open_own(const struct cgroup_place *place, int32_t pid, enum cgroup_owner *owner)
{
    struct span scope = cgroup_scope(place->path), path = place->path;
    bool found = false;
    int fd;

    *owner = CGROUP_SHARED;
    if (scope.len < 2)          /* the root */
        return -1;
    for (;;) {
        fd = open_group(place, path);
        *owner = fd < 0 ? CGROUP_UNREADABLE : look(place, fd, pid, &found);
        if (*owner == CGROUP_OWN && path.len == scope.len)
            break;
        if (fd >= 0)
            close(fd);
        if (*owner != CGROUP_OWN)
            return -1;
        path = parent(path);
    }
    if (found)
        return fd;
    *owner = CGROUP_UNREADABLE; /* it has moved meanwhile */
    close(fd);
    return -1;
}
