/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of rtnetlink(7) about links and their counters. */
#include "net/rtnl_message.h"

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

enum { MAC_SIZE = 6 };

/* A message's or an attribute's attributes. */
struct attributes {
    const char *at, *end;
};

struct attribute {
    unsigned type;
    const char *data;
    size_t len;
};

static bool next_attribute(struct attributes *all, struct attribute *out)
{
    size_t left = (size_t)(all->end - all->at);
    struct rtattr head;

    if (left < sizeof head)
        return false;
    memcpy(&head, all->at, sizeof head);
    if (head.rta_len < sizeof head || head.rta_len > left)
        return false;
    out->type = head.rta_type & NLA_TYPE_MASK;
    out->data = all->at + sizeof head;
    out->len = head.rta_len - sizeof head;
    all->at += RTA_ALIGN(head.rta_len) < left ? RTA_ALIGN(head.rta_len) : left;
    return true;
}

/* The fixed part of a message is copied, what follows it are attributes. */
static bool open_message(const struct nlmsghdr *message, unsigned type, void *fixed, size_t size,
                         struct attributes *attributes)
{
    const char *data = (const char *)message + NLMSG_HDRLEN;

    if (message->nlmsg_type != type || message->nlmsg_len < NLMSG_HDRLEN + NLMSG_ALIGN(size))
        return false;
    memcpy(fixed, data, size);
    attributes->at = data + NLMSG_ALIGN(size);
    attributes->end = (const char *)message + message->nlmsg_len;
    return true;
}

/* Text may or may not bring its NUL; cut to what fits. */
static void copy_text(char *dst, size_t cap, const struct attribute *attribute)
{
    size_t len = strnlen(attribute->data, attribute->len);

    if (len >= cap)
        len = cap - 1;
    memcpy(dst, attribute->data, len);
    dst[len] = '\0';
}

static void take_mac(struct rtnl_link *link, const struct attribute *attribute)
{
    link->mac = 0;
    if (attribute->len != MAC_SIZE)
        return;
    for (unsigned i = 0; i < MAC_SIZE; i++)
        link->mac = link->mac << 8 | (unsigned char)attribute->data[i];
}

static void take_info(struct rtnl_link *link, const struct attribute *info)
{
    struct attributes nested = { .at = info->data, .end = info->data + info->len };
    struct attribute attribute;

    while (next_attribute(&nested, &attribute)) {
        if (attribute.type == IFLA_INFO_KIND)
            copy_text(link->driver, sizeof link->driver, &attribute);
    }
}

static void take_attribute(struct rtnl_link *link, const struct attribute *attribute)
{
    switch (attribute->type) {
    case IFLA_IFNAME:
        copy_text(link->name, sizeof link->name, attribute);
        break;
    case IFLA_ADDRESS:
        take_mac(link, attribute);
        break;
    case IFLA_OPERSTATE:
        if (attribute->len >= 1)
            link->operstate = (uint8_t)attribute->data[0];
        break;
    case IFLA_LINKINFO:
        take_info(link, attribute);
        break;
    }
}

bool rtnl_parse_link(const struct nlmsghdr *message, struct rtnl_link *link)
{
    struct attributes attributes;
    struct attribute attribute;
    struct ifinfomsg info;

    if (!open_message(message, RTM_NEWLINK, &info, sizeof info, &attributes) ||
        info.ifi_family != AF_UNSPEC || info.ifi_index <= 0)
        return false;
    *link = (struct rtnl_link){
        .index = (uint32_t)info.ifi_index,
        .ethernet = info.ifi_type == ARPHRD_ETHER,
    };
    while (next_attribute(&attributes, &attribute))
        take_attribute(link, &attribute);
    return netdev_valid_name(link->name, strlen(link->name));
}

bool rtnl_parse_gone(const struct nlmsghdr *message, uint32_t *index)
{
    struct attributes attributes;
    struct ifinfomsg info;

    if (!open_message(message, RTM_DELLINK, &info, sizeof info, &attributes) ||
        info.ifi_family != AF_UNSPEC)
        return false;
    *index = (uint32_t)info.ifi_index;
    return true;
}

/* Only fields that Linux 2.6.35 had already: the structure grows at its end. */
static void take_counters(struct netdev_counters *counters, const struct rtnl_link_stats64 *stats)
{
    counters->value[NETDEV_RX_BYTES] = stats->rx_bytes;
    counters->value[NETDEV_TX_BYTES] = stats->tx_bytes;
    counters->value[NETDEV_RX_PACKETS] = stats->rx_packets;
    counters->value[NETDEV_TX_PACKETS] = stats->tx_packets;
    counters->value[NETDEV_RX_ERRORS] = stats->rx_errors;
    counters->value[NETDEV_TX_ERRORS] = stats->tx_errors;
    counters->value[NETDEV_RX_DROPPED] = stats->rx_dropped + stats->rx_missed_errors;
    counters->value[NETDEV_TX_DROPPED] = stats->tx_dropped;
}

bool rtnl_parse_counters(const struct nlmsghdr *message, uint32_t *index,
                         struct netdev_counters *counters)
{
    struct rtnl_link_stats64 stats = { 0 };
    struct attributes attributes;
    struct attribute attribute;
    struct if_stats_msg head;

    if (!open_message(message, RTM_NEWSTATS, &head, sizeof head, &attributes))
        return false;
    while (next_attribute(&attributes, &attribute)) {
        if (attribute.type != IFLA_STATS_LINK_64 ||
            attribute.len < offsetof(struct rtnl_link_stats64, rx_compressed))
            continue;
        memcpy(&stats, attribute.data,
               attribute.len < sizeof stats ? attribute.len : sizeof stats);
        take_counters(counters, &stats);
        *index = head.ifindex;
        return true;
    }
    return false;
}
