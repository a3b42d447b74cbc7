/* SPDX-License-Identifier: GPL-3.0-or-later */
/* INI files -> settings: what sections and keys there are, and which files are read. */
#ifndef KVMTOP_CORE_CONFIG_H
#define KVMTOP_CORE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct settings;

/* Gets each mistake as one line, `file:line: what`, without a newline; the bytes quoted in it are
 * as they were found. */
struct config_sink {
    void (*report)(void *ctx, const char *line);
    void *ctx;
};

/* These return how many mistakes were reported; what was right has been taken over. */

/* DIR/kvmtop.conf, DIR/conf.d/ *.conf in the order of their bytes, then the user's file, which may
 * set looks and pace but no plugins (NULL: none).  Files that are missing are fine. */
size_t config_load(struct settings *settings, const char *dir, const char *user_path,
                   const struct config_sink *sink);

/* This file instead of them all; here a missing one is a mistake. */
size_t config_load_file(struct settings *settings, const char *path,
                        const struct config_sink *sink);

/* Text of a file of that name; user: with the limits of a user's file. */
size_t config_read(struct settings *settings, const char *path, const char *text, size_t len,
                   bool user, const struct config_sink *sink);

/* $XDG_CONFIG_HOME/kvmtop/kvmtop.conf, else $HOME/.config/kvmtop/kvmtop.conf, to be freed; NULL
 * where neither is an absolute path, and in secure execution: a link could stand there. */
char *config_user_path(void);

#endif
