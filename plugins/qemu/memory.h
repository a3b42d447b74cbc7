/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory a guest was given by its command line. */
#ifndef KVMTOP_QEMU_MEMORY_H
#define KVMTOP_QEMU_MEMORY_H

#include "lib/qemu_args.h"

#include <stdbool.h>
#include <stdint.h>

/* A size as QEMU writes it: 4096, 1.5G, 2097152k, 0x40000000.  unit: bytes that a number without
 * suffix stands for.  False: no size, or too large. */
bool qemu_size(const char *text, uint64_t unit, uint64_t *bytes);

/* -m (else the machine's memory-backend), the DIMMs plugged from the start, and what virtio-mem
 * was asked for; not what was plugged, unplugged or ballooned since.  False: it doesn't say. */
bool qemu_memory(const struct qemu_args *args, uint64_t *bytes);

#endif
