/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Block devices that nobody but the test uses. */
#include "loop_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

static bool refuse(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    return false;
}

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return written;
}

static bool read_text(const char *path, char *text, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, cap - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static bool read_of(const struct loop_device *loop, const char *file, char *text, size_t cap)
{
    char path[80];

    snprintf(path, sizeof path, "/sys/block/%s/%s", loop->name, file);
    return read_text(path, text, cap);
}

static bool write_of(const struct loop_device *loop, const char *file, const char *text)
{
    char path[80];

    snprintf(path, sizeof path, "/sys/block/%s/%s", loop->name, file);
    return write_text(path, text);
}

/* ---- devices ---- */

/* Not every file system lets its files be read directly (tmpfs); devices do. */
static bool set_up(int fd, int backing)
{
    struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };

    if (ioctl(fd, LOOP_SET_FD, backing) < 0 || ioctl(fd, LOOP_SET_STATUS64, &info) < 0)
        return false;
    (void)ioctl(fd, LOOP_SET_DIRECT_IO, 1ul);
    return true;
}

/* Somebody else may take the free one before us. */
static bool loop_on(struct loop_device *loop, int backing)
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), fd = -1;

    if (control < 0)
        return refuse("/dev/loop-control");
    for (int i = 0; i < 20 && fd < 0; i++) {
        snprintf(loop->path, sizeof loop->path, "/dev/loop%d", ioctl(control, LOOP_CTL_GET_FREE));
        fd = open(loop->path, O_RDWR | O_CLOEXEC);
        if (fd >= 0 && !set_up(fd, backing)) {
            close(fd);
            fd = -1;
        }
    }
    close(control);
    loop->name = loop->path + strlen("/dev/");
    loop->fd = fd < 0 ? -1 : open(loop->path, O_RDWR | O_DIRECT | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return (loop->fd >= 0 && write_of(loop, "queue/nomerges", "2")) || refuse(loop->path);
}

bool loop_on_file(struct loop_device *loop, off_t bytes)
{
    char path[] = "/var/tmp/kvmtop-loop.XXXXXX";
    int backing = mkstemp(path);
    bool made;

    if (backing < 0)
        return refuse(path);
    unlink(path);
    made = posix_fallocate(backing, 0, bytes) == 0 && loop_on(loop, backing);
    close(backing);
    return made;
}

bool loop_on_loop(struct loop_device *loop, const struct loop_device *lower)
{
    return loop_on(loop, lower->fd);
}

void loop_close(struct loop_device *loop)
{
    (void)write_of(loop, "queue/nomerges", "0");
    close(loop->fd);
}

bool null_open(struct loop_device *null, uint64_t *ns)
{
    unsigned long long delay;
    char text[64];

    if (!read_text("/sys/module/null_blk/parameters/completion_nsec", text, sizeof text) ||
        sscanf(text, "%llu", &delay) != 1)
        return false;
    snprintf(null->path, sizeof null->path, "/dev/nullb0");
    null->name = null->path + strlen("/dev/");
    null->fd = open(null->path, O_RDWR | O_DIRECT | O_CLOEXEC);
    *ns = delay;
    return null->fd >= 0;
}

/* ---- what the kernel says of them ---- */

struct loop_counts loop_counts(const struct loop_device *loop)
{
    unsigned long long reads, writes;
    char text[256];

    if (!read_of(loop, "stat", text, sizeof text) ||
        sscanf(text, "%llu %*u %*u %*u %llu", &reads, &writes) != 2)
        abort();
    return (struct loop_counts){ reads, writes };
}

bool loop_scheduler(const struct loop_device *loop, const char *name)
{
    return write_of(loop, "queue/scheduler", name);
}

/* ---- control groups ---- */

static bool make_in(struct io_group *group, const char *root, const char *file, const char *limit)
{
    char path[192];

    snprintf(group->path, sizeof group->path, "%s/kvmtop-test-%d", root, (int)getpid());
    if (mkdir(group->path, 0755) < 0)
        return refuse(group->path);
    snprintf(path, sizeof path, "%s/%s", group->path, file);
    if (write_text(path, limit))
        return true;
    refuse(path);
    rmdir(group->path);
    return false;
}

bool io_group_make(struct io_group *group, const struct loop_device *loop, unsigned reads)
{
    char text[512], device[32], limit[64];

    if (!read_of(loop, "dev", device, sizeof device))
        return refuse(loop->name);
    device[strcspn(device, "\n")] = '\0';
    if (access("/sys/fs/cgroup/blkio/cgroup.procs", W_OK) == 0) {
        snprintf(limit, sizeof limit, "%s %u", device, reads);
        return make_in(group, "/sys/fs/cgroup/blkio", "blkio.throttle.read_iops_device", limit);
    }
    snprintf(limit, sizeof limit, "%s riops=%u", device, reads);
    if (read_text("/sys/fs/cgroup/cgroup.subtree_control", text, sizeof text) &&
        strstr(text, "io") != NULL)
        return make_in(group, "/sys/fs/cgroup", "io.max", limit);
    printf("no cgroup can limit I/O here\n");
    return false;
}

bool io_group_enter(const struct io_group *group)
{
    char path[192];

    snprintf(path, sizeof path, "%s/cgroup.procs", group->path);
    return write_text(path, "0");
}

void io_group_remove(const struct io_group *group)
{
    rmdir(group->path);
}
