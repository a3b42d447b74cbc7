/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What control groups tell of guests: their texts, whose they are, and the plugin's cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cgroup/text.h"
#include "fake_host.h"

#define SECOND UINT64_C(1000000000)

extern const struct kvmtop_plugin kvmtop_plugin_cgroup;

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

/* ---- texts ---- */

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

/* ---- the plugin ---- */

static struct fake_host *fake;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake->boottime = 1000 * SECOND;
    assert_int_equal(fake_open(fake, &kvmtop_plugin_cgroup), 0);
    fake_file(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.controllers", "cpu io memory\n");
    fake_file(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.procs", "1\n2\n42\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

static void put(const char *folder, const char *file, const char *text)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    fake_file(fake, KVMTOP_DIR_SYS, path, text);
}

static struct fake_row *guest(uint64_t pid, const char *cgroup)
{
    char path[40];

    snprintf(path, sizeof path, "%u/cgroup", (unsigned)pid);
    fake_file(fake, KVMTOP_DIR_PROC, path, cgroup);
    snprintf(path, sizeof path, "%u/comm", (unsigned)pid);
    fake_file(fake, KVMTOP_DIR_PROC, path, "kvm\n");
    if (fake_row(fake, "process", 0, pid) == NULL)
        fake_add_row(fake, "process", 0, pid, 1000);
    return fake_row(fake, "process", 0, pid);
}

static void put_process(unsigned pid, const char *comm)
{
    char path[40];

    snprintf(path, sizeof path, "%u/comm", pid);
    fake_file(fake, KVMTOP_DIR_PROC, path, comm);
}

#define SCOPE "fs/cgroup/qemu.slice/100.scope"

static void put_scope(const char *folder)
{
    put(folder, "cgroup.procs", "42\n");
    put(folder, "cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=100\n");
    put(folder, "io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=200\n");
    put(folder, "memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=300\n");
    put(folder, "cpu.stat", "usage_usec 1\nnr_throttled 2\nthrottled_usec 400\n");
    put(folder, "cpu.max", "200000 100000\n");
    put(folder, "io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n");
}

static void fill(void)
{
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_cgroup.sources[0]), 0);
}

static uint64_t value(const struct fake_row *row, const char *column)
{
    return fake_u64(fake, row, column);
}

static bool known(const struct fake_row *row, const char *column)
{
    return fake_known(fake, row, column);
}

static const char *const all[] = {
    "press_cpu", "press_io", "press_mem", "throttled%", "cpu_max", "r_iops", "w_iops", "r_bmib",
    "w_bmib",
};

static void assert_nothing(const struct fake_row *row, const char *reason)
{
    for (size_t i = 0; i < KVMTOP_COUNT(all); i++) {
        assert_false(known(row, all[i]));
        assert_non_null(fake_reason(fake, all[i]));
        if (strstr(fake_reason(fake, all[i]), reason) == NULL)
            fail_msg("%s: %s", all[i], fake_reason(fake, all[i]));
    }
}

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

/* libvirt's groups within the guest's, those of threads too. */
static void test_libvirt(void **state)
{
    const struct fake_row *row = guest(42, "0::/machine.slice/m.scope/libvirt/emulator\n");

    (void)state;
    put_scope("fs/cgroup/machine.slice/m.scope");
    put("fs/cgroup/machine.slice/m.scope", "cgroup.procs", "");
    put("fs/cgroup/machine.slice/m.scope/libvirt", "cgroup.procs", "42\n43\n");
    put("fs/cgroup/machine.slice/m.scope/libvirt/emulator", "cgroup.procs", "");
    put_process(43, "swtpm\n");
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    put_process(43, "kvm\n");
    fill();
    assert_nothing(row, "holds more than the guest");
}

static void test_helpers(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    put(SCOPE, "cgroup.procs", "41\n42\n43\n44\n45\n99\n");
    put_process(41, "swtpm\n");
    put_process(43, "vhost-42\n");
    put_process(44, "kvm-nx-lpage-re\n");
    put_process(45, "virtiofsd\n");
    fill();                     /* 99 has ended */
    assert_int_equal(value(row, "press_cpu"), 100);
}

