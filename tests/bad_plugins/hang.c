/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does not return from the callback that the option `at` names: by spinning, or `in_kernel` by
 * waiting where no signal's handler can run. */
#define _GNU_SOURCE
#include "bad.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Until the child is gone the parent waits as it does for a dead file server: killable. */
static void wait_in_kernel(void)
{
    if (vfork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
}

static void at(const struct kvmtop_host *host, const char *callback)
{
    if (strcmp(host->option(host, "at", 0), callback) != 0)
        return;
    if (strcmp(host->option(host, "in_kernel", 0), "1") == 0)
        wait_in_kernel();
    for (volatile int spin = 1; spin;)
        ;
}

static int collect(void *state, struct kvmtop_sample *sample)
{
    at(state, "collect");
    return bad_rows(sample, 2);
}

static int fill(void *state, struct kvmtop_sample *sample)
{
    (void)sample;
    at(state, "fill");
    return 0;
}

static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    (void)process;
    (void)guest;
    at(state, "resolve");
    return 0;
}

static int claims(void *state, const struct kvmtop_process *process, struct kvmtop_claims *claims)
{
    (void)process;
    (void)claims;
    at(state, "claims");
    return 0;
}

static int detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    (void)process;
    (void)page;
    at(state, "detail");
    return 0;
}

static int check(const struct kvmtop_host *host, const char *value)
{
    (void)host;
    if (strcmp(value, "check") == 0)
        for (volatile int spin = 1; spin;)
            ;
    return 0;
}

static int open_hang(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    at(host, "open");
    return 0;
}

static void close_hang(void *state)
{
    at(state, "close");
}

static const struct kvmtop_column more[] = {
    { .name = "more", .title = "More", .help = "more", .kind = KVMTOP_GAUGE },
};
static const char *const brings_more[] = { "more", NULL };

static const struct kvmtop_table tables[] = {
    BAD_TABLE(hang, bad_columns),
    { .name = "process", .columns = more, .ncolumns = 1 },
};
static const struct kvmtop_source sources[] = {
    { .table = "hang", .columns = bad_brings, .collect = collect },
    { .table = "process", .columns = brings_more, .fill = fill },
};
static const struct kvmtop_resolver resolvers[] = {
    { .name = "hang", .rank = 1, .resolve = resolve, .claims = claims },
};
static const struct kvmtop_option options[] = {
    { .name = "at", .type = KVMTOP_OPTION_STRING, .value = "", .help = "where", .check = check },
    { .name = "in_kernel", .type = KVMTOP_OPTION_BOOL, .value = "0", .help = "how" },
};

KVMTOP_PLUGIN(hang) = {
    BAD_HEAD(hang), BAD_PARTS(tables, sources),
    .options = options, .noptions = KVMTOP_COUNT(options),
    .resolvers = resolvers, .nresolvers = KVMTOP_COUNT(resolvers),
    .open = open_hang, .close = close_hang, .detail = detail,
};
