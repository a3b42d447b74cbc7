/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a process and its threads, from what the walk found. */
#include <string.h>

#include "bpf/classes.h"
#include "bpf/sampler.h"
#include "lib/wait_leap.h"

#define BIT(column) ((uint64_t)1 << (column))
#define YOUNG 1000000000u       /* ns */

#define IO_COLUMNS (BIT(COL_R_LOG) | BIT(COL_W_LOG) | BIT(COL_R_MIB) | BIT(COL_W_MIB))
#define CLASS_COLUMNS                                                                             \
    (BIT(COL_VCPUS) | BIT(COL_VCPU_CPU) | BIT(COL_EMU_CPU) | BIT(COL_IO_CPU) |                    \
     BIT(COL_VHOST_CPU) | BIT(COL_STEAL) | BIT(COL_VM_STATE))
#define SUM_COLUMNS                                                                               \
    (IO_COLUMNS | BIT(COL_WAIT) | BIT(COL_CPU) | BIT(COL_MINFLT) | BIT(COL_MAJFLT) |              \
     BIT(COL_GUEST) | BIT(COL_RUNDELAY) | CLASS_COLUMNS)

static const struct {
    uint32_t reason;
    uint64_t columns;
    const char *text;
} reasons[] = {
    { REASON_WAIT_OLDER, BIT(COL_WAIT),
      "a thread of the process is older than delay accounting, which counts for later ones alone "
      "(delayacct on the kernel's command line counts for all)" },
    { REASON_WAIT_LEAP, BIT(COL_WAIT),
      "the kernel counted a wait from boot on, as its delay accounting sometimes does" },
    { REASON_NO_IO, IO_COLUMNS, "the kernel was built without CONFIG_TASK_IO_ACCOUNTING" },
    { REASON_CHANGING, SUM_COLUMNS, "threads of the process ended while they were read" },
    { REASON_NO_NAMES, CLASS_COLUMNS & ~BIT(COL_VM_STATE),
      "the threads of some QEMUs bear no names (-name …,debug-threads=on gives them)" },
};

void sampler_report(struct sampler *s, struct kvmtop_sample *sample, uint32_t why)
{
    why &= ~s->reported;
    s->reported |= why;
    for (size_t i = 0; why != 0 && i < KVMTOP_COUNT(reasons); i++)
        for (unsigned column = 0; (why & reasons[i].reason) != 0 && column < COL_COUNT; column++)
            if ((reasons[i].columns & sample->wanted[0] & BIT(column)) != 0)
                s->host->unknown(sample, column, reasons[i].text);
}

/* ---- cells ---- */

/* include/linux/sched.h; the first of the letters is that of none of the bits. */
enum { TASK_REPORT = 0x7f, TASK_UNINTERRUPTIBLE = 0x2, EXIT_DEAD = 0x10, TASK_NOLOAD = 0x400,
       TASK_RTLOCK_WAIT = 0x1000, TASK_FROZEN = 0x8000 };

char sampler_state_letter(unsigned state)
{
    static const char letters[] = "RSDTtXZP";
    unsigned reported = state & TASK_REPORT, i = 0;

    if ((state & TASK_NOLOAD) != 0 && (state & TASK_UNINTERRUPTIBLE) != 0)
        return 'I';
    if ((state & (TASK_RTLOCK_WAIT | TASK_FROZEN)) != 0)
        return 'D';
    for (; reported != 0; reported >>= 1)
        i++;
    return letters[i];
}

static uint64_t birth_of(const struct sampler *s, const struct walk_task *task)
{
    return task->start - task->start % s->tick;
}

static void set_counts(const struct kvmtop_row *row, const struct walk_counts *counts)
{
    kvmtop_set_u64(row, COL_CPU, counts->run);
    kvmtop_set_u64(row, COL_GUEST, counts->guest);
    kvmtop_set_u64(row, COL_MINFLT, counts->minflt);
    kvmtop_set_u64(row, COL_MAJFLT, counts->majflt);
}

