/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The BPF program: all tasks of the machine in one go, in slots as walk.h has them.
 *
 * `walk` (Linux 6.7) visits them under RCU and writes to a map that the plugin has in its memory;
 * `iter` (Linux 5.8) is called by the kernel for one after the other and writes to a stream.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "walk.h"

const char may_call_all[] SEC("license") = "GPL"; /* what the kernel calls any version of it */

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);     /* the plugin sets it before loading */
    __type(key, __u32);
    __type(value, union walk_slot);
} slots SEC(".maps");

extern void bpf_rcu_read_lock(void) __weak __ksym;
extern void bpf_rcu_read_unlock(void) __weak __ksym;
extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task,
                             unsigned int flags) __weak __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __weak __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __weak __ksym;

/* A member that the kernel has only where it was built so. */
#define IF_THERE(member) (bpf_core_field_exists(member) ? (member) : 0)
#define READ_NOW(member) (*(volatile typeof(member) *)&(member))

/* ---- a task ---- */

static __always_inline __u16 state_of(struct task_struct *task)
{
    struct task_struct___state *older = (void *)task;
    __u64 state;

    if (bpf_core_field_exists(task->__state))
        state = task->__state;
    else
        state = older->state;
    return state | task->exit_state;
}

/* The sequence of the lock under which the counts of an ending thread go over to its process; it
 * is odd while they do. */
static __always_inline __u32 ended_of(struct signal_struct *signal)
{
    struct signal_struct___seqcount *older = (void *)signal;

    if (bpf_core_field_exists(signal->stats_lock.seqcount.seqcount))
        return READ_NOW(signal->stats_lock.seqcount.seqcount.sequence);
    return READ_NOW(older->stats_lock.seqcount.sequence);
}

static __always_inline void take_io(struct walk_counts *counts, struct task_io_accounting *ioac)
{
    counts->io[WALK_SYSCR] = IF_THERE(ioac->syscr);
    counts->io[WALK_SYSCW] = IF_THERE(ioac->syscw);
    counts->io[WALK_READ_BYTES] = IF_THERE(ioac->read_bytes);
    counts->io[WALK_WRITE_BYTES] = IF_THERE(ioac->write_bytes);
}

static __always_inline void take_delays(struct walk_task *slot, struct task_struct *task)
{
    struct task_delay_info *delays = NULL;

    slot->counts.wait = 0;
    if (bpf_core_field_exists(task->delays))
        delays = task->delays;
    if (delays != NULL) {
        slot->counts.wait = delays->blkio_delay;
        slot->flags |= WALK_WAIT;
    }
    slot->counts.delay = IF_THERE(task->sched_info.run_delay);
    if (IF_THERE(task->sched_info.pcount) != 0)
        slot->flags |= WALK_DELAY;
}

static __always_inline __u8 flags_of(struct task_struct *task)
{
    __u32 flags = task->flags;

    return (flags & KERNEL_PF_KTHREAD ? WALK_KERNEL : 0) |
           (flags & KERNEL_PF_EXITING ? WALK_EXITING : 0) |
           (bpf_core_field_exists(task->ioac.syscr) &&
            bpf_core_field_exists(task->ioac.read_bytes) ? WALK_IO : 0);
}

/* A thread that execs takes the leader's ID over at any moment: read them once. */
struct ids {
    __u32 pid, tgid;
};

static __always_inline struct ids ids_of(struct task_struct *task)
{
    return (struct ids){ READ_NOW(task->pid), READ_NOW(task->tgid) };
}

/* Has the slot still what the last walk put there of this task, and has that not run since?  Then
 * nothing has been counted for it either, and what is counted stands in many places of memory.  (A
 * wait that another ends counts a moment before it runs.)  Of one that never ran nobody can tell. */
static __always_inline bool stands_still(const struct walk_task *slot, struct task_struct *task,
                                         struct ids ids)
{
    __u64 run = task->se.sum_exec_runtime;

    return slot->pid == ids.pid && slot->tgid == ids.tgid && slot->counts.run == run && run != 0;
}

static __always_inline void take_counts(struct walk_task *slot, struct task_struct *task)
{
    slot->counts.run = task->se.sum_exec_runtime;
    slot->counts.guest = task->gtime;
    slot->counts.minflt = task->min_flt;
    slot->counts.majflt = task->maj_flt;
    take_io(&slot->counts, &task->ioac);
    take_delays(slot, task);
    slot->start = task->start_boottime;
}

