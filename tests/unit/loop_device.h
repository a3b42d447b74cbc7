/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Block devices that nobody but the test uses: loop devices, which go when they are closed or the
 * test dies.  They don't merge requests. */
#ifndef LOOP_DEVICE_H
#define LOOP_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loop_device {
    char path[32];              /* /dev/loopN */
    const char *name;           /* loopN, in it */
    int fd;                     /* open for direct I/O */
};

/* On a new file of so many bytes, or on another loop device.  False: it can't be had; says why. */
bool loop_on_file(struct loop_device *loop, off_t bytes);
bool loop_on_loop(struct loop_device *loop, const struct loop_device *lower);
void loop_close(struct loop_device *loop);
/* A device of the module null_blk that takes so long for each request.  False: there is none. */
bool null_open(struct loop_device *null, uint64_t *ns);

/* Reads and writes that the kernel counts as completed. */
struct loop_counts {
    uint64_t reads, writes;
};
struct loop_counts loop_counts(const struct loop_device *loop);

/* Choose its I/O scheduler; false: there is none of that name. */
bool loop_scheduler(const struct loop_device *loop, const char *name);

/* A control group, made below that of the io controller (v2) or blkio (v1).  Those in it read no
 * more than so often a second from the device.  False: it can't be had; says why. */
struct io_group {
    char path[128];
};
bool io_group_make(struct io_group *group, const struct loop_device *loop, unsigned reads);
bool io_group_enter(const struct io_group *group); /* move ourselves into it */
void io_group_remove(const struct io_group *group);

#endif
