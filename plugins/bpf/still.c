/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that stand still. */
#include "bpf/still.h"

#include <stdlib.h>
#include <string.h>

#define TID_BITS 22             /* PID_MAX_LIMIT, include/linux/threads.h */
#define PRINT_BITS (64 - TID_BITS - STILL_REASONS)
#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)
#define LOOK_AHEAD 64u          /* so many may have ended in a row */

struct still_task {
    uint64_t tid : TID_BITS, reasons : STILL_REASONS, print : PRINT_BITS;
};

_Static_assert(sizeof(struct still_task) == sizeof(uint64_t), "17,000 of them, twice");

/* ---- the number ---- */

#define WORDS (offsetof(struct walk_task, ended) / sizeof(uint64_t))

_Static_assert(WORDS % 2 == 0 && WORDS * sizeof(uint64_t) == offsetof(struct walk_task, ended),
               "the counters, times and names");

/* A sum of products (the hash NH): its terms don't wait for each other. */
uint64_t still_print(const struct walk_task *task, uint64_t seed)
{
    const uint64_t step = UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio */
    uint64_t word[WORDS], key = step;
    uint64_t rest = (uint64_t)task->state << 16 | (uint64_t)(uint8_t)task->nice << 8 | task->flags;
    uint64_t sum = (rest + key) * (seed + ~key);

    memcpy(word, task, sizeof word);
    for (size_t i = 0; i < WORDS; i += 2) {
        key += step;
        sum += (word[i] + key) * (word[i + 1] + ~key);
    }
    return (sum ^ sum >> 32) & MASK(PRINT_BITS);
}

/* ---- remembering ---- */

bool still_same(struct still *still, const struct walk_task *task, uint64_t print,
                uint32_t *reasons)
{
    size_t left = still->nbefore - still->expected;
    size_t end = still->expected + (left < LOOK_AHEAD ? left : LOOK_AHEAD);

    for (size_t i = still->expected; i < end; i++) {
        const struct still_task *before = &still->before[i];

        if (before->tid != task->pid)
            continue;
        still->expected = i + 1;
        *reasons = before->reasons;
        return before->print == print;
    }
    return false;
}

static bool make_room(struct still *still)
{
    size_t cap = still->cap_now + still->cap_now / 8 + 256;
    struct still_task *task;

    if (still->nnow < still->cap_now)
        return true;
    task = reallocarray(still->now, cap, sizeof *task);
    if (task == NULL)
        return false;
    still->now = task;
    still->cap_now = cap;
    return true;
}

void still_add(struct still *still, const struct walk_task *task, uint64_t print,
               uint32_t reasons)
{
    if (!make_room(still))
        return;
    still->now[still->nnow++] = (struct still_task){
        .tid = task->pid & MASK(TID_BITS), .reasons = reasons & MASK(STILL_REASONS),
        .print = print & MASK(PRINT_BITS),
    };
}

/* ---- rounds ---- */

/* After a burst of threads, or where none are wanted any more: give back what it took. */
static void trim(struct still *still)
{
    if (still->nnow > 0 && (still->cap_now <= 1024 || still->nnow >= still->cap_now / 4))
        return;
    free(still->now);
    still->now = NULL;
    still->nnow = still->cap_now = 0;
}

void still_finish(struct still *still)
{
    struct still older = *still;

    trim(&older);
    *still = (struct still){
        .now = older.before, .cap_now = older.cap_before,
        .before = older.now, .cap_before = older.cap_now, .nbefore = older.nnow,
    };
}

void still_forget(struct still *still)
{
    still->nnow = still->nbefore = still->expected = 0;
}

void still_free(struct still *still)
{
    free(still->now);
    free(still->before);
    *still = (struct still){ 0 };
}
