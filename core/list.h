/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --list-plugins, --list-columns, --list-options, --version. */
#ifndef KVMTOP_CORE_LIST_H
#define KVMTOP_CORE_LIST_H

#include "core/session.h"

void list_version(void);
void list_plugins(const struct model *model);
/* What a plugin does now: "collects process", "stands by for process", or why it does nothing. */
void list_role(const struct model *model, const struct plugin *plugin, char *buf, size_t cap);
/* The keys of [core] and of each plugin that could be loaded, opened or not. */
void list_options(const struct model *model);
/* view NULL: all.  Returns the exit status. */
int list_columns(const struct session *session, const char *view);

#endif
