/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin `net` on a recorded host: interfaces from files, guests by descriptors and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"
#include "net/foreign.h"
#include "net/iface_name.h"
#include "net/ifaces.h"
#include "net/netdev.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

extern const struct kvmtop_plugin kvmtop_plugin_net;

#define HEADING                                                                                 \
    "Inter-|   Receive                                                |  Transmit\n"            \
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "  \
    "drop fifo colls carrier compressed\n"

#define LINE(name) name ": 100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n"

static int setup(void **state)
{
    *state = fake_host_new();
    return 0;
}

static int teardown(void **state)
{
    fake_host_free(*state);
    return 0;
}

static void set_dev(struct fake_host *fake, const char *lines)
{
    fake_file(fake, KVMTOP_DIR_PROC, "net/dev", lines);
}

static void set_attribute(struct fake_host *fake, const char *name, const char *file,
                          const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "class/net/%s/%s", name, file);
    fake_file(fake, KVMTOP_DIR_SYS, path, text);
}

static void collect(struct fake_host *fake)
{
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_net.sources[0]), 0);
}

static void open_and_collect(struct fake_host *fake)
{
    assert_int_equal(fake_open(fake, &kvmtop_plugin_net), 0);
    collect(fake);
}

static struct fake_row *row_named(struct fake_host *fake, const char *name)
{
    for (size_t i = 0; i < fake->nrows; i++) {
        if (strcmp(fake_text(fake, fake->rows[i], "iface"), name) == 0)
            return fake->rows[i];
    }
    return NULL;
}

/* ---- parsers ---- */

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

/* ---- rows ---- */

static void shows_counters_and_attributes(void **state)
{
    struct fake_host *fake = *state;
    const struct fake_row *row;

    set_dev(fake, HEADING LINE("eth0"));
    set_attribute(fake, "eth0", "ifindex", "2\n");
    set_attribute(fake, "eth0", "operstate", "up\n");
    set_attribute(fake, "eth0", "speed", "10000\n");
    open_and_collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 1);
    row = fake_row(fake, "network", 0, 2);
    assert_non_null(row);
    assert_string_equal(fake_text(fake, row, "iface"), "eth0");
    assert_string_equal(fake_text(fake, row, "state"), "UP");
    assert_int_equal(fake_u64(fake, row, "speed"), 10000);
    assert_int_equal(fake_u64(fake, row, "rx_mbps"), 100);
    assert_int_equal(fake_u64(fake, row, "rx_pkts"), 2);
    assert_int_equal(fake_u64(fake, row, "rx_err"), 3);
    assert_int_equal(fake_u64(fake, row, "rx_drop"), 4);
    assert_int_equal(fake_u64(fake, row, "tx_mbps"), 500);
    assert_int_equal(fake_u64(fake, row, "tx_pkts"), 6);
    assert_int_equal(fake_u64(fake, row, "tx_err"), 7);
    assert_int_equal(fake_u64(fake, row, "tx_drop"), 8);
    assert_int_equal(row->flags, KVMTOP_ROW_UNCLAIMED);
    assert_null(row->hint_id);
}

/* Inside a container `net` is that of the container; PID 1 is the host's. */
static void prefers_the_namespace_of_the_first_process(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("eth0"));
    fake_file(fake, KVMTOP_DIR_PROC, "1/net/dev", HEADING LINE("bond0"));
    open_and_collect(fake);
    assert_non_null(row_named(fake, "bond0"));
    assert_null(row_named(fake, "eth0"));
}

static void without_sysfs_only_counters_are_known(void **state)
{
    struct fake_host *fake = *state;
    const struct fake_row *row;

    set_dev(fake, HEADING LINE("eth0") LINE("tap7i0") LINE("vnet3"));
    fake_no_dir(fake, KVMTOP_DIR_SYS);
    open_and_collect(fake);
    row = row_named(fake, "eth0");
    assert_false(fake_known(fake, row, "state"));
    assert_false(fake_known(fake, row, "speed"));
    assert_int_equal(fake_u64(fake, row, "tx_mbps"), 500);
    assert_int_equal(row->flags, 0);
    assert_int_equal(row_named(fake, "tap7i0")->flags, KVMTOP_ROW_MIRRORED);
    assert_int_equal(row_named(fake, "vnet3")->flags, KVMTOP_ROW_MIRRORED);
}

