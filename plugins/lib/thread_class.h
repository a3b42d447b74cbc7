/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a thread of a VMM does, told by the name that the VMM gave it (QEMU does so where -name
 * has debug-threads=on, as all that manage guests ask it to).
 *
 * Only beside a vCPU's thread do the other names tell anything: of a process without one nothing
 * is known, be it that its threads bear no names or that it runs no guest.
 */
#ifndef KVMTOP_LIB_THREAD_CLASS_H
#define KVMTOP_LIB_THREAD_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum thread_class {
    THREAD_EMULATOR,            /* the main loop, workers, VNC, … : what is none of the others */
    THREAD_VCPU,
    THREAD_IO,                  /* iothreads, io_uring's workers */
    THREAD_VHOST,               /* the kernel's, carries the guest's packets (or disk) */
};

enum thread_class thread_class_of(const char *comm, size_t len);

/* As the column `class` has it. */
const char *thread_class_name(enum thread_class class);

/* Before Linux 6.4 vhost's threads are kernel threads, `vhost-` and the PID of the VMM that they
 * work for; since then they are threads of the VMM's, by the same name.  False: no such name. */
bool thread_class_vhost(const char *comm, size_t len, int32_t *pid);

#endif
