/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An option whose default its own check refuses. */
#include "bad.h"

static int dislikes(const struct kvmtop_host *host, const char *value)
{
    return host->fail(host, -EINVAL, "'%s' is not to my liking", value);
}

static const struct kvmtop_option options[] = {
    { .name = "picky", .help = "x", .type = KVMTOP_OPTION_STRING, .value = "some",
      .check = dislikes },
};

KVMTOP_PLUGIN(default_wrong) = {
    BAD_HEAD(default_wrong), .options = options, .noptions = KVMTOP_COUNT(options),
};
