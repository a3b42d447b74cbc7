/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two views by one key: the second comes without one. */
#include "bad.h"

static const struct kvmtop_table tables[] = {
    BAD_TABLE(hotkey_twice, bad_columns),
    { .name = "second", .title = "Bad", .hotkey = '~', .sort = "id", .columns = bad_columns,
      .ncolumns = KVMTOP_COUNT(bad_columns) },
};
static const struct kvmtop_source sources[] = { BAD_SOURCE(hotkey_twice), BAD_SOURCE(second) };

KVMTOP_PLUGIN(hotkey_twice) = { BAD_HEAD(hotkey_twice), BAD_PARTS(tables, sources) };
