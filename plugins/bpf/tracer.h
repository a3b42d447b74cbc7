/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running the BPF program that counts how long block requests take. */
#ifndef KVMTOP_BPF_TRACER_H
#define KVMTOP_BPF_TRACER_H

#include <stddef.h>

#include "bpf/latency.h"

struct tracer;

/* Load the program and attach it to the tracepoints: from now on requests are counted.  0, or
 * -errno with the kernel's or libbpf's own words in `why`, if there are any, else "". */
int tracer_open(struct tracer **tracer, char *why, size_t cap);
/* Nothing is left in the kernel. */
void tracer_close(struct tracer *tracer); /* NULL is fine */

/* All counters, of up to LATENCY_ISSUERS.  The next interval begins; *interval is the number of
 * the one that ended.  0 or -errno. */
int tracer_read(struct tracer *tracer, struct latency_issuer *issuers,
                struct latency_histograms *histograms, size_t *n, uint64_t *interval);

/* Those that are gone: make room. */
void tracer_forget(struct tracer *tracer, const struct latency_issuer *issuer);

/* What is nobody's, since tracer_open(). */
struct tracer_others {
    uint64_t kernels;           /* requests that threads of the kernel submitted */
    uint64_t lost;              /* requests not counted, for want of room */
    uint64_t missed;            /* events that came in the midst of another, as interrupts do, and
                                 * were left out (Linux 6.1) */
};
void tracer_others(const struct tracer *tracer, struct tracer_others *others);

#endif
