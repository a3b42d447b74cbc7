/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking values up in a small JSON text (RFC 8259) without building a tree: what a plugin needs
 * to read options such as -blockdev {"driver":"file","filename":"/srv/a.img"}.
 *
 * A value is a piece of the text that was searched, without blanks around it.  Strict: a text
 * that is broken anywhere up to the value holds nothing.
 */
#ifndef KVMTOP_LIB_JSON_H
#define KVMTOP_LIB_JSON_H

#include "lib/parse.h"

#include <sys/types.h>

/* The value of a key in an object; of a doubled key the first.  False: no object, broken, or no
 * such key. */
bool json_find(struct span object, const char *key, struct span *value);

/* Walk over an array: *rest begins as the array; each call gives the next element and shortens
 * *rest.  False: no more, or broken. */
bool json_next(struct span *rest, struct span *element);

/* Decode a string into buf, NUL-terminated, cut off where it is too long.  Returns its whole
 * length; -EINVAL for what is no string, or has a NUL inside or half a surrogate pair. */
ssize_t json_string(struct span value, char *buf, size_t cap);

#endif
