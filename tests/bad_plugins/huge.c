/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More columns than it has. */
#include "bad.h"

static const struct kvmtop_table tables[] = {
    { .name = "huge", .title = "Huge", .hotkey = '~', .sort = "id", .columns = bad_columns,
      .ncolumns = UINT32_MAX },
};
static const struct kvmtop_source sources[] = { BAD_SOURCE(huge) };

KVMTOP_PLUGIN(huge) = { BAD_HEAD(huge), BAD_PARTS(tables, sources) };
