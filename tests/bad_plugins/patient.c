/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect() has its rows at once, and then MORE as long as the file is there that the option `flag`
 * names. */
#define _GNU_SOURCE
#include "bad.h"

#include <unistd.h>

static int collect(void *state, struct kvmtop_sample *sample)
{
    const struct kvmtop_host *host = state;

    bad_rows(sample, 2);
    if (access(host->option(host, "flag", 0), F_OK) != 0)
        return 0;
    usleep(20000);
    return KVMTOP_MORE;
}

static int open_patient(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    return 0;
}

static const struct kvmtop_table tables[] = { BAD_TABLE(patient, bad_columns) };
static const struct kvmtop_source sources[] = {
    { .table = "patient", .columns = bad_brings, .collect = collect },
};
static const struct kvmtop_option options[] = {
    { .name = "flag", .type = KVMTOP_OPTION_STRING, .value = "/dev/null/none", .help = "a file" },
};

KVMTOP_PLUGIN(patient) = {
    BAD_HEAD(patient), BAD_PARTS(tables, sources), .options = options,
    .noptions = KVMTOP_COUNT(options), .open = open_patient,
};
