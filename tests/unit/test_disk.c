/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that the plugin `disk` makes of a host's devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "disk_fixture.h"

#include <errno.h>
#include <stdio.h>

static void shows_counters(void **state)
{
    struct fake_host *fake = *state;
    const struct fake_row *row;

    set_stats(fake, "   8       0 sda 100 1 2048 300 200 1 4096 500 3 700 800 9 0 0 0 11 0\n");
    open_and_collect(fake);
    row = row_of(fake, "sda");
    assert_non_null(row);
    assert_string_equal(fake_text(fake, row, "device"), "sda");
    assert_string_equal(fake_text(fake, row, "kname"), "sda");
    assert_false(fake_known(fake, row, "dm"));
    assert_int_equal(fake_u64(fake, row, "r_iops"), 100);
    assert_int_equal(fake_u64(fake, row, "w_iops"), 200);
    assert_int_equal(fake_u64(fake, row, "r_mib"), 1 << 20);
    assert_int_equal(fake_u64(fake, row, "w_mib"), 2 << 20);
    assert_int_equal(fake_u64(fake, row, "r_time"), 300);
    assert_int_equal(fake_u64(fake, row, "w_time"), 500);
    assert_int_equal(fake_u64(fake, row, "util"), 700);
    assert_int_equal(fake_u64(fake, row, "queue"), 800);
    assert_int_equal(fake_u64(fake, row, "d_iops"), 9);
    assert_int_equal(fake_u64(fake, row, "f_iops"), 11);
    assert_int_equal(row->flags, 0);
}

static void what_an_old_kernel_does_not_count_is_unknown(void **state)
{
    struct fake_host *fake = *state;

    set_stats(fake, "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n");
    open_and_collect(fake);
    assert_false(fake_known(fake, row_of(fake, "sda"), "d_iops"));
    assert_false(fake_known(fake, row_of(fake, "sda"), "f_iops"));
    assert_non_null(fake_reason(fake, "d_iops"));
    assert_null(fake_reason(fake, "queue"));
}

static void counts_only_what_stands_on_no_other(void **state)
{
    struct fake_host *fake = *state;

    set_lvm(fake);
    open_and_collect(fake);
    assert_int_equal(row_of(fake, "sda")->flags, 0);
    assert_int_equal(row_of(fake, "sda3")->flags, KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED);
    assert_int_equal(row_of(fake, "dm-1")->flags, KVMTOP_ROW_UNCOUNTED);
    assert_int_equal(row_of(fake, "dm-5")->flags, KVMTOP_ROW_UNCOUNTED);
    assert_string_equal(fake_text(fake, row_of(fake, "dm-5"), "device"), "pve-vm--100--disk--0");
    assert_string_equal(fake_text(fake, row_of(fake, "dm-5"), "dm"), "pve-vm--100--disk--0");
    assert_string_equal(fake_text(fake, row_of(fake, "dm-5"), "kname"), "dm-5");
}

static void knows_what_kind_of_device_by_its_name(void **state)
{
    static const struct {
        const char *name;
        uint32_t flags;
    } devices[] = {
        { "loop0", KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED },
        { "loop0p1", KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED },
        { "ram0", KVMTOP_ROW_HIDDEN },
        { "zram0", 0 },
        { "zd16", KVMTOP_ROW_UNCOUNTED },
        { "zd16p1", KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED },
        { "nvme0n1", KVMTOP_ROW_UNCOUNTED }, /* its paths are counted */
        { "nvme0c0n1", 0 },
        { "nvme0c1n1", 0 },
        { "nvme1n1", 0 },
        { "nvme1n1p2", KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED },
        { "mmcblk0", 0 },
        { "mmcblk0boot0", 0 },
        { "mmcblk0p1", KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCOUNTED },
        { "xvda1", 0 },                      /* Xen has such disks without an xvda */
        { "dm-1", 0 },
        { "dm-10", 0 },
        { "sr0", 0 },
    };
    struct fake_host *fake = *state;
    char lines[4096] = "";
    size_t len = 0;

    for (unsigned i = 0; i < KVMTOP_COUNT(devices); i++)
        len += (size_t)snprintf(lines + len, sizeof lines - len, "1 %u %s" COUNTERS, i,
                                devices[i].name);
    set_stats(fake, lines);
    open_and_collect(fake);
    for (size_t i = 0; i < KVMTOP_COUNT(devices); i++)
        assert_int_equal(row_of(fake, devices[i].name)->flags, devices[i].flags);
}

static void partitions_are_shown_by_option(void **state)
{
    struct fake_host *fake = *state;

    set_stats(fake, "8 0 sda" COUNTERS "8 1 sda1" COUNTERS);
    fake_option(fake, "partitions", "1");
    open_and_collect(fake);
    assert_int_equal(row_of(fake, "sda1")->flags, KVMTOP_ROW_UNCOUNTED);
}

