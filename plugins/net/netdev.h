/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a network interface, and /proc/net/dev (proc_net(5)) that has them as text.
 */
#ifndef KVMTOP_NET_NETDEV_H
#define KVMTOP_NET_NETDEV_H

#include "lib/parse.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NETDEV_NAME = 16 };      /* IFNAMSIZ: with the NUL */

/* As the host sees them: what it receives on a tap, the guest has sent. */
enum netdev_counter {
    NETDEV_RX_BYTES,
    NETDEV_TX_BYTES,
    NETDEV_RX_PACKETS,
    NETDEV_TX_PACKETS,
    NETDEV_RX_ERRORS,
    NETDEV_TX_ERRORS,
    NETDEV_RX_DROPPED,          /* with those missed by the device, as in /proc/net/dev */
    NETDEV_TX_DROPPED,
    NETDEV_COUNTERS,
};

struct netdev_counters {
    uint64_t value[NETDEV_COUNTERS];
};

/* May this be an interface's name, and so a folder's name in sysfs?  The kernel's own rule
 * (dev_valid_name): 1 to 15 bytes, no '/', ':' or white space, not "." or "..". */
bool netdev_valid_name(const char *name, size_t len);

/* 52:54:00:12:34:56 as a number, the first byte highest; false: it is none. */
bool netdev_mac(const char *text, size_t len, uint64_t *mac);

/* One line of /proc/net/dev; false: it is a heading or garbage. */
bool netdev_parse(struct span line, char name[NETDEV_NAME], struct netdev_counters *counters);

#endif
