/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of rtnetlink(7) that tell of links and their counters, taken apart. */
#ifndef KVMTOP_NET_RTNL_MESSAGE_H
#define KVMTOP_NET_RTNL_MESSAGE_H

#include "net/netdev.h"

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* What an RTM_NEWLINK says; what it does not say is 0. */
struct rtnl_link {
    uint32_t index;
    char name[NETDEV_NAME];
    char driver[16];            /* IFLA_INFO_KIND: tun, macvtap, veth; "" for hardware */
    uint64_t mac;               /* of an Ethernet link: the six bytes, the first one highest */
    bool ethernet;              /* ARPHRD_ETHER: tells a tap from a tun */
    uint8_t operstate;          /* IF_OPER_UNKNOWN … IF_OPER_UP, RFC 2863 */
};

/* RTM_NEWLINK about the link itself (a bridge tells of its ports by the same message). */
bool rtnl_parse_link(const struct nlmsghdr *message, struct rtnl_link *link);
/* RTM_DELLINK, likewise: the index of a link that is gone. */
bool rtnl_parse_gone(const struct nlmsghdr *message, uint32_t *index);
/* RTM_NEWSTATS */
bool rtnl_parse_counters(const struct nlmsghdr *message, uint32_t *index,
                         struct netdev_counters *counters);

#endif
