/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading one process. */
#include <string.h>

#include "lib/cpu_clock.h"
#include "lib/thread_class.h"
#include "proc/proc.h"

static int fail(const struct proc *s, const struct proc_process *p, int err)
{
    return s->host->fail(s->host, err, "reading /proc/%d: %s", (int)p->pid, strerror(-err));
}

/* Another process under the same PID. */
static void forget(struct proc_process *p)
{
    proc_threads_free(&p->threads);
    p->seen = p->vmm = p->told = false;
    p->wait_time = p->looked = 0;
}

static void remember_comm(struct proc_process *p, const struct proc_stat *stat)
{
    memset(p->comm, 0, sizeof p->comm);
    memcpy(p->comm, stat->comm,
           stat->comm_len < sizeof p->comm ? stat->comm_len : sizeof p->comm);
}

/* Begun so short before it was first seen that this may have been between its fork and exec. */
static bool was_young(const struct proc *s, const struct proc_process *p)
{
    return p->birth + 1000000000u > s->boottime;
}

/* An exec shows in the name, or in where the code begins: 0 in the midst of it, when the new
 * arguments are not there yet; 1 stands for "not for you".  Kernel threads never do it, and
 * workers carry what they work at in their names. */
static void note_image(struct proc *s, struct proc_process *p)
{
    char before[sizeof p->comm];
    uint64_t code = 0;
    bool moved, young = p->young;

    memcpy(before, p->comm, sizeof before);
    remember_comm(p, &s->stat);
    if (proc_stat_has(&s->stat, STAT_START_CODE))
        code = s->stat.value[STAT_START_CODE];
    moved = code > 1 && p->start_code != 1 && code != p->start_code;
    p->start_code = code;
    p->young = !p->seen && was_young(s, p);
    s->changed = p->seen && !p->kernel &&
                 (moved || young || memcmp(before, p->comm, sizeof before) != 0);
}

static void note_stat(struct proc *s, struct proc_process *p)
{
    const struct proc_stat *stat = &s->stat;
    uint64_t birth = 0;

    if (s->stat_error == 0 && proc_stat_has(stat, STAT_START))
        birth = proc_ticks_ns(stat->value[STAT_START], s->host->clock_ticks);
    if (p->birth != birth)
        forget(p);
    p->birth = birth;
    s->changed = false;
    if (s->stat_error != 0)
        return;
    note_image(s, p);
    p->kernel = proc_stat_has(stat, STAT_FLAGS) &&
                (stat->value[STAT_FLAGS] & PROC_PF_KTHREAD) != 0;
    p->runnable = stat->state == 'R';
    if (proc_stat_has(stat, STAT_BLKIO) && stat->value[STAT_BLKIO] > 0)
        delayacct_witness(&s->delayacct, birth);
    p->vhost_of = 0;
    if (p->kernel)
        (void)thread_class_vhost(stat->comm, stat->comm_len, &p->vhost_of);
}

/* What is remembered of its threads still holds: none of them ran. */
static bool threads_rested(const struct proc_process *p)
{
    return p->threads.n > 0 && p->has_gate && p->clock != 0 && p->gate == p->clock;
}

/* Of a VMM the threads are told apart; of others it is to be found out whether they are one: when
 * first seen, and when there are more threads or less, as a VMM begins like any program. */
static bool needs_sums(const struct proc *s, const struct proc_process *p)
{
    uint64_t threads = proc_thread_count(s);

    if (!s->plan.sums || threads < 2)
        return false;
    return threads != p->looked || (p->vmm && !threads_rested(p));
}

/* Where taskstats can't tell of the whole group, the threads' files have to. */
static bool needs_tasks(const struct proc *s, const struct proc_process *p)
{
    if (proc_wants_threads(s, p) || needs_sums(s, p))
        return true;
    if (s->taskstats != NULL)
        return false;
    return s->plan.delay || (s->plan.wait && !proc_alone(s, p));
}

/* The clocks of many processes are read at a time, and a VMM's threads are compared with its own:
 * read that once more, but before its stat file, as what runs afterwards is to be seen. */
static void read_clock_again(const struct proc *s, struct proc_process *p)
{
    if (!s->plan.sums || !p->vmm || !p->has_gate)
        return;
    p->gate_time = proc_now(s);
    p->has_gate = cpu_clock_read(p->pid, &p->gate) == 0;
}

/* 0, or -errno where there is nothing to make a row of. */
static int begin(struct proc *s, struct proc_process *p)
{
    int r;

    read_clock_again(s, p);
    s->stat_error = proc_read_stat(s->procfd, p->pid, &s->stat);
    if (proc_gone(s->stat_error) || proc_exhausted(s->stat_error))
        return s->stat_error;
    note_stat(s, p);
    s->io_error = s->plan.io ? proc_read_io(s->procfd, p->pid, &s->io) : -ENODATA;
    if (proc_exhausted(s->io_error))
        return s->io_error;
    s->uid = UINT32_MAX;
    if (s->plan.user)
        (void)proc_read_uid(s->procfd, p->pid, s->host->live, &s->uid);
    s->has_tasks = needs_tasks(s, p);
    r = s->has_tasks ? proc_tasks_open(&s->tasks, s->procfd, p->pid) : 0;
    return proc_exhausted(r) ? r : 0;
}

/* ns, as the column cpu has it; 0: unknown. */
static uint64_t cpu_used(const struct proc *s, const struct proc_process *p)
{
    const struct proc_stat *stat = &s->stat;

    if (p->has_gate)
        return p->gate;
    if (s->stat_error != 0 || !proc_stat_has(stat, STAT_UTIME) || !proc_stat_has(stat, STAT_STIME))
        return 0;
    return proc_ticks_ns(stat->value[STAT_UTIME] + stat->value[STAT_STIME], s->host->clock_ticks);
}

static int read_threads(struct proc *s, const struct kvmtop_sample *sample,
                        struct proc_process *p)
{
    bool rows = proc_wants_threads(s, p);
    bool gate = s->clocks && p->seen && (s->plan.wanted & ~p->wanted) == 0 &&
                (!rows || p->threads.round == s->round - 1);
    bool io = rows && s->plan.io && !proc_refused(s->io_error);
    bool first = true;

    while (proc_tasks_left(&s->tasks)) {
        const struct proc_thread *before =
            proc_threads_find(&p->threads, s->tasks.ids.id[s->tasks.at]);
        uint64_t now = proc_now(s);
        int r;

        if (!first && now >= sample->deadline)
            return KVMTOP_MORE;
        first = false;
        r = proc_tasks_read(&s->tasks, before, gate, io, now);
        if (r < 0)
            return r;
    }
    p->looked = proc_thread_count(s);
    if (proc_threads_update(&p->threads, &s->tasks, cpu_used(s, p)) < 0)
        return -ENOMEM;
    p->told = proc_threads_told(&p->threads);
    p->vmm = p->told || thread_class_is_qemu(p->comm, strnlen(p->comm, sizeof p->comm));
    return 0;
}

int proc_process_collect(struct proc *s, struct kvmtop_sample *sample, struct proc_process *p)
{
    int r = 0;

    if (!p->stale && proc_keep_rows(s, sample, p))
        return 0;
    if (s->reading != p)
        r = begin(s, p);
    s->reading = p;
    if (r == 0 && s->has_tasks)
        r = read_threads(s, sample, p);
    if (r == KVMTOP_MORE)
        return r;
    if (r == 0)
        proc_make_rows(s, sample, p);
    proc_tasks_close(&s->tasks);
    s->reading = NULL;
    return r == 0 || proc_gone(r) ? 0 : fail(s, p, r);
}
