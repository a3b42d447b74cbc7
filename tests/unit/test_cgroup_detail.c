/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin cgroup on the page of details: limits and pressure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cgroup_fixture.h"

#define LIMITS "Limits of its cgroup"
#define PRESSURE "Pressure in its cgroup, % of the last 10, 60, 300 s"

static void assert_line(const struct kvmtop_page *page, const char *heading, const char *name,
                        const char *expected)
{
    const char *got = fake_line(page, heading, name);

    if (expected == NULL ? got != NULL : got == NULL || strcmp(got, expected) != 0)
        fail_msg("%s: %s", name, got != NULL ? got : "no such line");
}

static void test_detail(void **state)
{
    struct kvmtop_page page = { 0 };

    (void)state;
    guest(42, "0::/qemu.slice/100.scope\n");
    put_scope(SCOPE);
    put(SCOPE, "cpu.stat", "usage_usec 1\nnr_periods 40\nnr_throttled 2\nthrottled_usec 1500000\n");
    put(SCOPE, "memory.current", "1572864\n");
    put(SCOPE, "memory.max", "max\n");
    put(SCOPE, "memory.high", "12x\n");
    put(SCOPE, "memory.events", "low 0\nhigh 3\nmax 2\noom 1\noom_kill 1\n");
    put(SCOPE, "pids.max", "\n");
    put(SCOPE, "io.max", "8:0 rbps=1 wbps=max\n8:16 riops=5\n");
    put(SCOPE, "cpu.pressure", "some avg10=1.20 avg60=0.50 avg300=0.05 total=1\n"
                               "full avg10=0.00 avg60=0.00 avg300=12.34 total=1\n");
    put(SCOPE, "io.pressure", "some avg10=1.20 avg60=x avg300=0.05 total=1\n");
    fake_remove(fake, KVMTOP_DIR_SYS, SCOPE "/memory.pressure");
    assert_int_equal(fake_detail(fake, 42, &page), 0);
    assert_line(&page, LIMITS, "cpu.max", "2.00 CPUs");
    assert_line(&page, LIMITS, "throttled", "in 2 of 40 periods, for 1.5 s in all");
    assert_line(&page, LIMITS, "cpu.weight", "-");
    assert_line(&page, LIMITS, "memory", "1.5 MiB");
    assert_line(&page, LIMITS, "memory.max", "no limit");
    assert_line(&page, LIMITS, "memory.high", "-");
    assert_line(&page, LIMITS, "pids.max", "-");
    assert_line(&page, LIMITS, "memory.events", "over high 3 times, at max 2, killed 1");
    assert_line(&page, LIMITS, "io.max", "8:0 rbps=1 wbps=max; 8:16 riops=5");
    assert_line(&page, PRESSURE, "CPU",
                "some   1.20   0.50   0.05   full   0.00   0.00  12.34");
    assert_line(&page, PRESSURE, "I/O", "-");
    assert_line(&page, PRESSURE, "memory", "-");
    fake_page_free(&page);
    put(SCOPE, "io.max", "");
    put(SCOPE, "cpu.max", "max 100000\n");
    assert_int_equal(fake_detail(fake, 42, &page), 0);
    assert_line(&page, LIMITS, "io.max", "no limit");
    assert_line(&page, LIMITS, "cpu.max", "no limit");
    fake_page_free(&page);
}

/* Of a group that isn't the process's own there is nothing but the reason. */
static void test_no_detail(void **state)
{
    struct kvmtop_page page = { 0 };

    (void)state;
    guest(42, "0::/qemu.slice/100.scope\n");
    assert_int_equal(fake_detail(fake, 42, &page), 0);
    assert_line(&page, LIMITS, "unknown", "it could not be read");
    fake_page_free(&page);
    put_scope(SCOPE);
    put(SCOPE, "cgroup.procs", "42\n43\n");
    fake_file(fake, KVMTOP_DIR_PROC, "43/comm", "other\n");
    assert_int_equal(fake_detail(fake, 42, &page), 0);
    assert_line(&page, LIMITS, "unknown", "it holds other processes too");
    assert_line(&page, LIMITS, "cpu.max", NULL);
    fake_page_free(&page);
    fake_remove(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.controllers");
    assert_int_equal(fake_detail(fake, 42, &page), 0);
    assert_line(&page, LIMITS, "unknown", "cgroup v2 is not mounted");
    fake_page_free(&page);
}

/* Files that open and can't be read, as those of pressure where it is turned off (EOPNOTSUPP):
 * what the others say stays known.  A folder in its place is refused as late. */
static void test_unreadable_pressure(void **state)
{
    static const char *const files[] = { "cpu.pressure", "io.pressure", "memory.pressure" };
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");
    struct kvmtop_page page = { 0 };

    (void)state;
    put_scope(SCOPE);
    for (size_t f = 0; f < KVMTOP_COUNT(files); f++) {
        char path[100];

        snprintf(path, sizeof path, SCOPE "/%s", files[f]);
        fake_remove(fake, KVMTOP_DIR_SYS, path);
        fake_folder(fake, KVMTOP_DIR_SYS, path);
    }
    fill();
    assert_false(known(row, "press_cpu"));
    assert_false(known(row, "press_mem"));
    assert_non_null(strstr(fake_reason(fake, "press_io"), "pressure"));
    assert_int_equal(value(row, "throttled%"), 400);
    assert_int_equal(value(row, "r_iops"), 1);
    assert_int_equal(fake_detail(fake, 42, &page), 0);
    assert_line(&page, PRESSURE, "CPU", "-");
    assert_line(&page, LIMITS, "cpu.max", "2.00 CPUs");
    fake_page_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_detail),
        TEST(test_no_detail),
        TEST(test_unreadable_pressure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