static uint32_t set_io(const struct kvmtop_row *row, const struct walk_task *task,
                       const struct walk_counts *counts)
{
    if ((task->flags & WALK_IO) == 0)
        return REASON_NO_IO;
    kvmtop_set_u64(row, COL_R_LOG, counts->io[WALK_SYSCR]);
    kvmtop_set_u64(row, COL_W_LOG, counts->io[WALK_SYSCW]);
    kvmtop_set_u64(row, COL_R_MIB, counts->io[WALK_READ_BYTES]);
    kvmtop_set_u64(row, COL_W_MIB, counts->io[WALK_WRITE_BYTES]);
    return 0;
}

/* What the rows of a process and of its threads have in common. */
struct family {
    const struct walk_process *process;
    const char *user;
    size_t user_len;
    bool told;                  /* the names of its threads tell them apart */
};

static struct family family_of(const struct sampler *s, const struct tgroup *group)
{
    const struct walk_process *process = &s->slot[group->leader + 1].process;
    const char *user = s->host->user(s->host, process->uid);

    return (struct family){ .process = process, .user = user, .user_len = strlen(user) };
}

/* What each task has of its own, be it a process's leader or not. */
static void set_task(const struct sampler *s, struct kvmtop_sample *sample,
                     const struct kvmtop_row *row, const struct walk_task *task,
                     const struct family *family)
{
    *row->time = family->process->time;
    *row->flags |= (task->flags & WALK_KERNEL) != 0 ? KVMTOP_ROW_HIDDEN : 0;
    kvmtop_set_u64(row, COL_PID, task->tgid);
    kvmtop_set_u64(row, COL_UPTIME, birth_of(s, task));
    kvmtop_set_u64(row, COL_STATE, (unsigned char)sampler_state_letter(task->state));
    kvmtop_set_i64(row, COL_NICE, task->nice);
    s->host->text(sample, row, COL_USER, family->user, family->user_len);
    s->host->text(sample, row, COL_COMM, task->comm, strnlen(task->comm, sizeof task->comm));
}

/* ---- a process ---- */

/* In the midst of an exec the new program's arguments are not there yet: look once more. */
static bool has_changed(struct tgroup *group, const struct tgroup *before, uint64_t boottime)
{
    bool same = before != NULL && before->start == group->start;
    bool moved = same && (before->image != group->image ||
                          memcmp(before->comm, group->comm, sizeof group->comm) != 0);

    group->look_again = moved || (!same && group->start + YOUNG > boottime);
    return moved || (same && before->look_again);
}

static bool wait_has_leapt(const struct tgroup *group, const struct tgroup *before, uint64_t wait,
                           uint64_t time, uint64_t boottime)
{
    bool first = before == NULL || before->start != group->start || before->wait_time == 0;
    uint64_t was = first ? 0 : before->wait;
    uint64_t span = first ? boottime - group->start : time - before->wait_time;

    return wait > was && wait_leaps(wait - was, span, group->threads, time);
}

static uint32_t set_process_wait(const struct sampler *s, const struct kvmtop_sample *sample,
                                 const struct kvmtop_row *row, struct tgroup *group,
                                 const struct tgroup *before, const struct tgroup_sums *sums)
{
    uint64_t wait = sums->counts.wait, time = *row->time;

    if (s->delayacct.mode != DELAYACCT_ON)
        return 0;
    if (!sums->has_wait)
        return REASON_WAIT_OLDER;
    group->wait = wait;
    group->wait_time = time;
    if (wait_has_leapt(group, before, wait, time, sample->boottime))
        return REASON_WAIT_LEAP;
    kvmtop_set_u64(row, COL_WAIT, wait);
    return 0;
}

