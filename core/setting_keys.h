/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of [core] in one table: what files may set, and what holds without them. */
#ifndef KVMTOP_CORE_SETTING_KEYS_H
#define KVMTOP_CORE_SETTING_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/setting.h"

struct setting_key {
    const char *name, *value, *help; /* value: the default, as a file would say it */
    setting_fn *set;
    bool list;                  /* takes += */
    bool system;                /* not in a user's file */
};

/* From 0 on; NULL past the last. */
const struct setting_key *setting_key(size_t i);

/* The default of the key of this name, which is there. */
const char *setting_default(const char *name);

#endif
