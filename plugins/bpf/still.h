/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that stand still: most of a full host's.  What a thread's row was made of is remembered
 * as one number from a round to the next, so that the row of one that did nothing can be kept.
 */
#ifndef KVMTOP_BPF_STILL_H
#define KVMTOP_BPF_STILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/walk.h"

#define STILL_REASONS 5         /* bits of what can be remembered with a thread */

struct still_task;

struct still {                  /* begin with {0}; owned, still_free() */
    struct still_task *now, *before; /* of the round under way and of the last one */
    size_t nnow, nbefore, cap_now, cap_before;
    size_t expected;            /* where in `before` the next one is looked for */
};

/* Of all in the slot that a row is made of, and of a seed for what it is made of besides. */
uint64_t still_print(const struct walk_task *task, uint64_t seed);

/* Was the thread made of the same in the last round?  Threads are asked for in the order of the
 * walk.  *reasons: what was remembered with it. */
bool still_same(struct still *still, const struct walk_task *task, uint64_t print,
                uint32_t *reasons);
/* Remember it for the next round; where there is no memory it is made anew then. */
void still_add(struct still *still, const struct walk_task *task, uint64_t print,
               uint32_t reasons);

/* The round is over. */
void still_finish(struct still *still);
/* The rows of the last round may not be what is remembered. */
void still_forget(struct still *still);
void still_free(struct still *still);

#endif
