/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin `disk` on a recorded host: devices, what stands on what, and whose disks are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "disk/dev.h"
#include "disk/devices.h"
#include "disk/mountinfo.h"
#include "fake_host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct kvmtop_plugin kvmtop_plugin_disk;

#define COUNTERS " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"

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

static void set_stats(struct fake_host *fake, const char *lines)
{
    fake_file(fake, KVMTOP_DIR_PROC, "diskstats", lines);
}

static void set_sysfs(struct fake_host *fake, const char *name, const char *file,
                      const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "class/block/%s/%s", name, file);
    if (text != NULL)
        fake_file(fake, KVMTOP_DIR_SYS, path, text);
    else
        fake_folder(fake, KVMTOP_DIR_SYS, path);
}

static void collect(struct fake_host *fake)
{
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_disk.sources[0]), 0);
}

static void open_and_collect(struct fake_host *fake)
{
    assert_int_equal(fake_open(fake, &kvmtop_plugin_disk), 0);
    collect(fake);
}

static struct fake_row *row_of(struct fake_host *fake, const char *kname)
{
    return fake_row(fake, "storage", 0, device_id(kname));
}

/* ---- parsers ---- */

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

/* ---- /dev ---- */

/* The fake's folder etc stands for /dev. */
static void set_dev(struct fake_host *fake)
{
    fake_link(fake, KVMTOP_DIR_ETC, "pve/vm-100-disk-0", "../dm-5");
    fake_link(fake, KVMTOP_DIR_ETC, "zvol/rpool/data/vm-101-disk-0", "../../../zd0");
    fake_link(fake, KVMTOP_DIR_ETC, "zvol/rpool/data/vm-101-disk-0-part1", "../../../zd0p1");
    fake_link(fake, KVMTOP_DIR_ETC, "md/root", "../md127");
    fake_link(fake, KVMTOP_DIR_ETC, "md/0", "../md0");
    fake_link(fake, KVMTOP_DIR_ETC, "shortcut", "pve");
    fake_file(fake, KVMTOP_DIR_ETC, "plain", "");
}

static void reads_links_and_follows_none(void **state)
{
    static const char *const refused[] = {
        "nothing", "plain", "pve", "shortcut/vm-100-disk-0", "../etc/pve/vm-100-disk-0",
        "pve/../../x", "/etc/mtab", "",
    };
    struct fake_host *fake = *state;
    char target[64];
    int dev;

    set_dev(fake);
    dev = fake->host.dir(&fake->host, KVMTOP_DIR_ETC);
    assert_true(dev_link_target(dev, "pve/vm-100-disk-0", target, sizeof target));
    assert_string_equal(target, "dm-5");
    assert_true(dev_link_target(dev, "zvol/rpool/data/vm-101-disk-0", target, sizeof target));
    assert_string_equal(target, "zd0");
    assert_false(dev_link_target(dev, "pve/vm-100-disk-0", target, 4));
    assert_false(dev_link_target(-1, "pve/vm-100-disk-0", target, sizeof target));
    for (size_t i = 0; i < KVMTOP_COUNT(refused); i++)
        assert_false(dev_link_target(dev, refused[i], target, sizeof target));
}

static void devices_have_readable_names(void **state)
{
    struct fake_host *fake = *state;
    struct devices set;

    set_dev(fake);
    set = (struct devices){ .dev = fake->host.dir(&fake->host, KVMTOP_DIR_ETC) };
    set_stats(fake, "230 0 zd0" COUNTERS "230 1 zd0p1" COUNTERS "9 127 md127" COUNTERS
                    "9 0 md0" COUNTERS "8 0 sda" COUNTERS);
    assert_int_equal(devices_refresh(&set, &fake->host, UINT64_MAX), 0);
    assert_string_equal(devices_by_number(&set, 230, 0)->label, "rpool/data/vm-101-disk-0");
    assert_string_equal(devices_by_number(&set, 230, 1)->label, "rpool/data/vm-101-disk-0-part1");
    assert_string_equal(devices_by_number(&set, 9, 127)->label, "md/root");
    assert_null(devices_by_number(&set, 9, 0)->label);
    assert_null(devices_by_number(&set, 8, 0)->label);
    assert_null(devices_by_number(&set, 8, 1));
    devices_free(&set);
}

