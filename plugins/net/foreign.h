/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guests' interfaces in network namespaces other than the host's (KubeVirt's pods, Firecracker's
 * jails).  The host's own list does not have them: their counters are read from the VMM's
 * /proc/PID/net/dev.  Each is called NAME@NAMESPACE, by the number that lsns(8) shows, as every
 * namespace may have a tap0 of its own.
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

struct foreign {                /* begin with {0} */
    struct foreign_vmm **all;   /* owned */
    size_t count, room;
    struct u64map by_pid;
    struct read_buffer buffer;
};

void foreign_free(struct foreign *set);

/* The number of a process's network namespace (0, "self", 1 for PIDs); 0: we can't tell. */
uint64_t foreign_namespace(int proc, const char *pid);
void foreign_name(char buf[FOREIGN_NAME], const char *name, uint64_t ns);

/* From now on a process has no, or one more, interface in a namespace.  0 or -ENOMEM. */
void foreign_forget(struct foreign *set, int32_t pid);
int foreign_add(struct foreign *set, int32_t pid, uint64_t ns, const char *name);

typedef void foreign_visit(void *arg, uint64_t id, const char *name,
                           const struct netdev_counters *counters);
/* The counters of all of them; a process that is gone, or has moved, is forgotten. */
void foreign_read(struct foreign *set, int proc, foreign_visit *visit, void *arg);

#endif
