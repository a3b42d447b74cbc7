/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc on the page of details: limits, NUMA placement, read once in 30 s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "proc/numa.h"

#define SECOND UINT64_C(1000000000)
#define LIMITS "Limits of the process"
#define NUMA "NUMA placement"

extern const struct kvmtop_plugin kvmtop_plugin_proc;

static struct fake_host *fake;
static struct kvmtop_page page;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake->monotonic = 100 * SECOND;
    assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_page_free(&page);
    fake_host_free(fake);
    return 0;
}

static void put(const char *path, const char *text)
{
    fake_file(fake, KVMTOP_DIR_PROC, path, text);
}

static void ask(int32_t pid)
{
    fake_page_free(&page);
    assert_int_equal(fake_detail(fake, pid, &page), 0);
}

static void assert_line(const char *heading, const char *name, const char *expected)
{
    const char *got = fake_line(&page, heading, name);

    if (expected == NULL ? got != NULL : got == NULL || strcmp(got, expected) != 0)
        fail_msg("%s: %s", name, got != NULL ? got : "no such line");
}

static const char limits[] =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max locked memory         8388608              unlimited            bytes     \n"
    "Max open files            1024                 524288               files     \n";

static void test_limits(void **state)
{
    (void)state;
    put("42/limits", limits);
    put("42/status", "Name:\tkvm\nVmLck:\t    1536 kB\nCpus_allowed_list:\t0-3,8\n"
                     "Mems_allowed_list:\t0\n");
    fake_link(fake, KVMTOP_DIR_PROC, "42/fd/0", "/dev/null");
    fake_link(fake, KVMTOP_DIR_PROC, "42/fd/17", "socket:[1]");
    ask(42);
    assert_line(LIMITS, "open files", "2 of 1024, may be raised to 524288");
    assert_line(LIMITS, "locked memory", "1.5 of 8.0 MiB");
    assert_line(LIMITS, "CPUs allowed", "0-3,8");
    assert_line(LIMITS, "nodes allowed", "0");
    put("42/limits", "Max locked memory  unlimited  unlimited  bytes\nMax open files 10\n");
    fake_remove(fake, KVMTOP_DIR_PROC, "42/fd");
    put("42/status", "VmLck:\tx\n");
    ask(42);
    assert_line(LIMITS, "open files", "-");
    assert_line(LIMITS, "locked memory", "- MiB, unlimited");
    assert_line(LIMITS, "CPUs allowed", "-");
}

/* In so many groups that their line hides what comes after it. */
static void test_many_groups(void **state)
{
    char text[16384 + 100];
    size_t len = (size_t)snprintf(text, sizeof text, "Name:\tkvm\nGroups:\t");

    (void)state;
    while (len < 16384)
        len += (size_t)snprintf(text + len, sizeof text - len, "%u ", 1000000000u);
    snprintf(text + len, sizeof text - len, "\nVmLck:\t 1536 kB\nCpus_allowed_list:\t0-3\n");
    put("42/limits", limits);
    put("42/status", text);
    ask(42);
    assert_line(LIMITS, "locked memory", "1.5 of 8.0 MiB");
    assert_line(LIMITS, "CPUs allowed", "0-3");
}

/* A process that has ended, or that we may not look at. */
static void test_nothing(void **state)
{
    (void)state;
    ask(4711);
    assert_line(LIMITS, "open files", "-");
    assert_line(LIMITS, "locked memory", "-");
    assert_line(NUMA, "unknown", "the kernel has no NUMA support, or the process has ended");
    put("50/numa_maps", "");
    ask(50);
    assert_line(NUMA, "unknown", "there is no memory of its own");
}

static void test_numa(void **state)
{
    (void)state;
    put("42/numa_maps",
        "7f0000000000 bind:1 anon=524288 dirty=524288 N1=262144 N0=262144 kernelpagesize_kB=4\n"
        "7f8000000000 default file=/dev/hugepages/x huge anon=1 N1=1 kernelpagesize_kB=1048576\n"
        "7f9000000000 default\n"
        "7fa000000000 default stack anon=1 N0=1 kernelpagesize_kB=\n");
    ask(42);
    assert_line(NUMA, "node 0", "1024.0 MiB, 33 %");
    assert_line(NUMA, "node 1", "2048.0 MiB, 67 %");
    assert_line(NUMA, "policy", "bind:1");
}

