/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells that the plugin cgroup fills: of which files, and where these are missing or bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cgroup_fixture.h"

static void test_cells(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    assert_int_equal(value(row, "press_io"), 200);
    assert_int_equal(value(row, "press_mem"), 300);
    assert_int_equal(value(row, "throttled%"), 400);
    assert_true(fake_f64(fake, row, "cpu_max") > 1.99);
    assert_int_equal(value(row, "r_iops"), 1);
    assert_int_equal(value(row, "w_iops"), 2);
    assert_int_equal(value(row, "r_bmib"), 10);
    assert_int_equal(value(row, "w_bmib"), 20);
    for (size_t i = 0; i < KVMTOP_COUNT(all); i++)
        assert_null(fake_reason(fake, all[i]));
}

static bool only_press_io(const char *column)
{
    return strcmp(column, "press_io") == 0;
}

static void test_wants(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    fake->wants = only_press_io;
    fake_remove(fake, KVMTOP_DIR_SYS, SCOPE "/cpu.stat");
    fill();
    for (size_t i = 0; i < KVMTOP_COUNT(all); i++) {
        assert_int_equal(known(row, all[i]), only_press_io(all[i]));
        assert_null(fake_reason(fake, all[i]));
    }
}

/* v2 for pressure beside v1 for I/O. */
static void test_hybrid(void **state)
{
    const struct fake_row *row = guest(42, "9:blkio:/m/guest\n0::/qemu.slice/100.scope\n");

    (void)state;
    fake_remove(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.controllers");
    put("fs/cgroup/unified", "cgroup.controllers", "\n");
    put_scope("fs/cgroup/unified/qemu.slice/100.scope");
    fake_remove(fake, KVMTOP_DIR_SYS, "fs/cgroup/unified/qemu.slice/100.scope/io.stat");
    put("fs/cgroup/blkio/m/guest", "cgroup.procs", "42\n");
    put("fs/cgroup/blkio/m/guest", "blkio.throttle.io_serviced", "8:0 Read 5\n8:0 Write 6\n");
    put("fs/cgroup/blkio/m/guest", "blkio.throttle.io_service_bytes",
        "8:0 Read 50\n8:0 Write 60\nTotal 110\n");
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    assert_int_equal(value(row, "r_iops"), 5);
    assert_int_equal(value(row, "w_iops"), 6);
    assert_int_equal(value(row, "r_bmib"), 50);
    assert_int_equal(value(row, "w_bmib"), 60);
    /* In v1 a group within counts for itself alone. */
    put("fs/cgroup/blkio/m/guest/other", "cgroup.procs", "40\n");
    put_process(40, "bash\n");
    fill();
    assert_int_equal(value(row, "r_iops"), 5);
    /* The blkio group is shared: the other figures stay. */
    put("fs/cgroup/blkio/m/guest", "cgroup.procs", "40\n42\n");
    put_process(40, "bash\n");
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    assert_false(known(row, "r_iops"));
    assert_non_null(strstr(fake_reason(fake, "r_iops"), "holds more"));
    assert_null(fake_reason(fake, "press_cpu"));
}

static void test_no_v2(void **state)
{
    const struct fake_row *row = guest(42, "3:cpu:/guest\n");

    (void)state;
    fake_remove(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.controllers");
    fill();
    assert_false(known(row, "press_cpu"));
    assert_non_null(strstr(fake_reason(fake, "press_cpu"), "cgroup v2 is mounted neither"));
    assert_non_null(strstr(fake_reason(fake, "r_iops"), "neither the io controller"));
}

/* The counters of another group are no progress of the old one's. */
static void test_moved(void **state)
{
    struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    put_scope("fs/cgroup/qemu.slice/200.scope");
    fill();
    assert_true(known(row, "press_cpu"));
    memset(row->set, 0, sizeof row->set);
    guest(42, "0::/qemu.slice/200.scope\n");
    fill();
    assert_false(known(row, "press_cpu"));
    assert_false(known(row, "r_iops"));
    assert_true(known(row, "cpu_max"));
    assert_null(fake_reason(fake, "press_cpu"));
    fill();
    assert_true(known(row, "press_cpu"));
    /* After a pause without the columns nothing is remembered. */
    kvmtop_plugin_cgroup.sources[0].idle(fake->state);
    memset(row->set, 0, sizeof row->set);
    guest(42, "0::/qemu.slice/100.scope\n");
    fill();
    assert_true(known(row, "press_cpu"));
}

/* A group may be older than its guest. */
static void test_young(void **state)
{
    struct fake_row *row;

    (void)state;
    put_scope(SCOPE);
    guest(42, "0::/qemu.slice/100.scope\n");
    row = fake_row(fake, "process", 0, 42);
    row->birth = fake->boottime - SECOND / 2;
    fill();
    assert_false(known(row, "press_cpu"));
    assert_true(known(row, "cpu_max"));
    fill();
    assert_true(known(row, "press_cpu"));
}

/* One guest's bad group is not the other's. */
static void test_apart(void **state)
{
    const struct fake_row *good = guest(42, "0::/qemu.slice/100.scope\n");
    const struct fake_row *bad = guest(43, "0::/\n");

    (void)state;
    put_scope(SCOPE);
    fill();
    assert_true(known(good, "press_cpu") && known(good, "r_iops"));
    assert_false(known(bad, "press_cpu") || known(bad, "r_iops"));
    assert_non_null(strstr(fake_reason(fake, "press_cpu"), "some guests"));
}

static void test_gone(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    fill();                     /* the group vanished */
    assert_nothing(row, "could not be read");
    put_scope(SCOPE);
    put(SCOPE, "cgroup.procs", "");
    fill();                     /* the guest did */
    assert_nothing(row, "could not be read");
    put_scope(SCOPE);
    guest(42, "0::/../qemu.slice/100.scope\n");
    fill();
    assert_false(known(row, "press_cpu"));
    assert_non_null(strstr(fake_reason(fake, "press_cpu"), "could not be read"));
    fake_remove(fake, KVMTOP_DIR_PROC, "42/cgroup");
    fill();
    assert_nothing(row, "could not be read");
}

/* Files that are missing, empty or garbage: each column on its own. */
static void test_bad_files(void **state)
{
    static const char *const files[] = {
        "cpu.pressure", "io.pressure", "memory.pressure", "cpu.stat", "cpu.max", "io.stat",
    };
    static const char *const bad[] = { "", "\n", "garbage\n", "some total=1", "\x01\xff\n" };
    struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++) {
        put_scope(SCOPE);
        for (size_t f = 0; f < KVMTOP_COUNT(files); f++)
            put(SCOPE, files[f], bad[i]);
        fill();
        for (size_t c = 0; c < KVMTOP_COUNT(all); c++) {
            assert_false(known(row, all[c]));
            assert_non_null(fake_reason(fake, all[c]));
        }
        assert_non_null(strstr(fake_reason(fake, "press_cpu"), "pressure"));
        assert_non_null(strstr(fake_reason(fake, "cpu_max"), "cpu controller"));
        assert_non_null(strstr(fake_reason(fake, "r_iops"), "nothing has been counted"));
    }
    for (size_t f = 0; f < KVMTOP_COUNT(files); f++) {
        char path[100];

        snprintf(path, sizeof path, SCOPE "/%s", files[f]);
        fake_remove(fake, KVMTOP_DIR_SYS, path);
    }
    fill();
    assert_non_null(strstr(fake_reason(fake, "r_iops"), "neither the io controller"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cells),
        TEST(test_wants),
        TEST(test_hybrid),
        TEST(test_no_v2),
        TEST(test_moved),
        TEST(test_young),
        TEST(test_apart),
        TEST(test_gone),
        TEST(test_bad_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
