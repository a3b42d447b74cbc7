/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guests' interfaces in network namespaces other than the host's (KubeVirt's pods, Firecracker's
 * jails).  The host's own list does not have them: their counters are read from the VMM's
 * /proc/PID/net/dev, once for all VMMs of a namespace.  Each is called NAME@NAMESPACE, by the
 * number that lsns(8) shows, as every namespace may have a tap0 of its own.
 */
#ifndef KVMTOP_NET_FOREIGN_H
#define KVMTOP_NET_FOREIGN_H

#include "lib/read.h"
#include "lib/u64map.h"
#include "net/netdev.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FOREIGN_NAME = NETDEV_NAME + 1 + 20 };

struct foreign_vmm;
struct kvmtop_host;

struct foreign {                /* begin with {0} */
    struct foreign_vmm **all;   /* owned */
    size_t count, room;
    size_t purge_at;            /* of so many, some may have ended */
    struct u64map by_pid;
    struct u64map by_id;        /* interfaces, by what they are visited as, */
    bool indexed;               /* while this holds */
    struct u64map read;         /* namespaces whose counters are those of this round */
    unsigned round;
    size_t next;                /* the VMM to go on with */
    struct read_buffer buffer;
};

void foreign_free(struct foreign *set);

/* The number of a process's network namespace (0, "self", 1 for PIDs); 0: we can't tell. */
uint64_t foreign_namespace(int proc, const char *pid);
void foreign_name(char buf[FOREIGN_NAME], const char *name, uint64_t ns);

/* From now on a process has no, or one more, interface in a namespace.  0 or -ENOMEM. */
void foreign_forget(struct foreign *set, int32_t pid);
int foreign_add(struct foreign *set, int32_t pid, uint64_t ns, const char *name);

/* Forget those that are gone, or have moved, where many have been added since that was last done:
 * without it the set would grow while nobody reads the counters. */
void foreign_purge(struct foreign *set, int proc);

/* A round: begin it, and read on until the answer is no longer KVMTOP_MORE (this moment of
 * CLOCK_MONOTONIC is past) but 0.  Processes that are gone, or have moved, are forgotten. */
void foreign_begin(struct foreign *set);
int foreign_read(struct foreign *set, const struct kvmtop_host *host, uint64_t deadline);

typedef void foreign_visit(void *arg, uint64_t id, const char *name,
                           const struct netdev_counters *counters);
/* All those whose counters the round has read. */
void foreign_each(const struct foreign *set, foreign_visit *visit, void *arg);

#endif
