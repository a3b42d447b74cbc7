/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which block devices a guest's disks lie on. */
#ifndef KVMTOP_DISK_CLAIMS_H
#define KVMTOP_DISK_CLAIMS_H

struct devices;
struct kvmtop_claims;
struct kvmtop_host;
struct kvmtop_process;

/* Claim those of a VMM: the block devices that it has open, those under the file systems of the
 * images that it has open, and all that these stand on.  Where we may not look at its files:
 * only the block devices that its command line names; of other paths nobody can tell without
 * following them where they lead, and -EACCES is returned.  Else 0. */
int disk_claims(const struct kvmtop_host *host, struct devices *devices,
                const struct kvmtop_process *process, struct kvmtop_claims *claims);

#endif
