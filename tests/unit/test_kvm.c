/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What KVM counts of guests, in a recorded debugfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"

extern const struct kvmtop_plugin kvmtop_plugin_kvm;

static struct fake_host *fake;

static int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake_folder(fake, KVMTOP_DIR_SYS, "kernel/debug");
    assert_int_equal(fake_open(fake, &kvmtop_plugin_kvm), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

static void put(const char *vm, const char *file, const char *text)
{
    char path[100];

    snprintf(path, sizeof path, "kernel/debug/kvm/%s/%s", vm, file);
    fake_file(fake, KVMTOP_DIR_SYS, path, text);
}

static void put_vm(const char *vm)
{
    put(vm, "exits", "1000\n");
    put(vm, "io_exits", "20\n");
    put(vm, "halt_exits", "300\n");
    put(vm, "irq_injections", "4\n");
    put(vm, "mmu_unsync", "9\n");
}

static struct fake_row *guest(uint64_t pid)
{
    return fake_add_row(fake, "process", 0, pid, 1000);
}

static void fill(void)
{
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_kvm.sources[0]), 0);
}

static void assert_reason(const char *column, const char *part)
{
    assert_non_null(fake_reason(fake, column));
    if (strstr(fake_reason(fake, column), part) == NULL)
        fail_msg("%s: %s", column, fake_reason(fake, column));
}

static void test_cells(void **state)
{
    const struct fake_row *one = guest(10), *other = guest(4242), *none = guest(11);

    (void)state;
    put_vm("4242-13");
    put_vm("10-21");
    put("10-21", "exits", "18446744073709551615\n");
    put("110-1", "exits", "7\n");
    put("x", "exits", "7\n");
    put("10", "exits", "7\n");
    put("10-", "exits", "7\n");
    put("10-21-3", "exits", "7\n");
    put("99999999999-1", "exits", "7\n");
    fill();
    assert_int_equal(fake_u64(fake, other, "exits"), 1000);
    assert_int_equal(fake_u64(fake, other, "io_exits"), 20);
    assert_int_equal(fake_u64(fake, other, "halt_exits"), 300);
    assert_int_equal(fake_u64(fake, other, "irq_inj"), 4);
    assert_true(fake_u64(fake, one, "exits") == UINT64_MAX);
    assert_false(fake_known(fake, none, "exits"));
    assert_reason("exits", "without KVM");
}

static void assert_line(const struct kvmtop_page *page, const char *vm, const char *name,
                        const char *expected)
{
    char heading[80];

    snprintf(heading, sizeof heading, "KVM since the guest began (%s)", vm);
    const char *got = fake_line(page, heading, name);
    if (expected == NULL ? got != NULL : got == NULL || strcmp(got, expected) != 0)
        fail_msg("%s: %s: %s", vm, name, got != NULL ? got : "no such line");
}

static void put_thread(unsigned tid, const char *name, unsigned pid)
{
    char path[40], text[120];

    snprintf(path, sizeof path, "%u/status", tid);
    snprintf(text, sizeof text, "Name:\t%s\nState:\tS (sleeping)\nTgid:\t%u\nPid:\t%u\n", name,
             pid, tid);
    fake_file(fake, KVMTOP_DIR_PROC, path, text);
}

/* The folder has the number of the thread that made the virtual machine. */
static void test_thread(void **state)
{
    const struct fake_row *row = guest(10);
    struct kvmtop_page page = { 0 };

    (void)state;
    put_vm("12-21");
    put_thread(12, "vmm", 10);
    put_vm("10-9");
    put_thread(10, "cloud-hypervis", 10);
    fill();
    assert_int_equal(fake_u64(fake, row, "exits"), 2000);
    /* Asked once: the thread ends, its number becomes another's. */
    put_thread(12, "other", 11);
    fill();
    assert_int_equal(fake_u64(fake, row, "exits"), 2000);
    assert_null(fake_reason(fake, "exits"));
    assert_int_equal(fake_detail(fake, 10, &page), 0);
    assert_line(&page, "12-21", "counted",
                "exits 1000, for ports 20, halts 300, interrupts 4");
    fake_page_free(&page);
    /* Another virtual machine may have the same name later. */
    fake_remove(fake, KVMTOP_DIR_SYS, "kernel/debug/kvm/12-21");
    fill();
    assert_int_equal(fake_u64(fake, row, "exits"), 1000);
    put_vm("12-21");
    fill();
    assert_int_equal(fake_u64(fake, row, "exits"), 1000);
}

