/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a process and its threads, from what was read of them. */
#include <string.h>

#include "lib/thread_class.h"
#include "lib/wait_leap.h"
#include "proc/proc.h"

#define BIT(column) PROC_BIT(column)

#define STAT_COLUMNS                                                                              \
    (BIT(COL_UPTIME) | BIT(COL_CPU) | BIT(COL_STATE) | BIT(COL_COMM) | BIT(COL_NICE) |            \
     BIT(COL_THREADS) | BIT(COL_MINFLT) | BIT(COL_MAJFLT) | BIT(COL_GUEST) | BIT(COL_WAIT))
#define IO_COLUMNS (BIT(COL_R_LOG) | BIT(COL_W_LOG) | BIT(COL_R_MIB) | BIT(COL_W_MIB))

static const struct {
    uint32_t reason;
    uint64_t columns;
    const char *text;
} reasons[] = {
    { REASON_STAT_REFUSED, STAT_COLUMNS,
      "/proc hides other users' processes (mount option hidepid)" },
    { REASON_STAT_GARBLED, STAT_COLUMNS, "/proc/PID/stat could not be read or is no such file" },
    { REASON_IO_REFUSED, IO_COLUMNS,
      "reading /proc/PID/io of other users' processes needs root (CAP_SYS_PTRACE)" },
    { REASON_IO_MISSING, IO_COLUMNS,
      "there is no /proc/PID/io: the kernel was built without CONFIG_TASK_IO_ACCOUNTING" },
    { REASON_IO_GARBLED, IO_COLUMNS, "/proc/PID/io could not be read or is no such file" },
    { REASON_WAIT_OLDER, BIT(COL_WAIT),
      "the process may be older than delay accounting, which counts for later ones alone "
      "(delayacct on the kernel's command line counts for all)" },
    { REASON_WAIT_UNREAD, BIT(COL_WAIT), "the process's threads could not be read" },
    { REASON_WAIT_LEAP, BIT(COL_WAIT),
      "the kernel counted a wait from boot on, as its delay accounting sometimes does" },
    { REASON_DELAY_NONE, BIT(COL_RUNDELAY),
      "neither taskstats nor /proc/PID/task/TID/schedstat tells it" },
    { REASON_NO_NAMES, PROC_SUM_COLUMNS & ~BIT(COL_VM_STATE),
      "the threads of some QEMUs bear no names (-name …,debug-threads=on gives them)" },
    { REASON_RUN_NONE, PROC_SUM_COLUMNS & ~BIT(COL_VM_STATE),
      "/proc/PID/task/TID/schedstat doesn't tell how long threads ran" },
};

void proc_report(struct proc *s, struct kvmtop_sample *sample, uint32_t why)
{
    uint64_t left = s->plan.wanted;

    if (s->clocks)              /* a clock tells it, whatever files say */
        left &= ~BIT(COL_CPU);
    why &= ~s->reported;
    s->reported |= why;
    for (size_t i = 0; i < KVMTOP_COUNT(reasons); i++)
        for (unsigned column = 0; (why & reasons[i].reason) != 0 && column < COL_COUNT; column++)
            if ((reasons[i].columns & left & BIT(column)) != 0)
                s->host->unknown(sample, column, reasons[i].text);
}

/* ---- cells ---- */

static void set_stat(const struct kvmtop_row *row, const struct proc_stat *stat)
{
    static const struct {
        enum proc_stat_value value;
        enum proc_column column;
    } cells[] = {
        { STAT_NICE, COL_NICE },
        { STAT_MINFLT, COL_MINFLT },
        { STAT_MAJFLT, COL_MAJFLT },
    };

    kvmtop_set_u64(row, COL_STATE, (unsigned char)stat->state);
    for (size_t i = 0; i < KVMTOP_COUNT(cells); i++)
        if (proc_stat_has(stat, cells[i].value))
            kvmtop_set_u64(row, cells[i].column, stat->value[cells[i].value]);
}

static uint64_t ticks_ns(const struct proc *s, uint64_t ticks)
{
    return proc_ticks_ns(ticks, s->host->clock_ticks);
}

/* The times of day's clock ticks: when it began, and how long it ran as a guest. */
static void set_times(const struct proc *s, const struct kvmtop_row *row,
                      const struct proc_stat *stat)
{
    if (proc_stat_has(stat, STAT_START))
        kvmtop_set_u64(row, COL_UPTIME, ticks_ns(s, stat->value[STAT_START]));
    if (proc_stat_has(stat, STAT_GUEST))
        kvmtop_set_u64(row, COL_GUEST, ticks_ns(s, stat->value[STAT_GUEST]));
}

