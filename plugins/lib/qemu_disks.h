/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk images on a QEMU command line: -drive, -blockdev, -hda and the like, bare words. */
#ifndef KVMTOP_LIB_QEMU_DISKS_H
#define KVMTOP_LIB_QEMU_DISKS_H

#include "lib/qemu_args.h"

/* The path of the next disk image, searched from *at (begin with 0), which is moved behind it.
 * Files and block devices of this host alone, in the order of the command line; no CD-ROMs,
 * floppies and firmware.  Paths that don't fit are left out.  False: no more. */
bool qemu_disks_next(const struct qemu_args *args, size_t *at, char *path, size_t cap);

#endif
