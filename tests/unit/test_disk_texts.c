/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts that the plugin `disk` reads: lines of diskstats and of mountinfo, names of devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "disk/devices.h"
#include "disk/mountinfo.h"
#include "disk_fixture.h"

static bool parse_stats(const char *text, struct diskstats *stats)
{
    return diskstats_parse((struct span){ text, strlen(text) }, stats);
}

static void parses_diskstats_of_all_ages(void **state)
{
    static const char *const bad[] = {
        "",
        "8 0",
        "8 0 sda",
        "8 1 sda1 1 2 3 4",     /* a partition before Linux 2.6.25 */
        "8 0 sda 1 2 3 4 5 6 7 8 9 10",
        "8 0 sda 1 2 3 4 5 6 7 8 9 10 -1",
        "-8 0 sda 1 2 3 4 5 6 7 8 9 10 11",
        "99999999999 0 sda 1 2 3 4 5 6 7 8 9 10 11",
        ("8 0 a-name-of-sixty-four-bytes-is-too-long-for-a-block-device-at-all" COUNTERS),
    };
    struct diskstats stats;

    (void)state;
    assert_true(parse_stats("   8       0 sda 1 2 3 4 5 6 7 8 9 10 11", &stats));
    assert_string_equal(stats.name, "sda");
    assert_int_equal(stats.major, 8);
    assert_int_equal(stats.count, 11);
    assert_int_equal(stats.value[DISKSTAT_READ_SECTORS], 3);
    assert_int_equal(stats.value[DISKSTAT_QUEUE_MS], 11);
    assert_true(parse_stats("259 1048575 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", &stats));
    assert_int_equal(stats.count, 15);
    assert_true(parse_stats("104 0 cciss/c0d0" COUNTERS, &stats));
    assert_int_equal(stats.count, DISKSTAT_COUNT);
    assert_int_equal(stats.value[DISKSTAT_FLUSHES], 16);
    assert_true(parse_stats("8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19", &stats));
    assert_int_equal(stats.count, DISKSTAT_COUNT);
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++)
        assert_false(parse_stats(bad[i], &stats));
}

static void parses_mountinfo(void **state)
{
    static const char text[] =
        "22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n"
        "23 22 0:21 / /sys rw shared:7 master:3 propagate_from:2 - sysfs sysfs rw\n"
        "garbage\n"
        "24 22 0:50 /@ /a\\040b rw - btrfs /dev/mapper/a\\040b\\134c rw,subvol=/@\n"
        "25 22 8:3 / /cut rw shared:1 -\n"
        "26 22 8:x / /bad rw - ext4 /dev/sda3 rw\n"
        "27 22 8:4 / /last rw - ext4 /dev/sda4";
    const struct span all = { text, sizeof text - 1 };
    struct mounts mounts = { 0 };
    struct mountinfo mount;
    char source[64];

    (void)state;
    assert_false(mounts_find(&mounts, 22, &mount));
    mounts_index(&mounts, all);
    assert_true(mounts_find(&mounts, 22, &mount));
    assert_int_equal(mount.major, 8);
    assert_int_equal(mount.minor, 2);
    assert_true(mounts_find(&mounts, 23, &mount));
    assert_int_equal(mount.major, 0);
    assert_true(mounts_find(&mounts, 24, &mount));
    assert_true(mountinfo_source(&mount, source, sizeof source));
    assert_string_equal(source, "/dev/mapper/a b\\c");
    assert_false(mountinfo_source(&mount, source, 8));
    assert_false(mounts_find(&mounts, 25, &mount));
    assert_false(mounts_find(&mounts, 26, &mount));
    assert_true(mounts_find(&mounts, 27, &mount));
    assert_false(mounts_find(&mounts, 2, &mount));
    mounts_free(&mounts);
}

static void knows_paths_of_nvme_multipath(void **state)
{
    static const char *const others[] = { "nvme0n1", "nvme0c", "nvmec0n1", "nvme0c1", "sda", "" };
    char head[DISKSTATS_NAME];

    (void)state;
    assert_true(device_nvme_head("nvme0c1n2", head));
    assert_string_equal(head, "nvme0n2");
    for (size_t i = 0; i < KVMTOP_COUNT(others); i++)
        assert_false(device_nvme_head(others[i], head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_diskstats_of_all_ages),
        cmocka_unit_test(parses_mountinfo),
        cmocka_unit_test(knows_paths_of_nvme_multipath),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
