/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text -> settings: one function a value, shared by the INI files and the command line. */
#ifndef KVMTOP_CORE_SETTING_H
#define KVMTOP_CORE_SETTING_H

#include <stdbool.h>

#include "core/settings.h"

/* A value as it was written. */
struct setting {
    const char *text;           /* NULL: an option without its optional argument */
    bool add;                   /* `key += text` */
    unsigned nth;               /* of an option: how often it was given before */
    struct origin origin;
};

/* NULL, or what the text should have been, such as "a number of rows" (static): then the
 * settings are left alone. */
typedef const char *setting_fn(struct settings *settings, const struct setting *from);

setting_fn setting_interval, setting_limit, setting_view;
/* Files alone.  The three lists can be added to. */
setting_fn setting_plugins, setting_plugin_dir, setting_vmm, setting_theme, setting_mouse,
    setting_side, setting_watchdog;
/* The command line alone. */
setting_fn setting_pids, setting_batch, setting_iterations, setting_output, setting_sort,
    setting_filter, setting_columns, setting_config, setting_option_dir, setting_root,
    setting_without, setting_list_columns;

/* The same answer for text that is kept as it is: names of columns; COLUMN[:asc|:desc]. */
const char *setting_check_columns(const char *text);
const char *setting_check_sort(const char *text);

/* [A-Za-z0-9_]+, as plugins are named, and [a-z0-9_%]+, as tables and columns are. */
bool setting_is_plugin(const char *text, size_t len);
bool setting_is_column(const char *text, size_t len);

#endif
