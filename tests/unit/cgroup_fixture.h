/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded host for the plugin cgroup: guests, their groups and what these files say. */
#ifndef CGROUP_FIXTURE_H
#define CGROUP_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "host_fixture.h"

#define SECOND UINT64_C(1000000000)
#define SCOPE "fs/cgroup/qemu.slice/100.scope"

extern const struct kvmtop_plugin kvmtop_plugin_cgroup;

static inline int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake->boottime = 1000 * SECOND;
    assert_int_equal(fake_open(fake, &kvmtop_plugin_cgroup), 0);
    fake_file(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.controllers", "cpu io memory\n");
    fake_file(fake, KVMTOP_DIR_SYS, "fs/cgroup/cgroup.procs", "1\n2\n42\n");
    return 0;
}

static inline void put(const char *folder, const char *file, const char *text)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    fake_file(fake, KVMTOP_DIR_SYS, path, text);
}

static inline struct fake_row *guest(uint64_t pid, const char *cgroup)
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

static inline void put_process(unsigned pid, const char *comm)
{
    char path[40];

    snprintf(path, sizeof path, "%u/comm", pid);
    fake_file(fake, KVMTOP_DIR_PROC, path, comm);
}

static inline void put_scope(const char *folder)
{
    put(folder, "cgroup.procs", "42\n");
    put(folder, "cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=100\n");
    put(folder, "io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=200\n");
    put(folder, "memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=300\n");
    put(folder, "cpu.stat", "usage_usec 1\nnr_throttled 2\nthrottled_usec 400\n");
    put(folder, "cpu.max", "200000 100000\n");
    put(folder, "io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n");
}

static inline void fill(void)
{
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_cgroup.sources[0]), 0);
}

static const char *const all[] = {
    "press_cpu", "press_io", "press_mem", "throttled%", "cpu_max", "r_iops", "w_iops", "r_bmib",
    "w_bmib",
};

static inline void assert_nothing(const struct fake_row *row, const char *reason)
{
    for (size_t i = 0; i < KVMTOP_COUNT(all); i++) {
        assert_false(known(row, all[i]));
        assert_non_null(fake_reason(fake, all[i]));
        if (strstr(fake_reason(fake, all[i]), reason) == NULL)
            fail_msg("%s: %s", all[i], fake_reason(fake, all[i]));
    }
}

#endif
