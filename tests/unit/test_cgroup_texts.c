/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts that the plugin cgroup reads: paths of groups, numbers, devices, I/O of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kvmtop/plugin.h>

#include "cgroup/text.h"

static struct span span(const char *text)
{
    return (struct span){ text, strlen(text) };
}

static void assert_span(struct span found, const char *expected)
{
    char text[256];

    snprintf(text, sizeof text, "%.*s", (int)found.len, found.at);
    assert_string_equal(text, expected);
}

static void test_paths(void **state)
{
    static const char hybrid[] = "12:cpu,cpuacct:/qemu\n7:blkio:/blk/a:b\n1:name=systemd:/x\n"
                                 "0::/machine.slice/a b.scope\n";
    struct span path;

    (void)state;
    assert_true(cgroup_path(span(hybrid), "", &path));
    assert_span(path, "/machine.slice/a b.scope");
    assert_true(cgroup_path(span(hybrid), "blkio", &path));
    assert_span(path, "/blk/a:b");
    assert_true(cgroup_path(span(hybrid), "cpuacct", &path));
    assert_span(path, "/qemu");
    assert_false(cgroup_path(span(hybrid), "io", &path));
    assert_false(cgroup_path(span(hybrid), "systemd", &path));
    assert_false(cgroup_path(span("0::/cut.scope"), "", &path));
    assert_false(cgroup_path(span("0::/../other.scope\n"), "", &path));
    assert_false(cgroup_path(span("0::/a/..\n"), "", &path));
    assert_true(cgroup_path(span("0::/a..b\n"), "", &path));
    assert_false(cgroup_path(span("\n0\n0:\n::\n0::\n0::x\n"), "", &path));
    assert_false(cgroup_path(span(""), "", &path));
}

static void test_scopes(void **state)
{
    static const char *const paths[][2] = {
        { "/qemu.slice/100.scope", "/qemu.slice/100.scope" },
        { "/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt/emulator",
          "/machine.slice/machine-qemu\\x2d1\\x2da.scope" },
        { "/m.scope/libvirt/vcpu0", "/m.scope" },
        { "/m.scope/libvirt/iothread12", "/m.scope" },
        { "/m.scope/libvirt", "/m.scope" },
        { "/m.scope/emulator", "/m.scope" },
        { "/m.scope/libvirtd", "/m.scope/libvirtd" },
        { "/m.scope/vcpux", "/m.scope/vcpux" },
        { "/", "/" },
        { "/libvirt", "" },
        { "/emulator", "" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(paths); i++)
        assert_span(cgroup_scope(span(paths[i][0])), paths[i][1]);
}

static void test_numbers(void **state)
{
    static const char *const no_pressure[] = {
        "", "some\n", "some avg10=0.00\n", "full avg10=0.00 total=5\n", "some total=\n",
        "some total=1x\n", "some avg10=0.00 total=12", "some total=99999999999999999999\n",
    };
    uint64_t value = 0;
    double cpus = 0;

    (void)state;
    assert_true(cgroup_pressure(span("some avg10=0.00 avg60=1.50 avg300=0.00 total=1234\n"
                                     "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n"), &value));
    assert_int_equal(value, 1234);
    for (size_t i = 0; i < KVMTOP_COUNT(no_pressure); i++)
        assert_false(cgroup_pressure(span(no_pressure[i]), &value));
    assert_true(cgroup_key(span("usage_usec 5\nthrottled_usec 77\n"), "throttled_usec", &value));
    assert_int_equal(value, 77);
    assert_false(cgroup_key(span("usage_usec 5\n"), "throttled_usec", &value));
    assert_false(cgroup_key(span("throttled_usec\n"), "throttled_usec", &value));
    assert_false(cgroup_key(span("throttled_usec 7"), "throttled_usec", &value));
    assert_int_equal(cgroup_cpu_max(span("150000 100000\n"), &cpus), CGROUP_MAX_SET);
    assert_true(cpus > 1.4999 && cpus < 1.5001);
    assert_int_equal(cgroup_cpu_max(span("max 100000\n"), &cpus), CGROUP_MAX_NONE);
    assert_int_equal(cgroup_cpu_max(span("max\n"), &cpus), CGROUP_MAX_UNKNOWN);
    assert_int_equal(cgroup_cpu_max(span("5 0\n"), &cpus), CGROUP_MAX_UNKNOWN);
    assert_int_equal(cgroup_cpu_max(span(""), &cpus), CGROUP_MAX_UNKNOWN);
    assert_int_equal(cgroup_cpu_max(span("-1 100000\n"), &cpus), CGROUP_MAX_UNKNOWN);
}

/* All into one, but what the device mapper tells. */
static struct cgroup_io *not_dm(void *arg, uint64_t device)
{
    return device >> 32 != 253 ? arg : NULL;
}

static void test_devices(void **state)
{
    static const char *const bad[] = {
        "", ":", "8", "8:", ":0", "8:0 ", "8:0\n", "-8:0", "8:x", "4294967296:0", "0:4294967296",
    };
    uint64_t device = 0;

    (void)state;
    assert_true(cgroup_device(span("253:65536"), &device));
    assert_true(device == (UINT64_C(253) << 32 | 65536));
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++)
        assert_false(cgroup_device(span(bad[i]), &device));
}

static void test_io_stat(void **state)
{
    struct cgroup_io io = { 0 };

    (void)state;
    cgroup_io_stat(span("8:0 rbytes=1000 wbytes=20 rios=3 wios=4 dbytes=0 dios=0\n"
                        "253:0 rbytes=1000 wbytes=20 rios=3 wios=4 dbytes=0 dios=0\n"
                        "8:16 rbytes=1 wbytes=2 rios=3\n8:32 \n8:48\nx:1 rios=9\n8 rios=9\n"
                        "8:0 rbytes=7"), not_dm, &io);
    assert_int_equal(io.known, 0xf);
    assert_int_equal(io.value[CGROUP_RBYTES], 1001);
    assert_int_equal(io.value[CGROUP_WBYTES], 22);
    assert_int_equal(io.value[CGROUP_RIOS], 6);
    assert_int_equal(io.value[CGROUP_WIOS], 4);
    io = (struct cgroup_io){ 0 };
    cgroup_io_stat(span("8:0 \n"), not_dm, &io);
    assert_int_equal(io.known, 0);
    cgroup_blkio(span("8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:0 Total 30\n253:1 Read 9\n"
                      "8:16 Read 1\nTotal 31\n"), CGROUP_RIOS, CGROUP_WIOS, not_dm, &io);
    assert_int_equal(io.known, 1u << CGROUP_RIOS | 1u << CGROUP_WIOS);
    assert_int_equal(io.value[CGROUP_RIOS], 11);
    assert_int_equal(io.value[CGROUP_WIOS], 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_io_stat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
