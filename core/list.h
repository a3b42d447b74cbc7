/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --list-plugins, --list-columns, --version. */
#ifndef KVMTOP_CORE_LIST_H
#define KVMTOP_CORE_LIST_H

#include "core/session.h"

void list_version(void);
void list_plugins(const struct model *model);
/* view NULL: all.  Returns the exit status. */
int list_columns(const struct session *session, const char *view);

#endif
