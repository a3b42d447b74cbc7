/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that the plugin `net` makes of a recorded host: interfaces as files tell of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net/ifaces.h"
#include "net_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
