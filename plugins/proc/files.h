/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of one task: of the process ID in /proc, or of the thread ID in /proc/PID/task.
 *
 * All return 0 or a negative errno: see proc_gone() and so on for what it means; -EBADMSG: not
 * such a file.
 */
#ifndef KVMTOP_PROC_FILES_H
#define KVMTOP_PROC_FILES_H

#include <errno.h>

#include "lib/proc_stat.h"

/* Bytes that status may have: the line of groups alone, 65,536 of them, has 700,000. */
#define PROC_STATUS_MOST (1u << 20)

enum proc_io_value { IO_SYSCR, IO_SYSCW, IO_READ_BYTES, IO_WRITE_BYTES, IO_VALUES };

struct proc_io {
    uint32_t known;             /* bitmap of the values that are there */
    uint64_t value[IO_VALUES];
};

struct proc_sched {             /* nanoseconds of this one task */
    uint64_t run, delay;
};

int proc_read_stat(int dirfd, int32_t id, struct proc_stat *stat);
/* -ENOTSUP: the task is there and has no such file. */
int proc_read_io(int dirfd, int32_t id, struct proc_io *io);
/* -ENODATA: the kernel doesn't count it, or the task never ran. */
int proc_read_sched(int dirfd, int32_t id, struct proc_sched *sched);

/* The effective user.  Of a live host the owner of the folder says it, also where the process
 * is not dumpable; a recorded folder belongs to whoever made the record: its `status` says it. */
int proc_read_uid(int dirfd, int32_t id, bool live, uint32_t *uid);

/* Bytes; virtual, resident, shared. */
int proc_read_memory(int dirfd, int32_t id, uint32_t page_size, uint64_t bytes[3]);
int proc_read_swap(int dirfd, int32_t id, uint64_t *bytes);
/* In huge pages of hugetlbfs. */
int proc_read_huge(int dirfd, int32_t id, uint64_t *bytes);
/* Merged by KSM with other pages, or (Linux >= 6.4) with the zero page.  -ENOTSUP: there is no
 * such file (Linux < 5.19, or without CONFIG_KSM). */
int proc_read_ksm(int dirfd, int32_t id, uint32_t page_size, uint64_t *bytes);

/* The task has ended: there is no such file, or it was opened too late to be read. */
static inline bool proc_gone(int err)
{
    return err == -ENOENT || err == -ESRCH;
}

static inline bool proc_refused(int err)
{
    return err == -EACCES || err == -EPERM;
}

/* It's not the file but we who can't. */
static inline bool proc_exhausted(int err)
{
    return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

#endif
