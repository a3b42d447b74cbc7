/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over tasks that the test makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_walk.h"

extern const struct kvmtop_plugin kvmtop_plugin_bpf;

struct fake_walk walk;

int fake_walk_set_up(void **state)
{
    (void)state;
    walk.fake = fake_host_new();
    walk.fake->plugin = &kvmtop_plugin_bpf;
    walk.fake->state = &walk.sampler;
    walk.fake->monotonic = walk.fake->boottime = UPTIME;
    walk.nslots = 0;
    walk.sampler = (struct sampler){
        .host = &walk.fake->host, .tick = 10000000, .slot = walk.slot,
        .delayacct.mode = DELAYACCT_ON,
    };
    return 0;
}

int fake_walk_tear_down(void **state)
{
    (void)state;
    walk.fake->plugin = NULL;   /* never opened */
    fake_host_free(walk.fake);
    tgroups_free(&walk.sampler.groups);
    tgroups_free(&walk.sampler.before);
    still_free(&walk.sampler.still);
    return 0;
}

struct walk_process *fake_walk_process(uint32_t threads)
{
    struct walk_process *process = &walk.slot[walk.nslots++].process;

    *process = (struct walk_process){ .threads = threads, .image = 3 };
    return process;
}

void fake_walk_collect(void)
{
    walk.fake->monotonic += SECOND;
    walk.fake->boottime += SECOND;
    for (size_t i = 0; i < walk.nslots; i++)
        if (walk.slot[i].task.pid == walk.slot[i].task.tgid)
            walk.slot[++i].process.time = walk.fake->monotonic;
    assert_int_equal(tgroups_build(&walk.sampler.groups, walk.slot, walk.nslots), 0);
    walk.sampler.step = STEP_ROWS;
    walk.sampler.at = 0;
    walk.sampler.reported = 0;
    walk.sampler.now = walk.fake->monotonic;
    assert_int_equal(fake_collect(walk.fake, &kvmtop_plugin_bpf.sources[0]), 0);
}

struct fake_row *walked_process(uint64_t pid)
{
    return fake_row(walk.fake, "process", ROW_PROCESS, pid);
}

struct fake_row *walked_thread(uint64_t tid)
{
    return fake_row(walk.fake, "process", ROW_THREAD, tid);
}

uint64_t walked_value(const struct fake_row *row, const char *column)
{
    assert_non_null(row);
    return fake_u64(walk.fake, row, column);
}

bool walked_known(const struct fake_row *row, const char *column)
{
    assert_non_null(row);
    return fake_known(walk.fake, row, column);
}
