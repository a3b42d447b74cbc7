/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The I/O that the plugin cgroup tells of where devices stand on others, which count it too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cgroup_fixture.h"

/* Disks, a partition, and devices that may stand on them. */
static void put_disks(void)
{
    static const char *const disks[][2] = {
        { "sda", "8:0\n" }, { "sdb", "8:16\n" }, { "sdc", "8:32\n" }, { "sdd", "8:48\n" },
        { "sda/sda1", "8:1\n" }, { "md1", "9:1\n" }, { "md5", "9:5\n" }, { "dm-3", "253:3\n" },
    };
    char path[60];

    for (size_t i = 0; i < KVMTOP_COUNT(disks); i++) {
        snprintf(path, sizeof path, "devices/%s/dev", disks[i][0]);
        fake_file(fake, KVMTOP_DIR_SYS, path, disks[i][1]);
    }
    fake_file(fake, KVMTOP_DIR_SYS, "devices/sda/sda1/partition", "1\n");
}

static void put_slave(const char *device, const char *name)
{
    char path[60], target[60];

    snprintf(path, sizeof path, "dev/block/%s/slaves/%s", device, name);
    fake_file(fake, KVMTOP_DIR_SYS, path, "");
    snprintf(path, sizeof path, "class/block/%s", name);
    snprintf(target, sizeof target, "../../devices/%s%s", strcmp(name, "sda1") ? "" : "sda/", name);
    fake_remove(fake, KVMTOP_DIR_SYS, path);
    fake_link(fake, KVMTOP_DIR_SYS, path, target);
}

/* A device on top of others, and no limit. */
static void test_stacked(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    put(SCOPE, "io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2\n"
                          "253:3 rbytes=10 wbytes=20 rios=1 wios=2\n");
    put(SCOPE, "cpu.max", "max 100000\n");
    put_disks();
    put_slave("253:3", "sda");
    fill();
    assert_int_equal(value(row, "r_iops"), 1);
    assert_int_equal(value(row, "w_bmib"), 20);
    assert_false(known(row, "cpu_max"));
    assert_null(fake_reason(fake, "cpu_max"));
}

/* A mirror writes twice, RAID 5 for the kernel's own group, and bytes may be missing below. */
static void test_raid(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    put_disks();
    put_slave("9:1", "sda1");
    put_slave("9:1", "sdb");
    put_slave("9:5", "sdc");
    put_slave("253:3", "md5");
    put(SCOPE, "io.stat", "8:0 wios=7 wbytes=70 rios=1 rbytes=10\n8:16 wios=7 wbytes=70\n"
                          "9:1 wios=7 wbytes=70 rios=1 rbytes=10\n"
                          "8:32 rios=2 rbytes=0 wios=0 wbytes=0\n"
                          "9:5 rios=2 rbytes=20 wios=3 wbytes=30\n"
                          "8:48 rios=100 rbytes=1000 wios=0 wbytes=0\n");
    fill();
    assert_int_equal(value(row, "r_iops"), 103);
    assert_int_equal(value(row, "w_iops"), 10);
    assert_int_equal(value(row, "r_bmib"), 1030);
    assert_int_equal(value(row, "w_bmib"), 100);
    /* Two layers of which the group does not list the middle one. */
    put(SCOPE, "io.stat", "253:3 rios=2 rbytes=20 wios=3 wbytes=30\n8:32 rios=2 rbytes=20\n");
    fill();
    assert_int_equal(value(row, "r_iops"), 2);
    /* Taken apart: the next round sees it. */
    fake_remove(fake, KVMTOP_DIR_SYS, "dev/block/253:3");
    fill();
    assert_int_equal(value(row, "r_iops"), 4);
    /* Devices that stand on each other, in a recorded host. */
    put_slave("253:3", "sdc");
    put_slave("8:32", "dm-3");
    fill();
    assert_false(known(row, "r_iops"));
}

/* What a device above has not counted is the device's own. */
static void test_unused_above(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    put_disks();
    put_slave("253:3", "sda");
    put(SCOPE, "io.stat", "253:3 rbytes=0 wbytes=0 rios=0 wios=0\n"
                          "8:0 rbytes=10 wbytes=20 rios=1 wios=2\n");
    fill();
    assert_int_equal(value(row, "r_iops"), 1);
    assert_int_equal(value(row, "w_bmib"), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stacked),
        TEST(test_raid),
        TEST(test_unused_above),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
