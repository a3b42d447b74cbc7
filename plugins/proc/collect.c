/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round of sampling: which processes there are, and then one after the other. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc/proc.h"

static bool wants_io(const struct kvmtop_sample *sample)
{
    return kvmtop_wants(sample, COL_R_LOG) || kvmtop_wants(sample, COL_W_LOG) ||
           kvmtop_wants(sample, COL_R_MIB) || kvmtop_wants(sample, COL_W_MIB);
}

static void make_plan(struct proc *s, const struct kvmtop_sample *sample)
{
    s->plan = (struct proc_plan){
        .io = wants_io(sample),
        .wait = kvmtop_wants(sample, COL_WAIT) && s->delayacct.mode == DELAYACCT_ON,
        .delay = kvmtop_wants(sample, COL_RUNDELAY),
        .user = kvmtop_wants(sample, COL_USER),
        .children = sample->children,
        .children_of = sample->children_of,
        .sums = (sample->wanted[0] & PROC_SUM_COLUMNS) != 0,
        .wanted = sample->wanted[0],
    };
}

static void open_taskstats(struct proc *s)
{
    if (s->taskstats_tried || !s->clocks || (!s->plan.wait && !s->plan.delay))
        return;
    s->taskstats_tried = true;
    (void)taskstats_open(&s->taskstats);
}

/* Nothing that was read holds any longer. */
static void read_all_again(struct proc *s)
{
    for (size_t i = 0; i < s->nprocess; i++)
        s->process[i]->wanted = 0;
}

/* What is remembered of threads is of use only from round to round. */
static void drop_threads(struct proc *s)
{
    if (s->taskstats == NULL && (s->plan.wait || s->plan.delay))
        return;
    for (size_t i = 0; i < s->nprocess; i++) {
        struct proc_process *p = s->process[i];

        if (p->threads.n > 0 && !proc_wants_threads(s, p) && !(s->plan.sums && p->vmm))
            proc_threads_free(&p->threads);
    }
}

/* ---- which processes ---- */

static int list_pids(struct proc *s, const struct kvmtop_sample *sample)
{
    int fd = openat(s->procfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir;
    int r;

    if (fd < 0)
        return -errno;
    dir = fdopendir(fd);
    if (dir == NULL) {
        r = -errno;
        close(fd);
        return r;
    }
    r = proc_ids_read(&s->ids, dir);
    closedir(dir);
    if (r == 0 && sample->nonly > 0)
        proc_ids_keep_only(&s->ids, sample->only, sample->nonly);
    return r;
}

static void free_process(struct proc_process *p)
{
    proc_threads_free(&p->threads);
    free(p);
}

static struct proc_process *new_process(struct proc *s, int32_t pid)
{
    struct proc_process *p = calloc(1, sizeof *p);

    if (p != NULL) {
        p->pid = pid;
        p->phase = s->next_phase++;
    }
    return p;
}

static void free_processes(struct proc *s)
{
    for (size_t i = 0; i < s->nprocess; i++)
        free_process(s->process[i]);
    s->nprocess = 0;
}

static int make_room(struct proc *s, size_t n)
{
    struct proc_process **grown;

    if (n <= s->spare_cap)
        return 0;
    grown = reallocarray(s->spare, n + n / 4, sizeof *grown);
    if (grown == NULL)
        return -ENOMEM;
    s->spare = grown;
    s->spare_cap = n + n / 4;
    return 0;
}

static void swap_lists(struct proc *s, size_t n)
{
    struct proc_process **list = s->process;
    size_t cap = s->process_cap;

    s->process = s->spare;
    s->process_cap = s->spare_cap;
    s->spare = list;
    s->spare_cap = cap;
    s->nprocess = n;
}

/* Both lists ascend: those on both go over, those on the old one alone have ended. */
static int merge(struct proc *s)
{
    size_t old = 0, n = 0;

    if (make_room(s, s->ids.n) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < s->ids.n; i++) {
        int32_t pid = s->ids.id[i];

        while (old < s->nprocess && s->process[old]->pid < pid)
            free_process(s->process[old++]);
        if (old < s->nprocess && s->process[old]->pid == pid)
            s->spare[n] = s->process[old++];
        else
            s->spare[n] = new_process(s, pid);
        if (s->spare[n] == NULL)
            break;
        n++;
    }
    while (old < s->nprocess)
        free_process(s->process[old++]);
    swap_lists(s, n);
    return n == s->ids.n ? 0 : -ENOMEM;
}

/* ---- the round ---- */

static int begin(struct proc *s, struct kvmtop_sample *sample)
{
    int r;

    s->procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
    r = s->procfd < 0 ? -ENOENT : list_pids(s, sample);
    if (r == 0)
        r = merge(s);
    if (r < 0)
        return s->host->fail(s->host, r, "listing /proc: %s", strerror(-r));
    proc_tasks_close(&s->tasks);
    s->reading = NULL;
    s->at = s->gated = 0;
    s->reported = 0;
    s->round++;
    s->now = sample->now;
    s->boottime = sample->boottime;
    s->busy = true;
    if (delayacct_update(&s->delayacct, s->procfd, sample->boottime))
        read_all_again(s);
    make_plan(s, sample);
    open_taskstats(s);
    drop_threads(s);
    if (kvmtop_wants(sample, COL_WAIT) && !s->plan.wait)
        s->host->unknown(sample, COL_WAIT, delayacct_reason(&s->delayacct));
    return 0;
}

static int walk(struct proc *s, struct kvmtop_sample *sample)
{
    while (s->at < s->nprocess) {
        int r;

        if (s->at == s->gated)
            proc_gate(s);
        r = proc_process_collect(s, sample, s->process[s->at]);
        if (r != 0)
            return r;
        s->at++;
        if (s->at < s->nprocess && proc_now(s) >= sample->deadline)
            return KVMTOP_MORE;
    }
    return 0;
}

int proc_collect(void *state, struct kvmtop_sample *sample)
{
    struct proc *s = state;
    int r = 0;

    if (!s->busy || s->now != sample->now)
        r = begin(s, sample);
    if (r == 0) {
        s->procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
        r = walk(s, sample);
    }
    s->busy = r == KVMTOP_MORE;
    return r;
}

void proc_collect_idle(void *state)
{
    struct proc *s = state;

    free_processes(s);
    free(s->process);
    free(s->spare);
    s->process = s->spare = NULL;
    s->process_cap = s->spare_cap = 0;
    proc_tasks_free(&s->tasks);
    proc_ids_free(&s->ids);
    taskstats_close(s->taskstats);
    s->taskstats = NULL;
    s->taskstats_tried = s->busy = false;
}