static uint32_t set_sums(const struct sampler *s, const struct kvmtop_sample *sample,
                         const struct kvmtop_row *row, struct tgroup *group,
                         const struct tgroup *before)
{
    const struct walk_task *leader = &s->slot[group->leader].task;
    struct tgroup_sums sums;

    if (group->changing)
        return REASON_CHANGING;
    tgroup_sum(group, s->slot, &sums);
    set_counts(row, &sums.counts);
    if (sums.has_delay)
        kvmtop_set_u64(row, COL_RUNDELAY, sums.counts.delay);
    return set_io(row, leader, &sums.counts) |
           set_process_wait(s, sample, row, group, before, &sums);
}

static size_t comm_length(const struct walk_task *task)
{
    return strnlen(task->comm, sizeof task->comm);
}

/* Of threads by what they do. */
static void put_classes(const struct kvmtop_row *row, const struct thread_sums *sums)
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

/* A kernel thread of vhost works for a VMM. */
static void set_vhost(const struct sampler *s, struct kvmtop_sample *sample,
                      const struct kvmtop_row *row, const struct walk_task *task)
{
    int32_t pid;

    if ((task->flags & WALK_KERNEL) == 0 ||
        !thread_class_vhost(task->comm, comm_length(task), &pid))
        return;
    s->host->belongs(sample, row, pid);
    kvmtop_set_u64(row, COL_VHOST_CPU, task->counts.run);
}

static uint32_t set_classes(struct sampler *s, const struct kvmtop_sample *sample,
                            const struct kvmtop_row *row, struct tgroup *group)
{
    const struct walk_task *leader = &s->slot[group->leader].task;
    struct thread_sums sums;

    if ((sample->wanted[0] & CLASS_COLUMNS) == 0)
        return 0;
    kvmtop_set_u64(row, COL_VM_STATE, (unsigned char)sampler_state_letter(leader->state));
    if (group->first == TGROUP_NONE)
        return 0;
    bool told = classes_told(group, s->slot);
    if (!told && !thread_class_is_qemu(leader->comm, comm_length(leader)))
        return 0;
    kvmtop_set_u64(row, COL_VM_STATE, (unsigned char)classes_state(group, s->slot));
    if (!told)
        return REASON_NO_NAMES;
    group->classes = tgroups_take_classes(&s->before, group->tgid, group->start);
    if (group->changing)
        return REASON_CHANGING;
    if (classes_sum(&group->classes, group, s->slot, &sums))
        put_classes(row, &sums);
    return 0;
}

static void set_process(struct sampler *s, struct kvmtop_sample *sample,
                        const struct kvmtop_row *row, struct tgroup *group,
                        const struct family *family)
{
    const struct walk_task *leader = &s->slot[group->leader].task;
    const struct tgroup *before = tgroups_find(&s->before, group->tgid);

    set_task(s, sample, row, leader, family);
    kvmtop_set_u64(row, COL_THREADS, family->process->threads);
    sampler_report(s, sample, set_sums(s, sample, row, group, before) |
                              set_classes(s, sample, row, group));
    set_vhost(s, sample, row, leader);
    if (has_changed(group, before, sample->boottime) && (leader->flags & WALK_KERNEL) == 0)
        s->host->changed(sample, row);
}

/* ---- its threads ---- */

/* Alone, a thread can't have waited for longer than it is there. */
static uint32_t set_thread_wait(const struct sampler *s, const struct kvmtop_sample *sample,
                                const struct kvmtop_row *row, const struct walk_task *task)
{
    uint64_t passed = *row->time > sample->now ? *row->time - sample->now : 0;

    if (s->delayacct.mode != DELAYACCT_ON)
        return 0;
    if ((task->flags & WALK_WAIT) == 0)
        return REASON_WAIT_OLDER;
    if (task->counts.wait > sample->boottime + passed - task->start)
        return REASON_WAIT_LEAP;
    kvmtop_set_u64(row, COL_WAIT, task->counts.wait);
    return 0;
}

