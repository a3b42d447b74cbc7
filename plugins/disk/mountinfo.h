/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of /proc/PID/mountinfo (proc(5)): which device a file system lies on. */
#ifndef KVMTOP_DISK_MOUNTINFO_H
#define KVMTOP_DISK_MOUNTINFO_H

#include "lib/parse.h"
#include "lib/u64map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mountinfo {
    uint64_t id;                /* the mnt_id of fdinfo */
    uint32_t major, minor;      /* major 0: of no block device, or (btrfs) not to be seen by it */
    struct span source;         /* still escaped: see mountinfo_source() */
};

bool mountinfo_parse(struct span line, struct mountinfo *mount);

/* What is mounted, "/dev/sda2", NUL-terminated; false: it does not fit. */
bool mountinfo_source(const struct mountinfo *mount, char *buf, size_t cap);

/* A whole file.  It is parsed once, as any user may have thousands of mounts and of files on them.
 * Begin with {0}. */
struct mounts {
    struct u64map lines;        /* by ID: where its line begins in the text, which is lent */
    const char *end;            /* of the text */
};

void mounts_index(struct mounts *mounts, struct span text);
/* `source` points into the text. */
bool mounts_find(const struct mounts *mounts, uint64_t id, struct mountinfo *mount);
void mounts_free(struct mounts *mounts);

#endif
