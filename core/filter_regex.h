/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regular expressions in filters: POSIX extended ones, case ignored, that neither a pattern nor
 * the texts it is tried on (any user's argv) can make slow.
 */
#ifndef KVMTOP_CORE_FILTER_REGEX_H
#define KVMTOP_CORE_FILTER_REGEX_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* False with what is wrong in err; regex is untouched then.  regfree(3) it. */
bool filter_regex_compile(regex_t *regex, const char *pattern, char *err, size_t cap);

/* Is it found anywhere in these bytes, up to a NUL among them? */
bool filter_regex_found(const regex_t *regex, const char *bytes, size_t len);

#endif
