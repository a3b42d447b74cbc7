/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which plugin brings which cells. */
#ifndef KVMTOP_CORE_SOURCES_H
#define KVMTOP_CORE_SOURCES_H

#include "core/model.h"

/* Bind the sources of all opened plugins to their tables and seal those; what a source asks for in
 * vain is its plugin's error, and columns that nobody brings say why. */
void sources_bind(struct model *model);

void sources_free(struct binding *binding);

#endif
