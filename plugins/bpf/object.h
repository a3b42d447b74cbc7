/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiled BPF programs, ELF files in our memory, and how they come into the kernel. */
#ifndef KVMTOP_BPF_OBJECT_H
#define KVMTOP_BPF_OBJECT_H

#include <stddef.h>

struct bpf_object;

/* Made by embed.sh from walk.bpf.c and latency.bpf.c. */
extern const unsigned char walk_object[], latency_object[];
extern const size_t walk_object_size, latency_object_size;

struct object_choice {
    const unsigned char *elf;
    size_t size;
    const char *const *programs; /* names of those to be loaded, NULL-terminated */
    /* Change its maps before it is loaded; 0 or -errno.  May be NULL. */
    int (*prepare)(struct bpf_object *object, const void *arg);
    const void *arg;
};

/* Load it.  0, or -errno with the kernel's or libbpf's own words in `why`, if there are any, else
 * "".  bpf_object__close() it. */
int object_load(struct bpf_object **object, const struct object_choice *choice, char *why,
                size_t cap);

#endif
