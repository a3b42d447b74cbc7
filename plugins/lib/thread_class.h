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
    THREAD_CLASSES
};

enum thread_class thread_class_of(const char *comm, size_t len);

/* As the column `class` has it. */
const char *thread_class_name(enum thread_class class);

/* Before Linux 6.4 vhost's threads are kernel threads, `vhost-` and the PID of the VMM that they
 * work for; since then they are threads of the VMM's, by the same name.  False: no such name. */
bool thread_class_vhost(const char *comm, size_t len, int32_t *pid);

/* Is it a QEMU, by its process's name?  One that has no vCPU by name has no debug-threads. */
bool thread_class_is_qemu(const char *comm, size_t len);

/* Threads added up; begin with {0}. */
struct thread_sums {
    uint64_t run[THREAD_CLASSES]; /* ns on a CPU */
    uint64_t steal;             /* ns that vCPUs were ready to run, but had no CPU */
    uint32_t vcpus;
    char state;                 /* of the liveliest: R, D, S, … and T where all are stopped */
};

void thread_sums_add(struct thread_sums *sums, enum thread_class class, uint64_t run,
                     uint64_t delay);
/* `ended`: the threads that have ended, each as last seen.  `run`: what all that ended have used.
 * The difference is of those that lived between two looks, and the last part of the others: it is
 * the emulator's, as nothing tells whose it was.  No sum ever falls. */
void thread_sums_end(struct thread_sums *ended, uint64_t run);
void thread_sums_state(struct thread_sums *sums, char state);

#endif
