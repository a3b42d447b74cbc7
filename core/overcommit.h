/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guests are given of the host, all together: beside what there is, how far the host is
 * overcommitted. */
#ifndef KVMTOP_CORE_OVERCOMMIT_H
#define KVMTOP_CORE_OVERCOMMIT_H

#include <stdbool.h>

struct model;

struct given {
    double value;               /* -1: unknown */
    bool whole;                 /* every guest's is in it, else it is more */
};

struct overcommit {
    struct given cpus, memory;  /* vCPUs; MiB */
};

/* As the last sample has it: known while the columns of guests flagged GIVES are wanted. */
void overcommit_read(struct overcommit *overcommit, const struct model *model);

#endif
