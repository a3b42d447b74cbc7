/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin bpf on VMMs: threads of a walk by what they do, sums of them, vhost's kernel threads.
 * The walk is made by the test, so no BPF is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bpf/classes.h"
#include "fake_walk.h"

#define SLEEPS 1                /* the bits of S */

static struct walk_task *put(uint32_t pid, uint32_t tgid, const char *comm, uint64_t run,
                             uint64_t delay)
{
    struct walk_task *task = &walk.slot[walk.nslots++].task;

    *task = (struct walk_task){
        .pid = pid, .tgid = tgid, .start = SECOND, .state = SLEEPS,
        .flags = WALK_IO | WALK_WAIT | WALK_DELAY, .counts = { .run = run, .delay = delay },
    };
    snprintf(task->comm, sizeof task->comm, "%s", comm);
    return task;
}

/* The rows of the slots; those of the next walk are put anew. */
static void collect(void)
{
    fake_walk_collect();
    walk.nslots = 0;
}

static void put_qemu(void)
{
    put(10, 10, "qemu-system-x86", 1000, 9);
    fake_walk_process(6);
    put(13, 10, "CPU 1/KVM", 30000, 500)->state = 2; /* D */
    put(12, 10, "CPU 0/KVM", 20000, 300);
    put(14, 10, "IO iothread0", 400, 9);
    put(15, 10, "iou-wrk-10", 50, 9);
    put(16, 10, "vhost-10", 8, 9);
}

static void test_sums(void **state)
{
    const struct fake_row *row;

    (void)state;
    put_qemu();
    collect();
    row = walked_process(10);
    assert_int_equal(walked_value(row, "vcpus"), 2);
    assert_int_equal(walked_value(row, "vcpu_cpu"), 50000);
    assert_int_equal(walked_value(row, "emu_cpu"), 1000);
    assert_int_equal(walked_value(row, "io_cpu"), 450);
    assert_int_equal(walked_value(row, "vhost_cpu"), 8);
    assert_int_equal(walked_value(row, "steal"), 800);
    assert_int_equal(walked_value(row, "vm_state"), 'D');
    assert_null(fake_reason(walk.fake, "vcpus"));
}

/* Workers come and go; a number may be another thread's by then. */
static void test_ended(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 5; round++) {
        put_qemu();
        walk.slot[5].task.start += round;    /* another worker of io_uring's each time */
        walk.slot[5].task.counts.run = 50;
        collect();
        assert_int_equal(walked_value(walked_process(10), "io_cpu"), 450 + round * 50);
        assert_int_equal(walked_value(walked_process(10), "vcpu_cpu"), 50000);
        assert_int_equal(walked_value(walked_process(10), "vcpus"), 2);
    }
    put_qemu();
    walk.nslots -= 2;                        /* the worker and vhost's thread have ended */
    walk.slot[1].process.threads = 4;
    collect();
    assert_int_equal(walked_value(walked_process(10), "io_cpu"), 400 + 5 * 50);
    assert_int_equal(walked_value(walked_process(10), "vhost_cpu"), 8);
    /* The whole VMM began anew under its PID: nothing of the old one counts. */
    put_qemu();
    walk.slot[0].task.start += SECOND;
    collect();
    assert_int_equal(walked_value(walked_process(10), "io_cpu"), 450);
}

static uint64_t all_classes(const struct fake_row *row)
{
    return walked_value(row, "vcpu_cpu") + walked_value(row, "emu_cpu") +
           walked_value(row, "io_cpu") + walked_value(row, "vhost_cpu");
}

/* Who came and went between two walks, and what others used after the last that met them. */
static void test_unseen(void **state)
{
    (void)state;
    put_qemu();
    walk.slot[1].process.counts.run = 7000;  /* before the first walk */
    collect();
    assert_int_equal(walked_value(walked_process(10), "emu_cpu"), 8000);
    put_qemu();
    walk.nslots -= 2;                        /* the worker had 50, vhost's thread 8 */
    walk.slot[1].process = (struct walk_process){ .threads = 4, .counts.run = 7000 + 53 + 8 + 90 };
    collect();
    assert_int_equal(walked_value(walked_process(10), "io_cpu"), 450);
    assert_int_equal(walked_value(walked_process(10), "vhost_cpu"), 8);
    assert_int_equal(walked_value(walked_process(10), "emu_cpu"), 8000 + 3 + 90);
    assert_int_equal(all_classes(walked_process(10)), walked_value(walked_process(10), "cpu"));
}

/* While threads come or go the sums are unknown, and afterwards right. */
static void test_changing(void **state)
{
    (void)state;
    put_qemu();
    collect();
    put_qemu();
    walk.slot[1].process.flags = WALK_TORN;
    collect();
    assert_false(walked_known(walked_process(10), "vcpu_cpu"));
    assert_non_null(strstr(fake_reason(walk.fake, "vcpu_cpu"), "ended while"));
    put_qemu();
    walk.slot[5].task.start++;
    collect();
    assert_int_equal(walked_value(walked_process(10), "io_cpu"), 500);
}

