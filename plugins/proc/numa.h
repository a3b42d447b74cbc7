/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * On which NUMA nodes the memory of a process lies: /proc/PID/numa_maps (numa(7)).  To tell it the
 * kernel walks all pages of the process with its mmap lock held.
 */
#ifndef KVMTOP_PROC_NUMA_H
#define KVMTOP_PROC_NUMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMA_NODES = 128, NUMA_POLICY = 48 };

struct numa {
    struct {
        uint32_t id;
        uint64_t bytes;
    } node[NUMA_NODES];         /* ascending; those beyond so many are left out */
    unsigned nnodes;
    char policy[NUMA_POLICY];   /* of the mapping with the most memory: "default", "bind:0", … */
    uint64_t most;              /* bytes of that */
};

/* Add up what the lines say.  False: none says anything. */
bool numa_parse(const char *text, size_t len, struct numa *numa);

#endif
