/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole small files, read relative to a folder. */
#include "core/readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/xalloc.h"

static int open_at(int dir, const char *path)
{
    if (dir < 0) {
        errno = ENOENT;
        return -1;
    }
    return openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Reads until cap or the end; -errno only when nothing was read. */
static ssize_t read_full(int fd, char *buf, size_t cap)
{
    size_t len = 0;

    while (len < cap) {
        ssize_t n = read(fd, buf + len, cap - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !len)
            return -errno;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

ssize_t readfile_into(int dir, const char *path, char *buf, size_t cap)
{
    int fd = open_at(dir, path);
    ssize_t n = fd < 0 ? -errno : read_full(fd, buf, cap - 1);

    if (fd >= 0)
        close(fd);
    buf[n > 0 ? n : 0] = 0;
    return n;
}

char *readfile_all(int dir, const char *path, size_t max, size_t *len)
{
    int fd = open_at(dir, path);
    size_t cap = 4096, have = 0;
    ssize_t n;

    if (fd < 0)
        return NULL;
    char *buf = xmalloc(cap + 1);
    while ((n = read_full(fd, buf + have, cap - have)) > 0) {
        have += (size_t)n;
        if (have < cap || cap >= max)
            break;
        cap = cap * 2 < max ? cap * 2 : max;
        buf = xrealloc(buf, cap + 1);
    }
    close(fd);
    if (n < 0 && !have) {
        free(buf);
        errno = (int)-n;
        return NULL;
    }
    buf[have] = 0;
    *len = have;
    return buf;
}
