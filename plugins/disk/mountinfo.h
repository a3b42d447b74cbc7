/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of /proc/PID/mountinfo (proc(5)): which device a file system lies on. */
#ifndef KVMTOP_DISK_MOUNTINFO_H
#define KVMTOP_DISK_MOUNTINFO_H

#include "lib/parse.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mountinfo {
    uint64_t id;                /* the mnt_id of fdinfo */
    uint32_t major, minor;      /* major 0: of no block device, or (btrfs) not to be seen by it */
    struct span source;         /* still escaped: see mountinfo_source() */
};

bool mountinfo_parse(struct span line, struct mountinfo *mount);
/* The mount of this ID in a whole file's text, into which `source` points. */
bool mountinfo_find(struct span text, uint64_t id, struct mountinfo *mount);

/* What is mounted, "/dev/sda2", NUL-terminated; false: it does not fit. */
bool mountinfo_source(const struct mountinfo *mount, char *buf, size_t cap);

#endif
