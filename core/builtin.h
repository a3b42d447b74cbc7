/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugins linked into the program.  The build makes the table from configure's
 * --with-builtin; as a rule it is empty, and plugins are shared objects.
 */
#ifndef KVMTOP_CORE_BUILTIN_H
#define KVMTOP_CORE_BUILTIN_H

struct kvmtop_plugin;

/* Ends with NULL. */
extern const struct kvmtop_plugin *const builtin_table[];

#endif
