/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The texts of control groups: /proc/PID/cgroup (cgroups(7)) and the files of a group
 * (Documentation/admin-guide/cgroup-v2.rst, accounting/psi.rst, cgroup-v1/blkio-controller.rst).
 */
#ifndef KVMTOP_CGROUP_TEXT_H
#define KVMTOP_CGROUP_TEXT_H

#include "lib/parse.h"

/* The path in /proc/PID/cgroup: of the unified hierarchy (controller ""), or of the one that has
 * this controller.  False: there is no such line, or its path has `..` in it, as that of a group
 * outside the reader's cgroup namespace does. */
bool cgroup_path(struct span text, const char *controller, struct span *path);

/* Without the groups that libvirt makes within a guest's: …/libvirt/emulator, …/vcpu3. */
struct span cgroup_scope(struct span path);

/* The number behind `total=` in the line `some …` of a pressure file: microseconds. */
bool cgroup_pressure(struct span text, uint64_t *total);

/* The three numbers avg10=, avg60=, avg300= in the line `some …` or `full …`: percent, as text. */
bool cgroup_pressure_averages(struct span text, const char *which, struct span average[3]);

/* The number in a line `key number`, as in cpu.stat. */
bool cgroup_key(struct span text, const char *key, uint64_t *value);

enum cgroup_max { CGROUP_MAX_UNKNOWN, CGROUP_MAX_NONE, CGROUP_MAX_SET };
/* cpu.max: `max PERIOD` or `QUOTA PERIOD`, in microseconds; CPUs is their ratio. */
enum cgroup_max cgroup_cpu_max(struct span text, double *cpus);

enum cgroup_io_value { CGROUP_RIOS, CGROUP_WIOS, CGROUP_RBYTES, CGROUP_WBYTES, CGROUP_IO_VALUES };

struct cgroup_io {              /* begin with {0} */
    uint64_t value[CGROUP_IO_VALUES];
    unsigned known;             /* bitmap of those that were told */
};

/* `MAJOR:MINOR` as one number, the major one in its upper half. */
bool cgroup_device(struct span text, uint64_t *device);

/* What is told of this device is added here; NULL: nowhere. */
typedef struct cgroup_io *cgroup_io_of(void *arg, uint64_t device);

/* io.stat: lines `8:0 rbytes=… wbytes=… rios=… wios=…`. */
void cgroup_io_stat(struct span text, cgroup_io_of *io_of, void *arg);
/* blkio.throttle.io_serviced and io_service_bytes (v1): lines `8:0 Read …`, `8:0 Write …`. */
void cgroup_blkio(struct span text, enum cgroup_io_value reads, enum cgroup_io_value writes,
                  cgroup_io_of *io_of, void *arg);

/* The next PID of cgroup.procs; false: no more.  0 is one of another PID namespace. */
bool cgroup_next_pid(struct span *rest, uint64_t *pid);

#endif
