/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a network interface tells of the guest behind it. */
#ifndef KVMTOP_NET_IFACE_NAME_H
#define KVMTOP_NET_IFACE_NAME_H

#include <stdbool.h>

struct iface_guest {
    const char *platform;       /* static: proxmox, opennebula */
    char id[12];                /* the VMID, in digits */
    bool port;                  /* the host's end of the guest's link, not the plumbing behind */
};

/* tap100i0, veth101i0 (a container's), fwbr100i0, fwln100i0, fwpr100p0; one-10-0. */
bool iface_name_guest(const char *name, struct iface_guest *guest);

/* Does it look like a guest's tap?  For when nothing tells its driver. */
bool iface_name_is_tap(const char *name);

#endif
