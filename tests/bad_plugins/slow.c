/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect() makes the file that the option `flag` names, and goes on once it is gone. */
#define _GNU_SOURCE
#include "bad.h"

#include <fcntl.h>
#include <unistd.h>

static int collect(void *state, struct kvmtop_sample *sample)
{
    const struct kvmtop_host *host = state;
    const char *flag = host->option(host, "flag", 0);
    int fd = open(flag, O_CREAT | O_EXCL | O_CLOEXEC | O_WRONLY, 0600);

    if (fd >= 0)
        close(fd);
    while (access(flag, F_OK) == 0)
        usleep(20000);
    return bad_rows(sample, 2);
}

static int open_slow(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    return 0;
}

static const struct kvmtop_table tables[] = { BAD_TABLE(slow, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "slow", .columns = bad_brings, .collect = collect },
};
static const struct kvmtop_option options[] = {
    { .name = "flag", .type = KVMTOP_OPTION_STRING, .value = "/dev/null/none", .help = "a file" },
};

KVMTOP_PLUGIN(slow) = {
    BAD_HEAD(slow), BAD_PARTS(tables, sources), .options = options,
    .noptions = KVMTOP_COUNT(options), .open = open_slow,
};