static void test_bad_threads(void **state)
{
    static const char *const bad[] = {
        "", "Tgid:", "Tgid:\t\n", "Tgid:\t0\n", "Tgid:\t-5\n", "Tgid:\t99999999999\n", "\xff\n\n",
    };
    const struct fake_row *row = guest(10);

    (void)state;
    put_vm("10-21");
    put("0-21", "exits", "7\n");
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++) {
        fake_file(fake, KVMTOP_DIR_PROC, "10/status", bad[i]);
        kvmtop_plugin_kvm.sources[0].idle(fake->state);
        fill();
        assert_int_equal(fake_u64(fake, row, "exits"), 1000);
    }
}

/* A process with two virtual machines. */
static void test_two(void **state)
{
    const struct fake_row *row = guest(10);

    (void)state;
    put_vm("10-21");
    put_vm("10-22");
    put("10-22", "irq_injections", "");
    fill();
    assert_int_equal(fake_u64(fake, row, "exits"), 2000);
    assert_false(fake_known(fake, row, "irq_inj"));
    assert_reason("irq_inj", "does not count");
}

static bool only_exits(const char *column)
{
    return strcmp(column, "exits") == 0;
}

static void test_bad_files(void **state)
{
    static const char *const bad[] = { "", "\n", "12", "-1\n", "1 2\n", "99999999999999999999\n" };
    const struct fake_row *row = guest(10);

    (void)state;
    put_vm("10-21");
    for (size_t i = 0; i < KVMTOP_COUNT(bad); i++) {
        put("10-21", "exits", bad[i]);
        fill();
        assert_false(fake_known(fake, row, "exits"));
        assert_int_equal(fake_u64(fake, row, "io_exits"), 20);
    }
    fake_remove(fake, KVMTOP_DIR_SYS, "kernel/debug/kvm/10-21/exits");
    fake->wants = only_exits;
    fill();
    assert_reason("exits", "does not count");
    assert_null(fake_reason(fake, "io_exits"));
}

/* What there is of each virtual machine of the process, and of its vCPUs. */
static void test_detail(void **state)
{
    struct kvmtop_page page = { 0 };

    (void)state;
    put_vm("10-21");
    put("10-21", "pages_4k", "4096\n");
    put("10-21", "pages_2m", "x\n");
    put("10-21/vcpu0", "pid", "12\n");
    put("10-21/vcpu0", "guest_mode", "0\n");
    put("10-21/vcpu1", "pid", "13\n");
    put("10-21/vcpu1", "exits", "99\n");
    put("10-21/vcpu30", "pid", "14\n");
    put("10-21/vcpux", "pid", "15\n");
    put("10-22", "exits", "5\n");
    put_vm("11-1");
    assert_int_equal(fake_detail(fake, 10, &page), 0);
    assert_line(&page, "10-21", "counted",
                "exits 1000, for ports 20, halts 300, interrupts 4");
    assert_line(&page, "10-21", "pages mapped", "4 KiB 4096");
    assert_line(&page, "10-21", "vcpu0", "thread 12, nested 0");
    assert_line(&page, "10-21", "vcpu1", "thread 13, exits 99");
    assert_line(&page, "10-21", "vcpu30", "thread 14");
    assert_line(&page, "10-21", "vcpux", NULL);
    assert_line(&page, "10-22", "counted", "exits 5");
    assert_line(&page, "11-1", "counted", NULL);
    fake_page_free(&page);
    assert_int_equal(fake_detail(fake, 12, &page), 0);
    assert_int_equal(page.count, 0);
}

static void test_missing(void **state)
{
    const struct fake_row *row = guest(10);

    (void)state;
    fill();
    assert_false(fake_known(fake, row, "exits"));
    assert_reason("exits", "debugfs is not mounted");
    fake_folder(fake, KVMTOP_DIR_SYS, "kernel/debug/block");
    fill();
    assert_reason("exits", "no folder kvm");
    fake_folder(fake, KVMTOP_DIR_SYS, "kernel/debug/kvm");
    fill();
    assert_reason("exits", "without KVM");
    fake_no_dir(fake, KVMTOP_DIR_SYS);
    fill();
    assert_false(fake_known(fake, row, "exits"));
    assert_non_null(fake_reason(fake, "exits"));
}

static void test_many(void **state)
{
    char vm[32];

    (void)state;
    for (unsigned pid = 1; pid <= 500; pid++) {
        guest(pid);
        snprintf(vm, sizeof vm, "%u-%u", 501 - pid, pid);
        put(vm, "exits", "5\n");
    }
    fake->wants = only_exits;
    fill();
    for (unsigned pid = 1; pid <= 500; pid++)
        assert_int_equal(fake_u64(fake, fake_row(fake, "process", 0, pid), "exits"), 5);
    kvmtop_plugin_kvm.sources[0].idle(fake->state);
    fill();
    assert_null(fake_reason(fake, "exits"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_detail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
