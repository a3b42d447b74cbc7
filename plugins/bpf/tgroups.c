/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tasks of a walk put together to processes. */
#include "bpf/tgroups.h"

#include "bpf/classes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- building ---- */

static void free_classes(struct tgroups *groups)
{
    for (size_t i = 0; i < groups->n; i++)
        classes_free(groups->group[i].classes);
}

/* After a burst of processes: give back what it took. */
static void clear(struct tgroups *groups)
{
    if (groups->cap > 1024 && groups->n < groups->cap / 4)
        tgroups_free(groups);
    free_classes(groups);
    groups->n = groups->nchanging = 0;
    u64map_clear(&groups->by_tgid);
}

static struct tgroup *find(const struct tgroups *groups, uint32_t tgid)
{
    size_t i = (size_t)(uintptr_t)u64map_get(&groups->by_tgid, tgid);

    return i > 0 ? &groups->group[i - 1] : NULL;
}

static int make_room(struct tgroups *groups)
{
    size_t cap = groups->cap + groups->cap / 8 + 128;
    struct tgroup *group;

    if (groups->n < groups->cap)
        return 0;
    group = reallocarray(groups->group, cap, sizeof *group);
    if (group == NULL)
        return -ENOMEM;
    groups->group = group;
    groups->cap = cap;
    return 0;
}

/* In place of another one of this ID, if there is one: that has ended. */
static struct tgroup *add(struct tgroups *groups, uint32_t tgid)
{
    struct tgroup *group;

    if (make_room(groups) < 0 ||
        u64map_put(&groups->by_tgid, tgid, (void *)(uintptr_t)(groups->n + 1)) < 0)
        return NULL;
    group = &groups->group[groups->n++];
    *group = (struct tgroup){
        .tgid = tgid, .leader = TGROUP_NONE, .first = TGROUP_NONE, .last = TGROUP_NONE,
    };
    return group;
}

static void add_thread(struct tgroup *group, union walk_slot *slot, uint32_t at)
{
    slot[at].task.next = TGROUP_NONE;
    if (group->last == TGROUP_NONE)
        group->first = at;
    else
        slot[group->last].task.next = at;
    group->last = at;
}

/* A thread that execs takes the leader's place, ID and start time: both may have been met. */
static void set_leader(struct tgroup *group, union walk_slot *slot, uint32_t at)
{
    const struct walk_task *task = &slot[at].task;

    if (group->leader != TGROUP_NONE)
        add_thread(group, slot, group->leader);
    group->leader = at;
    group->start = task->start;
    group->image = slot[at + 1].process.image;
    memcpy(group->comm, task->comm, sizeof group->comm);
}

/* Is this the leader of another process than the group's, which had its ID before? */
static bool is_other(const struct tgroup *group, const struct walk_task *leader)
{
    return group->leader != TGROUP_NONE && group->start != leader->start;
}

static int add_task(struct tgroups *groups, struct tgroup **last, union walk_slot *slot,
                    uint32_t at)
{
    const struct walk_task *task = &slot[at].task;
    bool leads = task->pid == task->tgid;
    struct tgroup *group = *last;

    if (group == NULL || group->tgid != task->tgid)
        group = find(groups, task->tgid);
    if (group == NULL || (leads && is_other(group, task)))
        group = add(groups, task->tgid);
    if (group == NULL)
        return -ENOMEM;
    if (leads)
        set_leader(group, slot, at);
    else
        add_thread(group, slot, at);
    if (group->threads++ == 0)
        group->ended = task->ended;
    group->uneven |= task->ended != group->ended;
    *last = group;
    return 0;
}

/* Its counts may be added up if no thread went over to those that ended between the first reading
 * and the last, and none was missed. */
static bool is_changing(const struct tgroup *group, const union walk_slot *slot)
{
    const struct walk_process *process = &slot[group->leader + 1].process;

    return group->uneven || (process->flags & WALK_TORN) != 0 ||
           group->threads < process->threads;
}

int tgroups_build(struct tgroups *groups, union walk_slot *slot, size_t n)
{
    struct tgroup *last = NULL;

    clear(groups);
    for (size_t at = 0; at < n; at++) {
        bool leads = slot[at].task.pid == slot[at].task.tgid;
        int r;

        if (leads && at + 1 == n)
            break;
        r = add_task(groups, &last, slot, (uint32_t)at);
        if (r < 0)
            return r;
        at += leads;
    }
    for (size_t i = 0; i < groups->n; i++) {
        struct tgroup *group = &groups->group[i];

        group->changing = group->leader != TGROUP_NONE && is_changing(group, slot);
        groups->nchanging += group->changing;
    }
    return 0;
}

void tgroups_free(struct tgroups *groups)
{
    free_classes(groups);
    free(groups->group);
    u64map_free(&groups->by_tgid);
    *groups = (struct tgroups){ 0 };
}

const struct tgroup *tgroups_find(const struct tgroups *groups, uint32_t tgid)
{
    return find(groups, tgid);
}

struct classes *tgroups_take_classes(struct tgroups *groups, uint32_t tgid, uint64_t start)
{
    struct tgroup *group = find(groups, tgid);
    struct classes *classes = NULL;

    if (group != NULL && group->start == start) {
        classes = group->classes;
        group->classes = NULL;
    }
    return classes;
}

/* ---- sums ---- */

static void add_counts(struct walk_counts *sum, const struct walk_counts *counts)
{
    sum->run += counts->run;
    sum->guest += counts->guest;
    sum->minflt += counts->minflt;
    sum->majflt += counts->majflt;
    for (unsigned i = 0; i < WALK_IO_VALUES; i++)
        sum->io[i] += counts->io[i];
}

/* Its delays go over to those that ended early in a thread's exit, all else at its very end; and
 * for a lone thread they don't at all. */
static void add_delays(struct tgroup_sums *sums, const struct walk_task *task,
                       const struct walk_process *process)
{
    sums->has_wait = sums->has_wait && (task->flags & WALK_WAIT) != 0;
    if ((task->flags & WALK_EXITING) != 0 && (process->flags & WALK_ENDED) != 0)
        return;
    sums->has_delay = sums->has_delay || (task->flags & WALK_DELAY) != 0;
    sums->counts.delay += task->counts.delay;
    sums->counts.wait += task->counts.wait;
}

static void add_to_sums(struct tgroup_sums *sums, const struct walk_task *task,
                        const struct walk_process *process)
{
    add_counts(&sums->counts, &task->counts);
    add_delays(sums, task, process);
}

void tgroup_sum(const struct tgroup *group, const union walk_slot *slot, struct tgroup_sums *sums)
{
    const struct walk_process *process = &slot[group->leader + 1].process;

    *sums = (struct tgroup_sums){
        .counts = process->counts,
        .has_wait = true,
        .has_delay = (process->flags & WALK_DELAY) != 0,
    };
    add_to_sums(sums, &slot[group->leader].task, process);
    for (uint32_t at = group->first; at != TGROUP_NONE; at = slot[at].task.next)
        add_to_sums(sums, &slot[at].task, process);
}
