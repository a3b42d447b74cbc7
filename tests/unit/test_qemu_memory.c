/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory command lines give to guests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "qemu/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MIB UINT64_C(1048576)
#define NONE UINT64_MAX

extern const struct kvmtop_plugin kvmtop_plugin_qemu;

static void test_sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;         /* NONE: is no size */
    } sizes[] = {
        { "4096", 4096 * MIB },
        { "0", 0 },
        { "4G", 4096 * MIB },
        { "4g", 4096 * MIB },
        { "1.5G", 1536 * MIB },
        { "0.5", MIB / 2 },
        { "2097152k", 2048 * MIB },
        { "1073741824b", 1024 * MIB },
        { "2T", 2 * 1024 * 1024 * MIB },
        { "0x40000000", 1024 * MIB },
        { "7E", UINT64_C(7) << 60 },
        { "16E", NONE },
        { "99999999999999999999", NONE },
        { "0x10000000000000000", NONE },
        { "0x", NONE },
        { "0xg", NONE },
        { "", NONE },
        { "G", NONE },
        { "-1", NONE },
        { " 4", NONE },
        { "4GB", NONE },
        { "4 G", NONE },
        { "4q", NONE },
        { ".5", NONE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t bytes = 1;
        bool fine = qemu_size(sizes[i].text, MIB, &bytes);

        if (fine != (sizes[i].bytes != NONE) || (fine && bytes != sizes[i].bytes))
            fail_msg("%s: %llu", sizes[i].text, (unsigned long long)bytes);
    }
}

#define ARGS 12

static void test_lines(void **state)
{
    static const struct {
        const char *argv[ARGS];
        uint64_t mib;           /* NONE: unknown */
    } lines[] = {
        { { "kvm", "-m", "4096" }, 4096 },
        { { "kvm", "-m", "4G" }, 4096 },
        { { "kvm", "--m", "size=2097152k" }, 2048 },
        { { "kvm", "-m", "size=1024,slots=255,maxmem=524288M" }, 1024 },
        { { "kvm", "-m", "slots=2,maxmem=8G,size=1G" }, 1024 },
        { { "kvm", "-m", "512", "-m", "768" }, 768 },
        { { "kvm", "-m", "1G", "-m", "slots=2,maxmem=8G" }, 1024 },
        { { "kvm", "-name", "-m", "-m", "256" }, 256 },
        { { "kvm" }, NONE },
        { { "kvm", "-m" }, NONE },
        { { "kvm", "-m", "lots" }, NONE },
        { { "kvm", "-m", "" }, NONE },
        /* DIMMs of Proxmox VE and of libvirt. */
        { { "kvm", "-m", "size=1024,slots=255,maxmem=4194304M",
            "-object", "memory-backend-ram,id=mem-dimm0,size=512M",
            "-device", "pc-dimm,id=dimm0,memdev=mem-dimm0,node=0",
            "-object", "memory-backend-ram,id=mem-dimm1,size=512M",
            "-device", "pc-dimm,id=dimm1,memdev=mem-dimm1,node=1" }, 2048 },
        { { "kvm", "-m", "size=1048576k",
            "-object", "{\"qom-type\":\"memory-backend-ram\",\"id\":\"dimm\",\"size\":536870912}",
            "-device", "{\"driver\":\"pc-dimm\",\"memdev\":\"dimm\",\"id\":\"d0\"}" }, 1536 },
        { { "kvm", "-m", "1G", "-device", "pc-dimm,memdev=gone" }, NONE },
        { { "kvm", "-m", "1G", "-device", "pc-dimm" }, NONE },
        { { "kvm", "-m", "1G", "-object", "memory-backend-ram,id=a,size=x",
            "-device", "pc-dimm,memdev=a" }, NONE },
        { { "kvm", "-m", "1G", "-device", "pc-dimm,memdev=b", "-device", "pc-dimm,memdev=a",
            "-object", "o,id=a,size=1G", "-object", "o,id=a,size=x", "-object" }, NONE },
        { { "kvm", "-m", "1G", "-device", "pc-dimm,memdev=a", "-device", "pc-dimm,memdev=a",
            "-object", "o,id=a,size=1G" }, NONE },
        { { "kvm", "-m", "1G", "-device", "pc-dimm,memdev=a", "-object", "o,id=a,size=1G",
            "-object", "o,id=a,size=2G", "-object", "o,size=4G" }, 2048 },
        /* NUMA nodes lie in what -m has. */
        { { "kvm", "-m", "2G", "-object", "memory-backend-memfd,id=n0,size=1G",
            "-numa", "node,memdev=n0", "-object", "memory-backend-memfd,id=n1,size=1G",
            "-numa", "node,memdev=n1" }, 2048 },
        { { "kvm", "-object", "memory-backend-memfd,id=pc.ram,size=3G",
            "-machine", "q35,memory-backend=pc.ram" }, 3072 },
        { { "kvm", "-machine", "q35,memory-backend=pc.ram" }, NONE },
        { { "kvm", "-object", "o,id=dimm,size=1G", "-device", "pc-dimm,memdev=dimm",
            "-object", "o,id=ram,size=3G", "-machine", "q35,memory-backend=ram" }, 4096 },
        { { "kvm", "-m", "1G", "-device", "virtio-mem-pci,memdev=m,requested-size=256M" }, 1280 },
        { { "kvm", "-m", "1G", "-device", "virtio-mem-pci,memdev=m" }, 1024 },
        { { "kvm", "-m", "1G", "-device", "nvdimm,memdev=n", "-device", "virtio-net-pci" }, 1024 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct qemu_args args = { lines[i].argv, 0 };
        uint64_t bytes = 0;

        while (args.argc < ARGS && lines[i].argv[args.argc] != NULL)
            args.argc++;
        bool known = qemu_memory(&args, &bytes);
        if (known != (lines[i].mib != NONE) || (known && bytes != lines[i].mib * MIB))
            fail_msg("line %zu: %d %llu", i, known, (unsigned long long)bytes);
    }
}

enum { SLOTS = 256, CROWD = 200000 };

/* A line that goes on with a crowd of objects, then of so many DIMMs. */
struct long_line {
    const char *argv[3 + 2 * (2 * CROWD + 2 * SLOTS)];
    struct qemu_args args;
    char object[SLOTS + 1][32], device[SLOTS + 1][32];
};

static void append(struct long_line *line, const char *option, const char *value)
{
    line->argv[line->args.argc++] = option;
    line->argv[line->args.argc++] = value;
}

static struct long_line *begin_long_line(void)
{
    struct long_line *line = calloc(1, sizeof *line);

    assert_non_null(line);
    line->args.argv = line->argv;
    line->argv[line->args.argc++] = "kvm";
    append(line, "-m", "1G");
    for (unsigned i = 0; i < CROWD; i++)
        append(line, "-object", "o,id=none,size=1M");
    return line;
}

static void append_dimms(struct long_line *line, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        snprintf(line->object[i], sizeof line->object[i], "o,id=dimm%u,size=1M", i);
        snprintf(line->device[i], sizeof line->device[i], "pc-dimm,memdev=dimm%u", i);
        append(line, "-device", line->device[i]);
        append(line, "-object", line->object[i]);
    }
}

