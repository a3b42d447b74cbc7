/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `kvm`: what KVM counts of a guest, added to its VMM's row, from the folders
 * kvm/PID-FD of debugfs (since Linux 4.7), one for each virtual machine that a process has.
 */
#include <kvmtop/plugin.h>

#include "kvm/detail.h"
#include "kvm/vms.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUGFS "kernel/debug"

/* ---- the columns ---- */

enum { COL_EXITS, COL_IO_EXITS, COL_HALT_EXITS, COL_IRQ_INJ, COL_COUNT };

#define ADDED                                                                                     \
    .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY

static const struct kvmtop_column columns[] = {
    { .name = "exits", .title = "Exits", .unit = "/s", .importance = 13, ADDED, .group = "KVM",
      .help = "of a guest: exits from guest mode a second, of all vCPUs (debugfs, kvm/PID-FD)" },
    { .name = "io_exits", .title = "IOExits", .unit = "/s", .importance = 13, ADDED, .group = "KVM",
      .help = "of a guest: exits a second for port I/O (debugfs, kvm/PID-FD; x86)" },
    { .name = "halt_exits", .title = "HltExits", .unit = "/s", .importance = 13, ADDED,
      .group = "KVM",
      .help = "of a guest: exits a second of vCPUs with nothing to do (debugfs, kvm/PID-FD)" },
    { .name = "irq_inj", .title = "IRQ_Inj", .unit = "/s", .importance = 13, ADDED, .group = "KVM",
      .help = "of a guest: interrupts injected a second (debugfs, kvm/PID-FD, irq_injections; "
              "x86)" },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

static const char *const column_names[] = {
    [COL_EXITS] = "exits", [COL_IO_EXITS] = "io_exits", [COL_HALT_EXITS] = "halt_exits",
    [COL_IRQ_INJ] = "irq_inj", [COL_COUNT] = NULL,
};

static const char *const files[COL_COUNT] = {
    [COL_EXITS] = "exits", [COL_IO_EXITS] = "io_exits", [COL_HALT_EXITS] = "halt_exits",
    [COL_IRQ_INJ] = "irq_injections",
};

/* ---- what they count ---- */

/* Over all virtual machines of the process; what one of them doesn't tell is unknown. */
static int sum_count(const struct kvm *s, int kvmfd, size_t first, const char *file,
                     uint64_t *sum)
{
    uint64_t count;
    int r;

    *sum = 0;
    for (size_t i = first; i < s->nvms && s->vm[i].pid == s->vm[first].pid; i++) {
        r = kvm_read_count(kvmfd, s->vm[i].folder, file, &count);
        if (r < 0)
            return r;
        *sum += count;
    }
    return 0;
}

static const char *why_unread(int err)
{
    if (err == -EPERM || err == -EACCES)
        return "the files of debugfs may not be read: not by others than root, by nobody while the "
               "kernel is locked down";
    return "KVM does not count this here";
}

static void fill_row(const struct kvm *s, int kvmfd, struct kvmtop_sample *sample,
                     const struct kvmtop_row *row)
{
    size_t first = kvm_find(s, (int32_t)row->id);
    uint64_t sum;

    for (unsigned i = 0; i < COL_COUNT; i++) {
        if (!kvmtop_wants(sample, i))
            continue;
        int r = first < s->nvms ? sum_count(s, kvmfd, first, files[i], &sum) : -ESRCH;
        if (r == 0)
            kvmtop_set_u64(row, i, sum);
        else if (r == -ESRCH)
            s->host->unknown(sample, i, "some guests run without KVM, or in another PID namespace");
        else
            s->host->unknown(sample, i, why_unread(r));
    }
}

/* ---- the round ---- */

/* Nothing stands in the place where debugfs belongs while it isn't mounted. */
static const char *why_missing(int sysfd, int err)
{
    struct stat st;

    if (err == -EACCES || err == -EPERM)
        return "debugfs at /sys/kernel/debug is root's alone";
    if (err != -ENOENT)
        return "the folder kvm of debugfs could not be read";
    if (fstatat(sysfd, DEBUGFS "/.", &st, 0) < 0 || st.st_nlink <= 2)
        return "debugfs is not mounted at /sys/kernel/debug";
    return "debugfs has no folder kvm: the module is not loaded";
}

static void tell_all(const struct kvm *s, struct kvmtop_sample *sample, const char *reason)
{
    for (unsigned i = 0; i < COL_COUNT; i++)
        if (kvmtop_wants(sample, i))
            s->host->unknown(sample, i, reason);
}

static int fill(void *state, struct kvmtop_sample *sample)
{
    struct kvm *s = state;
    int sysfd = s->host->dir(s->host, KVMTOP_DIR_SYS);
    int kvmfd = openat(sysfd, DEBUGFS "/kvm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = kvmfd < 0 ? -errno : kvm_list(s, kvmfd);
    struct kvmtop_row row;

    if (r < 0)
        tell_all(s, sample, why_missing(sysfd, r));
    while (r == 0 && s->host->next(sample, &row))
        fill_row(s, kvmfd, sample, &row);
    if (kvmfd >= 0)
        close(kvmfd);
    return r == -ENOMEM ? s->host->fail(s->host, r, "no memory") : 0;
}

static int detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    struct kvm *s = state;
    int sysfd = s->host->dir(s->host, KVMTOP_DIR_SYS);
    int kvmfd = openat(sysfd, DEBUGFS "/kvm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r;

    if (kvmfd < 0)
        return 0;
    r = kvm_list(s, kvmfd);
    kvm_detail(s, kvmfd, process->pid, page);
    close(kvmfd);
    return r == -ENOMEM ? s->host->fail(s->host, r, "no memory") : 0;
}

static void idle(void *state)
{
    kvm_free(state);
}

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = column_names, .flags = KVMTOP_FILL_GUESTS, .fill = fill,
      .idle = idle },
};

/* ---- the plugin ---- */

static int open_kvm(const struct kvmtop_host *host, void **state)
{
    struct kvm *s = calloc(1, sizeof *s);

    if (s == NULL)
        return host->fail(host, -ENOMEM, "no memory");
    s->host = host;
    *state = s;
    return 0;
}

static void close_kvm(void *state)
{
    idle(state);
    free(state);
}

KVMTOP_PLUGIN(kvm) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "kvm",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "exits and interrupts of guests by KVM's counters in debugfs",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_kvm,
    .close = close_kvm,
    .detail = detail,
};
