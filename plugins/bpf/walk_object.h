/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compiled walk.bpf.c, an ELF file; made by embed.sh. */
#ifndef KVMTOP_BPF_WALK_OBJECT_H
#define KVMTOP_BPF_WALK_OBJECT_H

#include <stddef.h>

extern const unsigned char walk_object[];
extern const size_t walk_object_size;

#endif
