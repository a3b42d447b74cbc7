/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns for names and paths in tables. */
#ifndef KVMTOP_LIB_GLOB_H
#define KVMTOP_LIB_GLOB_H

#include <stdbool.h>

/* Does the whole text fit?  `*` stands for any bytes, slashes too, `#` for a whole number (one
 * or more digits), all else for itself.  In time of at most |pattern| * |text|. */
bool glob_match(const char *pattern, const char *text);

#endif
