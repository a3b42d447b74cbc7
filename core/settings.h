/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program was told to do: by its defaults, the INI files and the command line. */
#ifndef KVMTOP_CORE_SETTINGS_H
#define KVMTOP_CORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/str.h"

enum output_format { OUTPUT_TEXT, OUTPUT_CSV, OUTPUT_JSON };

enum command {                  /* what the command line asks for */
    COMMAND_RUN,
    COMMAND_LIST_PLUGINS,
    COMMAND_LIST_COLUMNS,
    COMMAND_LIST_OPTIONS,
    COMMAND_CHECK_CONFIG,
    COMMAND_VERSION,
    COMMAND_HELP,
};

/* Where a value came from, for messages: "file:line", or "--sort" with line 0. */
struct origin {
    const char *file;           /* owned by the settings (interned file names) */
    unsigned line;
};

/* One `key = value` of [plugin NAME]; checked against the plugin's own options when it loads. */
struct plugin_setting {
    char *plugin, *key, *value;
    struct origin origin;
};

/* [view NAME], or --columns and --sort for the view the program starts in. */
struct view_settings {
    char *name;
    char *columns;              /* comma or space separated names; NULL: the defaults */
    char *sort;                 /* COLUMN[:asc|:desc]; NULL: the table's default */
    struct origin columns_origin, sort_origin, name_origin;
};

/* One `role = spec` of [colors]. */
struct color_setting {
    char *role, *spec;
    struct origin origin;
};

/* One `COLUMN = WARN[:CRIT]` of [thresholds NAME] (NAME: a view; of tree: threads' rows). */
struct threshold_setting {
    char *table, *column;
    double warn, crit;
    struct origin origin;
};

/* Owner of all it points to; settings_free() frees it. */
struct settings {
    enum command command;
    char *list_columns_view;    /* --list-columns VIEW; NULL: all */
    double interval;            /* seconds, 0.1 to 3600 */
    uint64_t iterations;        /* 0: no end */
    uint64_t limit;             /* rows; 0: all */
    bool batch;
    enum output_format output;
    char *config;               /* --config; NULL: the default files */
    char *view;                 /* the one to start in */
    struct origin view_origin;
    char *sort, *filter, *columns; /* --sort, --filter, --columns: for the starting view */
    char *root;                 /* --root; NULL: the host itself */
    char *theme;                /* default, mono */
    bool mouse;
    double watchdog;            /* seconds that a plugin's callback may take; 0: any */
    bool guest_side;            /* guests' interfaces are shown from the guest's side */
    uint64_t *pids;             /* --pid, ascending, each once */
    size_t npids;
    struct string_list plugins; /* names in their order */
    struct origin plugins_origin;
    size_t plugins_default;     /* the first so many are the default ones: those may be missing,
                                 * the others were named by a file */
    bool plugins_unsure;        /* a file that may name others could not be read, or not whole */
    struct string_list plugin_dirs; /* to be searched before the built-in one, in this order */
    struct string_list without;
    struct string_list vmm;     /* globs on the basename of argv[0] or exe */
    struct plugin_setting *plugin;
    size_t nplugin;
    struct view_settings *views;
    size_t nviews;
    struct color_setting *colors;
    size_t ncolors;
    struct threshold_setting *thresholds;
    size_t nthresholds;
    struct string_list files;   /* the INI files read, in their order */
};

/* All values at their defaults. */
void settings_init(struct settings *settings);
void settings_free(struct settings *settings);

/* Does kvmtop come with this plugin, with this view?  Whether or not they are there now. */
bool settings_own_plugin(const char *name);
bool settings_own_view(const char *name);

/* The [view NAME] entry, made when it isn't there yet. */
struct view_settings *settings_view(struct settings *settings, const char *name);

#endif