static void test_others(void **state)
{
    (void)state;
    put(10, 10, "java", 1, 1);
    fake_walk_process(2);
    put(11, 10, "IO worker", 1, 1);
    collect();
    assert_false(walked_known(walked_process(10), "vcpus"));
    assert_false(walked_known(walked_process(10), "io_cpu"));
    assert_null(fake_reason(walk.fake, "vcpus"));
    put(10, 10, "kvm", 1, 1);
    fake_walk_process(2);
    put(11, 10, "kvm", 1, 1)->state = 2;
    collect();
    assert_false(walked_known(walked_process(10), "vcpus"));
    assert_int_equal(walked_value(walked_process(10), "vm_state"), 'D');
    assert_null(fake_reason(walk.fake, "vm_state"));
    assert_non_null(strstr(fake_reason(walk.fake, "vcpus"), "debug-threads=on"));
}

static bool no_sums(const char *column)
{
    static const char *const sums[] = {
        "vcpus", "vcpu_cpu", "emu_cpu", "io_cpu", "vhost_cpu", "steal", "vm_state",
    };

    for (size_t i = 0; i < KVMTOP_COUNT(sums); i++)
        if (strcmp(column, sums[i]) == 0)
            return false;
    return true;
}

static void test_wants(void **state)
{
    (void)state;
    put_qemu();
    collect();
    walk.fake->wants = no_sums;
    put_qemu();
    collect();
    assert_false(walked_known(walked_process(10), "vcpus"));
    assert_null(walk.sampler.before.group[0].classes);
    walk.fake->wants = NULL;
    put_qemu();
    collect();
    assert_int_equal(walked_value(walked_process(10), "io_cpu"), 450);
}

static void test_classes(void **state)
{
    static const char *const class[] = { "emulator", NULL, "vcpu", "vcpu", "io", "io", "vhost" };

    (void)state;
    walk.fake->children = true;
    put_qemu();
    put(30, 30, "vhost-10", 500, 3)->flags |= WALK_KERNEL;
    fake_walk_process(1);
    put(31, 31, "vhost-10", 500, 3);
    fake_walk_process(1);
    collect();
    for (unsigned i = 0; i < KVMTOP_COUNT(class); i++)
        if (class[i] != NULL)
            assert_string_equal(
                fake_text(walk.fake, walked_thread(walk.slot[i].task.pid), "class"), class[i]);
    assert_string_equal(fake_text(walk.fake, walked_thread(30), "class"), "vhost");
    assert_false(walked_known(walked_thread(31), "class"));
    /* Before Linux 6.4. */
    assert_int_equal(walked_process(30)->owner, 10);
    assert_int_equal(walked_value(walked_process(30), "vhost_cpu"), 500);
    assert_int_equal(walked_process(31)->owner, 0);
    assert_false(walked_known(walked_process(31), "vhost_cpu"));
}

static void test_many(void **state)
{
    (void)state;
    for (unsigned round = 1; round < 3; round++) {
        put(10, 10, "kvm", 1, 1);
        fake_walk_process(301);
        for (uint32_t i = 0; i < 300; i++)
            put(1000 - i, 10, "CPU 7/KVM", round * 1000, round * 10);
        collect();
        assert_int_equal(walked_value(walked_process(10), "vcpus"), 300);
        assert_int_equal(walked_value(walked_process(10), "vcpu_cpu"), 300000 * round);
        assert_int_equal(walked_value(walked_process(10), "steal"), 3000 * round);
    }
}

enum { CROWD = 400000 };

/* Threads that have had 1 ns each.  Their IDs descend to 2, or ascend from 1.  The process's slot
 * is the second. */
static struct tgroup make_crowd(union walk_slot *slot, bool descending)
{
    struct tgroup group = { .leader = 0, .first = 2, .last = CROWD, .threads = CROWD };

    for (uint32_t i = 0; i < CROWD; i++) {
        uint32_t at = i > 0 ? i + 1 : 0;
        struct walk_task *task = &slot[at].task;

        *task = (struct walk_task){ .pid = 1 + (descending ? CROWD - i : i), .counts.run = 1 };
        memcpy(task->comm, "CPU 0/KVM", sizeof "CPU 0/KVM");
        task->next = at < CROWD ? at + 1 : TGROUP_NONE;
    }
    return group;
}

/* Were each put in its place among the others, one by one, this would take minutes. */
static void test_crowd(void **state)
{
    union walk_slot *slot = calloc(CROWD + 1, sizeof *slot);
    struct classes *memory = NULL;

    (void)state;
    assert_non_null(slot);
    alarm(60);
    for (unsigned round = 0; round < 4; round++) {
        struct tgroup group = make_crowd(slot, round % 2 == 0);
        struct thread_sums sums;

        assert_true(classes_sum(&memory, &group, slot, &sums));
        /* Each time the one at either end has ended. */
        assert_int_equal(sums.run[THREAD_VCPU], CROWD + round);
    }
    alarm(0);
    classes_free(memory);
    free(slot);
}

#define TEST(name) WALK_TEST(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sums), TEST(test_ended), TEST(test_unseen), TEST(test_changing),
        TEST(test_others), TEST(test_wants), TEST(test_classes), TEST(test_many),
        TEST(test_crowd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