static void states_are_up_down_or_unknown(void **state)
{
    static const char *const states[][2] = {
        { "up\n", "UP" },        { "down\n", "DOWN" },           { "unknown\n", "unknown" },
        { "dormant\n", "DOWN" }, { "lowerlayerdown\n", "DOWN" }, { "notpresent\n", "DOWN" },
    };
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("eth0"));
    assert_int_equal(fake_open(fake, &kvmtop_plugin_net), 0);
    for (size_t i = 0; i < KVMTOP_COUNT(states); i++) {
        set_attribute(fake, "eth0", "operstate", states[i][0]);
        collect(fake);
        assert_string_equal(fake_text(fake, row_named(fake, "eth0"), "state"), states[i][1]);
    }
}

/* It says 10 whatever it carries. */
static void a_tap_has_no_speed(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("tap100i0") LINE("eth0"));
    set_attribute(fake, "tap100i0", "tun_flags", "0x5002\n");
    set_attribute(fake, "tap100i0", "operstate", "unknown\n");
    set_attribute(fake, "tap100i0", "speed", "10\n");
    set_attribute(fake, "eth0", "operstate", "down\n");
    set_attribute(fake, "eth0", "speed", "-1\n");
    open_and_collect(fake);
    assert_false(fake_known(fake, row_named(fake, "tap100i0"), "speed"));
    assert_false(fake_known(fake, row_named(fake, "eth0"), "speed"));
}

static void only_guests_ports_are_mirrored(void **state)
{
    struct fake_host *fake = *state;
    static const char *const others[] = { "vpn", "veth5a", "veth101i0", "fwbr101i0", "br0" };

    set_dev(fake, HEADING LINE("mytap") LINE("vpn") LINE("mv0") LINE("veth101i0")
                      LINE("fwbr101i0") LINE("veth5a") LINE("br0"));
    set_attribute(fake, "mytap", "tun_flags", "0x1002\n");
    set_attribute(fake, "mv0", "operstate", "up\n");
    fake_folder(fake, KVMTOP_DIR_SYS, "class/net/mv0/macvtap");
    for (size_t i = 0; i < KVMTOP_COUNT(others); i++)
        set_attribute(fake, others[i], "operstate", "up\n");
    set_attribute(fake, "vpn", "tun_flags", "0x1001\n");
    open_and_collect(fake);
    assert_int_equal(row_named(fake, "mytap")->flags, KVMTOP_ROW_MIRRORED);
    assert_int_equal(row_named(fake, "veth101i0")->flags,
                     KVMTOP_ROW_MIRRORED | KVMTOP_ROW_UNCLAIMED);
    assert_int_equal(row_named(fake, "vpn")->flags, KVMTOP_ROW_UNCLAIMED);
    assert_int_equal(row_named(fake, "mv0")->flags, 0);
    assert_int_equal(row_named(fake, "veth5a")->flags, KVMTOP_ROW_UNCLAIMED);
    assert_int_equal(row_named(fake, "br0")->flags, KVMTOP_ROW_UNCLAIMED);
    assert_int_equal(row_named(fake, "fwbr101i0")->flags,
                     KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED | KVMTOP_ROW_UNCLAIMED);
}

static void hides_noise_by_default(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("lo") LINE("lo1") LINE("fwpr1p0") LINE("docker0") LINE("xfw"));
    open_and_collect(fake);
    assert_int_equal(row_named(fake, "lo")->flags, KVMTOP_ROW_HIDDEN);
    assert_int_equal(row_named(fake, "fwpr1p0")->flags,
                     KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED);
    assert_int_equal(row_named(fake, "lo1")->flags, 0);
    assert_int_equal(row_named(fake, "docker0")->flags, 0);
    assert_int_equal(row_named(fake, "xfw")->flags, 0);
}

static void hides_what_the_option_says(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("lo") LINE("veth1a") LINE("docker0") LINE("dockerx"));
    fake_option(fake, "hide", "veth*\tbr-*");
    fake_option(fake, "hide", " docker[0-9] ");
    open_and_collect(fake);
    assert_int_equal(row_named(fake, "lo")->flags, 0);
    assert_int_equal(row_named(fake, "veth1a")->flags, KVMTOP_ROW_HIDDEN);
    assert_int_equal(row_named(fake, "docker0")->flags, KVMTOP_ROW_HIDDEN);
    assert_int_equal(row_named(fake, "dockerx")->flags, 0);
}

