/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options to be misused: a name, a number from 1 to 10, one that likes nothing, and one that asks
 * for the host before it is open. */
#include "bad.h"

static int dislikes(const struct kvmtop_host *host, const char *value)
{
    return host->fail(host, -EINVAL, "'%s' is not to my liking", value);
}

static int is_nosy(const struct kvmtop_host *host, const char *value)
{
    return host->fail(host, -EINVAL, "%s: proc %d, sys %d, etc %d, user %s", value,
                      host->dir(host, KVMTOP_DIR_PROC), host->dir(host, KVMTOP_DIR_SYS),
                      host->dir(host, KVMTOP_DIR_ETC), host->user(host, 0));
}

static const struct kvmtop_option options[] = {
    { .name = "path", .help = "any text", .type = KVMTOP_OPTION_STRING },
    { .name = "count", .help = "a number", .type = KVMTOP_OPTION_NUMBER, .value = "5", .min = 1,
      .max = 10 },
    { .name = "picky", .help = "no text", .type = KVMTOP_OPTION_STRING, .check = dislikes },
    { .name = "nosy", .help = "no text", .type = KVMTOP_OPTION_STRING, .check = is_nosy },
    { .name = "flag", .help = "yes or no", .type = KVMTOP_OPTION_BOOL, .value = "no" },
};

static const struct kvmtop_table tables[] = { BAD_TABLE(options, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(options) };

KVMTOP_PLUGIN(options) = {
    BAD_HEAD(options), BAD_PARTS(tables, sources), .options = options,
    .noptions = KVMTOP_COUNT(options),
};
