/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running the BPF program: a walk over all tasks of the machine, by one of two ways.
 *
 * The walk is one system call that fills an array in our memory; it holds RCU meanwhile.  The
 * iterator is read piece by piece and holds nothing in between, at three times the cost.
 */
#ifndef KVMTOP_BPF_WALKER_H
#define KVMTOP_BPF_WALKER_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/walk.h"

enum walker_way {
    WALKER_WALK,                /* Linux 6.7 */
    WALKER_ITER,                /* Linux 5.8 */
};

struct walker;

/* Load the program, with room for so many slots at first.  0, or -errno with the kernel's or
 * libbpf's own words in `why`, if there are any, else "". */
int walker_open(struct walker **walker, enum walker_way way, size_t room, char *why, size_t cap);
void walker_close(struct walker *walker); /* NULL is fine */

enum walker_way walker_way(const struct walker *walker);

/* Begin to walk anew. */
void walker_begin(struct walker *walker);

#define WALKER_MORE 1

/* Go on.  WALKER_MORE: call again.  0: *slot are the *n slots, the caller's to change the
 * members that are the plugin's, until walker_rest() or the next walker_begin().  -errno: this walk failed. */
int walker_step(struct walker *walker, union walk_slot **slot, size_t *n);

/* The slots of the last walk are needed no longer: until the next they are the kernel's memory
 * alone. */
void walker_rest(struct walker *walker); /* NULL is fine */

#endif
