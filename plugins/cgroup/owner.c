/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose is a control group? */
#include "cgroup/owner.h"

#include "cgroup/text.h"
#include "lib/glob.h"
#include "lib/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROCS_TEXT 1024         /* a group with more processes is no guest's */
#define GROUPS_MAX 64u          /* nor is one with more groups in it, but for those of threads */
#define EVENTS_TEXT 256

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

/* What is being looked into: the groups from the VMM's own up to its scope, and those in them. */
struct search {
    const struct cgroup_place *place;
    int32_t pid;                /* the VMM's */
    bool found;                 /* in one of them */
    unsigned left;              /* beside its own way, that may still be looked into */
};

/* Look at the processes in one group.  A group of threads refuses to list them (EOPNOTSUPP): the
 * one above has them. */
static enum cgroup_owner look(struct search *s, int group, bool *of_threads)
{
    char text[PROCS_TEXT];
    ssize_t len = read_file_at(group, "cgroup.procs", text, sizeof text);
    struct span rest = { text, len > 0 ? (size_t)len : 0 };
    uint64_t pid;

    *of_threads = len == -EOPNOTSUPP;
    if (len < 0)
        return *of_threads ? CGROUP_OWN : CGROUP_UNREADABLE;
    if ((size_t)len == sizeof text - 1)
        return CGROUP_SHARED;
    while (cgroup_next_pid(&rest, &pid)) {
        if (pid == (uint64_t)s->pid)
            s->found = true;
        else if (!is_helper(s->place->procfd, pid))
            return CGROUP_SHARED;
    }
    return CGROUP_OWN;
}

/* ---- groups within a group ---- */

/* Are there groups in it, besides the one we came from?  The link count tells: cgroupfs counts
 * folders in it, and what does not, below a recorded host, says 1. */
static bool has_others(int group, bool came_from_one)
{
    struct stat st;

    return fstat(group, &st) < 0 || st.st_nlink < 2 || st.st_nlink > 2u + came_from_one;
}

/* Is a process in it or in a group within?  In one that is gone there is none. */
static bool is_populated(int group)
{
    char text[EVENTS_TEXT];
    ssize_t len = read_file_at(group, "cgroup.events", text, sizeof text);
    uint64_t populated;

    if (len < 0)
        return len != -ENOENT && len != -ENODEV;
    return !cgroup_key((struct span){ text, (size_t)len }, "populated", &populated) ||
           populated != 0;
}

static enum cgroup_owner look_within(struct search *s, int group, struct span but);

static enum cgroup_owner look_at_child(struct search *s, int parent, const char *name,
                                       bool *of_threads)
{
    int group = openat(parent, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    enum cgroup_owner owner = CGROUP_OWN;

    if (group < 0)
        return errno == ENOENT || errno == ENOTDIR ? CGROUP_OWN : CGROUP_UNREADABLE;
    if (is_populated(group)) {
        owner = look(s, group, of_threads);
        if (owner == CGROUP_OWN && !*of_threads)
            owner = look_within(s, group, (struct span){ "", 0 });
    }
    close(group);
    return owner;
}

static bool is_child(const struct dirent *entry, struct span but)
{
    const char *name = entry->d_name;

    if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
        return false;
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           (strlen(name) != but.len || memcmp(name, but.at, but.len) != 0);
}

/* All groups in it but one.  Where one is of threads the others are, too, and the group's own list
 * has their processes. */
static enum cgroup_owner look_within(struct search *s, int group, struct span but)
{
    enum cgroup_owner owner = CGROUP_OWN;
    const struct dirent *entry;
    bool of_threads = false;
    int fd;
    DIR *dir;

    if (!has_others(group, but.len > 0))
        return CGROUP_OWN;
    fd = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0)
        close(fd);
    if (dir == NULL)
        return CGROUP_UNREADABLE;
    while (owner == CGROUP_OWN && !of_threads && (entry = readdir(dir)) != NULL) {
        if (!is_child(entry, but))
            continue;
        owner = s->left > 0 ? look_at_child(s, group, entry->d_name, &of_threads) : CGROUP_SHARED;
        s->left -= s->left > 0;
    }
    closedir(dir);
    return owner;
}

/* ---- the way from the VMM's own group up to its scope ---- */

static struct span parent(struct span path)
{
    while (path.len > 0 && path.at[--path.len] != '/')
        ;
    return path;
}

/* The part of a path behind that of its parent. */
static struct span name_in(struct span path, struct span parent_path)
{
    return (struct span){ path.at + parent_path.len + 1, path.len - parent_path.len - 1 };
}

/* The descriptor of the group at `path`, `but` in it being looked into already. */
static int look_at_path(struct search *s, struct span path, struct span but, bool *of_threads,
                        enum cgroup_owner *owner)
{
    bool below = *of_threads;
    int group = open_group(s->place, path);

    *owner = group < 0 ? CGROUP_UNREADABLE : look(s, group, of_threads);
    if (*owner == CGROUP_OWN && s->place->recursive && !*of_threads && !below)
        *owner = look_within(s, group, but);
    return group;
}

int cgroup_open_own(const struct cgroup_place *place, int32_t pid, enum cgroup_owner *owner)
{
    struct span scope = cgroup_scope(place->path), path = place->path, below = { "", 0 };
    struct search search = { .place = place, .pid = pid, .left = GROUPS_MAX };
    bool of_threads = false;
    int fd;

    *owner = CGROUP_SHARED;
    if (scope.len < 2)          /* the root */
        return -1;
    for (;;) {
        struct span above = parent(path);

        fd = look_at_path(&search, path, below, &of_threads, owner);
        if (*owner == CGROUP_OWN && path.len == scope.len)
            break;
        if (fd >= 0)
            close(fd);
        if (*owner != CGROUP_OWN)
            return -1;
        below = name_in(path, above);
        path = above;
    }
    if (search.found)
        return fd;
    *owner = CGROUP_UNREADABLE; /* it has moved meanwhile */
    close(fd);
    return -1;
}
