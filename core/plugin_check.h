/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a plugin's descriptor what the contract says?  Reads data only, calls nothing. */
#ifndef KVMTOP_CORE_PLUGIN_CHECK_H
#define KVMTOP_CORE_PLUGIN_CHECK_H

#include <stddef.h>

#include <kvmtop/plugin.h>

/* The version, judged before anything else of the descriptor is read. */
bool plugin_check_abi(uint32_t abi, char *err, size_t cap);

/* Of a table.  Where it names more, none have been copied, and plugin_check() refuses it. */
#define PLUGIN_COLUMNS_MAX 256u

/* A descriptor whose arrays have been copied to this host's strides.  columns: per table.  False
 * with one line in err. */
bool plugin_check(const struct kvmtop_plugin *desc, const char *name,
                  struct kvmtop_column *const *columns, char *err, size_t cap);

#endif