static void names_give_hints(void **state)
{
    struct fake_host *fake = *state;
    const struct fake_row *row;

    set_dev(fake, HEADING LINE("tap100i0") LINE("one-7-1") LINE("vnet0"));
    open_and_collect(fake);
    row = row_named(fake, "tap100i0");
    assert_string_equal(row->hint_platform, "proxmox");
    assert_string_equal(row->hint_id, "100");
    row = row_named(fake, "one-7-1");
    assert_string_equal(row->hint_platform, "opennebula");
    assert_string_equal(row->hint_id, "7");
    assert_null(row_named(fake, "vnet0")->hint_id);
}

static void interfaces_come_and_go(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("eth0") LINE("tap1i0") LINE("tap2i0"));
    open_and_collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 3);
    set_dev(fake, HEADING LINE("tap2i0") LINE("tap3i0"));
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 2);
    assert_non_null(row_named(fake, "tap2i0"));
    assert_string_equal(row_named(fake, "tap3i0")->hint_id, "3");
    set_dev(fake, "");
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 0);
}

/* The same name with another index is another interface: its counters begin anew. */
static void a_new_index_is_a_new_row(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("tap1i0"));
    set_attribute(fake, "tap1i0", "ifindex", "7\n");
    open_and_collect(fake);
    assert_non_null(fake_row(fake, "network", 0, 7));
    set_attribute(fake, "tap1i0", "ifindex", "8\n");
    collect(fake);
    assert_null(fake_row(fake, "network", 0, 7));
    assert_non_null(fake_row(fake, "network", 0, 8));
}

static void garbage_is_left_out(void **state)
{
    static const char bytes[] = "a\0b: 1 2 3\n\xff\xfe: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
                                "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15";
    struct fake_host *fake = *state;

    fake_bytes(fake, KVMTOP_DIR_PROC, "net/dev", bytes, sizeof bytes - 1);
    open_and_collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 1);
    assert_non_null(row_named(fake, "\xff\xfe"));
}

static void garbage_in_sysfs_is_unknown(void **state)
{
    struct fake_host *fake = *state;
    const struct fake_row *row;

    set_dev(fake, HEADING LINE("eth0"));
    set_attribute(fake, "eth0", "operstate", "");
    set_attribute(fake, "eth0", "speed", "99999999999999999999\n");
    set_attribute(fake, "eth0", "ifindex", "-4\n");
    set_attribute(fake, "eth0", "tun_flags", "0x123456789\n");
    set_attribute(fake, "eth0", "address", "\xff\xff\n");
    open_and_collect(fake);
    row = row_named(fake, "eth0");
    assert_false(fake_known(fake, row, "state"));
    assert_false(fake_known(fake, row, "speed"));
}

static void no_file_is_an_error_that_keeps_the_rows(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("eth0"));
    open_and_collect(fake);
    fake_remove(fake, KVMTOP_DIR_PROC, "net/dev");
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_net.sources[0]), -ENOENT);
    assert_non_null(strstr(fake->message, "cannot read the network interfaces"));
    assert_int_equal(fake_count(fake, "network", 0), 1);
}

/* Past the deadline it goes on in further calls, and no row lacks its attributes after them. */
static void many_interfaces_take_several_calls(void **state)
{
    enum { MANY = 300 };
    struct fake_host *fake = *state;
    char dev[MANY * 64] = HEADING, name[16], index[16];
    size_t len = strlen(dev);

    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "t%u", i);
        snprintf(index, sizeof index, "%u\n", i + 1000);
        len += (size_t)snprintf(dev + len, sizeof dev - len, LINE("%s"), name);
        set_attribute(fake, name, "ifindex", index);
    }
    set_dev(fake, dev);
    fake->monotonic = 1000;
    fake->deadline = 999;
    open_and_collect(fake);
    assert_true(fake->calls > 10);
    assert_int_equal(fake->nrows, MANY);
    for (unsigned i = 0; i < MANY; i++)
        assert_non_null(fake_row(fake, "network", 0, i + 1000));
    collect(fake);
    assert_true(fake->calls < 10);
}

/* ---- where rtnetlink is refused ---- */

/* Requests go to a socket that can't take them, as a sandbox refuses them. */
static void spoil(struct ifaces *set)
{
    int other = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_true(other >= 0 && dup2(other, set->dumps.fd) >= 0);
    close(other);
}

