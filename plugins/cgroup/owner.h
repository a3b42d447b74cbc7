/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose is a control group?  Its figures are a guest's only where nothing else is in it. */
#ifndef KVMTOP_CGROUP_OWNER_H
#define KVMTOP_CGROUP_OWNER_H

#include "lib/parse.h"

#include <stdbool.h>
#include <stdint.h>

enum cgroup_owner {
    CGROUP_OWN,                 /* the VMM and its helpers (swtpm, virtiofsd, vhost, …) */
    CGROUP_SHARED,              /* the root, or other processes are in it, or in a group within */
    CGROUP_UNREADABLE,          /* or gone */
};

/* A hierarchy, as seen by a process: `path` is its group in it. */
struct cgroup_place {
    int sysfd, procfd;          /* the folders sys and proc */
    const char *root;           /* the hierarchy below sys: "fs/cgroup" */
    struct span path;
    bool recursive;             /* v2: a group's figures count those of all groups within it */
};

/* A descriptor (O_PATH) of the group that a guest with this VMM has for itself, to read its files
 * by; else -1.  *owner says why. */
int cgroup_open_own(const struct cgroup_place *place, int32_t pid, enum cgroup_owner *owner);

#endif