/* The kernel holds the guest's mmap lock while it tells: not again before 30 s. */
static void test_numa_rarely(void **state)
{
    (void)state;
    put("42/numa_maps", "7f default anon=256 N0=256 kernelpagesize_kB=4\n");
    ask(42);
    assert_line(NUMA, "node 0", "1.0 MiB, 100 %");
    put("42/numa_maps", "7f default anon=256 N1=256 kernelpagesize_kB=4\n");
    fake->monotonic += 29 * SECOND;
    ask(42);
    assert_line(NUMA, "node 0", "1.0 MiB, 100 %");
    fake->monotonic += SECOND;
    ask(42);
    assert_line(NUMA, "node 0", NULL);
    assert_line(NUMA, "node 1", "1.0 MiB, 100 %");
    put("43/numa_maps", "7f default anon=512 N2=512 kernelpagesize_kB=4\n");
    ask(43);
    assert_line(NUMA, "node 2", "2.0 MiB, 100 %");
}

/* Too much memory, or too many mappings, to be read while keys wait. */
static void test_numa_of_the_large(void **state)
{
    size_t len = 9u << 20;
    char *text = malloc(len);

    (void)state;
    put("42/numa_maps", "7f default anon=256 N0=256 kernelpagesize_kB=4\n");
    put("42/statm", "9999999 4194305 1 1 0 1 0\n");
    ask(42);
    assert_line(NUMA, "node 0", NULL);
    assert_line(NUMA, "unknown", "more than 16 GiB are resident, maybe in small pages, and keys "
                                 "would wait while the kernel passes over all of them");
    /* 16 GiB and a page of small ones on the whole host, and then less. */
    put("46/numa_maps", "7f default anon=256 N0=256 kernelpagesize_kB=4\n");
    put("46/statm", "9999999 4194305 1 1 0 1 0\n");
    put("meminfo", "AnonPages: 50331652 kB\nShmem: 16777216 kB\nAnonHugePages: 50331648 kB\n");
    ask(46);
    assert_line(NUMA, "node 0", NULL);
    put("meminfo", "AnonPages: 50331652 kB\nShmem: 16777216 kB\nAnonHugePages: 50331648 kB\n"
                   "ShmemHugePages: 2048 kB\n");
    fake->monotonic += 30 * SECOND;
    ask(46);
    assert_line(NUMA, "node 0", "1.0 MiB, 100 %");
    put("43/numa_maps", "7f default anon=256 N0=256 kernelpagesize_kB=4\n");
    put("43/statm", "9999999 4194304 1 1 0 1 0\n");
    ask(43);
    assert_line(NUMA, "node 0", "1.0 MiB, 100 %");
    memset(text, 'x', len);
    fake_bytes(fake, KVMTOP_DIR_PROC, "44/numa_maps", text, len);
    ask(44);
    assert_line(NUMA, "unknown", "there are too many mappings (numa_maps has more than 8 MiB)");
    fake_folder(fake, KVMTOP_DIR_PROC, "45/numa_maps");
    ask(45);
    assert_line(NUMA, "unknown", "Is a directory");
    free(text);
}

/* More nodes than there is room for; numbers that are too large. */
static void test_large(void **state)
{
    char text[8000];
    struct numa numa;
    size_t len = 0;

    (void)state;
    len += (size_t)snprintf(text, sizeof text, "7f default");
    for (unsigned i = 300; i-- > 0;)
        len += (size_t)snprintf(text + len, sizeof text - len, " N%u=1", i);
    len += (size_t)snprintf(text + len, sizeof text - len, " kernelpagesize_kB=4\n");
    assert_true(numa_parse(text, len, &numa));
    assert_int_equal(numa.nnodes, NUMA_NODES);
    assert_int_equal(numa.node[0].id, 172);
    static const char huge[] = "7f default N0=18446744073709551615 N0=9 kernelpagesize_kB=4\n";
    assert_true(numa_parse(huge, sizeof huge - 1, &numa));
    assert_true(numa.node[0].bytes == UINT64_MAX);
    assert_false(numa_parse("7f default N0=1 kernelpagesize_kB=0", 35, &numa));
    assert_false(numa_parse("", 0, &numa));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numa, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numa_rarely, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numa_of_the_large, set_up, tear_down),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