static void files_tell_where_netlink_is_refused(void **state)
{
    struct fake_host *fake = *state;
    struct ifaces set;

    set_dev(fake, HEADING LINE("eth0"));
    assert_int_equal(ifaces_open(&set, true), 0);
    assert_true(set.netlink);
    spoil(&set);
    assert_int_equal(ifaces_refresh(&set, &fake->host, UINT64_MAX), 0);
    assert_false(set.netlink);
    assert_int_equal(set.refused, -EINVAL);
    assert_int_equal(set.count, 1);
    assert_string_equal(set.all[0]->name, "eth0");
    ifaces_close(&set);
}

/* What has answered once will answer again: no row gets another key. */
static void later_errors_are_errors(void **state)
{
    struct fake_host *fake = *state;
    struct ifaces set;

    assert_int_equal(ifaces_open(&set, true), 0);
    assert_int_equal(ifaces_refresh(&set, &fake->host, UINT64_MAX), 0);
    spoil(&set);
    assert_int_equal(ifaces_refresh(&set, &fake->host, UINT64_MAX), -EINVAL);
    assert_true(set.netlink);
    ifaces_close(&set);
}

/* ---- guests ---- */

static void set_fd(struct fake_host *fake, int pid, int fd, const char *link, const char *info)
{
    char path[64];

    snprintf(path, sizeof path, "%d/fd/%d", pid, fd);
    fake_link(fake, KVMTOP_DIR_PROC, path, link);
    snprintf(path, sizeof path, "%d/fdinfo/%d", pid, fd);
    fake_file(fake, KVMTOP_DIR_PROC, path, info);
}

#define TUN_INFO(name) "pos:\t0\nflags:\t0104002\nmnt_id:\t26\nino:\t142\niff:\t" name "\n"

#define SET_ARGV(fake, pid, ...)                                            \
    do {                                                                    \
        const char *const words[] = { __VA_ARGS__ };                        \
        fake_argv(fake, pid, words, KVMTOP_COUNT(words));                   \
    } while (0)

static void taps_passed_as_descriptors_are_claimed_once(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("vnet0") LINE("vnet1"));
    set_fd(fake, 42, 0, "/dev/null", "flags:\t0100000\n");
    set_fd(fake, 42, 30, "/dev/net/tun", TUN_INFO("vnet0"));
    set_fd(fake, 42, 31, "/dev/net/tun", TUN_INFO("vnet0"));
    set_fd(fake, 42, 32, "/srv/jail/root/dev/net/tun", TUN_INFO("vnet1"));
    set_fd(fake, 42, 33, "/dev/net/tun", TUN_INFO(""));
    set_fd(fake, 42, 34, "/dev/net/tun", "pos:\t0\n");
    set_fd(fake, 42, 35, "socket:[1]", TUN_INFO("vnet9"));
    set_fd(fake, 42, 36, "/dev/net/tun", TUN_INFO("../x"));
    SET_ARGV(fake, 42, "qemu-system-x86_64", "-netdev", "tap,id=a,ifname=other");
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 2);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "vnet0"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "vnet1"));
    fake_claims_free(&claims);
}

static void else_the_command_line_names_taps(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("tap100i0"));
    SET_ARGV(fake, 42, "kvm", "-name", "ifname=evil", "-netdev",
             "type=tap,id=net0,ifname=tap100i0,script=/x,vhost=on", "-netdev",
             "{\"type\":\"tap\",\"ifname\":\"tap100i1\",\"id\":\"net1\"}", "-nic",
             "tap,ifname=tap100i2", "-netdev", "tap,id=x,ifname=a/b", "-netdev");
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 3);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap100i0"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap100i1"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap100i2"));
    fake_claims_free(&claims);
}

/* Anybody may start a program of this name with the name of another's tap. */
static void descriptors_belie_the_command_line(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("tap100i0"));
    fake_folder(fake, KVMTOP_DIR_PROC, "42/fd");
    SET_ARGV(fake, 42, "kvm", "-netdev", "tap,ifname=tap100i0");
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 0);
    set_fd(fake, 42, 30, "/dev/net/tun", TUN_INFO(""));     /* open to all */
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 0);
    set_fd(fake, 42, 30, "/dev/net/tun", "pos:\t0\n");      /* Linux < 3.14 */
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap100i0"));
    fake_claims_free(&claims);
}

