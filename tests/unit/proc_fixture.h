/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded /proc for the plugin proc: processes and threads by their stat, a round a second. */
#ifndef PROC_FIXTURE_H
#define PROC_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "host_fixture.h"

#define SECOND 1000000000u
#define TICK 10000000u          /* ns of the fake's clock tick */

extern const struct kvmtop_plugin kvmtop_plugin_proc;

enum { COLLECT, MEMORY, COMMAND }; /* the plugin's sources */

struct stat_text {
    const char *comm;
    char state;
    unsigned flags, minflt, majflt, utime, stime, threads, start, code, wait, guest;
    int nice;
};

static const struct stat_text usual = {
    .comm = "kvm", .state = 'S', .flags = 4194560, .minflt = 100, .majflt = 7, .utime = 250,
    .stime = 50, .threads = 1, .start = 5000, .code = 4096, .guest = 200,
};

static inline int set_up(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake_file(fake, KVMTOP_DIR_PROC, "sys/kernel/osrelease", "6.1.0-9-amd64\n");
    fake_file(fake, KVMTOP_DIR_PROC, "sys/kernel/task_delayacct", "1\n");
    fake_file(fake, KVMTOP_DIR_PROC, "cmdline", "root=/dev/sda1 delayacct quiet\n");
    return 0;
}

static inline void put(const char *path, const char *text)
{
    fake_file(fake, KVMTOP_DIR_PROC, path, text);
}

/* folder: "PID" or "PID/task/TID". */
static inline void put_stat(const char *folder, const struct stat_text *s)
{
    char path[80], text[1024];

    snprintf(path, sizeof path, "%s/stat", folder);
    snprintf(text, sizeof text,
             "%d (%s) %c 1 1 1 0 -1 %u %u 0 %u 0 %u %u 0 0 20 %d %u 0 %u 1048576 32 "
             "18446744073709551615 %u 0 0 0 0 0 0 0 0 1 0 0 17 0 0 0 %u %u 0 0 0 0 0 0 0 0 0\n",
             1, s->comm, s->state, s->flags, s->minflt, s->majflt, s->utime, s->stime, s->nice,
             s->threads, s->start, s->code, s->wait, s->guest);
    put(path, text);
}

static inline void put_process(int pid, const struct stat_text *s)
{
    char path[64];

    snprintf(path, sizeof path, "%d", pid);
    put_stat(path, s);
}

static inline void put_thread(int pid, int tid, const struct stat_text *s)
{
    char path[64];

    snprintf(path, sizeof path, "%d/task/%d", pid, tid);
    put_stat(path, s);
}

static inline void put_many(void)
{
    for (int pid = 100; pid < 140; pid++) {
        put_process(pid, &usual);
        for (int tid = pid; tid < pid + 3000; tid += 1000)
            put_thread(pid, tid, &usual);
    }
}

static inline int collect(void)
{
    fake->monotonic += SECOND;
    fake->boottime += SECOND;
    if (fake->plugin == NULL)
        assert_int_equal(fake_open(fake, &kvmtop_plugin_proc), 0);
    return fake_collect(fake, &kvmtop_plugin_proc.sources[COLLECT]);
}

static inline void fill(unsigned source)
{
    assert_int_equal(fake_fill(fake, &kvmtop_plugin_proc.sources[source]), 0);
}

static inline struct fake_row *process(unsigned pid)
{
    return fake_row(fake, "process", 0, pid);
}

static inline struct fake_row *thread(unsigned tid)
{
    return fake_row(fake, "process", 1, tid);
}

static inline void assert_reason(const char *column, const char *part)
{
    const char *reason = fake_reason(fake, column);

    if (part == NULL) {
        assert_null(reason);
        return;
    }
    assert_non_null(reason);
    if (strstr(reason, part) == NULL)
        fail_msg("the reason of %s is: %s", column, reason);
}

#endif