static void set_cpu_ticks(const struct proc *s, const struct kvmtop_row *row,
                          enum proc_column column, const struct proc_stat *stat)
{
    if (proc_stat_has(stat, STAT_UTIME) && proc_stat_has(stat, STAT_STIME))
        kvmtop_set_u64(row, column,
                       ticks_ns(s, stat->value[STAT_UTIME] + stat->value[STAT_STIME]));
}

static uint32_t io_reason(int err)
{
    if (proc_refused(err))
        return REASON_IO_REFUSED;
    if (err == -ENOTSUP)
        return REASON_IO_MISSING;
    /* One that ended meanwhile has no reason: it is gone with the next round. */
    return err == -ENODATA || proc_gone(err) ? 0 : REASON_IO_GARBLED;
}

static uint32_t set_io(const struct kvmtop_row *row, const struct proc_io *io, int err)
{
    static const uint8_t column[IO_VALUES] = {
        [IO_SYSCR] = COL_R_LOG, [IO_SYSCW] = COL_W_LOG,
        [IO_READ_BYTES] = COL_R_MIB, [IO_WRITE_BYTES] = COL_W_MIB,
    };

    if (err != 0)
        return io_reason(err);
    for (unsigned i = 0; i < IO_VALUES; i++)
        if ((io->known >> i & 1) != 0)
            kvmtop_set_u64(row, column[i], io->value[i]);
    return io->known == (1u << IO_VALUES) - 1 ? 0 : REASON_IO_GARBLED;
}

/* A wait and the one before it; before 0 at birth. */
struct wait {
    uint64_t ns, before;
    uint64_t span;              /* ns between the two */
    uint64_t tasks;             /* how many may have waited */
};

static uint32_t set_wait(const struct proc *s, const struct kvmtop_row *row,
                         const struct wait *wait, bool counted)
{
    if (!counted)
        return REASON_WAIT_OLDER;
    if (s->host->live && wait->ns > wait->before &&
        wait_leaps(wait->ns - wait->before, wait->span, wait->tasks, s->now))
        return REASON_WAIT_LEAP;
    kvmtop_set_u64(row, COL_WAIT, wait->ns);
    return 0;
}

static uint64_t age(const struct proc *s, uint64_t birth)
{
    return s->boottime > birth ? s->boottime - birth : 0;
}

static void set_text(const struct proc *s, struct kvmtop_sample *sample,
                     const struct kvmtop_row *row, enum proc_column column, const char *text)
{
    s->host->text(sample, row, column, text, strlen(text));
}

/* ---- a process ---- */

/* The ns that its threads have waited, by whichever source there is; false: unknown. */
static bool find_wait(const struct proc *s, const struct proc_process *p, uint64_t *ns)
{
    uint64_t ticks;

    if (s->taskstats != NULL) {
        *ns = p->times.blkio;
        return p->times.known;
    }
    if (!proc_alone(s, p)) {
        if (!s->has_tasks || !proc_threads_wait(&p->threads, &ticks))
            return false;
    } else {
        if (!proc_stat_has(&s->stat, STAT_BLKIO))
            return false;
        ticks = s->stat.value[STAT_BLKIO];
    }
    *ns = ticks_ns(s, ticks);
    return true;
}

/* Is each of its threads counted, whatever they add up to? */
static bool is_counted(const struct proc *s, const struct proc_process *p)
{
    bool all = p->threads.n > 0;

    if (delayacct_known(&s->delayacct, 0, p->birth))
        return true;
    for (size_t i = 0; i < p->threads.n && all; i++) {
        const struct proc_thread *thread = &p->threads.thread[i];

        all = delayacct_known(&s->delayacct, thread->wait, ticks_ns(s, thread->birth));
    }
    return all || (proc_alone(s, p) && proc_stat_has(&s->stat, STAT_BLKIO) &&
                   s->stat.value[STAT_BLKIO] > 0);
}

static uint32_t set_process_wait(const struct proc *s, const struct kvmtop_row *row,
                                 struct proc_process *p)
{
    bool first = p->wait_time == 0;
    struct wait wait = {
        .before = first ? 0 : p->wait,
        .span = first ? age(s, p->birth) : p->gate_time - p->wait_time,
        .tasks = proc_thread_count(s),
    };

    if (!s->plan.wait)
        return 0;
    /* What the kernel says nothing of (it ended, or never ran) needs no reason. */
    if (!find_wait(s, p, &wait.ns))
        return p->times.answered ? 0 : REASON_WAIT_UNREAD;
    p->wait = wait.ns;
    p->wait_time = p->gate_time;
    return set_wait(s, row, &wait, is_counted(s, p));
}

