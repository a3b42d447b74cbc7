/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numeric names of a folder: the processes of /proc, the threads of /proc/PID/task. */
#ifndef KVMTOP_PROC_IDS_H
#define KVMTOP_PROC_IDS_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>

struct proc_ids {               /* begin with {0}; used again by the next listing */
    int32_t *id;                /* ascending, each once; owned, proc_ids_free() */
    size_t n, cap;
};

/* 0 or -errno. */
int proc_ids_read(struct proc_ids *ids, DIR *dir);
void proc_ids_free(struct proc_ids *ids);

/* Leave only those that stand in `only` (ascending) as well. */
void proc_ids_keep_only(struct proc_ids *ids, const uint64_t *only, size_t nonly);

#endif
