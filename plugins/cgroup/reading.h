/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the plugin `cgroup`, and reading what the groups of one guest count. */
#ifndef KVMTOP_CGROUP_READING_H
#define KVMTOP_CGROUP_READING_H

#include <kvmtop/plugin.h>

#include "cgroup/layers.h"
#include "cgroup/text.h"
#include "lib/read.h"
#include "lib/u64map.h"

enum {
    COL_PRESS_CPU, COL_PRESS_IO, COL_PRESS_MEM, COL_THROTTLED, COL_CPU_MAX,
    COL_R_IOPS, COL_W_IOPS, COL_R_MIB, COL_W_MIB, COL_COUNT
};

#define COL_BIT(column) (1u << (column))
#define COLS_PRESSURE (COL_BIT(COL_PRESS_CPU) | COL_BIT(COL_PRESS_IO) | COL_BIT(COL_PRESS_MEM))
#define COLS_CPU (COL_BIT(COL_THROTTLED) | COL_BIT(COL_CPU_MAX))
#define COLS_IO                                                                                   \
    (COL_BIT(COL_R_IOPS) | COL_BIT(COL_W_IOPS) | COL_BIT(COL_R_MIB) | COL_BIT(COL_W_MIB))

enum {                          /* why cells are unknown; texts: cgroup.c */
    REASON_NO_V2 = 1,
    REASON_SHARED = 2,
    REASON_UNREADABLE = 4,
    REASON_NO_PRESSURE = 8,
    REASON_NO_CPU = 16,
    REASON_IO_SHARED = 32,
    REASON_NO_IO = 64,
    REASON_IO_EMPTY = 128,
};

struct cgroup {
    const struct kvmtop_host *host;
    struct u64map places;       /* by PID and birth: a hash of the groups it was in */
    struct read_buffer paths, text;
    struct layers layers;
    /* The call under way. */
    int sysfd, procfd;
    const char *root;           /* of v2, below sys; NULL: not mounted */
    uint32_t reasons;
};

/* Read what the groups of the row's process count into its cells; those that stay unknown add
 * their reasons to s->reasons. */
void cgroup_read(struct cgroup *s, const struct kvmtop_sample *sample,
                 const struct kvmtop_row *row);

#endif