static void cloud_hypervisor_names_several_taps_at_once(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("tap0"));
    SET_ARGV(fake, 42, "cloud-hypervisor", "--net", "tap=tap0,mac=2e:00:00:00:00:01",
             "mac=2e:00:00:00:00:02,tap=tap1", "--disk", "path=a", "tap=disk", "--net=tap=tap2",
             "--network=tap=other", "--net", "tap=tap3");
    SET_ARGV(fake, 43, "qemu-system-x86_64", "-nic", "tap,ifname=tap4", "ifname=image");
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 4);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap0"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap1"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap2"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap3"));
    fake_claims_free(&claims);
    assert_int_equal(fake_claims(fake, 43, &claims), 0);
    assert_int_equal(claims.count, 1);
    fake_claims_free(&claims);
}

static void set_tap(struct fake_host *fake, const char *name, const char *address)
{
    set_attribute(fake, name, "tun_flags", "0x1002\n");
    set_attribute(fake, name, "address", address);
}

/* Without the right to look at its descriptors: libvirt's taps aren't on the command line. */
static void else_the_address_tells(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("vnet0") LINE("vnet1") LINE("vnet2") LINE("vnet3") LINE("eth9"));
    set_tap(fake, "vnet0", "fe:54:00:4b:e0:86\n");
    set_tap(fake, "vnet1", "fe:54:00:4b:e0:87\n");
    set_tap(fake, "vnet2", "fe:54:00:00:00:01\n");
    set_tap(fake, "vnet3", "fe:54:00:00:00:01\n");
    set_attribute(fake, "eth9", "operstate", "up\n");
    set_attribute(fake, "eth9", "address", "fe:54:00:00:00:02\n");
    SET_ARGV(fake, 42, "qemu-system-x86_64", "-device",
             "{\"driver\":\"virtio-net-pci\",\"netdev\":\"hostnet0\",\"mac\":"
             "\"52:54:00:4b:e0:86\"}",
             "-device", "e1000,mac=52:54:00:00:00:01", "-device", "e1000,mac=52:54:00:00:00:02");
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "vnet0"));
    fake_claims_free(&claims);
    fake_folder(fake, KVMTOP_DIR_PROC, "42/fd");
    assert_int_equal(fake_claims(fake, 42, &claims), 0); /* its descriptors say: none */
    assert_int_equal(claims.count, 0);
}

static void a_macvtap_is_found_by_its_index(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("macvtap0") LINE("eth0"));
    set_attribute(fake, "macvtap0", "ifindex", "12\n");
    fake_folder(fake, KVMTOP_DIR_SYS, "class/net/macvtap0/macvtap");
    set_attribute(fake, "eth0", "ifindex", "13\n");
    set_fd(fake, 42, 30, "/dev/tap12", "flags:\t0100002\n");
    set_fd(fake, 42, 31, "/dev/tap13", "flags:\t0100002\n");
    set_fd(fake, 42, 32, "/dev/tapx", "flags:\t0100002\n");
    set_fd(fake, 42, 33, "/dev/tap99999999999", "flags:\t0100002\n");
    assert_int_equal(fake_open(fake, &kvmtop_plugin_net), 0);
    assert_int_equal(fake_claims(fake, 42, &claims), 0); /* also before the first collect */
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "macvtap0"));
    fake_claims_free(&claims);
}

/* Nobody looks at the table: guests are asked for their interfaces all the same. */
static void interfaces_are_known_without_their_table(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("eth0"));
    set_fd(fake, 42, 30, "/dev/tap12", "flags:\t0100002\n");
    SET_ARGV(fake, 43, "qemu-system-x86_64", "-device", "e1000,mac=52:54:00:4b:e0:86");
    assert_int_equal(fake_open(fake, &kvmtop_plugin_net), 0);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 0);
    set_dev(fake, HEADING LINE("macvtap0") LINE("vnet0"));
    set_attribute(fake, "macvtap0", "ifindex", "12\n");
    fake_folder(fake, KVMTOP_DIR_SYS, "class/net/macvtap0/macvtap");
    set_tap(fake, "vnet0", "fe:54:00:4b:e0:86\n");
    fake->monotonic += 100000000;
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "macvtap0"));
    fake_claims_free(&claims);
    set_dev(fake, HEADING LINE("vnet1"));
    set_tap(fake, "vnet1", "fe:54:00:4b:e0:86\n");
    fake->monotonic += 100000000;
    assert_int_equal(fake_claims(fake, 43, &claims), 0);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "vnet1"));
    fake_claims_free(&claims);
}

