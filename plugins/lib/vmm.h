/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every resolver asks first: which kind of VMM a process is, and its command line. */
#ifndef KVMTOP_LIB_VMM_H
#define KVMTOP_LIB_VMM_H

#include "lib/qemu_args.h"

#include <kvmtop/plugin.h>

enum vmm_kind {
    VMM_QEMU,                   /* and whatever else the site lists in [core] vmm */
    VMM_FIRECRACKER,
    VMM_CLOUD_HYPERVISOR,
};

/* Longer names of guests are cut off. */
enum { VMM_NAME_SIZE = 1024, VMM_PATH_SIZE = 4096 };

struct vmm {
    const struct kvmtop_host *host;
    enum vmm_kind kind;
    struct qemu_args args;      /* lent by the host */
    const char *cgroup;         /* "" where unknown; lent */
};

/* False: it runs no guest.  The command line can't be read, or it is a QEMU that was started
 * only to be asked what it can do (`-machine none`; at Proxmox VE also `-id -1`). */
bool vmm_read(struct vmm *vmm, const struct kvmtop_host *host,
              const struct kvmtop_process *process);

/* The guest's number by Proxmox VE's own option -id.  False: none, or no number from 1 on. */
bool vmm_proxmox_id(const struct vmm *vmm, uint64_t *id);

/* Set a field to a text; an empty one sets nothing. */
void vmm_set(const struct vmm *vmm, struct kvmtop_guest *guest, enum kvmtop_field field,
             const char *text);
/* The UUID that the guest sees, where the command line has one. */
void vmm_set_uuid(const struct vmm *vmm, struct kvmtop_guest *guest);

/* What stands behind the last slash. */
const char *vmm_basename(const char *path);

#endif
