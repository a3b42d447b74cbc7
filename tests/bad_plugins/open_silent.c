/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open() fails without a word. */
#include "bad.h"

static const struct kvmtop_table tables[] = { BAD_TABLE(open_silent, bad_columns) };
static const struct kvmtop_source sources[] = { BAD_SOURCE(open_silent) };

static int open_silent(const struct kvmtop_host *host, void **state)
{
    (void)host;
    (void)state;
    return -ENODEV;
}

KVMTOP_PLUGIN(open_silent) = {
    BAD_HEAD(open_silent), BAD_PARTS(tables, sources), .open = open_silent,
};
