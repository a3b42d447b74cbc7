/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin `net` on VMMs in network namespaces of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net/foreign.h"
#include "net_fixture.h"

#include <stdio.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(other_namespaces_have_rows_of_their_own),
        TEST(rows_of_other_namespaces_end_with_their_vmm),
        TEST(a_namespace_is_read_once_for_all_its_vmms),
        TEST(many_namespaces_take_several_calls),
        TEST(ended_vmms_are_forgotten_without_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
