/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts that the plugin `net` reads: lines of net/dev, addresses, names of interfaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <kvmtop/plugin.h>

#include "net/iface_name.h"
#include "net/netdev.h"

static bool parse(const char *text, char name[NETDEV_NAME], struct netdev_counters *counters)
{
    return netdev_parse((struct span){ text, strlen(text) }, name, counters);
}

static void parses_lines_of_net_dev(void **state)
{
    static const char *const bad[] = {
        "",
        ":",
        "Inter-|   Receive                |  Transmit",
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes",
        "eth0: 1 2 3",
        "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "eth0: 1 2 3 4 5 6 7 8 9 10 11 x 13 14 15 16",
        "eth0: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "eth0: 99999999999999999999 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "../../x: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "..: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "sixteen-letters-: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    };
    struct netdev_counters counters;
    char name[NETDEV_NAME];

    (void)state;
    assert_true(parse("  eth0:18446744073709551615 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", name,
                      &counters));
    assert_string_equal(name, "eth0");
    assert_true(counters.value[NETDEV_RX_BYTES] == UINT64_MAX);
    assert_int_equal(counters.value[NETDEV_RX_PACKETS], 2);
    assert_int_equal(counters.value[NETDEV_RX_ERRORS], 3);
    assert_int_equal(counters.value[NETDEV_RX_DROPPED], 4);
    assert_int_equal(counters.value[NETDEV_TX_BYTES], 9);
    assert_int_equal(counters.value[NETDEV_TX_PACKETS], 10);
    assert_int_equal(counters.value[NETDEV_TX_ERRORS], 11);
    assert_int_equal(counters.value[NETDEV_TX_DROPPED], 12);
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++)
        assert_false(parse(bad[i], name, &counters));
}

static void parses_addresses(void **state)
{
    static const char *const bad[] = {
        "", "52:54:00:4b:e0", "52:54:00:4b:e0:86:01", "52-54-00-4b-e0-86", "52:54:00:4b:e0:g6",
    };
    uint64_t mac = 1;

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++)
        assert_false(netdev_mac(bad[i], strlen(bad[i]), &mac));
    assert_int_equal(mac, 1);
    assert_true(netdev_mac("52:54:00:4B:e0:86", 17, &mac));
    assert_true(mac == UINT64_C(0x5254004be086));
}

static void knows_guests_by_names_of_interfaces(void **state)
{
    static const struct {
        const char *name, *platform, *id;
        bool port;
    } good[] = {
        { "tap100i0", "proxmox", "100", true },
        { "tap999999999i31", "proxmox", "999999999", true },
        { "veth101i0", "lxc", "101", true },
        { "fwbr100i0", "proxmox", "100", false },
        { "fwln100i0", "proxmox", "100", false },
        { "fwln100o0", "proxmox", "100", false },
        { "fwpr100p0", "proxmox", "100", false },
        { "one-10-0", "opennebula", "10", true },
    };
    static const char *const bad[] = {
        "tap0",      "tap100",    "tap100i",   "tapi0",      "tap100i0x", "tap100i0.5",
        "tap100p0",  "fwpr100i0", "fwbr100o0", "vnet0",      "veth12ab",  "vethi0",
        "one-10",    "one-a-0",   "xtap100i0", "tap1234567890123i0",      "",
    };
    struct iface_guest guest;

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(good); i++) {
        assert_true(iface_name_guest(good[i].name, &guest));
        assert_string_equal(guest.platform, good[i].platform);
        assert_string_equal(guest.id, good[i].id);
        assert_int_equal(guest.port, good[i].port);
    }
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++)
        assert_false(iface_name_guest(bad[i], &guest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_lines_of_net_dev),
        cmocka_unit_test(parses_addresses),
        cmocka_unit_test(knows_guests_by_names_of_interfaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