static void set_class(const struct sampler *s, struct kvmtop_sample *sample,
                      const struct kvmtop_row *row, const struct walk_task *task)
{
    enum thread_class class = thread_class_of(task->comm, comm_length(task));
    const char *name = thread_class_name(class);

    s->host->text(sample, row, COL_CLASS, name, strlen(name));
    if (class == THREAD_VCPU && (task->flags & WALK_DELAY) != 0)
        kvmtop_set_u64(row, COL_STEAL, task->counts.delay);
}

/* Beside what is in its slot, what a thread's row is made of. */
static uint64_t seed_of(const struct sampler *s, const struct family *family)
{
    return (uint64_t)family->process->uid << 8 | (uint64_t)s->delayacct.mode << 1 | family->told;
}

static uint32_t set_thread(struct sampler *s, struct kvmtop_sample *sample,
                           const struct kvmtop_row *row, const struct walk_task *task,
                           const struct family *family)
{
    set_task(s, sample, row, task, family);
    kvmtop_set_u64(row, COL_TID, task->pid);
    set_counts(row, &task->counts);
    if ((task->flags & WALK_DELAY) != 0)
        kvmtop_set_u64(row, COL_RUNDELAY, task->counts.delay);
    if (family->told)
        set_class(s, sample, row, task);
    return set_io(row, task, &task->counts) | set_thread_wait(s, sample, row, task);
}

/* The row of one that stands still is kept, and what it said of itself said again. */
static void make_thread(struct sampler *s, struct kvmtop_sample *sample, uint32_t parent,
                        const struct walk_task *task, const struct family *family)
{
    uint64_t birth = birth_of(s, task), print = still_print(task, seed_of(s, family));
    struct kvmtop_row row;
    uint32_t why;

    if ((task->state & EXIT_DEAD) != 0)
        return;
    if (still_same(&s->still, task, print, &why) &&
        s->host->keep(sample, ROW_THREAD, task->pid, birth, &row))
        *row.time = family->process->time;
    else if (s->host->row(sample, ROW_THREAD, task->pid, birth, parent, &row))
        why = set_thread(s, sample, &row, task, family);
    else
        return;
    sampler_report(s, sample, why);
    s->made++;
    if ((why & REASON_WAIT_LEAP) == 0) /* which is for the time being */
        still_add(&s->still, task, print, why);
}

static void make_threads(struct sampler *s, struct kvmtop_sample *sample, uint32_t parent,
                         const struct tgroup *group, const struct family *family)
{
    make_thread(s, sample, parent, &s->slot[group->leader].task, family);
    for (uint32_t at = group->first; at != TGROUP_NONE; at = s->slot[at].task.next)
        make_thread(s, sample, parent, &s->slot[at].task, family);
}

/* ---- rows ---- */

static bool wants_threads(const struct kvmtop_sample *sample, uint32_t tgid)
{
    return sample->children && (sample->children_of == 0 || sample->children_of == tgid);
}

static bool wants_class(const struct sampler *s, const struct kvmtop_sample *sample,
                        const struct tgroup *group)
{
    const struct walk_task *leader = &s->slot[group->leader].task;
    int32_t pid;

    return (kvmtop_wants(sample, COL_CLASS) || kvmtop_wants(sample, COL_STEAL)) &&
           wants_threads(sample, group->tgid) &&
           (classes_told(group, s->slot) || ((leader->flags & WALK_KERNEL) != 0 &&
            thread_class_vhost(leader->comm, comm_length(leader), &pid)));
}

void sampler_make_rows(struct sampler *s, struct kvmtop_sample *sample, struct tgroup *group)
{
    const struct walk_task *leader = &s->slot[group->leader].task;
    struct family family;
    struct kvmtop_row row;

    if ((leader->state & EXIT_DEAD) != 0 ||
        !s->host->row(sample, ROW_PROCESS, group->tgid, birth_of(s, leader), 0, &row))
        return;
    family = family_of(s, group);
    set_process(s, sample, &row, group, &family);
    s->made++;
    family.told = wants_class(s, sample, group);
    if (wants_threads(sample, group->tgid))
        make_threads(s, sample, row.ref, group, &family);
}
