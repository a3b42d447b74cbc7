/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a QEMU command line as QEMU does.
 *
 * `-x` and `--x` are the same option.  A value is the whole next argument, whatever it looks
 * like: a guest called "-id" is not an option.  Values are lists `key=value,key=value` in which a
 * comma is written twice; the first item may leave its key out (`-name web` is `-name guest=web`).
 * Some options take a JSON object instead.  See qemu-options.hx and util/qemu-option.c of QEMU.
 *
 * Functions that fill a buffer return the text's whole length and cut it off, NUL-terminated,
 * where it does not fit; or -ENOENT where there is no such thing, -EINVAL where it is broken.
 */
#ifndef KVMTOP_LIB_QEMU_ARGS_H
#define KVMTOP_LIB_QEMU_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A command line, argv[0] included, as host->argv() lends it. */
struct qemu_args {
    const char *const *argv;
    size_t argc;
};

struct qemu_option {
    const char *name;           /* without its dashes; "" for a bare word: a disk's image */
    const char *value;          /* NULL: the option takes none, or the line ends here */
};

/* The option at *at (begin with 0), and *at moved behind it; false at the end. */
bool qemu_args_next(const struct qemu_args *args, size_t *at, struct qemu_option *option);

/* Is there such an option, with or without a value? */
bool qemu_args_has(const struct qemu_args *args, const char *name);
/* The value of the last one, as the last counts for QEMU; NULL: none. */
const char *qemu_args_last(const struct qemu_args *args, const char *name);

/* The value of a key in `key=value,…`.  implied: the key that the first item may leave out, or
 * NULL.  Of a doubled key the last. */
ssize_t qemu_list_get(const char *list, const char *key, const char *implied, char *buf,
                      size_t cap);
/* The same for an option that takes a JSON object as well: its top-level string. */
ssize_t qemu_value_get(const char *value, const char *key, const char *implied, char *buf,
                       size_t cap);

/* A key of an option whose repetitions add up (-name, -machine): the last one that has it. */
ssize_t qemu_args_get(const struct qemu_args *args, const char *name, const char *key,
                      const char *implied, char *buf, size_t cap);

/* The guest's name by -name; an empty one is none. */
ssize_t qemu_args_name(const struct qemu_args *args, char *buf, size_t cap);
/* A key of `-smbios type=…`. */
ssize_t qemu_args_smbios(const struct qemu_args *args, const char *type, const char *key,
                         char *buf, size_t cap);

enum { QEMU_UUID_LEN = 36 };
/* By -uuid, else by -smbios type=1, in lower case; false: none, or not well formed. */
bool qemu_args_uuid(const struct qemu_args *args, char uuid[QEMU_UUID_LEN + 1]);

#endif
