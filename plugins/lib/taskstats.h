/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Delays of processes by the TASKSTATS family of generic netlink, many processes a send
 * (Documentation/accounting/taskstats.rst).  Needs CAP_NET_ADMIN in the host's own namespaces.
 */
#ifndef KVMTOP_LIB_TASKSTATS_H
#define KVMTOP_LIB_TASKSTATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TASKSTATS_BATCH 64      /* processes a call; 64 answers fit any socket's default buffer */

struct taskstats_client;

/* What all threads of a process, ended ones included, have waited; in nanoseconds. */
struct taskstats_times {
    bool answered;              /* the kernel has spoken; else the answer was lost */
    bool known;                 /* not of a process that is gone, a zombie, or has never run */
    uint64_t blkio;             /* for block I/O to complete; 0 where delay accounting is off */
    uint64_t delay;             /* on a run queue for a CPU */
};

/* 0 or -errno: -EPERM without the right to ask, -ENOENT where the kernel hasn't got it. */
int taskstats_open(struct taskstats_client **client);
void taskstats_close(struct taskstats_client *client); /* NULL is fine */

/* Ask of these processes (n <= TASKSTATS_BATCH); times[i] is of pid[i].  -errno: the socket is of
 * no more use. */
int taskstats_ask(struct taskstats_client *client, const int32_t *pid, size_t n,
                  struct taskstats_times *times);

/* One datagram of answers: to request first + i belongs times[i].  For taskstats_ask() and for
 * tests; data is aligned to 4 bytes. */
void taskstats_parse(const void *data, size_t len, uint16_t family, uint32_t first,
                     struct taskstats_times *times, size_t n);

#endif
