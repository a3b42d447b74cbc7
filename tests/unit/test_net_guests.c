/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which interfaces the plugin `net` finds to be a guest's: by descriptors, command lines,
 * addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net_fixture.h"

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

static void a_gone_process_claims_nothing(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_dev(fake, HEADING LINE("eth0"));
    open_and_collect(fake);
    assert_int_equal(fake_claims(fake, 4711, &claims), 0);
    assert_int_equal(claims.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(taps_passed_as_descriptors_are_claimed_once),
        TEST(else_the_command_line_names_taps),
        TEST(descriptors_belie_the_command_line),
        TEST(cloud_hypervisor_names_several_taps_at_once),
        TEST(else_the_address_tells),
        TEST(a_macvtap_is_found_by_its_index),
        TEST(interfaces_are_known_without_their_table),
        TEST(devices_past_the_host_are_passthrough),
        TEST(a_gone_process_claims_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
