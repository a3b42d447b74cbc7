/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view by the key that another has: it comes without one. */
#include "bad.h"

static const struct kvmtop_table tables[] = {
    { .name = "hotkey_clash", .title = "Bad", .hotkey = 'c', .sort = "id",
      .columns = bad_columns, .ncolumns = KVMTOP_COUNT(bad_columns) },
};
static const struct kvmtop_source sources[] = { BAD_SOURCE(hotkey_clash) };

KVMTOP_PLUGIN(hotkey_clash) = { BAD_HEAD(hotkey_clash), BAD_PARTS(tables, sources) };
