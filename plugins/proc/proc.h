/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of the plugin `proc`, and what its parts are to each other.
 *
 * A round of collect lists the processes (collect.c), asks the CPU clocks which of them ran since
 * they were last read (gate.c), reads those (process.c, and their threads: tasks.c) and makes
 * their rows (rows.c); the others keep theirs.
 */
#ifndef KVMTOP_PROC_PROC_H
#define KVMTOP_PROC_PROC_H

#include <kvmtop/plugin.h>

#include "lib/delayacct.h"
#include "lib/taskstats.h"
#include "proc/files.h"
#include "proc/ids.h"
#include "proc/numa.h"
#include "proc/tasks.h"

enum { PROC_ROW_PROCESS, PROC_ROW_THREAD }; /* kinds of rows */

/* The columns of collect, in the order of proc_collect_columns. */
enum proc_column {
    COL_PID, COL_TID, COL_USER, COL_UPTIME, COL_R_LOG, COL_W_LOG, COL_WAIT, COL_R_MIB, COL_W_MIB,
    COL_CPU, COL_STATE, COL_COMM, COL_NICE, COL_THREADS, COL_MINFLT, COL_MAJFLT, COL_GUEST,
    COL_RUNDELAY, COL_CLASS, COL_VCPUS, COL_VCPU_CPU, COL_EMU_CPU, COL_IO_CPU, COL_VHOST_CPU,
    COL_STEAL, COL_VM_STATE, COL_COUNT
};

#define PROC_BIT(column) ((uint64_t)1 << (column))
/* Sums over a VMM's threads by what they do. */
#define PROC_SUM_COLUMNS                                                                          \
    (PROC_BIT(COL_VCPUS) | PROC_BIT(COL_VCPU_CPU) | PROC_BIT(COL_EMU_CPU) |                       \
     PROC_BIT(COL_IO_CPU) | PROC_BIT(COL_VHOST_CPU) | PROC_BIT(COL_STEAL) | PROC_BIT(COL_VM_STATE))

/* The columns of the fill of memory. */
enum proc_memory_column { COL_VIRT, COL_RES, COL_SHR, COL_SWAP };

/* The columns of the fill of guests' memory. */
enum proc_pages_column { COL_KSM, COL_HUGE };

/* Why cells of a row are unknown; a bit each.  Texts and columns: rows.c. */
enum proc_reason {
    REASON_STAT_REFUSED = 1,
    REASON_STAT_GARBLED = 2,
    REASON_IO_REFUSED = 4,
    REASON_IO_MISSING = 8,
    REASON_IO_GARBLED = 16,
    REASON_WAIT_OLDER = 32,
    REASON_WAIT_UNREAD = 64,
    REASON_WAIT_LEAP = 128,
    REASON_DELAY_NONE = 256,
    REASON_NO_NAMES = 512,
    REASON_RUN_NONE = 1024,
};

/* What is remembered of a process from one round to the next. */
struct proc_process {
    int32_t pid;
    bool seen;                  /* it has been read, and has a row */
    bool kernel;                /* a kernel thread */
    bool runnable;              /* its state was R: it may stop without having run */
    bool young;                 /* it may have been read between its fork and its exec */
    bool stale;                 /* it is to be read in this round */
    bool vmm;                   /* its threads are looked at: it may be a VMM */
    bool told;                  /* it is, and their names tell them apart */
    uint64_t looked;            /* how many threads it had when that was found out; 0: never */
    uint8_t phase;              /* in which rounds it is read whatever the clock says */
    char comm[16];
    int32_t vhost_of;           /* a kernel thread of vhost for this PID; 0: none */
    uint32_t reasons;           /* enum proc_reason: of the cells left unknown */
    uint32_t round;             /* in which its row was last made or kept */
    uint64_t birth;             /* CLOCK_BOOTTIME ns */
    uint64_t start_code;
    uint64_t clock;             /* CPU ns at its last reading; 0: unknown */
    uint64_t gate;              /* and in this round */
    uint64_t gate_time;         /* CLOCK_MONOTONIC ns of that */
    bool has_gate;
    uint64_t wanted;            /* the columns wanted at its last reading */
    uint64_t read_time;         /* CLOCK_MONOTONIC ns of that */
    uint64_t wait;              /* ns at its last reading */
    uint64_t wait_time;         /* CLOCK_MONOTONIC ns of that; 0: it was not read */
    struct taskstats_times times;
    struct proc_threads threads;
};