static void finds_devices_by_path(void **state)
{
    static const struct {
        const char *path, *name;
    } paths[] = {
        { "/dev/sda", "sda" },
        { "/dev/cciss/c0d0", "cciss/c0d0" },
        { "/dev/dm-5", "dm-5" },
        { "/dev/mapper/pve-vm--100--disk--0", "dm-5" },
        { "/dev/pve/vm-100-disk-0", "dm-5" }, /* without its link, by the name */
        { "/dev/md/root", "md127" },          /* by a link */
        { "/dev/pve/vm-100-disk-1", NULL },
        { "/dev/mapper/x", NULL },
        { "/dev/sdb", NULL },
        { "/dev/", NULL },
        { "/devsda", NULL },
        { "sda", NULL },
    };
    struct fake_host *fake = *state;
    struct devices set;

    set_dev(fake);
    fake_remove(fake, KVMTOP_DIR_ETC, "pve/vm-100-disk-0");
    set = (struct devices){ .dev = fake->host.dir(&fake->host, KVMTOP_DIR_ETC) };
    set_stats(fake, "8 0 sda" COUNTERS "104 0 cciss/c0d0" COUNTERS "253 5 dm-5" COUNTERS
                    "9 127 md127" COUNTERS);
    set_sysfs(fake, "dm-5", "dm/name", "pve-vm--100--disk--0\n");
    assert_int_equal(devices_refresh(&set, &fake->host, UINT64_MAX), 0);
    for (size_t i = 0; i < KVMTOP_COUNT(paths); i++) {
        const struct device *device = devices_by_path(&set, paths[i].path);
        if (paths[i].name == NULL)
            assert_null(device);
        else
            assert_string_equal(device->stats.name, paths[i].name);
    }
    devices_free(&set);
}

/* ---- rows ---- */

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

/* Proxmox VE's usual stack: a disk, a partition, LVM on it. */
static void set_lvm(struct fake_host *fake)
{
    set_stats(fake, "8 0 sda" COUNTERS "8 3 sda3" COUNTERS "253 1 dm-1" COUNTERS
                    "253 5 dm-5" COUNTERS "8 16 sdb" COUNTERS "8 17 sdb1" COUNTERS);
    set_sysfs(fake, "sda", "slaves", NULL);
    set_sysfs(fake, "sdb", "slaves", NULL);
    set_sysfs(fake, "sda3", "partition", "3\n");
    set_sysfs(fake, "dm-1", "dm/name", "pve-data_tdata\n");
    set_sysfs(fake, "dm-1", "slaves/sda3", NULL);
    set_sysfs(fake, "dm-5", "dm/name", "pve-vm--100--disk--0\n");
    set_sysfs(fake, "dm-5", "slaves/dm-1", NULL);
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

/* ---- guests ---- */

static void set_fd(struct fake_host *fake, int pid, int fd, const char *link, const char *info)
{
    char path[64];

    snprintf(path, sizeof path, "%d/fd/%d", pid, fd);
    fake_link(fake, KVMTOP_DIR_PROC, path, link);
    snprintf(path, sizeof path, "%d/fdinfo/%d", pid, fd);
    fake_file(fake, KVMTOP_DIR_PROC, path, info);
}

static void claims_of(struct fake_host *fake, int pid, struct kvmtop_claims *claims)
{
    assert_int_equal(fake_claims(fake, pid, claims), 0);
}

static void a_disk_is_claimed_with_all_under_it(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_lvm(fake);
    set_fd(fake, 42, 9, "/dev/kvm", "flags:\t02\nmnt_id:\t5\n");
    set_fd(fake, 42, 10, "/dev/dm-5", "flags:\t0140002\nmnt_id:\t5\n");
    set_fd(fake, 42, 11, "/dev/dm-5", "flags:\t0140002\nmnt_id:\t5\n");
    assert_int_equal(fake_open(fake, &kvmtop_plugin_disk), 0);
    claims_of(fake, 42, &claims); /* also before the first collect */
    assert_int_equal(claims.count, 4);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "dm-5"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "dm-1"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sda3"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sda"));
    fake_claims_free(&claims);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 4);
    fake_claims_free(&claims);
}