static void devices_come_and_go(void **state)
{
    struct fake_host *fake = *state;

    set_stats(fake, "8 0 sda" COUNTERS "8 16 sdb" COUNTERS);
    open_and_collect(fake);
    assert_int_equal(fake->nrows, 2);
    set_stats(fake, "8 16 sdb" COUNTERS "8 32 sdc" COUNTERS);
    collect(fake);
    assert_int_equal(fake->nrows, 2);
    assert_null(row_of(fake, "sda"));
    assert_non_null(row_of(fake, "sdc"));
    set_stats(fake, "");
    collect(fake);
    assert_int_equal(fake->nrows, 0);
}

/* The kernel gives a removed device's number to the next one. */
static void a_name_used_again_is_read_again(void **state)
{
    enum { MANY = 100 };
    struct fake_host *fake = *state;
    char lines[MANY * 64] = "";
    size_t len = 0;

    for (unsigned i = 10; i < MANY; i++)
        len += (size_t)snprintf(lines + len, sizeof lines - len, "253 %u dm-%u" COUNTERS, i, i);
    snprintf(lines + len, sizeof lines - len, "253 3 dm-3 100 2 3 4 5 6 7 8 9 10 11\n");
    set_stats(fake, lines);
    set_sysfs(fake, "dm-3", "dm/name", "old\n");
    open_and_collect(fake);
    assert_string_equal(fake_text(fake, row_of(fake, "dm-3"), "device"), "old");
    set_sysfs(fake, "dm-3", "dm/name", "new\n");
    collect(fake);
    assert_string_equal(fake_text(fake, row_of(fake, "dm-3"), "device"), "old"); /* not its turn */
    snprintf(lines + len, sizeof lines - len, "253 3 dm-3 99 2 3 4 5 6 7 8 9 10 11\n");
    set_stats(fake, lines);
    collect(fake);
    assert_string_equal(fake_text(fake, row_of(fake, "dm-3"), "device"), "new");
}

static void renamed_devices_are_seen_in_turn(void **state)
{
    struct fake_host *fake = *state;

    set_stats(fake, "253 3 dm-3" COUNTERS);
    set_sysfs(fake, "dm-3", "dm/name", "old\n");
    open_and_collect(fake);
    set_sysfs(fake, "dm-3", "dm/name", "new\n");
    collect(fake);
    assert_string_equal(fake_text(fake, row_of(fake, "dm-3"), "device"), "new");
}

static void many_devices_take_several_calls(void **state)
{
    enum { MANY = 200 };
    struct fake_host *fake = *state;
    char lines[MANY * 64] = "", name[16];
    size_t len = 0;

    for (unsigned i = 0; i < MANY; i++) {
        len += (size_t)snprintf(lines + len, sizeof lines - len, "253 %u dm-%u" COUNTERS, i, i);
        snprintf(name, sizeof name, "dm-%u", i);
        set_sysfs(fake, name, "dm/name", name);
    }
    set_stats(fake, lines);
    fake->monotonic = 1000;
    fake->deadline = 999;
    open_and_collect(fake);
    assert_true(fake->calls > 10);
    assert_int_equal(fake->nrows, MANY);
    for (size_t i = 0; i < fake->nrows; i++)
        assert_true(fake_known(fake, fake->rows[i], "dm"));
    collect(fake);
    assert_true(fake->calls <= 2);
}

static void garbage_is_left_out(void **state)
{
    struct fake_host *fake = *state;
    const char *const lines = "8 0 sda" COUNTERS "garbage\n8 1 .." COUNTERS "8 2 ../../x" COUNTERS
                              "8 3 \xff\x1b[2J" COUNTERS "8 4 cut 1 2 3";

    set_stats(fake, lines);
    fake_file(fake, KVMTOP_DIR_SYS, "class/block/sda/slaves", "not a folder");
    open_and_collect(fake);
    assert_non_null(row_of(fake, "sda"));
    assert_null(row_of(fake, "cut"));
    set_stats(fake, "garbage\n");
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_disk.sources[0]), -EBADMSG);
    assert_non_null(row_of(fake, "sda"));
    fake_remove(fake, KVMTOP_DIR_PROC, "diskstats");
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_disk.sources[0]), -ENOENT);
    assert_non_null(strstr(fake->message, "/proc/diskstats"));
    assert_non_null(row_of(fake, "sda"));
}

/* ---- the running host ---- */

static void reads_the_running_host(void **state)
{
    struct fake_host *fake = *state;
    char name[64];
    FILE *file = fopen("/proc/diskstats", "re");
    size_t count = 0;

    if (file == NULL)
        skip();
    while (fscanf(file, "%*u %*u %63s%*[^\n]", name) == 1)
        count++;
    fclose(file);
    fake_live(fake);
    open_and_collect(fake);
    assert_int_equal(fake->nrows, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_counters),
        TEST(what_an_old_kernel_does_not_count_is_unknown),
        TEST(counts_only_what_stands_on_no_other),
        TEST(knows_what_kind_of_device_by_its_name),
        TEST(partitions_are_shown_by_option),
        TEST(devices_come_and_go),
        TEST(a_name_used_again_is_read_again),
        TEST(renamed_devices_are_seen_in_turn),
        TEST(many_devices_take_several_calls),
        TEST(garbage_is_left_out),
        TEST(reads_the_running_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
