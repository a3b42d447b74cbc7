/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The links below /dev. */
#include "disk/dev.h"

#include "lib/read.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH = 16 };            /* folders within folders: a zvol's pool and datasets */

/* O_PATH gives the link itself and asks no device. */
static int open_inside(int dev, const char *path, int flags)
{
    struct open_how how = {
        .flags = (unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    };

    return (int)syscall(SYS_openat2, dev, path, &how, sizeof how);
}

static DIR *open_folder(int dev, const char *path)
{
    int fd = dev >= 0 ? open_inside(dev, path, O_RDONLY | O_DIRECTORY) : -1;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (fd >= 0 && dir == NULL)
        close(fd);
    return dir;
}

static bool copy_last_part(const char *target, char *buf, size_t cap)
{
    const char *slash = strrchr(target, '/');
    const char *last = slash != NULL ? slash + 1 : target;
    size_t len = strlen(last);

    if (len == 0 || len >= cap)
        return false;
    memcpy(buf, last, len + 1);
    return true;
}

bool dev_link_target(int dev, const char *path, char *buf, size_t cap)
{
    int fd = dev >= 0 ? open_inside(dev, path, O_PATH) : -1;
    char target[PATH_MAX];
    ssize_t len;

    if (fd < 0)
        return false;
    len = read_link_at(fd, "", target, sizeof target);
    close(fd);
    return len > 0 && copy_last_part(target, buf, cap);
}

struct walk {
    dev_visit *visit;
    void *arg;
    char path[PATH_MAX];        /* of the folder, from the first one on; "" or ending in '/' */
};

static void walk_folder(struct walk *walk, DIR *dir, unsigned depth);

static void walk_entry(struct walk *walk, int folder, const char *name, unsigned depth)
{
    size_t len = strlen(walk->path);
    char target[PATH_MAX], last[NAME_MAX + 1];

    if (len + strlen(name) + 2 > sizeof walk->path)
        return;
    if (read_link_at(folder, name, target, sizeof target) > 0) {
        snprintf(walk->path + len, sizeof walk->path - len, "%s", name);
        if (copy_last_part(target, last, sizeof last))
            walk->visit(walk->arg, walk->path, last);
    } else if (depth < DEPTH) {
        snprintf(walk->path + len, sizeof walk->path - len, "%s/", name);
        walk_folder(walk, open_folder(folder, name), depth + 1);
    }
    walk->path[len] = '\0';
}

static void walk_folder(struct walk *walk, DIR *dir, unsigned depth)
{
    struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            walk_entry(walk, dirfd(dir), entry->d_name, depth);
    }
    closedir(dir);
}

void dev_each_link(int dev, const char *folder, dev_visit *visit, void *arg)
{
    struct walk walk = { .visit = visit, .arg = arg };

    walk_folder(&walk, open_folder(dev, folder), 0);
}