/* Nobody looks at the table: guests are asked for their devices all the same. */
static void devices_are_known_without_their_table(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_stats(fake, "8 0 sda" COUNTERS);
    set_fd(fake, 42, 10, "/dev/sdb", "flags:\t0140002\nmnt_id:\t5\n");
    fake_file(fake, KVMTOP_DIR_PROC, "43/mountinfo", "20 1 8:0 / / rw - ext4 /dev/x rw\n");
    set_fd(fake, 43, 10, "/a.raw", "flags:\t0100002\nmnt_id:\t20\n");
    assert_int_equal(fake_open(fake, &kvmtop_plugin_disk), 0);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 0);
    set_stats(fake, "8 0 sdb" COUNTERS);        /* has the number that was sda's */
    fake->monotonic += 100000000;
    claims_of(fake, 42, &claims);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sdb"));
    fake_claims_free(&claims);
    claims_of(fake, 43, &claims);
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sdb"));
    fake_claims_free(&claims);
}

#define MOUNTS                                                       \
    "20 1 8:3 / / rw - ext4 /dev/sda3 rw\n"                          \
    "30 20 0:40 / /srv rw - btrfs /dev/sdb1 rw,subvol=/\n"           \
    "31 20 0:41 / /nfs rw - nfs4 server:/export rw\n"                \
    "32 20 0:42 / /ov rw - overlay overlay rw\n"                     \
    "33 20 8:99 / /gone rw - ext4 /dev/sdz rw\n"

static void an_image_claims_what_its_file_system_lies_on(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_lvm(fake);
    fake_file(fake, KVMTOP_DIR_PROC, "42/mountinfo", MOUNTS);
    fake_file(fake, KVMTOP_DIR_PROC, "43/mountinfo", MOUNTS);
    set_fd(fake, 42, 10, "/var/lib/a.qcow2", "pos:\t0\nflags:\t02100002\nmnt_id:\t20\n");
    set_fd(fake, 43, 10, "/srv/b.raw (deleted)", "pos:\t0\nflags:\t0100000\nmnt_id:\t30\n");
    set_fd(fake, 43, 11, "/nfs/c.raw", "pos:\t0\nflags:\t0100002\nmnt_id:\t31\n");
    set_fd(fake, 43, 12, "/ov/d.raw", "pos:\t0\nflags:\t0100002\nmnt_id:\t32\n");
    set_fd(fake, 43, 13, "/gone/e.raw", "pos:\t0\nflags:\t0100002\nmnt_id:\t33\n");
    set_fd(fake, 43, 14, "/lost/f.raw", "pos:\t0\nflags:\t0100002\nmnt_id:\t77\n");
    open_and_collect(fake);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 2);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sda3"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sda"));
    fake_claims_free(&claims);
    claims_of(fake, 43, &claims);
    assert_int_equal(claims.count, 2);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sdb1"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sdb"));
    fake_claims_free(&claims);
}

/* Any user may have that many mounts, and as many files open there.  Were the mounts gone through
 * for each file, this would take minutes. */
static void many_files_and_mounts_take_no_longer(void **state)
{
    enum { MANY = 100000, FILES = 2000, TIMES = 20, LINE = 40 };
    struct fake_host *fake = *state;
    char *text = malloc(MANY * LINE + LINE);
    size_t len = 0;

    set_lvm(fake);
    assert_non_null(text);
    for (unsigned i = 0; i < MANY; i++)
        len += (size_t)snprintf(text + len, LINE, "%u 1 0:9 / / rw - tmpfs x rw\n", i);
    len += (size_t)snprintf(text + len, LINE, "%u 1 8:3 / / rw - ext4 x rw\n", MANY);
    fake_bytes(fake, KVMTOP_DIR_PROC, "42/mountinfo", text, len);
    free(text);
    for (int fd = 0; fd < FILES; fd++)
        set_fd(fake, 42, fd, "/srv/a.raw", "flags:\t02\nmnt_id:\t100000\n");
    open_and_collect(fake);
    alarm(60);
    for (unsigned i = 0; i < TIMES; i++) {
        struct kvmtop_claims claims = { 0 };

        claims_of(fake, 42, &claims);
        assert_int_equal(claims.count, 2);
        assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sda3"));
        fake_claims_free(&claims);
    }
    alarm(0);
}

