/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A view of its own, key i: the kernel's soft interrupts by kind, from /proc/softirqs (proc(5)),
 * whose lines are `NAME: COUNT COUNT …`, a count for each CPU.
 */
#define _GNU_SOURCE
#include <kvmtop/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct kvmtop_column columns[] = {
    { .name = "kind", .title = "Kind", .help = "what the interrupt is for", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_IDENTITY, .width = 10 },
    { .name = "rate", .title = "Count", .help = "soft interrupts a second on all CPUs",
      .unit = "/s", .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM, .digit = 1, .width = 10 },
    { .name = "busiest", .title = "Busiest", .help = "the CPU that has had most of them",
      .kind = KVMTOP_ID, .width = 7 },
};

enum { COL_KIND, COL_RATE, COL_BUSIEST };

static const char *const names[] = { "kind", "rate", "busiest", NULL };

static const struct kvmtop_table tables[] = {
    { .name = "softirq", .title = "Soft interrupts", .hotkey = 'i', .sort = "rate",
      .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

/* The counts after the colon.  The number of CPUs; 0: not a line of counts. */
static unsigned add_up(const char *at, uint64_t *sum, unsigned *busiest)
{
    uint64_t most = 0;
    unsigned cpus = 0;

    *sum = *busiest = 0;
    for (char *end; ; at = end, cpus++) {
        uint64_t count = strtoull(at, &end, 10);

        if (end == at)
            return cpus;
        *sum += count;
        if (count > most) {
            most = count;
            *busiest = cpus;
        }
    }
}

/* The row of the kind that is the id-th in the file. */
static void put_row(struct kvmtop_sample *sample, uint64_t id, const char *line)
{
    const char *name = line + strspn(line, " "), *colon = strchr(name, ':');
    struct kvmtop_row row;
    uint64_t sum;
    unsigned busiest;

    if (colon == NULL || add_up(colon + 1, &sum, &busiest) == 0 ||
        !sample->host->row(sample, 0, id, 0, 0, &row))
        return;
    sample->host->text(sample, &row, COL_KIND, name, (size_t)(colon - name));
    kvmtop_set_u64(&row, COL_RATE, sum);
    if (sum > 0)
        kvmtop_set_u64(&row, COL_BUSIEST, busiest);
}

static int collect(void *state, struct kvmtop_sample *sample)
{
    const struct kvmtop_host *host = state;
    int fd = openat(host->dir(host, KVMTOP_DIR_PROC), "softirqs", O_RDONLY | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    char *line = NULL;
    size_t cap = 0;

    if (file == NULL) {
        int err = -errno;

        if (fd >= 0)
            close(fd);
        return host->fail(host, err, "/proc/softirqs: %s", strerror(-err));
    }
    for (uint64_t id = 0; getline(&line, &cap, file) >= 0; id++)
        put_row(sample, id, line);
    free(line);
    fclose(file);
    return 0;
}

static const struct kvmtop_source sources[] = {
    { .table = "softirq", .columns = names, .collect = collect },
};

static int open_softirq(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    return 0;
}

KVMTOP_PLUGIN(softirq) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "softirq",
    .version = "1",
    .license = "GPL-3.0-or-later",
    .summary = "soft interrupts by kind",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_softirq,
};
