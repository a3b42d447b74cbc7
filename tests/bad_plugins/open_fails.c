/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open() fails and says why. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(open_fails, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(open_fails) };

static int open_fails(const struct kvmtop_host *host, void **state)
{
    (void)state;
    return host->fail(host, -ENODEV, "there is no \"thing\" \033[2J here");
}

KVMTOP_PLUGIN(open_fails) = {
    BAD_HEAD(open_fails), BAD_PARTS(tables, sources), .open = open_fails,
};