static void logs_and_the_like_are_no_disks(void **state)
{
    static const struct {
        const char *link, *info;
    } files[] = {
        { "/var/log/qemu/a", "flags:\t0102001\nmnt_id:\t20\n" },      /* write only */
        { "/var/log/qemu/a.log", "flags:\t0100002\nmnt_id:\t20\n" },
        { "/var/run/a.pid", "flags:\t0100002\nmnt_id:\t20\n" },
        { "/usr/share/OVMF/OVMF_CODE.fd", "flags:\t0100000\nmnt_id:\t20\n" },
        { "/memfd:x (deleted)", "flags:\t0100002\nmnt_id:\t20\n" },
        { "socket:[77]", "flags:\t02\nmnt_id:\t20\n" },
        { "anon_inode:[eventfd]", "flags:\t02\nmnt_id:\t20\n" },
        { "(unreachable)/x", "flags:\t02\nmnt_id:\t20\n" },
        { "/var/a.raw", "flags:\t\nmnt_id:\t20\n" },
        { "/var/a.raw", "flags:\t09\nmnt_id:\t20\n" },
        { "/var/a.raw", "flags:\t02\nmnt_id:\tx\n" },
        { "/var/a.raw", "" },
    };
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_lvm(fake);
    fake_file(fake, KVMTOP_DIR_PROC, "42/mountinfo", MOUNTS);
    for (int i = 0; i < (int)KVMTOP_COUNT(files); i++)
        set_fd(fake, 42, i, files[i].link, files[i].info);
    open_and_collect(fake);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 0);
}

/* Of a file's path nobody can tell where its links lead: only devices count. */
static void without_descriptors_the_command_line_names_devices(void **state)
{
    static const char *const argv[] = {
        "kvm", "-name", "/dev/sdb", "-drive",
        "file=/dev/pve/vm-100-disk-0,if=none,id=drive-scsi0", "-drive",
        "file=/var/lib/images/a.raw,format=raw",
    };
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_lvm(fake);
    fake_file(fake, KVMTOP_DIR_PROC, "42/mountinfo", MOUNTS);
    fake_argv(fake, 42, argv, KVMTOP_COUNT(argv));
    open_and_collect(fake);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 4);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "dm-5"));
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_BLOCK, "sda"));
    fake_claims_free(&claims);
    fake_folder(fake, KVMTOP_DIR_PROC, "42/fd");
    claims_of(fake, 42, &claims); /* its descriptors say: none */
    assert_int_equal(claims.count, 0);
}

static void disks_past_the_host_are_passthrough(void **state)
{
    static const char *const argv[] = {
        "kvm", "-chardev", "socket,id=c0,path=/run/spdk.sock", "-device",
        "vhost-user-blk-pci,chardev=c0,id=d0", "-device", "vfio-pci,host=0000:03:10.1",
    };
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_lvm(fake);
    fake_argv(fake, 42, argv, KVMTOP_COUNT(argv));
    open_and_collect(fake);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_PASSTHROUGH, "vhost-user-blk-pci c0"));
    fake_claims_free(&claims);
}

/* A recorded host may claim anything. */
static void circles_end(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    set_stats(fake, "253 0 dm-0" COUNTERS "253 1 dm-1" COUNTERS);
    set_sysfs(fake, "dm-0", "slaves/dm-1", NULL);
    set_sysfs(fake, "dm-1", "slaves/dm-0", NULL);
    set_sysfs(fake, "dm-1", "slaves/dm-1", NULL);
    set_sysfs(fake, "dm-1", "slaves/nothing", NULL);
    set_fd(fake, 42, 10, "/dev/dm-0", "flags:\t02\n");
    open_and_collect(fake);
    claims_of(fake, 42, &claims);
    assert_int_equal(claims.count, 2);
    fake_claims_free(&claims);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_diskstats_of_all_ages),
        cmocka_unit_test(parses_mountinfo),
        cmocka_unit_test(knows_paths_of_nvme_multipath),
        TEST(reads_links_and_follows_none),
        TEST(devices_have_readable_names),
        TEST(finds_devices_by_path),
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
        TEST(a_disk_is_claimed_with_all_under_it),
        TEST(devices_are_known_without_their_table),
        TEST(an_image_claims_what_its_file_system_lies_on),
        TEST(many_files_and_mounts_take_no_longer),
        TEST(logs_and_the_like_are_no_disks),
        TEST(without_descriptors_the_command_line_names_devices),
        TEST(disks_past_the_host_are_passthrough),
        TEST(circles_end),
        TEST(reads_the_running_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