static uint32_t set_process_delay(const struct proc *s, const struct kvmtop_row *row,
                                  const struct proc_process *p)
{
    uint64_t ns = p->times.delay;
    bool known = s->taskstats != NULL ? p->times.known
                                      : s->has_tasks && proc_threads_delay(&p->threads, &ns);

    if (!s->plan.delay)
        return 0;
    if (known)
        kvmtop_set_u64(row, COL_RUNDELAY, ns);
    return known || p->times.answered ? 0 : REASON_DELAY_NONE;
}

static void set_sums(const struct kvmtop_row *row, const struct thread_sums *sums)
{
    static const uint8_t column[THREAD_CLASSES] = {
        [THREAD_EMULATOR] = COL_EMU_CPU, [THREAD_VCPU] = COL_VCPU_CPU, [THREAD_IO] = COL_IO_CPU,
        [THREAD_VHOST] = COL_VHOST_CPU,
    };

    for (unsigned class = 0; class < THREAD_CLASSES; class++)
        kvmtop_set_u64(row, column[class], sums->run[class]);
    kvmtop_set_u64(row, COL_STEAL, sums->steal);
    kvmtop_set_u64(row, COL_VCPUS, sums->vcpus);
}

static uint32_t set_process_sums(const struct proc *s, const struct kvmtop_row *row,
                                 const struct proc_process *p)
{
    struct thread_sums sums;

    if (!s->plan.sums)
        return 0;
    if (p->vhost_of > 0 && p->has_gate)
        kvmtop_set_u64(row, COL_VHOST_CPU, p->gate);
    else if (p->vhost_of > 0 && s->stat_error == 0)
        set_cpu_ticks(s, row, COL_VHOST_CPU, &s->stat);
    if (s->stat_error == 0)
        kvmtop_set_u64(row, COL_VM_STATE, (unsigned char)s->stat.state);
    if (!p->vmm)
        return 0;
    bool known = proc_threads_sums(&p->threads, &sums);
    if (known)
        set_sums(row, &sums);
    if (sums.state != 0)
        kvmtop_set_u64(row, COL_VM_STATE, (unsigned char)sums.state);
    if (!p->told)
        return REASON_NO_NAMES;
    return known ? 0 : REASON_RUN_NONE;
}

static uint32_t set_process_stat(const struct proc *s, struct kvmtop_sample *sample,
                                 const struct kvmtop_row *row, struct proc_process *p)
{
    if (s->stat_error != 0)
        return proc_refused(s->stat_error) ? REASON_STAT_REFUSED : REASON_STAT_GARBLED;
    set_stat(row, &s->stat);
    set_times(s, row, &s->stat);
    if (!s->clocks)
        set_cpu_ticks(s, row, COL_CPU, &s->stat);
    if (proc_stat_has(&s->stat, STAT_THREADS))
        kvmtop_set_u64(row, COL_THREADS, s->stat.value[STAT_THREADS]);
    s->host->text(sample, row, COL_COMM, s->stat.comm, s->stat.comm_len);
    return set_process_wait(s, row, p);
}

static void set_process(struct proc *s, struct kvmtop_sample *sample,
                        const struct kvmtop_row *row, struct proc_process *p)
{
    *row->time = p->gate_time;
    *row->flags |= p->kernel ? KVMTOP_ROW_HIDDEN : 0;
    kvmtop_set_u64(row, COL_PID, (uint64_t)p->pid);
    if (s->uid != UINT32_MAX)
        set_text(s, sample, row, COL_USER, s->host->user(s->host, s->uid));
    if (p->has_gate)
        kvmtop_set_u64(row, COL_CPU, p->gate);
    p->reasons = set_process_stat(s, sample, row, p);
    p->reasons |= set_process_delay(s, row, p) | set_process_sums(s, row, p);
    p->reasons |= set_io(row, &s->io, s->io_error);
    if (s->changed)
        s->host->changed(sample, row);
    if (p->vhost_of > 0)
        s->host->belongs(sample, row, p->vhost_of);
}

/* ---- its threads ---- */

static uint32_t set_thread_delays(const struct proc *s, const struct kvmtop_row *row,
                                  const struct proc_process *p, const struct proc_task *task)
{
    const struct proc_thread *thread = &task->thread;
    uint64_t birth = ticks_ns(s, thread->birth);
    bool first = p->round == 0 || task->wait_before == 0;
    struct wait wait = {
        .ns = ticks_ns(s, thread->wait),
        .before = ticks_ns(s, task->wait_before),
        .span = first ? age(s, birth) : task->time - p->read_time,
    };

    if (s->plan.delay && thread->has_delay)
        kvmtop_set_u64(row, COL_RUNDELAY, thread->delay);
    if (p->told && thread->class == THREAD_VCPU && thread->has_delay)
        kvmtop_set_u64(row, COL_STEAL, thread->delay);
    if (!s->plan.wait || !thread->has_wait)
        return 0;
    return set_wait(s, row, &wait, delayacct_known(&s->delayacct, wait.ns, birth));
}

