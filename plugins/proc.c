/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `proc`: the table `process` from /proc, the CPU clocks of processes and taskstats.
 *
 * The table's schema is this plugin's, whichever plugin collects its rows; what is below is the
 * meaning of every column.  How the rows come about: proc/proc.h.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lib/cpu_clock.h"
#include "lib/parse.h"
#include "lib/read.h"
#include "proc/proc.h"

#define PER_MIB (1.0 / 1048576)
#define NS_TO_MS 1e-6
#define NS_TO_PERCENT 1e-7      /* ns in a second to hundredths of one CPU */

/* Sums over the threads of a guest's VMM, by what they do. */
#define THREADS_CPU                                                                               \
    .unit = "%", .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM, .precision = 1,                 \
    .scale = NS_TO_PERCENT, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY

/* Of the block requests that ended in the interval; the plugin bpf brings them. */
#define LATENCY(part)                                                                             \
    .unit = "ms", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64, .precision = 3, .width = 8,         \
    .scale = NS_TO_MS, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY | KVMTOP_PARENT_ONLY,             \
    .importance = 18, .group = "Disk",                                                            \
    .help = part ", from issue to completion at the block layer (plugin bpf)"

static const struct kvmtop_column columns[] = {
    { .name = "pid", .title = "PID", .kind = KVMTOP_ID, .flags = KVMTOP_IDENTITY,
      .width = 7, .digit = 1, .importance = 100, .group = "Identity",
      .help = "process ID; of a thread, its process's" },
    { .name = "tid", .title = "TID", .kind = KVMTOP_ID, .width = 7, .importance = 30,
      .flags = KVMTOP_OPTIONAL | KVMTOP_CHILD_ONLY, .group = "Identity",
      .help = "thread ID (/proc/PID/task)" },
    { .name = "class", .title = "Class", .kind = KVMTOP_TEXT, .width = 8, .importance = 25,
      .flags = KVMTOP_OPTIONAL | KVMTOP_CHILD_ONLY | KVMTOP_CHILD_DETAIL, .group = "Identity",
      .help = "what a VMM's thread does: vcpu, io (iothreads, io_uring), vhost, else emulator; "
              "by their names, so QEMU needs -name …,debug-threads=on" },
    { .name = "user", .title = "User", .kind = KVMTOP_TEXT, .width = 8, .importance = 60,
      .group = "Identity",
      .help = "effective user of the process, by name from /etc/passwd" },
    { .name = "uptime", .title = "Uptime", .unit = "s", .kind = KVMTOP_AGE, .width = 8,
      .importance = 40, .group = "Identity",
      .help = "time since the process or thread began (stat, field 22)" },
    { .name = "res", .title = "Res(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .precision = 1, .scale = PER_MIB, .importance = 70,
      .group = "Memory",
      .help = "resident memory: pages in RAM, shared ones included (statm, 2nd number)" },
    { .name = "shr", .title = "Shr(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .precision = 1, .scale = PER_MIB, .importance = 20,
      .group = "Memory",
      .help = "resident memory that is backed by files or shared (statm, 3rd number)" },
    { .name = "virt", .title = "Virt(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .precision = 1, .scale = PER_MIB, .importance = 30,
      .group = "Memory",
      .help = "size of the address space, in RAM or not (statm, 1st number)" },
    { .name = "r_log", .title = "R_Log", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .width = 7, .digit = 3, .importance = 50,
      .group = "Disk",
      .help = "read system calls a second (io, syscr); io_uring and aio do not count here" },
    { .name = "w_log", .title = "W_Log", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .width = 7, .digit = 4, .importance = 50,
      .group = "Disk",
      .help = "write system calls a second (io, syscw); io_uring and aio do not count here" },
    { .name = "wait", .title = "Wait", .unit = "ms", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .width = 7, .digit = 5, .importance = 75,
      .flags = KVMTOP_PER_INTERVAL | KVMTOP_HISTORY | KVMTOP_CHILD_DETAIL, .scale = NS_TO_MS,
      .warn = 1000, .group = "Disk",
      .help = "ms in the interval that its threads were blocked on block I/O, added up; counted "
              "as each wait ends (taskstats by TGID, else stat field 42 of all threads)" },
    { .name = "r_mib", .title = "R_MiB/s", .unit = "MiB/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 2, .width = 8, .digit = 6, .scale = PER_MIB,
      .flags = KVMTOP_HISTORY, .importance = 80, .group = "Disk",
      .help = "MiB a second fetched from storage, page cache hits left out (io, read_bytes)" },
    { .name = "w_mib", .title = "W_MiB/s", .unit = "MiB/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 2, .width = 8, .digit = 7, .scale = PER_MIB,
      .flags = KVMTOP_HISTORY, .importance = 80, .group = "Disk",
      .help = "MiB a second sent to storage, counted as pages become dirty (io, write_bytes)" },
    { .name = "cpu", .title = "CPU%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .precision = 1, .width = 6, .digit = 2, .scale = NS_TO_PERCENT,
      .flags = KVMTOP_HISTORY | KVMTOP_CHILD_DETAIL, .importance = 95, .child_warn = 95,
      .group = "CPU",
      .help = "CPU time, 100 = one CPU: of all its threads by the process's CPU clock; of a "
              "thread by schedstat (else stat, fields 14 and 15)" },
    { .name = "state", .title = "S", .kind = KVMTOP_STATE, .width = 1, .digit = 8,
      .flags = KVMTOP_CHILD_DETAIL, .importance = 90, .group = "Identity",
      .help = "state of the task: R running, S sleeping, D blocked (mostly on disk), Z zombie, "
              "T stopped, t traced, I idle kernel thread (stat, field 3)" },
    { .name = "command", .title = "COMMAND", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_GUEST_LABEL, .width = 12, .importance = 100, .group = "Identity",
      .help = "the guest as `id - name`, else the command line (cmdline), else [comm]" },
    { .name = "comm", .title = "Comm", .kind = KVMTOP_TEXT,
      .flags = KVMTOP_OPTIONAL | KVMTOP_CHILD_LABEL, .width = 15, .importance = 35,
      .group = "Identity",
      .help = "the kernel's name of the process or thread (stat, field 2)" },
    { .name = "nice", .title = "NI", .kind = KVMTOP_GAUGE, .number = KVMTOP_I64,
      .flags = KVMTOP_OPTIONAL, .width = 3, .importance = 15, .group = "CPU",
      .help = "nice value, -20 first to 19 last (stat, field 19)" },
    { .name = "threads", .title = "Thr", .kind = KVMTOP_GAUGE, .aggregate = KVMTOP_SUM,
      .flags = KVMTOP_OPTIONAL | KVMTOP_PARENT_ONLY, .width = 4, .importance = 25, .group = "CPU",
      .help = "number of threads (stat, field 20)" },
    { .name = "minflt", .title = "MinFlt", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL, .precision = 1, .width = 7,
      .importance = 10, .group = "Memory",
      .help = "page faults a second that needed no I/O (stat, field 10)" },
    { .name = "majflt", .title = "MajFlt", .unit = "/s", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL, .precision = 1, .width = 7,
      .importance = 12, .group = "Memory",
      .help = "page faults a second that waited for I/O (stat, field 12)" },
    { .name = "swap", .title = "Swap(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY, .precision = 1,
      .scale = PER_MIB, .importance = 22, .group = "Memory",
      .help = "memory swapped out, shared memory left out (status, VmSwap)" },
    { .name = "ksm", .title = "KSM(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY, .precision = 1,
      .scale = PER_MIB, .importance = 16, .group = "Memory",
      .help = "of a guest: memory that KSM merged with equal pages or the zero page (ksm_stat, "
              "else ksm_merging_pages)" },
    { .name = "huge", .title = "Huge(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY, .scale = PER_MIB,
      .importance = 16, .group = "Memory",
      .help = "of a guest: memory in huge pages of hugetlbfs (status, HugetlbPages)" },
    { .name = "guest", .title = "Guest%", .unit = "%", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL | KVMTOP_CHILD_DETAIL, .precision = 1,
      .scale = NS_TO_PERCENT, .importance = 28, .group = "CPU",
      .help = "CPU time spent running guest code, a part of CPU% (stat, field 43)" },
    { .name = "rundelay", .title = "RunDly(ms)", .unit = "ms", .kind = KVMTOP_COUNTER,
      .aggregate = KVMTOP_SUM,
      .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY | KVMTOP_PER_INTERVAL, .precision = 1,
      .scale = NS_TO_MS, .importance = 45, .group = "CPU",
      .help = "ms in the interval that its threads were ready but had no CPU, added up; a vCPU's "
              "is its guest's steal time (taskstats by TGID, else schedstat of all threads)" },
    { .name = "vcpus", .title = "vCPUs", .kind = KVMTOP_GAUGE, .aggregate = KVMTOP_SUM,
      .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY | KVMTOP_PARENT_ONLY, .importance = 20,
      .group = "CPU",
      .help = "of a guest: vCPUs, by the names of threads (class)" },
    { .name = "vcpu_cpu", .title = "vCPU%", THREADS_CPU | KVMTOP_PARENT_ONLY, .importance = 24,
      .group = "CPU",
      .help = "of a guest: CPU time of its vCPU threads, 100 = one CPU (schedstat)" },
    { .name = "emu_cpu", .title = "Emu%", THREADS_CPU | KVMTOP_PARENT_ONLY, .importance = 22,
      .group = "CPU",
      .help = "of a guest: CPU time of all threads that are neither vCPU, I/O nor vhost, 100 = "
              "one CPU (schedstat; what that lacks of cpu, as threads end, counts here)" },
    { .name = "io_cpu", .title = "IO%", THREADS_CPU | KVMTOP_PARENT_ONLY, .importance = 21,
      .group = "CPU",
      .help = "of a guest: CPU time of its iothreads and of io_uring's workers, 100 = one CPU "
              "(schedstat)" },
    { .name = "vhost_cpu", .title = "VHost%", THREADS_CPU | KVMTOP_PARENT_ONLY, .importance = 19,
      .group = "CPU",
      .help = "of a guest: CPU time of vhost's threads, 100 = one CPU (schedstat); before Linux "
              "6.4 they are processes of their own, vhost-PID" },
    { .name = "steal", .title = "Steal%", THREADS_CPU | KVMTOP_CHILD_DETAIL, .importance = 23,
      .group = "CPU",
      .help = "of a guest and of a vCPU's thread: time that vCPUs were ready to run but had no "
              "CPU, 100 = one CPU (run delay in schedstat)" },
    { .name = "r_avg", .title = "R_avg(ms)", LATENCY("ms that a read took on average") },
    { .name = "r_p50", .title = "R_p50(ms)", LATENCY("ms that half of the reads took at most") },
    { .name = "r_p95", .title = "R_p95(ms)", LATENCY("ms that 95 % of the reads took at most") },
    { .name = "r_p99", .title = "R_p99(ms)", LATENCY("ms that 99 % of the reads took at most") },
    { .name = "r_max", .title = "R_max(ms)", LATENCY("ms that the longest read took"),
      .aggregate = KVMTOP_MAX },
    { .name = "w_avg", .title = "W_avg(ms)", LATENCY("ms that a write took on average") },
    { .name = "w_p50", .title = "W_p50(ms)", LATENCY("ms that half of the writes took at most") },
    { .name = "w_p95", .title = "W_p95(ms)", LATENCY("ms that 95 % of the writes took at most") },
    { .name = "w_p99", .title = "W_p99(ms)", LATENCY("ms that 99 % of the writes took at most") },
    { .name = "w_max", .title = "W_max(ms)", LATENCY("ms that the longest write took"),
      .aggregate = KVMTOP_MAX },
    { .name = "vm_state", .title = "VS", .kind = KVMTOP_STATE,
      .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY | KVMTOP_PARENT_ONLY, .width = 2,
      .importance = 17, .group = "CPU",
      .help = "state of a VMM's liveliest thread, T: all are stopped; of others their main "
              "thread's (stat)" },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .title = "Processes", .hotkey = 'c', .sort = "cpu",
      .columns = columns, .ncolumns = KVMTOP_COUNT(columns),
      .flags = KVMTOP_TABLE_PROCESSES | KVMTOP_TABLE_CHILDREN },
};

