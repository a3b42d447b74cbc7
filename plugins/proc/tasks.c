/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads of a process. */
#include "proc/tasks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TASKS_KEPT 1024u        /* records that stay allocated between processes */

/* ---- reading ---- */

static DIR *open_folder(int procfd, int32_t pid)
{
    char path[32];
    DIR *dir;
    int fd, err;

    snprintf(path, sizeof path, "%d/task", (int)pid);
    fd = openat(procfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    dir = fdopendir(fd);
    err = errno;
    if (dir == NULL)
        close(fd);
    errno = err;
    return dir;
}

static int make_room(struct proc_tasks *tasks, size_t n)
{
    struct proc_task *task;

    if (n <= tasks->cap)
        return 0;
    task = reallocarray(tasks->task, n, sizeof *task);
    if (task == NULL)
        return -ENOMEM;
    tasks->task = task;
    tasks->cap = n;
    return 0;
}

int proc_tasks_open(struct proc_tasks *tasks, int procfd, int32_t pid)
{
    int r;

    tasks->at = tasks->ids.n = 0;
    tasks->dir = open_folder(procfd, pid);
    if (tasks->dir == NULL)
        return -errno;
    r = proc_ids_read(&tasks->ids, tasks->dir);
    if (r == 0)
        r = make_room(tasks, tasks->ids.n);
    if (r < 0)
        proc_tasks_close(tasks);
    return r;
}

void proc_tasks_close(struct proc_tasks *tasks)
{
    if (tasks->dir != NULL)
        closedir(tasks->dir);
    tasks->dir = NULL;
    tasks->at = tasks->ids.n = 0;
    if (tasks->cap > TASKS_KEPT) {
        free(tasks->task);
        tasks->task = NULL;
        tasks->cap = 0;
    }
}

void proc_tasks_free(struct proc_tasks *tasks)
{
    proc_tasks_close(tasks);
    proc_ids_free(&tasks->ids);
    free(tasks->task);
    *tasks = (struct proc_tasks){ 0 };
}

static void take_stat(struct proc_task *task)
{
    const struct proc_stat *stat = &task->stat;
    struct proc_thread *thread = &task->thread;

    task->has_stat = true;
    thread->runnable = stat->state == 'R';
    thread->state = stat->state;
    thread->class = (uint8_t)thread_class_of(stat->comm, stat->comm_len);
    thread->blind = thread->run == 0 && proc_stat_has(stat, STAT_UTIME) &&
                    proc_stat_has(stat, STAT_STIME) &&
                    stat->value[STAT_UTIME] + stat->value[STAT_STIME] > 0;
    if (proc_stat_has(stat, STAT_START) && stat->value[STAT_START] != thread->birth) {
        thread->birth = stat->value[STAT_START];
        task->wait_before = 0;
    }
    thread->has_wait = proc_stat_has(stat, STAT_BLKIO);
    thread->wait = thread->has_wait ? stat->value[STAT_BLKIO] : 0;
}

/* Run time that stood still: it did not run, so nothing of it has changed, unless it was about
 * to run when last seen.  (Of a new thread under the old ID the time would differ.) */
static bool has_not_run(const struct proc_thread *before, const struct proc_sched *sched)
{
    return before != NULL && sched->run > 0 && before->run == sched->run && !before->runnable &&
           before->has_wait;
}

static int read_sched(struct proc_task *task, int dirfd, const struct proc_thread *before,
                      bool gate)
{
    struct proc_sched sched;
    int r = proc_read_sched(dirfd, task->thread.tid, &sched);

    if (r < 0)
        return proc_exhausted(r) ? r : 0;
    task->same = gate && has_not_run(before, &sched);
    task->thread.run = sched.run;
    task->thread.delay = sched.delay;
    task->thread.has_delay = true;
    return 0;
}

static int read_stat(struct proc_task *task, int dirfd)
{
    int r = proc_read_stat(dirfd, task->thread.tid, &task->stat);

    if (r == 0)
        take_stat(task);
    task->gone = proc_gone(r);
    return proc_exhausted(r) ? r : 0;
}

/* What was remembered stays, but unknown, until it is read again. */
static void begin_task(struct proc_task *task, int32_t tid, const struct proc_thread *before,
                       uint64_t now)
{
    memset(task, 0, sizeof *task);
    if (before != NULL)
        task->thread = *before;
    task->wait_before = task->thread.wait;
    task->thread.tid = tid;
    task->thread.has_wait = task->thread.has_delay = task->thread.runnable = false;
    task->thread.run = 0;
    task->io_error = -ENODATA;
    task->time = now;
}

int proc_tasks_read(struct proc_tasks *tasks, const struct proc_thread *before, bool gate, bool io,
                    uint64_t now)
{
    struct proc_task *task = &tasks->task[tasks->at];
    int fd = dirfd(tasks->dir), r;

    begin_task(task, tasks->ids.id[tasks->at], before, now);
    tasks->at++;
    r = read_sched(task, fd, before, gate);
    if (r < 0)
        return r;
    if (task->same) {
        task->thread = *before;
        return 0;
    }
    r = read_stat(task, fd);
    if (r < 0 || task->gone || !io)
        return r;
    task->io_error = proc_read_io(fd, task->thread.tid, &task->io);
    return proc_exhausted(task->io_error) ? task->io_error : 0;
}

/* ---- remembering ---- */

const struct proc_thread *proc_threads_find(const struct proc_threads *threads, int32_t tid)
{
    size_t low = 0, high = threads->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (threads->thread[middle].tid < tid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < threads->n && threads->thread[low].tid == tid ? &threads->thread[low] : NULL;
}

/* Both lists ascend; `at` walks along the new one. */
static bool still_there(const struct proc_tasks *tasks, size_t *at, const struct proc_thread *old)
{
    const struct proc_task *task;

    while (*at < tasks->at && tasks->task[*at].thread.tid < old->tid)
        (*at)++;
    if (*at == tasks->at)
        return false;
    task = &tasks->task[*at];
    return task->thread.tid == old->tid && task->thread.birth == old->birth && !task->gone;
}

static void inherit(struct proc_threads *threads, const struct proc_tasks *tasks)
{
    size_t at = 0;

    for (size_t i = 0; i < threads->n; i++) {
        const struct proc_thread *old = &threads->thread[i];

        if (still_there(tasks, &at, old))
            continue;
        threads->ended_wait += old->wait;
        threads->ended_delay += old->delay;
        thread_sums_add(&threads->ended, old->class, old->run, old->delay);
    }
}

/* The living ran on after that clock was read: what it says beyond them is never too much. */
static void find_unseen(struct proc_threads *threads, uint64_t cpu)
{
    uint64_t living = 0;

    for (size_t i = 0; i < threads->n; i++) {
        if (threads->thread[i].blind)
            return;
        living += threads->thread[i].run;
    }
    if (cpu > living)
        thread_sums_end(&threads->ended, cpu - living);
}

static int resize(struct proc_threads *threads, size_t n)
{
    struct proc_thread *thread = reallocarray(threads->thread, n + 1, sizeof *thread);

    if (thread == NULL)
        return -ENOMEM;
    threads->thread = thread;
    return 0;
}

int proc_threads_update(struct proc_threads *threads, const struct proc_tasks *tasks, uint64_t cpu)
{
    size_t before = threads->n, n = 0;

    if (tasks->at > before && resize(threads, tasks->at) < 0)
        return -ENOMEM;
    inherit(threads, tasks);
    for (size_t i = 0; i < tasks->at; i++)
        if (!tasks->task[i].gone)
            threads->thread[n++] = tasks->task[i].thread;
    threads->n = n;
    if (n < before)
        (void)resize(threads, n); /* to less: where that fails, nothing is lost */
    find_unseen(threads, cpu);
    return 0;
}

void proc_threads_free(struct proc_threads *threads)
{
    free(threads->thread);
    *threads = (struct proc_threads){ 0 };
}

bool proc_threads_wait(const struct proc_threads *threads, uint64_t *ticks)
{
    *ticks = threads->ended_wait;
    for (size_t i = 0; i < threads->n; i++) {
        if (!threads->thread[i].has_wait)
            return false;
        *ticks += threads->thread[i].wait;
    }
    return threads->n > 0;
}

/* A thread that never ran yet has none, so the others' are all there is. */
bool proc_threads_delay(const struct proc_threads *threads, uint64_t *ns)
{
    bool known = false;

    *ns = threads->ended_delay;
    for (size_t i = 0; i < threads->n; i++) {
        known = known || threads->thread[i].has_delay;
        *ns += threads->thread[i].delay;
    }
    return known;
}

bool proc_threads_told(const struct proc_threads *threads)
{
    for (size_t i = 0; i < threads->n; i++)
        if (threads->thread[i].class == THREAD_VCPU)
            return true;
    return false;
}

bool proc_threads_sums(const struct proc_threads *threads, struct thread_sums *sums)
{
    bool blind = false;

    *sums = threads->ended;
    sums->vcpus = 0;
    for (size_t i = 0; i < threads->n; i++) {
        const struct proc_thread *thread = &threads->thread[i];

        blind = blind || thread->blind;
        thread_sums_add(sums, thread->class, thread->run, thread->delay);
        thread_sums_state(sums, thread->state);
    }
    return !blind && sums->vcpus > 0;
}
