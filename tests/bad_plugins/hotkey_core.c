/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view by a key that means something else in every view: it comes without one. */
#include "bad.h"

static const struct kvmtop_table tables[] = {
    { .name = "hotkey_core", .title = "Bad", .hotkey = 'q', .sort = "id",
      .columns = bad_columns, .ncolumns = KVMTOP_COUNT(bad_columns) },
};
static const struct kvmtop_source sources[] = { BAD_SOURCE(hotkey_core) };

KVMTOP_PLUGIN(hotkey_core) = { BAD_HEAD(hotkey_core), BAD_PARTS(tables, sources) };
