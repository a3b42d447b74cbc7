/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The BPF program: the time of block requests from issue to completion, counted as latency.h has
 * it.
 *
 * Whose a request is says the thread that hands it to the I/O scheduler (block_rq_insert) or, where
 * there is none, to the driver (block_rq_issue).  What a scheduler holds back is issued by whoever
 * comes along, so who that is isn't asked then.  Where the thread is the kernel's own (writeback,
 * dm-crypt's writes, RAID 5) nothing tells for whom it works: its cgroup may have many processes,
 * and a request to a loop device would count twice.  Those are counted together.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "latency.h"

const char may_call_all[] SEC("license") = "GPL"; /* what the kernel calls any version of it */

enum { OP_MASK = 0xff, OP_READ = 0, OP_WRITE = 1 }; /* include/linux/blk_types.h */

/* A request under way. */
struct flight {
    struct latency_issuer issuer;
    __u64 made;                 /* its start_time_ns: tells it from one that used its memory */
    __u64 issued;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, LATENCY_FLIGHTS);
    __type(key, __u64);         /* the request's address */
    __type(value, struct flight);
} flights SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, LATENCY_ISSUERS);
    __type(key, struct latency_issuer);
    __type(value, struct latency_histograms);
} issuers SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct latency_control);
} control SEC(".maps");

static const struct latency_histograms none;

static __always_inline struct latency_control *the_control(void)
{
    __u32 first = 0;

    return bpf_map_lookup_elem(&control, &first);
}

/* Into one of its numbers. */
#define COUNT(member)                                                                             \
    do {                                                                                          \
        struct latency_control *at_ = the_control();                                              \
        if (at_ != NULL)                                                                          \
            __sync_fetch_and_add(&at_->member, 1);                                                \
    } while (0)

/* ---- whose it is ---- */

/* tgid 0: a thread of the kernel. */
static __always_inline struct latency_issuer issuer_of_current(void)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct latency_issuer issuer = { 0 };

    if ((BPF_CORE_READ(task, flags) & KERNEL_PF_KTHREAD) != 0)
        return issuer;
    issuer.tgid = bpf_get_current_pid_tgid() >> 32;
    issuer.since = BPF_CORE_READ(task, group_leader, start_boottime);
    return issuer;
}

/* ---- requests under way ---- */

static __always_inline bool is_counted(struct request *rq)
{
    __u32 op = rq->cmd_flags & OP_MASK;

    return op == OP_READ || op == OP_WRITE;
}

static __always_inline struct flight *flight_of(struct request *rq)
{
    __u64 key = (__u64)rq;
    struct flight *flight = bpf_map_lookup_elem(&flights, &key);

    /* Left by one that was merged into another. */
    return flight != NULL && flight->made == rq->start_time_ns ? flight : NULL;
}

static __always_inline void follow(struct request *rq, __u64 issued)
{
    struct flight flight = { .issuer = issuer_of_current(), .made = rq->start_time_ns,
                             .issued = issued };
    __u64 key = (__u64)rq;

    if (bpf_map_update_elem(&flights, &key, &flight, BPF_ANY) != 0)
        COUNT(no_flight);
}

/* What a driver gave back is inserted once more, by a thread of the kernel. */
static __always_inline int on_insert(struct request *rq)
{
    if (is_counted(rq) && flight_of(rq) == NULL)
        follow(rq, 0);
    return 0;
}

/* It may have been inserted before anybody looked. */
static __always_inline bool is_older(struct request *rq)
{
    struct latency_control *at = the_control();

    return at == NULL || (rq->start_time_ns != 0 && rq->start_time_ns < at->began);
}

static __always_inline int on_issue(struct request *rq)
{
    struct flight *flight;
    __u64 now;

    if (!is_counted(rq))
        return 0;
    now = bpf_ktime_get_ns();
    flight = flight_of(rq);
    if (flight != NULL)
        flight->issued = now;
    else if (!is_older(rq))
        follow(rq, now);
    return 0;
}

/* ---- completed ones ---- */

static __always_inline struct latency_histograms *histograms_of(struct latency_issuer *issuer)
{
    struct latency_histograms *found = bpf_map_lookup_elem(&issuers, issuer);

    if (found != NULL)
        return found;
    bpf_map_update_elem(&issuers, issuer, &none, BPF_NOEXIST);
    return bpf_map_lookup_elem(&issuers, issuer);
}

static __always_inline void note_longest(struct latency_counts *counts, __u64 ns)
{
    struct latency_control *at = the_control();
    __u64 longest;

    if (at == NULL)
        return;
    longest = latency_longest(at->interval, ns);
    if (longest > counts->longest)
        counts->longest = longest;
}

static __always_inline void count(struct latency_counts *counts, __u64 ns)
{
    __u64 bucket = latency_bucket(ns);

    /* That the very register that is checked is the index: verifiers before Linux 6.12 see no
     * further. */
    barrier_var(bucket);
    if (bucket >= LATENCY_BUCKETS)
        return;
    __sync_fetch_and_add(&counts->bucket[bucket], 1);
    __sync_fetch_and_add(&counts->sum, ns);
    note_longest(counts, ns);
}

static __always_inline void count_for(struct latency_issuer *issuer, __u32 op, __u64 ns)
{
    struct latency_histograms *histograms = histograms_of(issuer);

    if (histograms == NULL)
        COUNT(no_issuer);
    else if (op == OP_READ)
        count(&histograms->way[LATENCY_READ], ns);
    else
        count(&histograms->way[LATENCY_WRITE], ns);
}

static __always_inline int on_complete(struct request *rq, __u32 bytes)
{
    __u64 key = (__u64)rq, now;
    struct flight *flight, done;

    if (!is_counted(rq) || bytes < rq->__data_len) /* the rest is still to come */
        return 0;
    now = bpf_ktime_get_ns();
    flight = flight_of(rq);
    if (flight == NULL)
        return 0;
    done = *flight;
    bpf_map_delete_elem(&flights, &key);
    if (done.issued == 0 || now < done.issued)
        return 0;
    if (done.issuer.tgid == 0)
        COUNT(kernels);
    else
        count_for(&done.issuer, rq->cmd_flags & OP_MASK, now - done.issued);
    return 0;
}

/* ---- the tracepoints ---- */

SEC("tp_btf/block_rq_insert")
int insert(__u64 *context)
{
    return on_insert((struct request *)context[0]);
}

SEC("tp_btf/block_rq_issue")
int issue(__u64 *context)
{
    return on_issue((struct request *)context[0]);
}

/* Before Linux 5.11 the queue came first. */
SEC("tp_btf/block_rq_insert")
int insert_queue(__u64 *context)
{
    return on_insert((struct request *)context[1]);
}

SEC("tp_btf/block_rq_issue")
int issue_queue(__u64 *context)
{
    return on_issue((struct request *)context[1]);
}

SEC("tp_btf/block_rq_complete")
int complete(__u64 *context)
{
    return on_complete((struct request *)context[0], context[2]);
}
