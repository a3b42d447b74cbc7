/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading plugins: find, check, open, close.  What they offer is put to use by model.c. */
#ifndef KVMTOP_CORE_PLUGIN_H
#define KVMTOP_CORE_PLUGIN_H

#include <kvmtop/plugin.h>

#include "core/settings.h"

struct model;

/* One plugin.  Its host table stands first in what the host functions are handed. */
struct plugin {
    struct kvmtop_host host;    /* host_init() fills it; callbacks find the plugin by it */
    struct model *model;
    char *name;
    char *path;                 /* of the file; NULL: built in, or not found */
    void *handle;               /* dlopen's */
    struct kvmtop_plugin desc;  /* copied, with the arrays below in place of its own */
    struct kvmtop_option *options;
    struct kvmtop_table *tables;
    struct kvmtop_column **columns; /* [ntables] */
    struct kvmtop_source *sources;
    struct kvmtop_resolver *resolvers;
    void *state;
    bool opened;
    bool misled;                /* the settings have mistakes in its options: not to be opened */
    bool by_default;            /* nobody named it: it may be missing */
    char *error;                /* its last message; NULL: none so far */
    bool said;                  /* by the callback under way, or the last */
    const void *failed;         /* the source or callback that left it; NULL: any other */
    unsigned fades;             /* rounds until it is let go; 0: it stays */
};

/* Where a plugin's file is looked for when the settings name no folder: the build tree's when the
 * program lies in one, else the installed.  free() it. */
char *plugin_default_dir(void);

/* Find, load and check the plugin of this name.  Never NULL; where `error` is set and `opened`
 * and `desc.abi` are not, it is of no use and the message says why.  plugin_free() it. */
struct plugin *plugin_load(const char *name, const struct string_list *dirs);
void plugin_free(struct plugin *plugin);

bool plugin_usable(const struct plugin *plugin);

/* Keep a message as the last one. */
void plugin_set_error(struct plugin *plugin, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Is every plugin that the settings have options for to be loaded, or one of kvmtop's own?  Each
 * that isn't is one line to report.  Returns their number. */
unsigned plugin_check_names(const struct settings *settings,
                            void (*report)(void *ctx, const char *line), void *ctx);

/* Check the settings' values against the plugin's options; each mistake is one line to report.
 * Returns their number. */
unsigned plugin_check_options(struct plugin *plugin, const struct settings *settings,
                              void (*report)(void *ctx, const char *line), void *ctx);

/* What is wrong with a value of an option's type, such as "is neither yes nor no": in buf or
 * static; NULL: nothing. */
const char *plugin_type_error(const struct kvmtop_option *option, const char *value, char *buf,
                              size_t cap);

/* Does its own check() like each option's default?  False: with `error` set it is of no use. */
bool plugin_check_defaults(struct plugin *plugin);

/* The n-th value of an option, else its default; NULL past the last. */
const char *plugin_option(const struct plugin *plugin, const struct settings *settings,
                          const char *name, size_t n);

/* Call open(); false with `error` set when it failed.  plugin_close() undoes it. */
bool plugin_open(struct plugin *plugin);
void plugin_close(struct plugin *plugin);

/* Around every callback, so that a crash or a hang can name the plugin. */
void plugin_enter(struct plugin *plugin);
void plugin_leave(void);
/* And after it: a failure without a word is given one, `what name: strerror`.  A source, or what
 * else is named by an address, that works again takes back what it complained of.  NULL: it was
 * about one row, which may have gone: plugin_round() lets go of it in time. */
void plugin_judge(struct plugin *plugin, const void *source, int err, const char *what,
                  const char *name);
/* A round of sampling begins. */
void plugin_round(struct plugin *plugin);

#endif