static void devices_past_the_host_are_passthrough(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING);
    set_fd(fake, 42, 30, "/dev/vfio/vfio", "flags:\t02\n");
    set_fd(fake, 42, 31, "/dev/vfio/12", "flags:\t02\n");
    SET_ARGV(fake, 42, "kvm", "-device", "vfio-pci,host=0000:03:10.1,id=hostpci0", "-device",
             "{\"driver\":\"vfio-pci\",\"host\":\"0000:03:10.2\"}", "-netdev",
             "vhost-user,id=net0,chardev=c0", "-device", "virtio-net-pci,netdev=net0");
    SET_ARGV(fake, 43, "cloud-hypervisor", "--device", "path=/sys/bus/pci/devices/x");
    set_fd(fake, 43, 31, "/dev/vfio/12", "flags:\t02\n");
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 3);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_PASSTHROUGH, "vfio-pci 0000:03:10.1"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_PASSTHROUGH, "vfio-pci 0000:03:10.2"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_PASSTHROUGH, "vhost-user net0"));
    fake_claims_free(&claims);
    assert_int_equal(fake_claims(fake, 43, &claims), 0);
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_PASSTHROUGH, "vfio/12"));
    fake_claims_free(&claims);
}

static void set_pod(struct fake_host *fake)
{
    fake_link(fake, KVMTOP_DIR_PROC, "1/ns/net", "net:[4026531840]");
    fake_link(fake, KVMTOP_DIR_PROC, "42/ns/net", "net:[4026532567]");
    fake_file(fake, KVMTOP_DIR_PROC, "42/net/dev", HEADING LINE("lo") LINE("eth0") LINE("tap0"));
    set_fd(fake, 42, 30, "/dev/net/tun", TUN_INFO("tap0"));
}

/* The tap0 of a pod isn't the host's. */
static void other_namespaces_have_rows_of_their_own(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };
    const struct fake_row *row;

    set_dev(fake, HEADING LINE("tap0"));
    set_pod(fake);
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 42, &claims), 0);
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "tap0@4026532567"));
    fake_claims_free(&claims);
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 1);
    assert_int_equal(fake_count(fake, "network", 1), 1);
    row = row_named(fake, "tap0@4026532567");
    assert_int_equal(fake_u64(fake, row, "tx_mbps"), 500);
    assert_int_equal(row->flags, KVMTOP_ROW_MIRRORED);
    assert_false(fake_known(fake, row, "speed"));
    assert_non_null(strstr(fake_reason(fake, "state"), "in other network namespaces"));
}

static void rows_of_other_namespaces_end_with_their_vmm(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("tap0"));
    set_pod(fake);
    open_and_collect(fake);
    fake_claims(fake, 42, &claims);
    fake_claims(fake, 42, &claims); /* asked again: still one row */
    fake_claims_free(&claims);
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 1), 1);
    fake_remove(fake, KVMTOP_DIR_PROC, "42/ns/net"); /* the PID is another process now */
    fake_link(fake, KVMTOP_DIR_PROC, "42/ns/net", "net:[4026531840]");
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 1), 0);
}

static void set_namespace(struct fake_host *fake, unsigned pid, const char *link)
{
    char path[32];

    snprintf(path, sizeof path, "%u/ns/net", pid);
    fake_remove(fake, KVMTOP_DIR_PROC, path);
    fake_link(fake, KVMTOP_DIR_PROC, path, link);
}

static void claim_quietly(struct fake_host *fake, int32_t pid)
{
    struct kvmtop_claims claims = { 0 };

    assert_int_equal(fake_claims(fake, pid, &claims), 0);
    fake_claims_free(&claims);
}

/* Every VMM's net/dev tells of all interfaces of its namespace: the one that is asked is enough. */
static void a_namespace_is_read_once_for_all_its_vmms(void **state)
{
    struct fake_host *fake = *state;

    set_dev(fake, HEADING LINE("tap0"));
    set_pod(fake);
    fake_file(fake, KVMTOP_DIR_PROC, "42/net/dev", HEADING LINE("tap0") LINE("tap1"));
    set_namespace(fake, 43, "net:[4026532567]");
    set_fd(fake, 43, 30, "/dev/net/tun", TUN_INFO("tap1"));
    fake_file(fake, KVMTOP_DIR_PROC, "43/net/dev",
              HEADING "tap1: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n");
    open_and_collect(fake);
    claim_quietly(fake, 42);
    claim_quietly(fake, 43);
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 1), 2);
    assert_int_equal(fake_u64(fake, row_named(fake, "tap1@4026532567"), "rx_mbps"), 100);
    /* Its first VMM ends, or may not be asked: another one is. */
    fake_remove(fake, KVMTOP_DIR_PROC, "42/net/dev");
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 1), 1);
    assert_int_equal(fake_u64(fake, row_named(fake, "tap1@4026532567"), "rx_mbps"), 9);
}

