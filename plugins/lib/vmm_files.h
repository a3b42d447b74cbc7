/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a process has open, told by the texts of /proc/PID/fd and by /proc/PID/fdinfo (proc(5)).
 * Nothing is opened or stat'ed through /proc/PID/fd: a file on a dead NFS server would hang us.
 */
#ifndef KVMTOP_LIB_VMM_FILES_H
#define KVMTOP_LIB_VMM_FILES_H

#include "lib/parse.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sees one descriptor and where it leads: "/dev/net/tun", "/srv/a.qcow2", "socket:[123]". */
typedef void vmm_file_visit(void *arg, unsigned fd, const char *link);

/* Any user may have a million descriptors.  Those of a file or a device, of which the visitor may
 * want to know more, cost most; of the others a VMM with hundreds of vCPUs has thousands. */
enum { VMM_FILES_MAX = 4096, VMM_LINKS_MAX = 16384 };

/* What a resolver says where it is refused; %s: interfaces, or disks. */
#define VMM_FILES_REFUSED                                                                         \
    "what other users' guests have open is told to root alone (CAP_SYS_PTRACE and "               \
    "CAP_DAC_READ_SEARCH): not all of their %s are known as theirs"

/* The descriptors from 0 on, until so many files and devices, or so many of any kind, have been
 * seen.  0 or -errno: -EACCES where we may not look, -ENOENT where the process has gone. */
int vmm_files_each(int proc, int32_t pid, vmm_file_visit *visit, void *arg);

enum { VMM_FDINFO_MAX = 1024 };
/* One descriptor's fdinfo; false: closed meanwhile. */
bool vmm_fdinfo_read(int proc, int32_t pid, unsigned fd, char buf[VMM_FDINFO_MAX],
                     struct span *info);
/* The value of a line such as `mnt_id:\t29`, blanks in front skipped; false: no such line. */
bool vmm_fdinfo_get(struct span info, const char *key, struct span *value);

#endif
