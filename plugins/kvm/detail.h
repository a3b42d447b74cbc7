/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for the page of details: what KVM has counted of a guest and of its vCPUs. */
#ifndef KVMTOP_KVM_DETAIL_H
#define KVMTOP_KVM_DETAIL_H

#include "kvm/vms.h"

/* Of all virtual machines of the process, as kvm_list() found them; nothing where it has none. */
void kvm_detail(const struct kvm *s, int kvmfd, int32_t pid, struct kvmtop_page *page);

#endif
