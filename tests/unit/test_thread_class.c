/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What threads do, by their names; sums of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/thread_class.h"

static void test_names(void **state)
{
    static const struct {
        const char *comm;
        enum thread_class class;
    } names[] = {
        { "CPU 0/KVM", THREAD_VCPU },
        { "CPU 299/KVM", THREAD_VCPU },
        { "CPU 3/TCG", THREAD_VCPU },
        { "CPU 0/HVF", THREAD_VCPU },
        { "ALL CPUs/TCG", THREAD_VCPU },
        { "fc_vcpu 0", THREAD_VCPU },
        { "vcpu12", THREAD_VCPU },
        { "IO iothread0", THREAD_IO },
        { "IO objiothread1", THREAD_IO },
        { "iou-wrk-4711", THREAD_IO },
        { "iou-sqp-4711", THREAD_IO },
        { "_disk0_q0", THREAD_IO },
        { "_disk12_q3", THREAD_IO },
        { "vhost-4711", THREAD_VHOST },
        { "IO mon_iothread", THREAD_EMULATOR },
        { "qemu-system-x86", THREAD_EMULATOR },
        { "kvm", THREAD_EMULATOR },
        { "worker", THREAD_EMULATOR },
        { "vnc_worker", THREAD_EMULATOR },
        { "call_rcu", THREAD_EMULATOR },
        { "kvm-nx-lpage-re", THREAD_EMULATOR },
        { "fc_api", THREAD_EMULATOR },
        { "_net1_qp0", THREAD_EMULATOR },
        /* Not quite. */
        { "", THREAD_EMULATOR },
        { "CPU", THREAD_EMULATOR },
        { "CPU /KVM", THREAD_EMULATOR },
        { "CPU 0", THREAD_EMULATOR },
        { "CPU 99999999999999999999/KVM", THREAD_EMULATOR },
        { "vcpu", THREAD_EMULATOR },
        { "vcpu1x", THREAD_EMULATOR },
        { "fc_vcpu 0 ", THREAD_EMULATOR },
        { "vhost-", THREAD_EMULATOR },
        { "vhost-4711x", THREAD_EMULATOR },
        { "IO", THREAD_EMULATOR },
        { "_disk0", THREAD_EMULATOR },
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (thread_class_of(names[i].comm, strlen(names[i].comm)) != names[i].class)
            fail_msg("%s", names[i].comm);
    /* The length counts, not a NUL. */
    assert_int_equal(thread_class_of("vcpu1234", 5), THREAD_VCPU);
    assert_int_equal(thread_class_of("IO iothread0", 2), THREAD_EMULATOR);
    assert_string_equal(thread_class_name(THREAD_VCPU), "vcpu");
    assert_string_equal(thread_class_name(THREAD_IO), "io");
    assert_string_equal(thread_class_name(THREAD_VHOST), "vhost");
    assert_string_equal(thread_class_name(THREAD_EMULATOR), "emulator");
}

static void test_vhost(void **state)
{
    static const char *const none[] = {
        "", "vhost", "vhost-", "vhost-0", "vhost-x", "vhost-12x", "vhost--1", "vhost-4294967297",
        "xvhost-12", "vhost-user-blk",
    };
    int32_t pid = -1;

    (void)state;
    assert_true(thread_class_vhost("vhost-4194304", 13, &pid));
    assert_int_equal(pid, 4194304);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(thread_class_vhost(none[i], strlen(none[i]), &pid));
    assert_int_equal(pid, 4194304);
    assert_true(thread_class_is_qemu("qemu-system-x86", 15));
    assert_true(thread_class_is_qemu("kvm", 3));
    assert_false(thread_class_is_qemu("kvmtop", 6));
    assert_false(thread_class_is_qemu("qemu", 4));
    assert_false(thread_class_is_qemu("java", 4));
}

static void test_sums(void **state)
{
    struct thread_sums sums = { 0 };

    (void)state;
    thread_sums_add(&sums, THREAD_VCPU, 10, 3);
    thread_sums_add(&sums, THREAD_VCPU, 20, 4);
    thread_sums_add(&sums, THREAD_EMULATOR, 100, 1000);
    thread_sums_add(&sums, THREAD_IO, 5, 1000);
    assert_int_equal(sums.vcpus, 2);
    assert_int_equal(sums.run[THREAD_VCPU], 30);
    assert_int_equal(sums.run[THREAD_EMULATOR], 100);
    assert_int_equal(sums.run[THREAD_IO], 5);
    assert_int_equal(sums.run[THREAD_VHOST], 0);
    assert_int_equal(sums.steal, 7);
}

/* What is not known of them is the emulator's. */
static void test_end(void **state)
{
    struct thread_sums ended = { 0 };

    (void)state;
    thread_sums_add(&ended, THREAD_VCPU, 10, 3);
    thread_sums_add(&ended, THREAD_IO, 20, 3);
    thread_sums_end(&ended, 29);
    assert_int_equal(ended.run[THREAD_EMULATOR], 0);
    thread_sums_end(&ended, 35);
    assert_int_equal(ended.run[THREAD_EMULATOR], 5);
    thread_sums_add(&ended, THREAD_EMULATOR, 7, 3);
    thread_sums_end(&ended, 40);
    assert_int_equal(ended.run[THREAD_EMULATOR], 12);
    thread_sums_end(&ended, 43);
    assert_int_equal(ended.run[THREAD_EMULATOR], 13);
    assert_int_equal(ended.run[THREAD_VCPU], 10);
    assert_int_equal(ended.run[THREAD_IO], 20);
}

static char livelier(char a, char b)
{
    struct thread_sums sums = { 0 };

    thread_sums_state(&sums, a);
    thread_sums_state(&sums, b);
    return sums.state;
}

static void test_state(void **state)
{
    static const char order[] = "XZTtISDR";

    (void)state;
    for (size_t i = 0; order[i] != '\0'; i++) {
        for (size_t j = i; order[j] != '\0'; j++) {
            assert_int_equal(livelier(order[i], order[j]), order[j]);
            assert_int_equal(livelier(order[j], order[i]), order[j]);
        }
        assert_int_equal(livelier('?', order[i]), order[i]);
        assert_int_equal(livelier(order[i], '\0'), order[i]);
    }
    assert_int_equal(livelier('?', '\0'), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_vhost),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
