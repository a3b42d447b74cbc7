/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which network interfaces belong to a guest, by one sort of evidence after the other: each is a
 * resolver of its own, so that of two guests the one with the better evidence gets an interface.
 * Those in another network namespace are put into `foreign` as well.
 */
#ifndef KVMTOP_NET_CLAIMS_H
#define KVMTOP_NET_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

struct foreign;
struct ifaces;
struct kvmtop_claims;
struct kvmtop_host;
struct kvmtop_process;

/* Begin with the first three set. */
struct net_evidence {
    const struct kvmtop_host *host;
    struct ifaces *ifaces;
    struct foreign *foreign;
    /* Of the VMM that net_claims_open() was last asked about: */
    int32_t pid;
    uint64_t birth;
    bool readable;              /* we may look at its descriptors; */
    bool untold;                /* one is a tap's, and it isn't told which (Linux < 3.14) */
    unsigned found;             /* interfaces, by the evidence asked so far */
};

/* The taps and macvtaps that a VMM has open, and what passes by the host.  0, -EACCES where
 * we may not look at its files, or -ENOMEM. */
int net_claims_open(struct net_evidence *evidence, const struct kvmtop_process *process,
                    struct kvmtop_claims *claims);
/* Asked about the same VMM next, where its descriptors told none: the taps that its command line
 * names, unless they told that there are none. */
int net_claims_named(struct net_evidence *evidence, const struct kvmtop_process *process,
                     struct kvmtop_claims *claims);
/* And then, where we may not look at them: the taps whose address tells the guest's. */
int net_claims_addressed(struct net_evidence *evidence, const struct kvmtop_process *process,
                         struct kvmtop_claims *claims);

#endif
