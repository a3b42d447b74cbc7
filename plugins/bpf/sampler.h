/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of the plugin `bpf`, and what its parts are to each other.
 *
 * A round of collect walks over all tasks (walker.c), puts them together to processes (tgroups.c)
 * and makes the rows of those and, if wanted, of their threads (rows.c).
 */
#ifndef KVMTOP_BPF_SAMPLER_H
#define KVMTOP_BPF_SAMPLER_H

#include <kvmtop/plugin.h>

#include "bpf/readings.h"
#include "bpf/still.h"
#include "bpf/tgroups.h"
#include "bpf/tracer.h"
#include "bpf/walker.h"
#include "lib/delayacct.h"

/* The columns of collect, in the order of sampler_columns. */
enum sampler_column {
    COL_PID, COL_TID, COL_USER, COL_UPTIME, COL_R_LOG, COL_W_LOG, COL_WAIT, COL_R_MIB, COL_W_MIB,
    COL_CPU, COL_STATE, COL_COMM, COL_NICE, COL_THREADS, COL_MINFLT, COL_MAJFLT, COL_GUEST,
    COL_RUNDELAY, COL_CLASS, COL_VCPUS, COL_VCPU_CPU, COL_EMU_CPU, COL_IO_CPU, COL_VHOST_CPU,
    COL_STEAL, COL_VM_STATE, COL_COUNT
};

/* The columns that latency_fill() brings: for each enum latency_way these. */
enum latency_column { LATENCY_AVG, LATENCY_P50, LATENCY_P95, LATENCY_P99, LATENCY_MAX,
                      LATENCY_COLUMNS };

/* Why cells are unknown; a bit each.  Texts and columns: rows.c. */
enum sampler_reason {
    REASON_WAIT_OLDER = 1,
    REASON_WAIT_LEAP = 2,
    REASON_NO_IO = 4,
    REASON_CHANGING = 8,
    REASON_NO_NAMES = 16,
    REASONS_END = 32,
};

_Static_assert(REASONS_END == 1 << STILL_REASONS, "all can be remembered");

enum sampler_step { STEP_IDLE, STEP_WALK, STEP_ROWS };

enum { ROW_PROCESS, ROW_THREAD }; /* kinds of rows, as the plugin proc has them */

/* Of block requests; what it takes is there only while a column is wanted. */
struct latency {
    struct tracer *tracer;      /* NULL: nothing is counted */
    struct readings readings;
    uint64_t now;               /* of the sample that they were read for */
    bool failed;                /* not to be tried again before the next idle() */
    char reason[256];
};

struct sampler {
    const struct kvmtop_host *host;
    uint64_t tick;              /* ns in a clock tick of /proc */
    /* The options. */
    bool may_walk, may_iterate;
    size_t room;                /* slots at first */
    size_t most;                /* tasks to be walked over in one go */

    struct walker *walker;
    struct delayacct delayacct;

    /* The round under way. */
    enum sampler_step step;
    uint64_t now;               /* of the sample: tells one round from the next */
    unsigned walks;             /* whole ones in this round */
    size_t ntasks;              /* that the last one met */
    union walk_slot *slot;      /* the walker's */
    size_t nslots;
    struct tgroups groups, before; /* of this round and of the last whole one */
    struct still still;         /* threads whose rows can be kept */
    size_t at;                  /* the group in turn */
    size_t made;                /* rows since the clock was last looked at */
    uint32_t reported;          /* the reasons handed to the host so far */

    struct latency latency;
};

extern const char *const sampler_columns[];

/* way.c: load the program by the best way that the options and the kernel allow.  0, or what
 * host->fail() returned. */
int sampler_load(struct sampler *s);
/* Walk over all tasks, in as many calls as it takes: KVMTOP_MORE, 0 with s->groups, or what
 * host->fail() returned. */
void sampler_begin_walk(struct sampler *s);
int sampler_walk(struct sampler *s, uint64_t deadline);

/* collect.c: the callback. */
int sampler_collect(void *state, struct kvmtop_sample *sample);

/* latency.c: the callbacks of the columns of latency. */
extern const char *const latency_columns[];
int latency_fill(void *state, struct kvmtop_sample *sample);
void latency_idle(void *state);
/* Read the counters, if they weren't for this sample. */
void latency_update(struct sampler *s, uint64_t now);
/* What came for a process in the last interval; false: nothing. */
bool latency_of(const struct sampler *s, uint32_t pid, uint64_t birth,
                struct latency_histograms *change);
/* latency_page.c: the callback of the page of details. */
int latency_detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page);

/* rows.c: the row of a process, and those of its threads where they are wanted. */
/* The letter of proc(5) for the bits of a task's state. */
char sampler_state_letter(unsigned state);
void sampler_make_rows(struct sampler *s, struct kvmtop_sample *sample, struct tgroup *group);
/* Say for the columns that it concerns why cells are unknown. */
void sampler_report(struct sampler *s, struct kvmtop_sample *sample, uint32_t reasons);

#endif
