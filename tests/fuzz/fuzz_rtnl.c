/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message of rtnetlink of any bytes, as the three kinds that are understood. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "net/rtnl_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static void parse_as(struct nlmsghdr *message, unsigned type)
{
    struct netdev_counters counters;
    struct rtnl_link link;
    uint32_t index;

    message->nlmsg_type = (uint16_t)type;
    if (rtnl_parse_link(message, &link)) {
        must(link.index > 0 && netdev_valid_name(link.name, strlen(link.name)));
        must(memchr(link.driver, '\0', sizeof link.driver) != NULL);
    }
    rtnl_parse_gone(message, &index);
    rtnl_parse_counters(message, &index, &counters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nlmsghdr *message = malloc(NLMSG_HDRLEN + size);

    must(message != NULL);
    memset(message, 0, NLMSG_HDRLEN);
    memcpy((char *)message + NLMSG_HDRLEN, data, size);
    message->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + size);
    parse_as(message, RTM_NEWLINK);
    parse_as(message, RTM_DELLINK);
    parse_as(message, RTM_NEWSTATS);
    free(message);
    return 0;
}
