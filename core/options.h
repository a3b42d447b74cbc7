/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, and the order in which settings come together. */
#ifndef KVMTOP_CORE_OPTIONS_H
#define KVMTOP_CORE_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

struct settings;
struct config_sink;

/* Fills settings: defaults, then the INI files (--config, else dir and the user's, see config.h),
 * then the command line.  After --help and --version no file is read.  A wrong command line is
 * one line to the sink, `--interval: 'x' is not a number of seconds from 0.1 to 3600`, and no
 * file is read then.  Returns how many mistakes there were in files that leave the rest to be
 * judged; -EINVAL: others.  Settings are to be freed in any case. */
int options_load(struct settings *settings, int argc, char **argv, const char *dir,
                 const struct config_sink *sink);

/* The command line alone, over what the settings have already.  0, or -EINVAL with one line in
 * err.  Not reentrant: getopt_long(3). */
int options_parse(struct settings *settings, int argc, char **argv, char *err, size_t errsize);

/* The text of --help. */
void options_help(FILE *out);

#endif
