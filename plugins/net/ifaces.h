/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network interfaces of the host: what is lasting about them, read once and again when it
 * changes, and their counters, read at each refresh.
 *
 * There are two ways to fill the set: by rtnetlink (ifaces_netlink.c), or from /proc/net/dev and
 * /sys/class/net where that fails, or a recorded host is read (ifaces_files.c).
 */
#ifndef KVMTOP_NET_IFACES_H
#define KVMTOP_NET_IFACES_H

#include "lib/read.h"
#include "lib/u64map.h"
#include "net/iface_name.h"
#include "net/netdev.h"
#include "net/rtnl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kvmtop_host;

enum iface_driver {
    IFACE_UNKNOWN,              /* nothing tells */
    IFACE_TAP,                  /* Ethernet frames from and to a process: a guest's */
    IFACE_TUN,                  /* IP packets from and to a process: a VPN's */
    IFACE_MACVTAP,              /* a guest's, too, but it counts from the guest's side */
    IFACE_OTHER,
};

struct iface {
    char name[NETDEV_NAME];
    uint64_t id;                /* for good: the index, or a hash of the name where unknown */
    uint32_t index;             /* 0: unknown */
    enum iface_driver driver;
    const char *state;          /* static: UP, DOWN, unknown; NULL: not known at all */
    uint64_t speed;             /* Mbit/s; 0: none, or none that means something */
    uint64_t mac;               /* see struct rtnl_link; 0: unknown */
    bool named;                 /* its name tells of a guest: */
    struct iface_guest guest;
    bool classified;            /* the user's: reset when name or driver may have changed */
    bool hidden, mirrored;      /* the user's */
    struct netdev_counters counters;
    unsigned round;             /* when the counters were read, see struct ifaces */

    uint64_t key;               /* the set's */
    bool exists;                /* false: to be taken out by ifaces_end() */
    bool stale;                 /* its files below sysfs are to be read */
};

/* Begin with ifaces_open(). */
struct ifaces {
    struct iface **all;         /* owned, as what they point to */
    size_t count, room;
    unsigned round;             /* of the last refresh, */
    uint64_t time;              /* and when that was: CLOCK_MONOTONIC ns */
    bool netlink;               /* by rtnetlink */
    bool answered;              /* it has given all that was asked for */
    int refused;                /* else why not, -errno; 0: it was not asked */

    struct u64map by_key;       /* index or, without rtnetlink, hash of the name */
    struct u64map by_index, by_mac;
    bool sorted_out;            /* by_index and by_mac are up to date */
    bool incomplete;            /* netlink: the links are to be dumped (again) */
    bool unfinished;            /* some are stale, though it was their turn */
    size_t turn;                /* files: who is stale next */
    struct rtnl dumps, events;
    struct read_buffer buffer;
};

/* netlink: try it.  0 or -ENOMEM. */
int ifaces_open(struct ifaces *set, bool netlink);
void ifaces_close(struct ifaces *set);

/* Bring the set and its counters up to date: 0, KVMTOP_MORE (to be called again, as this moment
 * of CLOCK_MONOTONIC is past), or -errno.  Interfaces whose counters could not be read have
 * another round than the set. */
int ifaces_refresh(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline);

/* The same, all of it, unless that was a moment ago: for who asks about interfaces while nobody
 * looks at them. */
void ifaces_freshen(struct ifaces *set, const struct kvmtop_host *host);

/* NULL: there is none, or several have this address. */
struct iface *ifaces_by_index(struct ifaces *set, uint32_t index);
struct iface *ifaces_by_mac(struct ifaces *set, uint64_t mac);

/* The rest is for the two fillers. */

int ifaces_refresh_netlink(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline);
int ifaces_refresh_files(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline);

/* The interface of this key, which exists; a new one (stale, without a name) if there was none.
 * NULL: no memory. */
struct iface *ifaces_add(struct ifaces *set, uint64_t key);
void ifaces_rename(struct iface *iface, const char *name);
/* Before the set is told anew: none is known to exist.  Afterwards: what does not is gone. */
void ifaces_begin(struct ifaces *set);
void ifaces_end(struct ifaces *set);
/* Have the files of the stale ones read by a function: 0, or KVMTOP_MORE as above. */
int ifaces_read_stale(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline,
                      void (*read)(struct iface *iface, int sys));

/* From /sys/class/net/NAME/speed. */
void iface_read_speed(struct iface *iface, int sys);
/* By the number of the operational state, RFC 2863. */
const char *iface_state(unsigned operstate);

#endif
