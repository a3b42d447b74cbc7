/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells added to rows that this or another plugin made: command lines and memory. */
#include <stdlib.h>
#include <string.h>

#include "proc/command.h"
#include "proc/proc.h"

#define LINE_MAX_BYTES 65536u

int proc_fill_command(void *state, struct kvmtop_sample *sample)
{
    struct proc *s = state;
    struct kvmtop_row row;

    if (s->line == NULL)
        s->line = malloc(LINE_MAX_BYTES);
    if (s->line == NULL)
        return s->host->fail(s->host, -ENOMEM, "no memory for command lines");
    while (s->host->next(sample, &row)) {
        size_t argc = 0;
        const char *const *argv = s->host->argv(s->host, row.process, &argc);
        const char *comm = s->host->fact(s->host, row.process, KVMTOP_FACT_COMM);
        size_t len = proc_command(s->line, LINE_MAX_BYTES, argv, argv != NULL ? argc : 0, comm);

        if (len > 0)
            s->host->text(sample, &row, 0, s->line, len);
    }
    return 0;
}

static int set_memory(const struct proc *s, int procfd, const struct kvmtop_row *row)
{
    uint64_t bytes[3];
    int r = proc_read_memory(procfd, (int32_t)row->id, s->host->page_size, bytes);

    if (r < 0)
        return r;
    kvmtop_set_u64(row, COL_VIRT, bytes[0]);
    kvmtop_set_u64(row, COL_RES, bytes[1]);
    kvmtop_set_u64(row, COL_SHR, bytes[2]);
    return 0;
}

static int set_swap(int procfd, const struct kvmtop_row *row)
{
    uint64_t bytes;
    int r = proc_read_swap(procfd, (int32_t)row->id, &bytes);

    if (r == 0)
        kvmtop_set_u64(row, COL_SWAP, bytes);
    return r;
}

static void tell_all(const struct proc *s, struct kvmtop_sample *sample, unsigned last,
                     const char *reason)
{
    for (unsigned i = 0; i <= last; i++)
        s->host->unknown(sample, i, reason);
}

/* A process that has ended meanwhile, or a file that says nothing, leaves the cells unknown. */
int proc_fill_memory(void *state, struct kvmtop_sample *sample)
{
    struct proc *s = state;
    int procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
    bool pages = kvmtop_wants(sample, COL_VIRT) || kvmtop_wants(sample, COL_RES) ||
                 kvmtop_wants(sample, COL_SHR);
    bool swap = kvmtop_wants(sample, COL_SWAP), refused = false;
    struct kvmtop_row row;

    while (s->host->next(sample, &row)) {
        int r = pages ? set_memory(s, procfd, &row) : 0;

        if (r == 0 && swap)
            r = set_swap(procfd, &row);
        refused = refused || proc_refused(r);
        if (proc_exhausted(r))
            return s->host->fail(s->host, r, "reading /proc: %s", strerror(-r));
    }
    if (refused)
        tell_all(s, sample, COL_SWAP,
                 "/proc hides other users' processes (mount option hidepid)");
    return 0;
}

static int set_ksm(const struct proc *s, struct kvmtop_sample *sample, int procfd,
                   const struct kvmtop_row *row)
{
    uint64_t bytes;
    int r = proc_read_ksm(procfd, (int32_t)row->id, s->host->page_size, &bytes);

    if (r == 0)
        kvmtop_set_u64(row, COL_KSM, bytes);
    if (r == -ENOTSUP)
        s->host->unknown(sample, COL_KSM, "the kernel doesn't tell (Linux 5.19 with CONFIG_KSM)");
    return r;
}

static int set_huge(int procfd, const struct kvmtop_row *row)
{
    uint64_t bytes;
    int r = proc_read_huge(procfd, (int32_t)row->id, &bytes);

    if (r == 0)
        kvmtop_set_u64(row, COL_HUGE, bytes);
    return r;
}

int proc_fill_pages(void *state, struct kvmtop_sample *sample)
{
    struct proc *s = state;
    int procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
    bool ksm = kvmtop_wants(sample, COL_KSM), huge = kvmtop_wants(sample, COL_HUGE);
    bool refused = false;
    struct kvmtop_row row;

    while (s->host->next(sample, &row)) {
        int r = huge ? set_huge(procfd, &row) : 0;

        if (ksm && !proc_exhausted(r))
            r = set_ksm(s, sample, procfd, &row);
        refused = refused || proc_refused(r);
        if (proc_exhausted(r))
            return s->host->fail(s->host, r, "reading /proc: %s", strerror(-r));
    }
    if (refused)
        tell_all(s, sample, COL_HUGE, "others' memory is told to root alone (CAP_SYS_PTRACE)");
    return 0;
}
