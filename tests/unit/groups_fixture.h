/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world with a table of guests: who they are, what they own, and a site's column for them. */
#ifndef GROUPS_FIXTURE_H
#define GROUPS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_plugin.h"

#include <math.h>

#define THREAD 1                /* kind of row */

/* For cmocka; the view is that of guests. */
int groups_setup(void **state);
int groups_teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, groups_setup, groups_teardown)

extern unsigned site_rows;      /* rows that the site's plugin has been given to fill */

static inline double value(struct world *world, uint64_t guest, const char *column)
{
    double v;

    return world_value(world, "guests", guest, column, &v) ? v : -1;
}

static inline const char *reason(struct world *world, const char *column)
{
    return table_reason(world_table(world, "guests"), world_column(world, "guests", column));
}

#define SAME(world, guest, column, expected)                                                      \
    assert_true(fabs(value(world, guest, column) - (expected)) < 1e-9)

/* A guest with two vCPUs and an iothread, one with a vCPU, one without threads that are told
 * apart, and a process that is none. */
enum { G10, T101, T102, T103, G11, T111, G12, OTHER, FIRST_IFACE };

static const struct fake_item some[] = {
    [G10] = { .id = 10, .user = "root", .comm = "kvm", .state = 'S', .birth = 1000 },
    [T101] = { .id = 101, .kind = THREAD, .parent = G10 + 1, .comm = "vcpu" },
    [T102] = { .id = 102, .kind = THREAD, .parent = G10 + 1, .comm = "vcpu" },
    [T103] = { .id = 103, .kind = THREAD, .parent = G10 + 1, .comm = "io" },
    [G11] = { .id = 11, .user = "qemu", .comm = "kvm", .state = 'R', .birth = 2000 },
    [T111] = { .id = 111, .kind = THREAD, .parent = G11 + 1, .comm = "vcpu" },
    [G12] = { .id = 12, .user = "qemu", .state = 'T', .birth = 3000 },
    [OTHER] = { .id = 6000, .user = "root", .comm = "vcpu" },
    [FIRST_IFACE] = { .table = FAKE_NETWORK, .id = 1, .user = "tap10" },
    { .table = FAKE_NETWORK, .id = 2, .user = "veth10", .flags = KVMTOP_ROW_HIDDEN },
    { .table = FAKE_NETWORK, .id = 3, .user = "tap11" },
    { .table = FAKE_NETWORK, .id = 4, .user = "eth0" },
    { .table = FAKE_STORAGE, .id = 1, .user = "sda" },
    { .table = FAKE_STORAGE, .id = 2, .user = "sdb", .flags = KVMTOP_ROW_UNCOUNTED },
};

#define N KVMTOP_COUNT(some)

static inline uint64_t percent(uint64_t n)
{
    return n * 10000000;        /* ns of a second */
}

#endif