const char *const proc_collect_columns[] = {
    [COL_PID] = "pid", [COL_TID] = "tid", [COL_USER] = "user", [COL_UPTIME] = "uptime",
    [COL_R_LOG] = "r_log", [COL_W_LOG] = "w_log", [COL_WAIT] = "wait", [COL_R_MIB] = "r_mib",
    [COL_W_MIB] = "w_mib", [COL_CPU] = "cpu", [COL_STATE] = "state", [COL_COMM] = "comm",
    [COL_NICE] = "nice", [COL_THREADS] = "threads", [COL_MINFLT] = "minflt",
    [COL_MAJFLT] = "majflt", [COL_GUEST] = "guest", [COL_RUNDELAY] = "rundelay",
    [COL_CLASS] = "class", [COL_VCPUS] = "vcpus", [COL_VCPU_CPU] = "vcpu_cpu",
    [COL_EMU_CPU] = "emu_cpu", [COL_IO_CPU] = "io_cpu", [COL_VHOST_CPU] = "vhost_cpu",
    [COL_STEAL] = "steal", [COL_VM_STATE] = "vm_state", [COL_COUNT] = NULL,
};

_Static_assert(COL_COUNT <= 64, "the plan has one word for what is wanted");

const char *const proc_memory_columns[] = {
    [COL_VIRT] = "virt", [COL_RES] = "res", [COL_SHR] = "shr", [COL_SWAP] = "swap", NULL,
};

