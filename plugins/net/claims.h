/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which network interfaces belong to a guest. */
#ifndef KVMTOP_NET_CLAIMS_H
#define KVMTOP_NET_CLAIMS_H

struct foreign;
struct ifaces;
struct kvmtop_claims;
struct kvmtop_host;
struct kvmtop_process;

/* Claim those of a VMM: the taps and macvtaps that it has open; else the taps that its command
 * line names; where we may not look at its files also those whose address tells the guest's.
 * Those in another network namespace are put into `foreign` as well.  0 or -ENOMEM. */
int net_claims(const struct kvmtop_host *host, struct ifaces *ifaces, struct foreign *foreign,
               const struct kvmtop_process *process, struct kvmtop_claims *claims);

#endif