/* Past the deadline keys are served between two namespaces, and no row is lost. */
static void many_namespaces_take_several_calls(void **state)
{
    enum { MANY = 20 };
    struct fake_host *fake = *state;
    char link[32], path[32];

    set_dev(fake, HEADING LINE("eth0"));
    fake_link(fake, KVMTOP_DIR_PROC, "1/ns/net", "net:[4026531840]");
    open_and_collect(fake);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(link, sizeof link, "net:[%u]", 4026532000u + i);
        set_namespace(fake, 100 + i, link);
        snprintf(path, sizeof path, "%u/net/dev", 100 + i);
        fake_file(fake, KVMTOP_DIR_PROC, path, HEADING LINE("tap0"));
        set_fd(fake, (int)(100 + i), 30, "/dev/net/tun", TUN_INFO("tap0"));
        claim_quietly(fake, (int32_t)(100 + i));
    }
    fake->monotonic = 1000;
    fake->deadline = 999;
    for (unsigned round = 0; round < 2; round++) {
        collect(fake);
        assert_int_equal(fake->calls, MANY);
        assert_int_equal(fake_count(fake, "network", 0), 1);
        assert_int_equal(fake_count(fake, "network", 1), MANY);
    }
}

/* New guests are claimed in any view, but only that of the network reads the counters. */
static void ended_vmms_are_forgotten_without_reading(void **state)
{
    struct fake_host *fake = *state;
    struct foreign set = { 0 };
    int proc = fake->host.dir(&fake->host, KVMTOP_DIR_PROC);

    set_namespace(fake, 7, "net:[4026532567]");
    for (int32_t pid = 1000; pid < 2000; pid++) {
        foreign_purge(&set, proc);
        assert_int_equal(foreign_add(&set, pid == 1000 ? 7 : pid, 4026532567, "tap0"), 0);
        assert_true(set.count <= 16);
    }
    assert_non_null(u64map_get(&set.by_pid, 7));
    foreign_free(&set);
}

static void a_gone_process_claims_nothing(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("eth0"));
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 4711, &claims), 0);
    assert_int_equal(claims.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_lines_of_net_dev),
        cmocka_unit_test(parses_addresses),
        cmocka_unit_test(knows_guests_by_names_of_interfaces),
        TEST(shows_counters_and_attributes),
        TEST(prefers_the_namespace_of_the_first_process),
        TEST(without_sysfs_only_counters_are_known),
        TEST(states_are_up_down_or_unknown),
        TEST(a_tap_has_no_speed),
        TEST(only_guests_ports_are_mirrored),
        TEST(hides_noise_by_default),
        TEST(hides_what_the_option_says),
        TEST(names_give_hints),
        TEST(interfaces_come_and_go),
        TEST(a_new_index_is_a_new_row),
        TEST(garbage_is_left_out),
        TEST(garbage_in_sysfs_is_unknown),
        TEST(no_file_is_an_error_that_keeps_the_rows),
        TEST(many_interfaces_take_several_calls),
        TEST(files_tell_where_netlink_is_refused),
        TEST(later_errors_are_errors),
        TEST(taps_passed_as_descriptors_are_claimed_once),
        TEST(else_the_command_line_names_taps),
        TEST(descriptors_belie_the_command_line),
        TEST(cloud_hypervisor_names_several_taps_at_once),
        TEST(else_the_address_tells),
        TEST(a_macvtap_is_found_by_its_index),
        TEST(interfaces_are_known_without_their_table),
        TEST(devices_past_the_host_are_passthrough),
        TEST(other_namespaces_have_rows_of_their_own),
        TEST(rows_of_other_namespaces_end_with_their_vmm),
        TEST(a_namespace_is_read_once_for_all_its_vmms),
        TEST(many_namespaces_take_several_calls),
        TEST(ended_vmms_are_forgotten_without_reading),
        TEST(a_gone_process_claims_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
