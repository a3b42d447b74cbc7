/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual machines that KVM tells of in debugfs: folders kvm/PID-FD, and what is in them.
 * The kernel's PID is that of the thread that made the virtual machine, which with some VMMs (Cloud
 * Hypervisor) isn't the main one. */
#ifndef KVMTOP_KVM_VMS_H
#define KVMTOP_KVM_VMS_H

#include <kvmtop/plugin.h>

#include "lib/u64map.h"

enum { KVM_FOLDER = 32 };       /* size of a folder's name: two numbers */

struct kvm_vm {
    int32_t pid;                /* of its process: the folder's number may be another thread's */
    char folder[KVM_FOLDER];
};

/* The plugin's state. */
struct kvm {
    const struct kvmtop_host *host;
    struct kvm_vm *vm;          /* of the call under way, ascending by PID */
    size_t nvms, cap;
    struct u64map pids;         /* by hash of the folder's name, of the last call */
};

/* Read the list of them.  0 or -errno. */
int kvm_list(struct kvm *s, int kvmfd);
void kvm_free(struct kvm *s);

/* The first of the process's, or the number of all where it has none. */
size_t kvm_find(const struct kvm *s, int32_t pid);

/* The number in a file of a folder below kvm.  0 or -errno. */
int kvm_read_count(int kvmfd, const char *folder, const char *file, uint64_t *count);

#endif
