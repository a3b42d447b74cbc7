/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of rtnetlink(7), whole, cut off and of other kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net/rtnl_message.h"

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A message under construction. */
struct builder {
    union {
        struct nlmsghdr header;
        char bytes[1024];
    };
};

static void begin(struct builder *b, unsigned type, const void *fixed, size_t size)
{
    memset(b, 0, sizeof *b);
    b->header.nlmsg_type = (uint16_t)type;
    memcpy(b->bytes + NLMSG_HDRLEN, fixed, size);
    b->header.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + NLMSG_ALIGN(size));
}

static void add(struct builder *b, unsigned type, const void *data, size_t len)
{
    struct rtattr head = { .rta_len = (uint16_t)RTA_LENGTH(len), .rta_type = (uint16_t)type };
    char *at = b->bytes + b->header.nlmsg_len;

    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, data, len);
    b->header.nlmsg_len += (uint32_t)RTA_ALIGN(head.rta_len);
}

/* A tap as the kernel tells of it. */
static void build_link(struct builder *b, unsigned char family)
{
    struct ifinfomsg info = { .ifi_family = family, .ifi_type = ARPHRD_ETHER, .ifi_index = 7 };
    struct builder nested;

    begin(&nested, 0, "", 0);
    add(&nested, IFLA_INFO_KIND, "tun", 4);
    begin(b, RTM_NEWLINK, &info, sizeof info);
    add(b, IFLA_IFNAME, "tap100i0", 9);
    add(b, IFLA_OPERSTATE, "\6", 1);
    add(b, IFLA_ADDRESS, "\xfe\x54\x00\x4b\xe0\x86", 6);
    add(b, IFLA_LINKINFO | NLA_F_NESTED, nested.bytes + NLMSG_HDRLEN,
        nested.header.nlmsg_len - NLMSG_HDRLEN);
}

/* On the heap, in just its own size: so that a read past its end is seen. */
static struct nlmsghdr *exact(const struct builder *b, size_t len)
{
    struct nlmsghdr *message = malloc(len);

    assert_non_null(message);
    memcpy(message, b, len);
    message->nlmsg_len = (uint32_t)len;
    return message;
}

static void reads_a_link(void **state)
{
    struct rtnl_link link;
    struct builder b;

    (void)state;
    build_link(&b, AF_UNSPEC);
    assert_true(rtnl_parse_link(&b.header, &link));
    assert_int_equal(link.index, 7);
    assert_string_equal(link.name, "tap100i0");
    assert_string_equal(link.driver, "tun");
    assert_true(link.ethernet);
    assert_int_equal(link.operstate, 6);
    assert_true(link.mac == UINT64_C(0xfe54004be086));
}

/* A bridge tells of its ports by the same types: one that leaves it isn't gone. */
static void leaves_ports_of_bridges_out(void **state)
{
    struct ifinfomsg info = { .ifi_family = AF_BRIDGE, .ifi_index = 7 };
    struct rtnl_link link;
    struct builder b;
    uint32_t index = 0;

    (void)state;
    build_link(&b, AF_BRIDGE);
    assert_false(rtnl_parse_link(&b.header, &link));
    begin(&b, RTM_DELLINK, &info, sizeof info);
    assert_false(rtnl_parse_gone(&b.header, &index));
    info.ifi_family = AF_UNSPEC;
    begin(&b, RTM_DELLINK, &info, sizeof info);
    assert_true(rtnl_parse_gone(&b.header, &index));
    assert_int_equal(index, 7);
}

static void survives_links_cut_off_anywhere(void **state)
{
    struct rtnl_link link;
    struct builder b;

    (void)state;
    build_link(&b, AF_UNSPEC);
    for (size_t len = NLMSG_HDRLEN; len < b.header.nlmsg_len; len++) {
        struct nlmsghdr *message = exact(&b, len);
        if (rtnl_parse_link(message, &link))
            assert_string_equal(link.name, "tap100i0");
        free(message);
    }
}

static void build_stats(struct builder *b, size_t len)
{
    struct if_stats_msg head = { .ifindex = 9 };
    struct rtnl_link_stats64 stats = {
        .rx_packets = 1, .tx_packets = 2, .rx_bytes = 3, .tx_bytes = 4, .rx_errors = 5,
        .tx_errors = 6, .rx_dropped = 7, .tx_dropped = 8, .rx_missed_errors = 10,
    };
    char padded[sizeof stats + 64] = { 0 };

    memcpy(padded, &stats, sizeof stats);
    begin(b, RTM_NEWSTATS, &head, sizeof head);
    add(b, IFLA_STATS_LINK_64, padded, len);
}

/* The structure has grown twice since, and will again. */
static void reads_counters_of_any_length(void **state)
{
    static const uint64_t expected[NETDEV_COUNTERS] = { 3, 4, 1, 2, 5, 6, 17, 8 };
    static const size_t lengths[] = {
        offsetof(struct rtnl_link_stats64, rx_compressed),
        sizeof(struct rtnl_link_stats64),
        sizeof(struct rtnl_link_stats64) + 64,
    };
    struct netdev_counters counters;
    struct builder b;
    uint32_t index;

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memset(&counters, 0, sizeof counters);
        build_stats(&b, lengths[i]);
        assert_true(rtnl_parse_counters(&b.header, &index, &counters));
        assert_int_equal(index, 9);
        assert_memory_equal(counters.value, expected, sizeof expected);
    }
    build_stats(&b, 64);
    assert_false(rtnl_parse_counters(&b.header, &index, &counters));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_link),
        cmocka_unit_test(leaves_ports_of_bridges_out),
        cmocka_unit_test(survives_links_cut_off_anywhere),
        cmocka_unit_test(reads_counters_of_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
