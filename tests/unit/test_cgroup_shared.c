/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that hold a guest and its helpers alone, and groups that hold more, which the plugin
 * cgroup tells nothing of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cgroup_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_libvirt),
        TEST(test_helpers),
        TEST(test_shared),
        TEST(test_shared_within),
        TEST(test_libvirt_within),
        TEST(test_many_within),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
