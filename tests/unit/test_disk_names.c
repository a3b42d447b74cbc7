/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What block devices are called below /dev: their labels, and devices by a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "disk/dev.h"
#include "disk/devices.h"
#include "disk_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_links_and_follows_none),
        TEST(devices_have_readable_names),
        TEST(finds_devices_by_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
