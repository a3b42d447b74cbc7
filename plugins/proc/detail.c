/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for the page of details: a process's limits, and where its memory lies. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/parse.h"
#include "lib/read.h"
#include "proc/proc.h"

#define NUMA_MAX (8u << 20)     /* bytes of a file: 80,000 mappings */
#define NUMA_AGE UINT64_C(30000000000) /* ns for which it is not read again */
/* Bytes resident in small pages.  The kernel passes over a mapping's pages in one go, and a guest's
 * memory is one mapping: in pages of 4 KiB this much takes 0.2 s, 1 TiB would take 10 s. */
#define NUMA_SMALL (UINT64_C(16) << 30)
#define MIB 1048576.0

struct detail {
    struct proc *s;
    const struct kvmtop_process *process;
    struct kvmtop_page *page;
    int procfd;
};

static void put(const struct detail *d, const char *name, const char *value)
{
    d->s->host->line(d->page, name, value);
}

/* Nothing where it can't be read. */
static struct span read_own(const struct detail *d, const char *name, struct read_buffer *buf)
{
    char path[40];

    snprintf(path, sizeof path, "%d/%s", (int)d->process->pid, name);
    ssize_t len = read_file_grow(d->procfd, path, buf, PROC_STATUS_MOST);
    return len > 0 ? (struct span){ buf->data, (size_t)len } : (struct span){ "", 0 };
}

/* ---- limits ---- */

/* The soft and the hard limit in a line `Max open files   1024   4096   files`. */
static bool find_limit(struct span text, const char *name, struct span limit[2])
{
    const char *at = text.at, *end = text.at + text.len;
    struct span line;

    while (parse_line(&at, end, &line)) {
        const char *p = line.at, *line_end = line.at + line.len;

        if (parse_text(&p, line_end, name))
            return parse_word(&p, line_end, &limit[0]) && parse_word(&p, line_end, &limit[1]);
    }
    return false;
}

