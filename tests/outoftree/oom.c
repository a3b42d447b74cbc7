/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Columns in the table of processes: whom the kernel would kill first when memory runs out, from
 * /proc/PID/oom_score and oom_score_adj (proc(5)).
 */
#define _GNU_SOURCE
#include <kvmtop/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Read only while shown, sorted or filtered by; a guest's row has the highest of its processes. */
static const struct kvmtop_column columns[] = {
    { .name = "oom", .title = "OOM", .help = "the score by which the kernel chooses whom to kill",
      .kind = KVMTOP_GAUGE, .aggregate = KVMTOP_MAX, .flags = KVMTOP_COSTLY, .width = 5 },
    { .name = "oom_adj", .title = "OOMadj", .help = "what is added to that score: -1000 is never",
      .kind = KVMTOP_GAUGE, .number = KVMTOP_I64, .flags = KVMTOP_COSTLY | KVMTOP_OPTIONAL },
};

static const char *const names[] = { "oom", "oom_adj", NULL };

static const struct kvmtop_table tables[] = {
    { .name = "process", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

/* False: errno says why. */
static bool read_number(const struct kvmtop_host *host, uint64_t pid, const char *file, int64_t *n)
{
    char path[64], text[32], *end = text;
    int fd;
    ssize_t len;

    snprintf(path, sizeof path, "%llu/%s", (unsigned long long)pid, file);
    fd = openat(host->dir(host, KVMTOP_DIR_PROC), path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    errno = EBADMSG;
    len = read(fd, text, sizeof text - 1);
    close(fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    *n = strtoll(text, &end, 10);
    return end > text;
}

/* A process that has just ended is no error: its row goes with the next round. */
static void fill_cell(const struct kvmtop_host *host, struct kvmtop_sample *sample,
                      const struct kvmtop_row *row, unsigned i, const char *file)
{
    int64_t n;

    if (!kvmtop_wants(sample, i))
        return;
    if (read_number(host, row->id, file, &n))
        kvmtop_set_i64(row, i, n);
    else if (errno != ENOENT && errno != ESRCH)
        host->unknown(sample, i, strerror(errno));
}

static int fill(void *state, struct kvmtop_sample *sample)
{
    const struct kvmtop_host *host = state;
    struct kvmtop_row row;

    while (host->next(sample, &row)) {
        fill_cell(host, sample, &row, 0, "oom_score");
        fill_cell(host, sample, &row, 1, "oom_score_adj");
    }
    return 0;
}

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = names, .fill = fill },
};

static int open_oom(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    return 0;
}

KVMTOP_PLUGIN(oom) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "oom",
    .version = "1",
    .license = "GPL-3.0-or-later",
    .summary = "whom the kernel would kill for memory",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_oom,
};
