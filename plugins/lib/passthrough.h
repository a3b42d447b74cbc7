/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that QEMU hands to a guest past the host, so that no counter of the host sees
 * their traffic: by vfio, vhost-user and vDPA. */
#ifndef KVMTOP_LIB_PASSTHROUGH_H
#define KVMTOP_LIB_PASSTHROUGH_H

#include "lib/qemu_args.h"

#include <stdbool.h>

struct kvmtop_claims;
struct kvmtop_host;

enum passthrough_class { PASSTHROUGH_NET, PASSTHROUGH_DISK };

/* Claim those of this class that a command line names, as `vfio-pci 0000:03:10.1`; returns how
 * many.  vfio counts as net, though it may be a disk's or a graphics controller. */
unsigned passthrough_claim(const struct kvmtop_host *host, const struct qemu_args *args,
                           enum passthrough_class class, struct kvmtop_claims *claims);

#endif
