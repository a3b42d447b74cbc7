/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replacing a file as a whole or not at all. */
#ifndef KVMTOP_CORE_REPLACE_FILE_H
#define KVMTOP_CORE_REPLACE_FILE_H

#include <stddef.h>

/* Makes the file hold these bytes, in a way that a crash leaves either the old or the new ones.
 * Owner and mode are kept; a new file gets 0600, missing folders 0700.  A symbolic link stays one,
 * and what it leads to is replaced.  0 or -errno: -EACCES also for a file that may not be written
 * to, -EINVAL for anything but a regular file. */
int replace_file(const char *path, const char *text, size_t len);

#endif
