/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `guests`: the table of guests, one row each.  It is data alone: the host groups the
 * rows of processes, threads, interfaces and block devices by the guest they belong to.
 *
 * Shares of CPU are absolute, 100 = one CPU, where the name is of who uses it (cpu, vcpu_cpu,
 * emu%, io%, vhost%): vcpu_cpu + emu% + io% + vhost% = cpu.  vcpu% and steal% are shares of what
 * the guest was given: 100 = all its vCPUs, all the time.
 *
 * What is shown by default fits into 120 columns.
 */
#include <kvmtop/plugin.h>

#define NAMES "; needs names of threads (QEMU: -name …,debug-threads=on)"

#define OWN(column) .of = "process." column, .aggregate = KVMTOP_OWN
#define SUM(column)                                                                               \
    .of = column, .aggregate = KVMTOP_SUM, .kind = KVMTOP_GAUGE, .number = KVMTOP_F64
#define MAX(column)                                                                               \
    .of = column, .aggregate = KVMTOP_MAX, .kind = KVMTOP_GAUGE, .number = KVMTOP_F64
/* Percentiles don't add up: of the VMM itself. */
#define LATENCY(column, part)                                                                     \
    .unit = "ms", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64, OWN(column), .precision = 3,        \
    .width = 8, .importance = 25, COSTLY, .group = "Disk",                                        \
    .help = part ", from issue to completion at the block layer (process." column ")"
#define HIDDEN .flags = KVMTOP_OPTIONAL
#define COSTLY .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY

static const struct kvmtop_column columns[] = {
    /* CPU */
    { .name = "vcpus", .title = "vCPU", SUM("process.vcpus"), .width = 4, .importance = 60,
      .flags = KVMTOP_GIVES_CPUS, .group = "CPU",
      .help = "vCPUs, by their threads" NAMES },
    { .name = "cpu", .title = "CPU%", .unit = "%", SUM("process.cpu"), .precision = 1,
      .width = 5, .digit = 1, .importance = 95, .group = "CPU",
      .help = "CPU time of all its threads and of vhost's, 100 = one CPU (process.cpu)" },
    { .name = "vcpu%", .title = "vCPU%", .unit = "%", SUM("process.vcpu_cpu"), .per = "vcpus",
      .precision = 1, .width = 5, .importance = 85, .warn = 95, .group = "CPU",
      .help = "CPU time of the vCPU threads, of what the guest was given: 100 = all its vCPUs "
              "busy" NAMES },
    { .name = "emu%", .title = "Emu%", .unit = "%", SUM("process.emu_cpu"), .precision = 1,
      .width = 4, .importance = 50, .group = "CPU",
      .help = "CPU time of the emulator: main loop, workers, VNC and all other threads, 100 = one "
              "CPU" NAMES },
    { .name = "io%", .title = "IO%", .unit = "%", SUM("process.io_cpu"), .precision = 1,
      .width = 4, .importance = 45, .group = "CPU",
      .help = "CPU time of iothreads and io_uring's workers, 100 = one CPU" NAMES },
    { .name = "vhost%", .title = "VHost%", .unit = "%", SUM("process.vhost_cpu"), .precision = 1,
      .width = 6, .importance = 40, HIDDEN, .group = "CPU",
      .help = "CPU time of vhost's threads, 100 = one CPU: threads of the process since Linux 6.4, "
              "kernel threads vhost-PID before" },
    { .name = "vcpu_cpu", .title = "vCPU_CPU%", .unit = "%", SUM("process.vcpu_cpu"),
      .precision = 1, .importance = 30, HIDDEN, .group = "CPU",
      .help = "CPU time of the vCPU threads, 100 = one CPU: with emu%, io% and vhost% it makes up "
              "cpu" NAMES },
    { .name = "steal%", .title = "Steal%", .unit = "%", SUM("process.steal"), .per = "vcpus",
      .precision = 1, .width = 6, .digit = 2, .importance = 80, .warn = 5, .crit = 20,
      .group = "CPU",
      .help = "time that vCPUs were ready to run but had no CPU, of what the guest was given: its "
              "steal time (run delay in schedstat)" NAMES },
    { .name = "iothreads", .title = "IOThr", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64,
      .aggregate = KVMTOP_ROWS, .of = "process.tid", .where = "class=io", .width = 5,
      .importance = 15, COSTLY, .group = "CPU",
      .help = "iothreads and io_uring's workers; - where there is none" NAMES },
    { .name = "guest%", .title = "Guest%", .unit = "%", SUM("process.guest"), .precision = 1,
      .importance = 28, HIDDEN, .group = "CPU",
      .help = "CPU time spent in guest mode, a part of CPU%, 100 = one CPU (stat, field 43)" },

    /* pressure, from its own cgroup */
    { .name = "press_cpu", .title = "PrCPU%", .unit = "%", MAX("process.press_cpu"),
      .precision = 1, .importance = 26, COSTLY, .warn = 10, .group = "Pressure",
      .help = "share of the time in which some task of its cgroup waited for a CPU "
              "(cpu.pressure)" },
    { .name = "press_io", .title = "PrIO%", .unit = "%", MAX("process.press_io"),
      .precision = 1, .importance = 26, COSTLY, .warn = 10, .group = "Pressure",
      .help = "share of the time in which some task of its cgroup waited for I/O (io.pressure)" },
    { .name = "press_mem", .title = "PrMem%", .unit = "%", MAX("process.press_mem"),
      .precision = 1, .importance = 26, COSTLY, .warn = 5, .group = "Pressure",
      .help = "share of the time in which some task of its cgroup waited for memory "
              "(memory.pressure)" },
    { .name = "throttled%", .title = "Throttl%", .unit = "%", MAX("process.throttled%"),
      .precision = 1, .importance = 26, COSTLY, .warn = 1, .group = "Pressure",
      .help = "CPU time that cpu.max denied its cgroup, 100 = one CPU all the time (cpu.stat, "
              "throttled_usec)" },
    { .name = "cpu_max", .title = "CPUmax%", .unit = "%", MAX("process.cpu_max"),
      .precision = 0, .importance = 24, COSTLY, .group = "Pressure",
      .help = "CPU time that its cgroup may use at most, 100 = one CPU (cpu.max); - where there is "
              "no limit" },

    /* storage */
    { .name = "wait", .title = "Wait", .unit = "ms", SUM("process.wait"), .precision = 1,
      .width = 5, .digit = 3, .importance = 78, .warn = 1000,
      .flags = KVMTOP_PER_INTERVAL, .group = "Disk",
      .help = "ms in the interval that its threads were blocked on block I/O, added up "
              "(process.wait)" },
    { .name = "r_mib", .title = "R_MiB/s", .unit = "MiB/s", SUM("process.r_mib"), .precision = 2,
      .width = 7, .importance = 74, .group = "Disk",
      .help = "MiB a second that it fetched from storage (io, read_bytes)" },
    { .name = "w_mib", .title = "W_MiB/s", .unit = "MiB/s", SUM("process.w_mib"), .precision = 2,
      .width = 7, .importance = 74, .group = "Disk",
      .help = "MiB a second that it sent to storage (io, write_bytes)" },
    { .name = "r_iops", .title = "R_IOPS", .unit = "/s", SUM("process.r_iops"), .precision = 1,
      .importance = 27, COSTLY, .group = "Disk",
      .help = "reads a second of its cgroup at the block layer, io_uring's too (io.stat)" },
    { .name = "w_iops", .title = "W_IOPS", .unit = "/s", SUM("process.w_iops"), .precision = 1,
      .importance = 27, COSTLY, .group = "Disk",
      .help = "writes a second of its cgroup at the block layer (io.stat)" },
    { .name = "r_bmib", .title = "R_bMiB/s", .unit = "MiB/s", SUM("process.r_bmib"),
      .precision = 2, .importance = 26, COSTLY, .group = "Disk",
      .help = "MiB a second that its cgroup read at the block layer (io.stat)" },
    { .name = "w_bmib", .title = "W_bMiB/s", .unit = "MiB/s", SUM("process.w_bmib"),
      .precision = 2, .importance = 26, COSTLY, .group = "Disk",
      .help = "MiB a second that its cgroup wrote at the block layer (io.stat)" },
    { .name = "r_lat", .title = "R_Lat(ms)", .unit = "ms", MAX("storage.r_lat"), .precision = 2,
      .importance = 25, HIDDEN, .group = "Disk",
      .help = "ms that a read took, on average, on the slowest of the devices it lies on "
              "(storage.r_lat)" },
    { .name = "w_lat", .title = "W_Lat(ms)", .unit = "ms", MAX("storage.w_lat"), .precision = 2,
      .importance = 25, HIDDEN, .group = "Disk",
      .help = "ms that a write took, on average, on the slowest of the devices it lies on "
              "(storage.w_lat)" },
    { .name = "r_avg", .title = "R_avg(ms)", LATENCY("r_avg", "ms that a read took on average") },
    { .name = "r_p50", .title = "R_p50(ms)",
      LATENCY("r_p50", "ms that half of the reads took at most") },
    { .name = "r_p95", .title = "R_p95(ms)",
      LATENCY("r_p95", "ms that 95 % of the reads took at most") },
    { .name = "r_p99", .title = "R_p99(ms)",
      LATENCY("r_p99", "ms that 99 % of the reads took at most") },
    { .name = "r_max", .title = "R_max(ms)", LATENCY("r_max", "ms that the longest read took") },
    { .name = "w_avg", .title = "W_avg(ms)", LATENCY("w_avg", "ms that a write took on average") },
    { .name = "w_p50", .title = "W_p50(ms)",
      LATENCY("w_p50", "ms that half of the writes took at most") },
    { .name = "w_p95", .title = "W_p95(ms)",
      LATENCY("w_p95", "ms that 95 % of the writes took at most") },
    { .name = "w_p99", .title = "W_p99(ms)",
      LATENCY("w_p99", "ms that 99 % of the writes took at most") },
    { .name = "w_max", .title = "W_max(ms)", LATENCY("w_max", "ms that the longest write took") },

    /* network, from the guest's side */
    { .name = "rx_mbps", .title = "RX_Mbps", .unit = "Mbit/s", SUM("network.rx_mbps"),
      .precision = 2, .width = 7, .importance = 76, .group = "Network",
      .help = "megabits a second that the guest received on all its interfaces" },
    { .name = "tx_mbps", .title = "TX_Mbps", .unit = "Mbit/s", SUM("network.tx_mbps"),
      .precision = 2, .width = 7, .importance = 76, .group = "Network",
      .help = "megabits a second that the guest sent" },
    { .name = "rx_pkts", .title = "RX_Pkts", .unit = "/s", SUM("network.rx_pkts"),
      .importance = 20, HIDDEN, .group = "Network",
      .help = "packets a second that the guest received" },
    { .name = "tx_pkts", .title = "TX_Pkts", .unit = "/s", SUM("network.tx_pkts"),
      .importance = 20, HIDDEN, .group = "Network",
      .help = "packets a second that the guest sent" },
    { .name = "rx_err", .title = "RX_Err", .unit = "/s", SUM("network.rx_err"),
      .precision = 1, .importance = 18, HIDDEN, .warn = 0.001, .group = "Network",
      .help = "packets a second to the guest that failed" },
    { .name = "tx_err", .title = "TX_Err", .unit = "/s", SUM("network.tx_err"),
      .precision = 1, .importance = 18, HIDDEN, .warn = 0.001, .group = "Network",
      .help = "packets a second from the guest that failed" },
    { .name = "rx_drop", .title = "RX_Drop", .unit = "/s", SUM("network.rx_drop"),
      .precision = 1, .importance = 18, HIDDEN, .group = "Network",
      .help = "packets a second to the guest that were dropped: it doesn't fetch them" },
    { .name = "tx_drop", .title = "TX_Drop", .unit = "/s", SUM("network.tx_drop"),
      .precision = 1, .importance = 18, HIDDEN, .group = "Network",
      .help = "packets a second from the guest that the host dropped" },

    /* memory */
    { .name = "mem", .title = "Mem(MiB)", .unit = "MiB", SUM("process.mem"), .importance = 35,
      .flags = KVMTOP_OPTIONAL | KVMTOP_GIVES_MEMORY, .group = "Memory",
      .help = "memory that the guest was given by its command line" },
    { .name = "res", .title = "Res(MiB)", .unit = "MiB", SUM("process.res"), .precision = 0,
      .width = 8, .importance = 65, .group = "Memory",
      .help = "resident memory of the VMM: pages in RAM, shared ones included (statm)" },
    { .name = "swap", .title = "Swap(MiB)", .unit = "MiB", SUM("process.swap"), .precision = 1,
      .importance = 26, COSTLY, .group = "Memory",
      .help = "memory of the VMM swapped out (status, VmSwap)" },
    { .name = "ksm", .title = "KSM(MiB)", .unit = "MiB", SUM("process.ksm"), .precision = 1,
      .importance = 22, COSTLY, .group = "Memory",
      .help = "memory that KSM merged with equal pages or the zero page (ksm_stat)" },
    { .name = "huge", .title = "Huge(MiB)", .unit = "MiB", SUM("process.huge"), .precision = 0,
      .importance = 22, COSTLY, .group = "Memory",
      .help = "memory in huge pages of hugetlbfs (status, HugetlbPages)" },
    { .name = "majflt", .title = "MajFlt", .unit = "/s", SUM("process.majflt"), .precision = 1,
      .importance = 22, HIDDEN, .group = "Memory",
      .help = "page faults a second that waited for I/O (stat, field 12)" },

    /* KVM */
    { .name = "exits", .title = "Exits", .unit = "/s", SUM("process.exits"), .importance = 23,
      COSTLY, .group = "KVM",
      .help = "exits from guest mode a second, of all vCPUs (debugfs, kvm/PID-FD/exits)" },
    { .name = "io_exits", .title = "IOExits", .unit = "/s", SUM("process.io_exits"),
      .importance = 23, COSTLY, .group = "KVM",
      .help = "exits a second for port I/O (debugfs, kvm/PID-FD/io_exits)" },
    { .name = "halt_exits", .title = "HltExits", .unit = "/s", SUM("process.halt_exits"),
      .importance = 23, COSTLY, .group = "KVM",
      .help = "exits a second of vCPUs with nothing to do (debugfs, kvm/PID-FD/halt_exits)" },
    { .name = "irq_inj", .title = "IRQ_Inj", .unit = "/s", SUM("process.irq_inj"),
      .importance = 23, COSTLY, .group = "KVM",
      .help = "interrupts injected a second (debugfs, kvm/PID-FD/irq_injections)" },

    /* the process */
    { .name = "pid", .title = "PID", .kind = KVMTOP_ID, OWN("pid"), .width = 7, .importance = 35,
      .flags = KVMTOP_OPTIONAL | KVMTOP_IDENTITY, .group = "Identity",
      .help = "PID of the guest's VMM" },
    { .name = "uptime", .title = "Uptime", .unit = "s", .kind = KVMTOP_AGE, OWN("uptime"),
      .width = 8, .importance = 55, .group = "Identity",
      .help = "time since the VMM began" },
    { .name = "state", .title = "S", .kind = KVMTOP_STATE, OWN("vm_state"), .width = 1,
      .importance = 90, .group = "Identity",
      .help = "state of its liveliest thread: R one runs, D one is blocked (mostly on disk), S all "
              "sleep, T all are stopped, vCPUs too" },
};

static const struct kvmtop_table tables[] = {
    { .name = "guests", .title = "Guests", .hotkey = 'v', .sort = "cpu", .columns = columns,
      .ncolumns = KVMTOP_COUNT(columns), .flags = KVMTOP_TABLE_GUESTS, .side = "guest's side" },
};

KVMTOP_PLUGIN(guests) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "guests",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "one row a guest, made of its processes, threads and interfaces",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
};