/* As many as there are entries in fd. */
static bool count_files(const struct detail *d, unsigned long *n)
{
    char path[40];

    snprintf(path, sizeof path, "%d/fd", (int)d->process->pid);
    int fd = openat(d->procfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    *n = 0;
    while ((entry = readdir(dir)) != NULL)
        *n += entry->d_name[0] != '.';
    closedir(dir);
    return true;
}

static void put_open_files(const struct detail *d, struct span limits)
{
    struct span limit[2];
    unsigned long n;
    char used[24] = "-", value[120];

    if (count_files(d, &n))
        snprintf(used, sizeof used, "%lu", n);
    if (find_limit(limits, "Max open files", limit))
        snprintf(value, sizeof value, "%s of %.*s, may be raised to %.*s", used,
                 (int)limit[0].len, limit[0].at, (int)limit[1].len, limit[1].at);
    else
        snprintf(value, sizeof value, "%s", used);
    put(d, "open files", value);
}

/* What vfio needs: all memory of a guest with a device of its own is locked. */
static void put_locked(const struct detail *d, struct span limits, struct span status)
{
    char used[24] = "-", value[120];
    struct span limit[2];
    uint64_t kib, bytes;

    if (proc_key_u64(status.at, status.len, "VmLck", &kib))
        snprintf(used, sizeof used, "%.1f", (double)kib / 1024);
    if (!find_limit(limits, "Max locked memory", limit)) {
        put(d, "locked memory", NULL);
        return;
    }
    const char *at = limit[0].at, *end = at + limit[0].len;
    if (parse_u64(&at, end, &bytes))
        snprintf(value, sizeof value, "%s of %.1f MiB", used, (double)bytes / MIB);
    else
        snprintf(value, sizeof value, "%s MiB, %.*s", used, (int)limit[0].len, limit[0].at);
    put(d, "locked memory", value);
}

/* A list such as 0-3,8 in status. */
static void put_list(const struct detail *d, const char *name, struct span status, const char *key)
{
    const char *at = status.at, *end = status.at + status.len;
    struct span line, word;
    char value[200];

    while (parse_line(&at, end, &line)) {
        const char *p = line.at;

        if (!parse_text(&p, line.at + line.len, key) ||
            !parse_word(&p, line.at + line.len, &word))
            continue;
        snprintf(value, sizeof value, "%.*s", (int)word.len, word.at);
        put(d, name, value);
        return;
    }
    put(d, name, NULL);
}

static void put_limits(const struct detail *d)
{
    struct read_buffer limits = { 0 }, status = { 0 };
    struct span l = read_own(d, "limits", &limits), s = read_own(d, "status", &status);

    d->s->host->heading(d->page, "Limits of the process");
    put_open_files(d, l);
    put_locked(d, l, s);
    put_list(d, "CPUs allowed", s, "Cpus_allowed_list:");
    put_list(d, "nodes allowed", s, "Mems_allowed_list:");
    read_buffer_free(&limits);
    read_buffer_free(&status);
}

/* ---- NUMA ---- */

/* What programs have on the whole host, of their own and shared, but not in transparent huge pages:
 * no guest has more.  (hugetlbfs is not among it.) */
static uint64_t small_of_host(const struct detail *d)
{
    static const struct {
        const char *all, *huge;
    } kinds[] = { { "AnonPages", "AnonHugePages" }, { "Shmem", "ShmemHugePages" } };
    char text[8192];
    ssize_t len = read_file_at(d->procfd, "meminfo", text, sizeof text);
    uint64_t kib = 0, all, huge;

    for (size_t i = 0; i < KVMTOP_COUNT(kinds); i++) {
        if (len < 0 || !proc_key_u64(text, (size_t)len, kinds[i].all, &all))
            return UINT64_MAX;
        if (!proc_key_u64(text, (size_t)len, kinds[i].huge, &huge))
            huge = 0;
        kib += all > huge ? all - huge : 0;
    }
    return kib * 1024;
}

static bool takes_long(const struct detail *d)
{
    uint64_t memory[3];

    return proc_read_memory(d->procfd, d->process->pid, d->s->host->page_size, memory) == 0 &&
           memory[1] > NUMA_SMALL && small_of_host(d) > NUMA_SMALL;
}

static int read_numa(const struct detail *d, struct numa *numa)
{
    struct read_buffer buf = { 0 };
    char path[40];

    if (takes_long(d))
        return -E2BIG;
    snprintf(path, sizeof path, "%d/numa_maps", (int)d->process->pid);
    ssize_t len = read_file_grow(d->procfd, path, &buf, NUMA_MAX);
    int r = len < 0 ? (int)len : numa_parse(buf.data, (size_t)len, numa) ? 0 : -ENODATA;
    read_buffer_free(&buf);
    return r;
}

/* As it was read no longer than 30 s ago.  NULL: no memory for it. */
static const struct proc_placement *placement(const struct detail *d)
{
    struct proc_placement *p = d->s->placement;
    uint64_t now = proc_now(d->s);

    if (p == NULL)
        p = d->s->placement = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    bool same = p->pid == d->process->pid && p->birth == d->process->birth;
    if (!same || now < p->time || now - p->time >= NUMA_AGE) {
        p->pid = d->process->pid;
        p->birth = d->process->birth;
        p->time = now;
        p->error = read_numa(d, &p->numa);
    }
    return p;
}

static const char *why_unread(int err)
{
    static const struct {
        int err;
        const char *why;
    } reasons[] = {
        { -EACCES, "others' memory is told to root alone (CAP_SYS_PTRACE)" },
        { -EPERM, "others' memory is told to root alone (CAP_SYS_PTRACE)" },
        { -ENOENT, "the kernel has no NUMA support, or the process has ended" },
        { -ESRCH, "the process has ended" },
        { -ENODATA, "there is no memory of its own" },
        { -E2BIG, "more than 16 GiB are resident, maybe in small pages, and keys would wait while "
                  "the kernel passes over all of them" },
        { -EFBIG, "there are too many mappings (numa_maps has more than 8 MiB)" },
    };

    for (size_t i = 0; i < KVMTOP_COUNT(reasons); i++)
        if (reasons[i].err == err)
            return reasons[i].why;
    return strerror(-err);
}

static void put_node(const struct detail *d, const struct numa *numa, unsigned i)
{
    char name[24], value[60];
    double all = 0, here = (double)numa->node[i].bytes;

    for (unsigned n = 0; n < numa->nnodes; n++)
        all += (double)numa->node[n].bytes;
    snprintf(name, sizeof name, "node %u", numa->node[i].id);
    snprintf(value, sizeof value, "%.1f MiB, %.0f %%", here / MIB, all > 0 ? 100 * here / all : 0);
    put(d, name, value);
}

static void put_numa(const struct detail *d)
{
    const struct proc_placement *p = placement(d);

    d->s->host->heading(d->page, "NUMA placement");
    if (p == NULL || p->error != 0) {
        put(d, "unknown", p == NULL ? "no memory" : why_unread(p->error));
        return;
    }
    for (unsigned i = 0; i < p->numa.nnodes; i++)
        put_node(d, &p->numa, i);
    put(d, "policy", p->numa.policy);
}

int proc_detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    struct proc *s = state;
    struct detail d = { s, process, page, s->host->dir(s->host, KVMTOP_DIR_PROC) };

    put_limits(&d);
    put_numa(&d);
    return 0;
}
