/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a process: what their files say now, and what is remembered of them between
 * rounds, so that what ended threads have waited is not lost to their process.
 */
#ifndef KVMTOP_PROC_TASKS_H
#define KVMTOP_PROC_TASKS_H

#include <dirent.h>
#include <stdbool.h>

#include "lib/thread_class.h"
#include "proc/files.h"
#include "proc/ids.h"

/* A thread as last read. */
struct proc_thread {
    int32_t tid;
    bool runnable;              /* its state was R */
    bool has_wait, has_delay;
    uint8_t class;              /* enum thread_class, by its name */
    char state;
    bool blind;                 /* it ran, but nothing says for how long in ns */
    uint64_t birth;             /* clock ticks since boot */
    uint64_t run;               /* ns; 0: unknown */
    uint64_t wait;              /* clock ticks */
    uint64_t delay;             /* ns */
};

/* The threads of one process as last read; begin with {0}. */
struct proc_threads {
    struct proc_thread *thread; /* ascending by TID; owned, proc_threads_free() */
    size_t n;
    uint32_t round;             /* in which they had rows; 0: never */
    uint64_t ended_wait;        /* of those that have ended: clock ticks */
    uint64_t ended_delay;       /* ns */
    struct thread_sums ended;
};

/* A thread being read. */
struct proc_task {
    struct proc_thread thread;
    bool same;                  /* it hasn't run since: its row holds, and it was not read */
    bool gone;
    bool has_stat;
    int io_error;               /* of reading io; -ENODATA: not asked for */
    uint64_t time;              /* CLOCK_MONOTONIC ns of the reading */
    uint64_t wait_before;       /* clock ticks at the reading before; 0 for a new thread */
    struct proc_stat stat;
    struct proc_io io;
};

/* The threads of the process being read, used again for the next one; begin with {0}. */
struct proc_tasks {
    DIR *dir;                   /* open between proc_tasks_open() and proc_tasks_close() */
    struct proc_ids ids;
    size_t at;                  /* the next one to be read */
    struct proc_task *task;     /* owned, proc_tasks_free() */
    size_t cap;
};

/* 0 or -errno. */
int proc_tasks_open(struct proc_tasks *tasks, int procfd, int32_t pid);
void proc_tasks_close(struct proc_tasks *tasks);
void proc_tasks_free(struct proc_tasks *tasks);

/* Read the next thread, its I/O too where asked for.  `before`: as it was last read, or NULL; with
 * `gate` it may stay so where it hasn't run since.  A file that can't be read leaves its values
 * unknown; -errno: we are out of descriptors or memory. */
int proc_tasks_read(struct proc_tasks *tasks, const struct proc_thread *before, bool gate, bool io,
                    uint64_t now);

static inline bool proc_tasks_left(const struct proc_tasks *tasks)
{
    return tasks->at < tasks->ids.n;
}

/* NULL: not remembered. */
const struct proc_thread *proc_threads_find(const struct proc_threads *threads, int32_t tid);
/* Remember what was read; those that are gone leave their share, and so do those that came and
 * went unseen.  cpu: ns that the process had used before its threads were read.  0 or -ENOMEM. */
int proc_threads_update(struct proc_threads *threads, const struct proc_tasks *tasks, uint64_t cpu);
void proc_threads_free(struct proc_threads *threads);

/* The sums over all threads, ended ones included; false: unknown. */
bool proc_threads_wait(const struct proc_threads *threads, uint64_t *ticks);
bool proc_threads_delay(const struct proc_threads *threads, uint64_t *ns);

/* Is one of them a vCPU's, so that names tell them apart? */
bool proc_threads_told(const struct proc_threads *threads);
/* By class, ended ones included but for `vcpus`; false: all but the state is unknown. */
bool proc_threads_sums(const struct proc_threads *threads, struct thread_sums *sums);

#endif
