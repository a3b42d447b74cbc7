/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write beside, sync, rename over. */
#include "core/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"
#include "core/write_all.h"
#include "core/xalloc.h"

/* path up to its last slash: "." without one, "/" in the root. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return xstrdup(".");
    return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int make_folders(const char *folder)
{
    char *path = xstrdup(folder), *end = path;
    int err = 0;

    while (err == 0 && *end) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
            err = -errno;
        *end = kept;
    }
    free(path);
    return err;
}

/* Owner before mode: chown(2) takes bits away.  old: NULL for a new file. */
static int fill(int fd, const struct stat *old, const char *text, size_t len)
{
    if (old) {
        bool others = old->st_uid != geteuid() || old->st_gid != getegid();
        if (others && fchown(fd, old->st_uid, old->st_gid) < 0)
            return -errno;
        if (fchmod(fd, old->st_mode & 07777) < 0)
            return -errno;
    }
    int err = write_all(fd, text, len);
    return err < 0 ? err : fsync(fd) < 0 ? -errno : 0;
}

/* The rename itself is on disk only when the folder is; some file systems can't sync one. */
static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static int replace(const char *path, const struct stat *old, const char *text, size_t len)
{
    char *folder = folder_of(path);
    char *temp = str_format("%s/.kvmtop.XXXXXX", folder);
    int err = make_folders(folder);
    int fd = err < 0 ? -1 : mkostemp(temp, O_CLOEXEC);

    if (fd < 0) {
        err = err < 0 ? err : -errno;
        goto out;
    }
    err = fill(fd, old, text, len);
    if (close(fd) < 0 && err == 0)
        err = -errno;
    if (err == 0 && rename(temp, path) < 0)
        err = -errno;
    if (err < 0)
        unlink(temp);
    else
        sync_folder(folder);
out:
    free(temp);
    free(folder);
    return err;
}

int replace_file(const char *path, const char *text, size_t len)
{
    struct stat old;
    char *target;
    int err;

    if (lstat(path, &old) < 0)
        return errno == ENOENT ? replace(path, NULL, text, len) : -errno;
    target = realpath(path, NULL);
    if (!target)
        return -errno;
    if (stat(target, &old) < 0)
        err = -errno;
    else if (!S_ISREG(old.st_mode))
        err = -EINVAL;
    else if (access(target, W_OK) < 0)
        err = -errno;
    else
        err = replace(target, &old, text, len);
    free(target);
    return err;
}
