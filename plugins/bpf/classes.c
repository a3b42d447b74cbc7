/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the threads of one VMM have used, by what they do. */
#include "bpf/classes.h"

#include "bpf/sampler.h"

#include <stdlib.h>
#include <string.h>

struct past {                   /* a thread as last seen */
    uint32_t tid;
    uint8_t class;
    uint64_t start, run, delay;
};

struct classes {
    struct past *thread;        /* [cap] ascending by TID */
    size_t n, cap;
    struct thread_sums ended;
};

static enum thread_class class_of(const struct walk_task *task)
{
    return thread_class_of(task->comm, strnlen(task->comm, sizeof task->comm));
}

/* The leader, then the others. */
static uint32_t next_thread(const struct tgroup *group, const union walk_slot *slot, uint32_t at)
{
    return at == group->leader ? group->first : slot[at].task.next;
}

bool classes_told(const struct tgroup *group, const union walk_slot *slot)
{
    for (uint32_t at = group->leader; at != TGROUP_NONE; at = next_thread(group, slot, at))
        if (class_of(&slot[at].task) == THREAD_VCPU)
            return true;
    return false;
}

char classes_state(const struct tgroup *group, const union walk_slot *slot)
{
    struct thread_sums sums = { 0 };

    for (uint32_t at = group->leader; at != TGROUP_NONE; at = next_thread(group, slot, at))
        thread_sums_state(&sums, sampler_state_letter(slot[at].task.state));
    return sums.state;
}

static int by_tid(const void *a, const void *b)
{
    const struct past *x = a, *y = b;

    return (x->tid > y->tid) - (x->tid < y->tid);
}

/* The walk meets them in the order of their IDs or, by the kernel's lists, in that in which they
 * began: the same until IDs have come round. */
static size_t list_threads(struct past *list, const struct tgroup *group,
                           const union walk_slot *slot, struct thread_sums *sums)
{
    bool ascending = true;
    size_t n = 0;

    for (uint32_t at = group->leader; at != TGROUP_NONE; at = next_thread(group, slot, at)) {
        const struct walk_task *task = &slot[at].task;
        struct past thread = {
            .tid = task->pid, .class = (uint8_t)class_of(task), .start = task->start,
            .run = task->counts.run, .delay = task->counts.delay,
        };

        ascending = ascending && (n == 0 || list[n - 1].tid < thread.tid);
        list[n++] = thread;
        thread_sums_add(sums, thread.class, thread.run, thread.delay);
    }
    if (!ascending)
        qsort(list, n, sizeof *list, by_tid);
    return n;
}

/* Both lists ascend: who is on the old one alone has ended. */
static void inherit(struct classes *memory, const struct past *list, size_t n)
{
    size_t at = 0;

    for (size_t i = 0; i < memory->n; i++) {
        const struct past *old = &memory->thread[i];

        while (at < n && list[at].tid < old->tid)
            at++;
        if (at == n || list[at].tid != old->tid || list[at].start != old->start)
            thread_sums_add(&memory->ended, old->class, old->run, old->delay);
    }
}

static void add_ended(struct thread_sums *sums, const struct thread_sums *ended)
{
    for (unsigned class = 0; class < THREAD_CLASSES; class++)
        sums->run[class] += ended->run[class];
    sums->steal += ended->steal;
}

bool classes_sum(struct classes **memory, const struct tgroup *group, const union walk_slot *slot,
                 struct thread_sums *sums)
{
    struct past *list = reallocarray(NULL, group->threads, sizeof *list);
    struct classes *m = *memory != NULL ? *memory : calloc(1, sizeof *m);

    *memory = m;
    if (list == NULL || m == NULL) {
        free(list);
        return false;
    }
    *sums = (struct thread_sums){ 0 };
    size_t n = list_threads(list, group, slot, sums);
    inherit(m, list, n);
    thread_sums_end(&m->ended, slot[group->leader + 1].process.counts.run);
    free(m->thread);
    m->thread = list;
    m->n = n;
    add_ended(sums, &m->ended);
    return true;
}

void classes_free(struct classes *memory)
{
    if (memory != NULL)
        free(memory->thread);
    free(memory);
}
