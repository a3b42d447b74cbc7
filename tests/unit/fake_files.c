/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of the fake host. */
#include "fake_host_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void own_folder(const struct fake_host *fake)
{
    if (fake->real_clocks)
        fake_die("files of the real host are not to be touched");
}

static void make_parents(int at, const char *path)
{
    char part[4096];

    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        if (mkdirat(at, part, 0755) < 0 && errno != EEXIST)
            fake_die("%s: %s", part, strerror(errno));
    }
}

void fake_folder(struct fake_host *fake, enum kvmtop_dir dir, const char *path)
{
    own_folder(fake);
    make_parents(fake->dirs[dir], path);
    if (mkdirat(fake->dirs[dir], path, 0755) < 0 && errno != EEXIST)
        fake_die("%s: %s", path, strerror(errno));
}

void fake_bytes(struct fake_host *fake, enum kvmtop_dir dir, const char *path, const void *data,
                size_t len)
{
    int at = fake->dirs[dir], fd;

    own_folder(fake);
    make_parents(at, path);
    if (unlinkat(at, path, 0) < 0 && errno != ENOENT)
        fake_die("%s: %s", path, strerror(errno));
    fd = openat(at, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, data, len) != (ssize_t)len)
        fake_die("%s: %s", path, strerror(errno));
    close(fd);
}

void fake_file(struct fake_host *fake, enum kvmtop_dir dir, const char *path, const char *text)
{
    fake_bytes(fake, dir, path, text, strlen(text));
}

void fake_link(struct fake_host *fake, enum kvmtop_dir dir, const char *path, const char *target)
{
    own_folder(fake);
    make_parents(fake->dirs[dir], path);
    if (unlinkat(fake->dirs[dir], path, 0) < 0 && errno != ENOENT)
        fake_die("%s: %s", path, strerror(errno));
    if (symlinkat(target, fake->dirs[dir], path) < 0)
        fake_die("%s: %s", path, strerror(errno));
}

void fake_remove(struct fake_host *fake, enum kvmtop_dir dir, const char *path)
{
    char full[4096];

    own_folder(fake);
    snprintf(full, sizeof full, "%s/%s/%s", fake->folder, fake_dir_names[dir], path);
    fake_remove_tree(full);
}

void fake_no_dir(struct fake_host *fake, enum kvmtop_dir dir)
{
    if (fake->dirs[dir] >= 0)
        close(fake->dirs[dir]);
    fake->dirs[dir] = -1;
}
