/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `bpf`: the rows of the table `process` by one walk of a BPF program over all tasks,
 * threads too.  The table's schema is the plugin proc's, and so is what isn't in a task: command
 * lines and memory.  How it is done: bpf/sampler.h.
 *
 * Another program counts how long block requests take, while a column of that is wanted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/sampler.h"
#include "lib/parse.h"
#include "lib/proc_stat.h"
#include "lib/read.h"

const char *const sampler_columns[] = {
    [COL_PID] = "pid", [COL_TID] = "tid", [COL_USER] = "user", [COL_UPTIME] = "uptime",
    [COL_R_LOG] = "r_log", [COL_W_LOG] = "w_log", [COL_WAIT] = "wait", [COL_R_MIB] = "r_mib",
    [COL_W_MIB] = "w_mib", [COL_CPU] = "cpu", [COL_STATE] = "state", [COL_COMM] = "comm",
    [COL_NICE] = "nice", [COL_THREADS] = "threads", [COL_MINFLT] = "minflt",
    [COL_MAJFLT] = "majflt", [COL_GUEST] = "guest", [COL_RUNDELAY] = "rundelay",
    [COL_CLASS] = "class", [COL_VCPUS] = "vcpus", [COL_VCPU_CPU] = "vcpu_cpu",
    [COL_EMU_CPU] = "emu_cpu", [COL_IO_CPU] = "io_cpu", [COL_VHOST_CPU] = "vhost_cpu",
    [COL_STEAL] = "steal", [COL_VM_STATE] = "vm_state", [COL_COUNT] = NULL,
};

_Static_assert(COL_COUNT <= 64, "one word for what is wanted");

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = sampler_columns, .collect = sampler_collect },
    { .table = "process", .columns = latency_columns, .kind = ROW_PROCESS, .fill = latency_fill,
      .idle = latency_idle },
};

static int check_way(const struct kvmtop_host *host, const char *value)
{
    if (strcmp(value, "auto") == 0 || strcmp(value, "walk") == 0 || strcmp(value, "iter") == 0)
        return 0;
    return host->fail(host, -EINVAL, "must be auto, walk or iter");
}

static const struct kvmtop_option options[] = {
    { .name = "way", .type = KVMTOP_OPTION_STRING, .value = "auto", .check = check_way,
      .help = "walk: over all tasks in one go (Linux 6.7); iter: one after the other (Linux 5.8); "
              "auto: the first of them that the kernel allows" },
    { .name = "walk_tasks", .type = KVMTOP_OPTION_NUMBER, .value = "50000", .min = 0,
      .max = 4194304,
      .help = "with way = auto and more tasks than this, iter is taken: it costs more, but "
              "nothing in the kernel has to wait for the whole walk" },
    { .name = "room", .type = KVMTOP_OPTION_NUMBER, .value = "0", .min = 0, .max = 4194304,
      .help = "tasks to have room for at first (it grows); 0: as many as there are" },
};

static size_t number(const struct kvmtop_host *host, const char *option)
{
    const char *text = host->option(host, option, 0);
    uint64_t value;

    return text != NULL && parse_number(text, &value) ? (size_t)value : 0;
}

static void take_options(struct sampler *s)
{
    const char *way = s->host->option(s->host, "way", 0);

    s->may_walk = strcmp(way, "iter") != 0;
    s->may_iterate = strcmp(way, "walk") != 0;
    s->most = number(s->host, "walk_tasks");
    s->room = number(s->host, "room");
}

/* ---- is it the kernel's /proc? ---- */

/* In clock ticks of that /proc; false: it isn't to be had. */
static bool read_own_start(const struct kvmtop_host *host, uint64_t *ticks)
{
    char text[PROC_STAT_TEXT];
    ssize_t len = read_once_at(host->dir(host, KVMTOP_DIR_PROC), "self/stat", text, sizeof text);
    struct proc_stat stat;

    if (len < 0 || !proc_stat_parse(text, (size_t)len, &stat) || !proc_stat_has(&stat, STAT_START))
        return false;
    *ticks = stat.value[STAT_START];
    return true;
}

/* The program numbers processes and counts time as the kernel itself does.  In a PID or time
 * namespace of its own, /proc and system calls don't. */
static int check_namespaces(struct sampler *s)
{
    const struct kvmtop_host *host = s->host;
    const struct tgroup *self;
    uint64_t ticks;
    int r;

    sampler_begin_walk(s);
    r = sampler_walk(s, UINT64_MAX);
    if (r < 0)
        return r;
    self = tgroups_find(&s->groups, (uint32_t)getpid());
    if (self == NULL || !read_own_start(host, &ticks) || self->start / s->tick != ticks)
        return host->fail(host, -ENOTSUP,
                          "/proc is not the kernel's own (a PID or time namespace)");
    return 0;
}

/* ---- the plugin ---- */

static void close_bpf(void *state)
{
    struct sampler *s = state;

    latency_idle(s);
    walker_close(s->walker);
    tgroups_free(&s->groups);
    tgroups_free(&s->before);
    still_free(&s->still);
    free(s);
}

static int open_bpf(const struct kvmtop_host *host, void **state)
{
    struct sampler *s;
    int r;

    if (!host->live)
        return host->fail(host, -ENOTSUP, "needs the running kernel, not a recorded host");
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return host->fail(host, -ENOMEM, "no memory");
    s->host = host;
    s->tick = 1000000000u / host->clock_ticks;
    take_options(s);
    r = sampler_load(s);
    if (r == 0)
        r = check_namespaces(s);
    if (r < 0)
        close_bpf(s);
    else
        *state = s;
    return r;
}

KVMTOP_PLUGIN(bpf) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "bpf",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "processes and threads by BPF, all in one go; latency of block I/O",
    .options = options,
    .noptions = KVMTOP_COUNT(options),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_bpf,
    .close = close_bpf,
    .detail = latency_detail,
};