/* What one round needs. */
struct proc_plan {
    bool io, wait, delay, user;
    bool children;              /* rows of threads, */
    uint64_t children_of;       /* of this process alone; 0: of all */
    bool sums;                  /* of threads by class */
    uint64_t wanted;            /* COL_COUNT is at most 64 */
};

/* Where the memory of the process lies whose details are shown; kept, as reading it is dear. */
struct proc_placement {
    int32_t pid;
    int error;                  /* 0: numa holds */
    uint64_t birth;
    uint64_t time;              /* CLOCK_MONOTONIC ns of the reading */
    struct numa numa;
};

struct proc {
    const struct kvmtop_host *host;
    bool clocks;                /* the CPU clocks of processes are to be had */
    bool taskstats_tried;
    struct taskstats_client *taskstats; /* or NULL */
    struct delayacct delayacct;
    struct proc_process **process; /* ascending by PID */
    size_t nprocess, process_cap;
    struct proc_process **spare; /* the list of the next round is made here */
    size_t spare_cap;
    uint8_t next_phase;

    /* The round under way. */
    bool busy;
    int procfd;
    uint32_t round;             /* 1 is the first */
    uint64_t now, boottime;     /* of the sample; now tells one round from the next */
    uint32_t reported;          /* the reasons handed to the host so far */
    size_t at, gated;           /* the process in turn; how far the gate has come */
    struct proc_plan plan;
    struct proc_ids ids;

    /* The process being read. */
    const struct proc_process *reading; /* or NULL */
    struct proc_stat stat;
    int stat_error;             /* 0: stat holds */
    struct proc_io io;
    int io_error;               /* -ENODATA: not asked for */
    uint32_t uid;               /* UINT32_MAX: unknown */
    bool changed;               /* its image, since it was last read */
    bool has_tasks;             /* its threads are read as well */
    struct proc_tasks tasks;

    char *line;                 /* a command line in the making */
    struct proc_placement *placement; /* or NULL */
};

extern const char *const proc_collect_columns[];
extern const char *const proc_memory_columns[];
extern const char *const proc_pages_columns[];
extern const char *const proc_command_columns[];

/* collect.c, fill.c: the callbacks. */
int proc_collect(void *state, struct kvmtop_sample *sample);
void proc_collect_idle(void *state);
int proc_fill_command(void *state, struct kvmtop_sample *sample);
int proc_fill_memory(void *state, struct kvmtop_sample *sample);
int proc_fill_pages(void *state, struct kvmtop_sample *sample);

/* detail.c */
int proc_detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page);

/* gate.c: look at the clocks of the next processes from s->gated on, find those to be read and
 * ask for their delays.  Never fails: without clocks all are read. */
void proc_gate(struct proc *s);

/* process.c: read one process and make its row and its threads' rows.  0, KVMTOP_MORE or a
 * negative errno with the host's message. */
int proc_process_collect(struct proc *s, struct kvmtop_sample *sample,
                         struct proc_process *process);

/* rows.c */
void proc_make_rows(struct proc *s, struct kvmtop_sample *sample, struct proc_process *process);
/* False: there is no row to keep. */
bool proc_keep_rows(struct proc *s, struct kvmtop_sample *sample, struct proc_process *process);
void proc_report(struct proc *s, struct kvmtop_sample *sample, uint32_t reasons);

/* How many threads the process being read has; 0: unknown. */
static inline uint64_t proc_thread_count(const struct proc *s)
{
    return s->stat_error == 0 && proc_stat_has(&s->stat, STAT_THREADS)
               ? s->stat.value[STAT_THREADS] : 0;
}

static inline bool proc_wants_threads(const struct proc *s, const struct proc_process *p)
{
    return s->plan.children &&
           (s->plan.children_of == 0 || s->plan.children_of == (uint64_t)p->pid);
}

/* Of a process that never had but one thread its own stat file says it all. */
static inline bool proc_alone(const struct proc *s, const struct proc_process *p)
{
    return proc_thread_count(s) == 1 && p->threads.n == 0;
}

static inline uint64_t proc_now(const struct proc *s)
{
    return s->host->now(s->host, KVMTOP_CLOCK_MONOTONIC);
}

#endif