/* Groups that hold more than the guest. */
static void test_shared(void **state)
{
    const struct fake_row *row = guest(42, "0::/\n");
    char many[4000] = "";

    (void)state;
    put_scope("fs/cgroup");
    fill();
    assert_nothing(row, "holds more than the guest");
    guest(42, "0::/user.slice/user-1000.slice/session-2.scope\n");
    put_scope("fs/cgroup/user.slice/user-1000.slice/session-2.scope");
    put("fs/cgroup/user.slice/user-1000.slice/session-2.scope", "cgroup.procs", "40\n42\n");
    put_process(40, "bash\n");
    fill();
    assert_nothing(row, "holds more than the guest");
    /* Another VMM, whatever it is called by. */
    put_process(40, "qemu-system-x86\n");
    fill();
    assert_nothing(row, "holds more than the guest");
    for (unsigned i = 0; i < 900; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "42\n");
    put("fs/cgroup/user.slice/user-1000.slice/session-2.scope", "cgroup.procs", many);
    fill();
    assert_nothing(row, "holds more than the guest");
}

static void put_group(const char *folder, const char *events, const char *procs)
{
    put(folder, "cgroup.events", events);
    put(folder, "cgroup.procs", procs);
}

#define POPULATED "populated 1\nfrozen 0\n"
#define EMPTY "populated 0\nfrozen 0\n"

/* The figures of a group count those of the groups within it. */
static void test_shared_within(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");

    (void)state;
    put_scope(SCOPE);
    put_process(77, "bash\n");
    put_process(78, "swtpm\n");
    put_group(SCOPE "/empty", EMPTY, "77\n");
    put_group(SCOPE "/helper", POPULATED, "78\n");
    put(SCOPE "/gone", "cgroup.procs", "77\n");
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    put_group(SCOPE "/helper/deep", POPULATED, "");
    put_group(SCOPE "/helper/deep/.er", POPULATED, "77\n");
    fill();
    assert_nothing(row, "holds more than the guest");
    put_group(SCOPE "/helper/deep/.er", EMPTY, "");
    fill();
    assert_int_equal(value(row, "w_iops"), 2);
    put_group(SCOPE "/other", "frozen 0\n", "77\n");
    fill();
    assert_nothing(row, "holds more than the guest");
}

/* Groups that hold the guest alone, and beside them one that doesn't. */
static void test_libvirt_within(void **state)
{
    static const char scope[] = "fs/cgroup/machine.slice/m.scope";
    const struct fake_row *row = guest(42, "0::/machine.slice/m.scope/libvirt/emulator\n");

    (void)state;
    put_scope(scope);
    put_group("fs/cgroup/machine.slice/m.scope", POPULATED, "");
    put_group("fs/cgroup/machine.slice/m.scope/libvirt", POPULATED, "42\n");
    put_group("fs/cgroup/machine.slice/m.scope/libvirt/emulator", POPULATED, "42\n");
    put_group("fs/cgroup/machine.slice/m.scope/libvirt/vcpu0", POPULATED, "42\n");
    put_group("fs/cgroup/machine.slice/m.scope/libvirt/vcpu1", POPULATED, "42\n");
    put_process(77, "bash\n");
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    put_group("fs/cgroup/machine.slice/m.scope/payload", POPULATED, "77\n");
    fill();
    assert_nothing(row, "holds more than the guest");
}

static void test_many_within(void **state)
{
    const struct fake_row *row = guest(42, "0::/qemu.slice/100.scope\n");
    char folder[80];

    (void)state;
    put_scope(SCOPE);
    for (unsigned i = 0; i < 64; i++) {
        snprintf(folder, sizeof folder, SCOPE "/%u", i);
        put_group(folder, EMPTY, "");
    }
    fill();
    assert_int_equal(value(row, "press_cpu"), 100);
    put_group(SCOPE "/64", EMPTY, "");
    fill();
    assert_nothing(row, "holds more than the guest");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_io_stat),
        cmocka_unit_test_setup_teardown(test_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_detail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_detail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stacked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_raid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unused_above, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_libvirt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_helpers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shared_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_libvirt_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unreadable_pressure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hybrid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_v2, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_young, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_apart, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