static __always_inline void take_task(struct walk_task *slot, struct task_struct *task,
                                      struct ids ids, bool still)
{
    __u8 kept = still ? slot->flags & (WALK_WAIT | WALK_DELAY) : 0;

    slot->ended = ended_of(task->signal);
    slot->flags = flags_of(task) | kept;
    if (!still)
        take_counts(slot, task);
    slot->pid = ids.pid;
    slot->tgid = ids.tgid;
    __builtin_memcpy(slot->comm, task->comm, sizeof slot->comm);
    slot->state = state_of(task);
    slot->nice = task->static_prio - KERNEL_PRIO_OF_NICE_0;
    slot->next = slot->reserved = 0;
}

/* ---- a process, by its leader ---- */

static __always_inline void take_ended_delays(struct walk_process *slot,
                                              struct signal_struct *signal)
{
    struct taskstats *stats = NULL;

    slot->counts.delay = slot->counts.wait = 0;
    if (bpf_core_field_exists(signal->stats))
        stats = signal->stats;
    if (stats == NULL)
        return;
    slot->flags |= WALK_ENDED;
    slot->counts.delay = stats->cpu_delay_total;
    slot->counts.wait = stats->blkio_delay_total;
    if (stats->cpu_count != 0)
        slot->flags |= WALK_DELAY;
}

static __always_inline void take_process(struct walk_process *slot, struct task_struct *task)
{
    const struct cred *cred = task->real_cred;
    struct signal_struct *signal = task->signal;
    __u32 ended = ended_of(signal);

    barrier();
    slot->flags = 0;
    slot->time = bpf_ktime_get_ns();
    slot->image = task->self_exec_id;
    slot->uid = cred != NULL ? cred->euid.val : (__u32)-1;
    slot->threads = signal->nr_threads;
    slot->counts.run = signal->sum_sched_runtime;
    slot->counts.guest = signal->gtime;
    slot->counts.minflt = signal->min_flt;
    slot->counts.majflt = signal->maj_flt;
    take_io(&slot->counts, &signal->ioac);
    take_ended_delays(slot, signal);
    barrier();
    if ((ended & 1) != 0 || ended_of(signal) != ended)
        slot->flags |= WALK_TORN;
    __builtin_memset(slot->reserved, 0, sizeof slot->reserved);
}

/* ---- Linux 6.7 ---- */

static __always_inline union walk_slot *next_slot(struct walk_args *args)
{
    __u32 at = args->count++;

    return bpf_map_lookup_elem(&slots, &at);
}

static __always_inline void put(struct task_struct *task, struct walk_args *args)
{
    struct ids ids = ids_of(task);
    union walk_slot *slot;

    if (ids.pid == 0)           /* the idle task */
        return;
    slot = next_slot(args);
    if (slot != NULL)
        take_task(&slot->task, task, ids, stands_still(&slot->task, task, ids));
    if (ids.pid != ids.tgid)
        return;
    slot = next_slot(args);
    if (slot != NULL)
        take_process(&slot->process, task);
}

SEC("syscall")
int walk(struct walk_args *args)
{
    struct bpf_iter_task it;
    struct task_struct *task;

    args->count = 0;
    bpf_rcu_read_lock();
    bpf_iter_task_new(&it, NULL, BPF_TASK_ITER_ALL_THREADS);
    while ((task = bpf_iter_task_next(&it)) != NULL)
        put(task, args);
    bpf_iter_task_destroy(&it);
    bpf_rcu_read_unlock();
    return 0;
}

/* ---- Linux 5.8 ---- */

SEC("iter/task")
int iter(struct bpf_iter__task *ctx)
{
    struct task_struct *task = ctx->task;
    union walk_slot slot[2];
    struct ids ids;

    if (task == NULL)           /* the end */
        return 0;
    ids = ids_of(task);
    take_task(&slot[0].task, task, ids, false);
    if (ids.pid == ids.tgid) {
        take_process(&slot[1].process, task);
        bpf_seq_write(ctx->meta->seq, slot, sizeof slot);
    } else {
        bpf_seq_write(ctx->meta->seq, slot, sizeof slot[0]);
    }
    return 0;
}
