/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading small files and link texts relative to a folder's descriptor. */
#include "lib/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define READ_CHUNK 65536u       /* bytes between two looks at the clock */
#define READ_CPU_MOST 500000000u /* ns */

/* O_NONBLOCK means nothing to files, and keeps a FIFO in a recorded host from blocking us. */
static int open_at(int dirfd, const char *path)
{
    int fd;

    do {
        fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

static ssize_t read_some(int fd, char *buf, size_t len)
{
    ssize_t n;

    do {
        n = read(fd, buf, len);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

/* Until the end of the file or of the buffer. */
static ssize_t read_all(int fd, char *buf, size_t len)
{
    size_t have = 0;

    while (have < len) {
        ssize_t n = read_some(fd, buf + have, len - have);
        if (n < 0)
            return n;
        if (n == 0)
            break;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

static ssize_t read_with(ssize_t (*reader)(int, char *, size_t), int dirfd, const char *path,
                         char *buf, size_t cap)
{
    int fd = open_at(dirfd, path);
    ssize_t n;

    if (cap > 0)
        buf[0] = '\0';
    if (fd < 0)
        return fd;
    n = cap > 0 ? reader(fd, buf, cap - 1) : -EINVAL;
    if (n >= 0)
        buf[n] = '\0';
    close(fd);
    return n;
}

ssize_t read_file_at(int dirfd, const char *path, char *buf, size_t cap)
{
    return read_with(read_all, dirfd, path, buf, cap);
}

ssize_t read_once_at(int dirfd, const char *path, char *buf, size_t cap)
{
    return read_with(read_some, dirfd, path, buf, cap);
}

static int grow(struct read_buffer *buf)
{
    size_t cap = buf->cap > 0 ? buf->cap * 2 : 4096;
    char *data = realloc(buf->data, cap);

    if (data == NULL)
        return -ENOMEM;
    buf->data = data;
    buf->cap = cap;
    return 0;
}

/* What this thread has computed, and the kernel for it; a busy host alone doesn't count. */
static uint64_t cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Room for one byte past max tells a file of max bytes from a longer one.  Any user can have a file
 * of proc(5) that takes the kernel long: mountinfo, with tens of thousands of mounts on one folder. */
static ssize_t read_growing(int fd, struct read_buffer *buf, size_t max)
{
    uint64_t begun = cpu_now();
    size_t have = 0, room;
    ssize_t n;

    do {
        if (have >= READ_CHUNK && cpu_now() - begun > READ_CPU_MOST)
            return -ETIME;
        if (have + 1 >= buf->cap && grow(buf) < 0)
            return -ENOMEM;
        room = buf->cap - have - 1;
        n = read_some(fd, buf->data + have, room < READ_CHUNK ? room : READ_CHUNK);
        if (n < 0)
            return n;
        have += (size_t)n;
    } while (n > 0 && have <= max);
    buf->data[have] = '\0';
    return have > max ? -EFBIG : (ssize_t)have;
}

ssize_t read_file_grow(int dirfd, const char *path, struct read_buffer *buf, size_t max)
{
    int fd = open_at(dirfd, path);
    ssize_t n;

    if (fd < 0)
        return fd;
    n = read_growing(fd, buf, max);
    close(fd);
    return n;
}

void read_buffer_free(struct read_buffer *buf)
{
    free(buf->data);
    buf->data = NULL;
    buf->cap = 0;
}

ssize_t read_link_at(int dirfd, const char *path, char *buf, size_t cap)
{
    ssize_t n;

    if (cap == 0)
        return -EINVAL;
    n = readlinkat(dirfd, path, buf, cap);
    if (n < 0 || (size_t)n == cap) {
        int err = n < 0 ? errno : ENAMETOOLONG;
        buf[0] = '\0';
        return -err;
    }
    buf[n] = '\0';
    return n;
}
