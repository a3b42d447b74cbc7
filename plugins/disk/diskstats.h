/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of /proc/diskstats (Documentation/admin-guide/iostats.rst). */
#ifndef KVMTOP_DISK_DISKSTATS_H
#define KVMTOP_DISK_DISKSTATS_H

#include "lib/parse.h"

#include <stdbool.h>
#include <stdint.h>

enum { DISKSTATS_NAME = 64 };   /* longest name of a disk or partition, with the NUL */

/* In the order of the file.  A sector is 512 bytes, whatever the disk's are. */
enum diskstat {
    DISKSTAT_READS,
    DISKSTAT_READ_MERGES,
    DISKSTAT_READ_SECTORS,
    DISKSTAT_READ_MS,           /* of all requests together; wraps at 2^32, as all ms here */
    DISKSTAT_WRITES,
    DISKSTAT_WRITE_MERGES,
    DISKSTAT_WRITE_SECTORS,
    DISKSTAT_WRITE_MS,
    DISKSTAT_IN_FLIGHT,
    DISKSTAT_BUSY_MS,           /* with at least one request in flight */
    DISKSTAT_QUEUE_MS,          /* times the number of requests in flight */
    DISKSTAT_FIRST = 11,        /* so many there are since Linux 2.6.25 */
    DISKSTAT_DISCARDS = 11,     /* Linux >= 4.18 */
    DISKSTAT_DISCARD_MERGES,
    DISKSTAT_DISCARD_SECTORS,
    DISKSTAT_DISCARD_MS,
    DISKSTAT_FLUSHES,           /* Linux >= 5.5 */
    DISKSTAT_FLUSH_MS,
    DISKSTAT_COUNT,
};

struct diskstats {
    char name[DISKSTATS_NAME];
    uint32_t major, minor;
    unsigned count;             /* of the values there are, at least DISKSTAT_FIRST */
    uint64_t value[DISKSTAT_COUNT];
};

/* False: garbage, or a partition's short line of before Linux 2.6.25. */
bool diskstats_parse(struct span line, struct diskstats *stats);

#endif
