/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host as a whole, and that what can't be read is unknown, never 0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/hostinfo.h"
#include "fake_plugin.h"

static struct world world;

static int setup(void **state)
{
    (void)state;
    world_open(&world, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

static void put(const char *name, const char *text)
{
    char path[100];

    snprintf(path, sizeof path, "proc/%s", name);
    world_write_text(&world, path, text);
}

static struct hostinfo read_anew(void)
{
    struct hostinfo info = { 0 };

    hostinfo_read(&info, &world.session.model.root);
    return info;
}

static void test_cpu(void **state)
{
    static const struct {
        const char *stat;
        double cpu;
    } steps[] = {
        { "cpu  100 0 100 700 100 0 0 0 50 50\n", -1 },         /* one sample */
        { "cpu  200 0 200 1400 200 0 0 0 99 99\n", 20 },        /* guest is in user already */
        { "cpu  200 0 200 1400 200 0 0 0 99 99\n", -1 },        /* no time has passed */
        { "cpu  250 10 210 1400 200 10 10 10 0 0\n", 100 },
        { "cpu  250 10 210 1500 200 10 10 10 0 0\n", 0 },
        { "cpu  250 10 210 1550 150 10 10 10 0 0\n", -1 },
        { "cpu  251 10 210 1570 130 10 10 10 0 0\n", 100 },     /* iowait fell */
        { "cpu  1 1 1 1 1 1 1 1 1 1\n", -1 },                   /* all fell */
        { "cpu  2 1 1 2\n", 50 },                               /* an old kernel's line */
    };
    struct hostinfo info = { 0 };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(steps); i++) {
        put("stat", steps[i].stat);
        hostinfo_read(&info, &world.session.model.root);
        if (i != 8)
            assert_float_equal(info.cpu, steps[i].cpu, 1e-9);
    }
}

static void test_counts(void **state)
{
    (void)state;
    put("stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu3 1 2 3 4\nintr 1\nbtime 1700000000\ncpux");
    put("loadavg", "0.10 0.20 0.30 2/345 6789\n");
    struct hostinfo info = read_anew();
    assert_int_equal(info.cpus, 2);
    assert_int_equal(info.threads, 345);
    assert_int_equal(info.boot_time, 1700000000);
}

static void test_memory(void **state)
{
    (void)state;
    put("meminfo", "MemTotal:  8388608 kB\nMemFree:  1024 kB\nMemAvailable:  2097152 kB\n"
                   "SwapCached: 9 kB\nSwapTotal:  1048576 kB\nSwapFree:  1047552 kB\n");
    struct hostinfo info = read_anew();
    assert_float_equal(info.mem_total, 8192, 0);
    assert_float_equal(info.mem_used, 6144, 0);
    assert_float_equal(info.swap_total, 1024, 0);
    assert_float_equal(info.swap_used, 1, 0);
    /* before Linux 3.14; no swap */
    put("meminfo", "MemTotal: 2048 kB\nMemFree: 1024 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    info = read_anew();
    assert_float_equal(info.mem_used, 1, 0);
    assert_float_equal(info.swap_total, 0, 0);
    assert_float_equal(info.swap_used, 0, 0);
}

static void assert_unknown(const struct hostinfo *info)
{
    assert_float_equal(info->cpu, -1, 0);
    assert_int_equal(info->cpus, -1);
    assert_int_equal(info->threads, -1);
    assert_int_equal(info->boot_time, -1);
    assert_float_equal(info->mem_total, -1, 0);
    assert_float_equal(info->mem_used, -1, 0);
    assert_float_equal(info->swap_total, -1, 0);
    assert_float_equal(info->swap_used, -1, 0);
}

static void test_garbage(void **state)
{
    static const char *const texts[] = {
        "", "\n", "garbage", "cpu", "cpu \n", "cpu x y z\nbtime x\nbtime\n",
        "cpu 1 2 3\nbtime -5\n",
        "MemTotal:\nMemAvailable: x\nSwapTotal: -\nSwapFree:\n", "a/b/c", "1/", "/", "1/-4 2",
        "\nbtime 99999999999999999999999999\n", "\nbtime 9223372036854775807\n",
        "1/99999999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(texts); i++) {
        put("stat", texts[i]);
        put("meminfo", texts[i]);
        put("loadavg", texts[i]);
        struct hostinfo info = read_anew();
        assert_unknown(&info);
    }
}

static void test_missing(void **state)
{
    static const char *const names[] = { "stat", "meminfo", "loadavg" };
    char path[300];

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/1/proc/%s", world.folder, names[i]);
        unlink(path);
    }
    struct hostinfo info = read_anew();
    assert_unknown(&info);
}

/* More is free than there is: no negative figure. */
static void test_nonsense(void **state)
{
    (void)state;
    put("meminfo", "MemTotal: 1024 kB\nMemAvailable: 4096 kB\nSwapTotal: 10 kB\nSwapFree: 20 kB\n");
    struct hostinfo info = read_anew();
    assert_float_equal(info.mem_used, -1, 0);
    assert_float_equal(info.swap_used, -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cpu),     cmocka_unit_test(test_counts),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_missing), cmocka_unit_test(test_nonsense),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
