/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the threads of one VMM have used, by what they do; those that have ended keep their share:
 * as it was when they were last seen, and what goes beyond that as the emulator's.
 */
#ifndef KVMTOP_BPF_CLASSES_H
#define KVMTOP_BPF_CLASSES_H

#include <stddef.h>

#include "bpf/tgroups.h"
#include "lib/thread_class.h"

/* Is one of the process's threads a vCPU's, so that names tell them apart? */
bool classes_told(const struct tgroup *group, const union walk_slot *slot);

/* Of the liveliest thread. */
char classes_state(const struct tgroup *group, const union walk_slot *slot);

/* Add up the threads.  *memory is NULL at first, owned by who remembers it for the next walk, and
 * given back by classes_free().  False: no memory. */
bool classes_sum(struct classes **memory, const struct tgroup *group, const union walk_slot *slot,
                 struct thread_sums *sums);
void classes_free(struct classes *memory); /* NULL is fine */

#endif