const char *const proc_pages_columns[] = { [COL_KSM] = "ksm", [COL_HUGE] = "huge", NULL };

const char *const proc_command_columns[] = { "command", NULL };

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = proc_collect_columns, .collect = proc_collect,
      .idle = proc_collect_idle },
    { .table = "process", .columns = proc_memory_columns, .flags = KVMTOP_FILL_ROTATE,
      .kind = PROC_ROW_PROCESS, .fill = proc_fill_memory },
    { .table = "process", .columns = proc_command_columns, .flags = KVMTOP_FILL_ONCE,
      .kind = PROC_ROW_PROCESS, .fill = proc_fill_command },
    { .table = "process", .columns = proc_pages_columns,
      .flags = KVMTOP_FILL_ROTATE | KVMTOP_FILL_GUESTS, .kind = PROC_ROW_PROCESS,
      .fill = proc_fill_pages },
};

/* System calls about PIDs mean what /proc says only where both number processes alike: the /proc
 * of another PID namespace may be mounted here. */
static bool can_ask_clocks(const struct kvmtop_host *host)
{
    char text[32];
    uint64_t self, ns;
    int procfd = host->dir(host, KVMTOP_DIR_PROC);

    if (!host->live || procfd < 0 || read_link_at(procfd, "self", text, sizeof text) < 0)
        return false;
    return parse_number(text, &self) && self == (uint64_t)getpid() &&
           cpu_clock_read((int32_t)self, &ns) == 0;
}

static int open_proc(const struct kvmtop_host *host, void **state)
{
    struct proc *s = calloc(1, sizeof *s);

    if (s == NULL)
        return host->fail(host, -ENOMEM, "no memory");
    s->host = host;
    s->clocks = can_ask_clocks(host);
    *state = s;
    return 0;
}

static void close_proc(void *state)
{
    struct proc *s = state;

    proc_collect_idle(s);
    free(s->line);
    free(s->placement);
    free(s);
}

KVMTOP_PLUGIN(proc) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "proc",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "processes and threads from /proc",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .open = open_proc,
    .close = close_proc,
    .detail = proc_detail,
};
