/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's types as far as the BPF program needs them, in the kernel's names.  Offsets and
 * sizes are filled in when the program is loaded, from the running kernel's BTF; so members may
 * be left out, and neither the order nor a machine's vmlinux.h matters.
 */
#ifndef KVMTOP_BPF_CORE_TYPES_H
#define KVMTOP_BPF_CORE_TYPES_H

/* What <bpf/bpf_helpers.h> takes for granted. */
typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;

/* <linux/bpf.h>, whose own headers are not found when compiling for BPF. */
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2 };
enum { BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };

/* kernel/bpf/task_iter.c, Linux 6.7 */
enum { BPF_TASK_ITER_ALL_THREADS = 1 };
struct bpf_iter_task {
    __u64 opaque[3];
};

#define KERNEL_PF_EXITING 0x00000004u
#define KERNEL_PF_KTHREAD 0x00200000u
#define KERNEL_PRIO_OF_NICE_0 120

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sched_entity {
    __u64 sum_exec_runtime;
};

struct sched_info {
    unsigned long pcount;
    unsigned long long run_delay;
};

struct task_io_accounting {
    __u64 syscr, syscw, read_bytes, write_bytes;
};

struct task_delay_info {
    __u64 blkio_delay;
};

struct taskstats {
    __u64 cpu_count, cpu_delay_total, blkio_delay_total;
};

typedef struct {
    __u32 val;
} kuid_t;

struct cred {
    kuid_t euid;
};

typedef struct {
    unsigned int sequence;
} seqcount_t;

typedef struct {
    seqcount_t seqcount;
} seqcount_spinlock_t;

typedef struct {
    seqcount_spinlock_t seqcount;
} seqlock_t;

struct signal_struct {
    int nr_threads;
    seqlock_t stats_lock;
    __u64 gtime;
    unsigned long min_flt, maj_flt;
    struct task_io_accounting ioac;
    unsigned long long sum_sched_runtime;
    struct taskstats *stats;
};

struct task_struct {
    unsigned int __state;
    unsigned int flags;
    int exit_state;
    int static_prio;
    struct sched_entity se;
    struct sched_info sched_info;
    int pid, tgid;
    __u64 gtime;
    __u64 start_boottime;
    struct task_struct *group_leader;
    unsigned long min_flt, maj_flt;
    const struct cred *real_cred;
    char comm[16];
    struct signal_struct *signal;
    __u64 self_exec_id;
    struct task_io_accounting ioac;
    struct task_delay_info *delays;
};

/* Before Linux 5.14. */
struct task_struct___state {
    long state;
};

/* Before Linux 5.10. */
struct signal_struct___seqcount {
    struct {
        seqcount_t seqcount;
    } stats_lock;
};

struct request {
    __u32 cmd_flags;
    __u32 __data_len;
    __u64 start_time_ns;
};

struct bpf_iter_meta {
    struct seq_file *seq;
};

struct bpf_iter__task {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
};

#pragma clang attribute pop

#endif