static uint32_t set_thread(const struct proc *s, struct kvmtop_sample *sample,
                           const struct kvmtop_row *row, const struct proc_process *p,
                           const struct proc_task *task)
{
    *row->time = task->time;
    *row->flags |= p->kernel ? KVMTOP_ROW_HIDDEN : 0;
    kvmtop_set_u64(row, COL_PID, (uint64_t)p->pid);
    kvmtop_set_u64(row, COL_TID, (uint64_t)task->thread.tid);
    if (s->uid != UINT32_MAX)
        set_text(s, sample, row, COL_USER, s->host->user(s->host, s->uid));
    if (task->has_stat) {
        set_stat(row, &task->stat);
        set_times(s, row, &task->stat);
        set_cpu_ticks(s, row, COL_CPU, &task->stat);
        s->host->text(sample, row, COL_COMM, task->stat.comm, task->stat.comm_len);
    }
    if (task->thread.run > 0)   /* of the two the one to trust: ticks miss what is short */
        kvmtop_set_u64(row, COL_CPU, task->thread.run);
    return set_thread_delays(s, row, p, task) | set_io(row, &task->io, task->io_error);
}

/* False: its row is missing from this round. */
static bool make_thread(const struct proc *s, struct kvmtop_sample *sample, uint32_t parent,
                        struct proc_process *p, const struct proc_task *task, bool classes)
{
    uint64_t id = (uint64_t)task->thread.tid, birth = ticks_ns(s, task->thread.birth);
    struct kvmtop_row row;

    if (task->gone)
        return true;
    if (task->same) {
        if (!s->host->keep(sample, PROC_ROW_THREAD, id, birth, &row))
            return false;
        *row.time = task->time;
    } else {
        if (!s->host->row(sample, PROC_ROW_THREAD, id, birth, parent, &row))
            return false;
        p->reasons |= set_thread(s, sample, &row, p, task);
    }
    if (classes)
        set_text(s, sample, &row, COL_CLASS, thread_class_name(task->thread.class));
    return true;
}

static void make_threads(const struct proc *s, struct kvmtop_sample *sample, uint32_t parent,
                         struct proc_process *p)
{
    bool all = true;
    bool classes = kvmtop_wants(sample, COL_CLASS) && (p->told || p->vhost_of > 0);

    for (size_t i = 0; i < s->tasks.at; i++)
        all = make_thread(s, sample, parent, p, &s->tasks.task[i], classes) && all;
    p->threads.round = all ? s->round : 0;
}

/* ---- rows ---- */

static void remember(const struct proc *s, struct proc_process *p)
{
    p->seen = true;
    p->round = s->round;
    p->read_time = p->gate_time;
    p->wanted = s->plan.wanted;
    p->clock = p->has_gate && s->stat_error == 0 ? p->gate : 0;
}

void proc_make_rows(struct proc *s, struct kvmtop_sample *sample, struct proc_process *p)
{
    struct kvmtop_row row;

    if (!s->host->row(sample, PROC_ROW_PROCESS, (uint64_t)p->pid, p->birth, 0, &row))
        return;
    set_process(s, sample, &row, p);
    if (proc_wants_threads(s, p) && s->has_tasks)
        make_threads(s, sample, row.ref, p);
    remember(s, p);
    proc_report(s, sample, p->reasons);
}

static void keep_threads(const struct proc *s, struct kvmtop_sample *sample,
                         struct proc_process *p)
{
    struct kvmtop_row row;

    p->threads.round = s->round;
    for (size_t i = 0; i < p->threads.n; i++) {
        const struct proc_thread *thread = &p->threads.thread[i];

        if (s->host->keep(sample, PROC_ROW_THREAD, (uint64_t)thread->tid,
                          ticks_ns(s, thread->birth), &row))
            *row.time = p->gate_time;
        else
            p->threads.round = 0; /* read them all again in the next round */
    }
}

bool proc_keep_rows(struct proc *s, struct kvmtop_sample *sample, struct proc_process *p)
{
    struct kvmtop_row row;

    if (!s->host->keep(sample, PROC_ROW_PROCESS, (uint64_t)p->pid, p->birth, &row))
        return false;
    *row.time = p->gate_time;
    p->round = s->round;
    if (proc_wants_threads(s, p))
        keep_threads(s, sample, p);
    proc_report(s, sample, p->reasons);
    return true;
}
