/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which devices the plugin `disk` finds to be a guest's, with all that these stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "disk_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_disk_is_claimed_with_all_under_it),
        TEST(devices_are_known_without_their_table),
        TEST(an_image_claims_what_its_file_system_lies_on),
        TEST(many_files_and_mounts_take_no_longer),
        TEST(logs_and_the_like_are_no_disks),
        TEST(without_descriptors_the_command_line_names_devices),
        TEST(disks_past_the_host_are_passthrough),
        TEST(circles_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