/* As many as QEMU has slots for; one more is no guest's. */
static void test_slots(void **state)
{
    (void)state;
    for (unsigned count = SLOTS; count <= SLOTS + 1; count++) {
        struct long_line *line = begin_long_line();
        uint64_t bytes;

        append_dimms(line, count);
        assert_int_equal(qemu_memory(&line->args, &bytes), count == SLOTS);
        if (count == SLOTS)
            assert_int_equal(bytes, (1024 + SLOTS) * MIB);
        free(line);
    }
}

/* Any user may start a program with such a line.  Were it gone through for each DIMM, it would
 * take many minutes. */
static void test_crowd(void **state)
{
    struct long_line *line = begin_long_line();
    uint64_t bytes;

    (void)state;
    for (unsigned i = 0; i < CROWD; i++)
        append(line, "-device", "pc-dimm,memdev=last");
    append(line, "-object", "o,id=last,size=1M");
    alarm(60);
    assert_false(qemu_memory(&line->args, &bytes));
    alarm(0);
    free(line);
}

static void add(struct fake_host *fake, int32_t pid, const char *const *argv, size_t argc)
{
    fake_process(fake, pid);
    fake_argv(fake, pid, argv, argc);
    fake_add_row(fake, "process", 0, (uint64_t)pid, 0);
}

/* The column, through the plugin. */
static void test_column(void **state)
{
    static const char *const qemu[] = { "/usr/bin/kvm", "-id", "100", "-m", "2048" };
    static const char *const cloud[] = { "/usr/bin/cloud-hypervisor", "--memory", "size=4G" };
    static const char *const zones[] = { "cloud-hypervisor", "--memory=size=0" };
    static const char *const fire[] = { "firecracker", "--id", "vm1" };
    struct fake_host *fake = fake_host_new();

    (void)state;
    assert_int_equal(fake_open(fake, &kvmtop_plugin_qemu), 0);
    add(fake, 10, qemu, 5);
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_qemu.sources[0]), 0);
    assert_null(fake_reason(fake, "mem"));
    add(fake, 11, cloud, 3);
    add(fake, 12, zones, 2);
    add(fake, 13, fire, 3);
    add(fake, 14, NULL, 0);
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_qemu.sources[0]), 0);
    assert_int_equal(fake_u64(fake, fake_row(fake, "process", 0, 10), "mem"), 2048 * MIB);
    assert_int_equal(fake_u64(fake, fake_row(fake, "process", 0, 11), "mem"), 4096 * MIB);
    for (unsigned pid = 12; pid <= 14; pid++)
        assert_false(fake_known(fake, fake_row(fake, "process", 0, pid), "mem"));
    assert_non_null(strstr(fake_reason(fake, "mem"), "command lines"));
    fake_host_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
