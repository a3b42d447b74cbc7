/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plugins as shared objects: where they are, whether they may be trusted, opening them. */
#ifndef KVMTOP_CORE_PLUGIN_FILE_H
#define KVMTOP_CORE_PLUGIN_FILE_H

struct kvmtop_plugin;
struct plugin;
struct string_list;

/* Why no plugin can be loaded from this folder; NULL: one may be. */
const char *plugin_dir_error(const char *dir);

/* Find NAME.so in the folders and open it: its descriptor, unchecked.  NULL with the plugin's error
 * set: there is none, others may write it, it is no shared object, it has no descriptor; or this
 * build has no dlopen(3). */
const struct kvmtop_plugin *plugin_file_open(struct plugin *plugin,
                                             const struct string_list *dirs);
void plugin_file_close(struct plugin *plugin);

#endif
