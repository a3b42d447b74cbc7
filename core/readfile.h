/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole small files, read relative to a folder. */
#ifndef KVMTOP_CORE_READFILE_H
#define KVMTOP_CORE_READFILE_H

#include <stddef.h>
#include <sys/types.h>

/* Reads up to cap - 1 bytes and ends them with NUL.  Returns their number, or -errno (then buf is
 * the empty string).  dir -1: -ENOENT. */
ssize_t readfile_into(int dir, const char *path, char *buf, size_t cap);

/* The whole file, at most `max` bytes of it, NUL-terminated; free() it.  NULL: errno says why. */
char *readfile_all(int dir, const char *path, size_t max, size_t *len);

#endif
