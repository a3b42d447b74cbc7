/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fleet of processes that look like the QEMU guests of a Proxmox VE node: command line, names of
 * threads and all, but they only sleep.
 *
 *   fleet [-b BUSY] PROCESSES THREADS
 *
 * Each has THREADS threads besides its main one.  BUSY of all these threads, spread evenly, compute
 * for 1 ms and read 4 KiB every 100 ms.  It prints "ready" when all are up.  The fleet ends with
 * this program, however that ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_VMID 100
#define MOST_THREADS 4096
#define STACK_SIZE 65536        /* of a thread */
#define BURST_NS 1000000
#define PAUSE_NS 100000000
#define ORDERS "FLEET_ORDERS"   /* in a guest's environment: its threads, how many of them busy */
#define READY_FD 3              /* where a guest says that it is up */

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "fleet: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---- a guest ---- */

static uint64_t thread_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static _Noreturn void work(void)
{
    const struct timespec pause_time = { .tv_nsec = PAUSE_NS };
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    char block[4096];

    for (;;) {
        uint64_t end = thread_ns() + BURST_NS;

        while (thread_ns() < end)
            ;
        if (pread(fd, block, sizeof block, 0) < 0)
            die("pread");
        nanosleep(&pause_time, NULL);
    }
}

static _Noreturn void sleep_for_ever(void)
{
    for (;;)
        pause();
}

struct thread {
    char name[24];              /* the kernel takes 15 bytes of it */
    bool busy;
};

static void *run_thread(void *arg)
{
    const struct thread *thread = arg;

    prctl(PR_SET_NAME, thread->name);
    if (thread->busy)
        work();
    sleep_for_ever();
}

/* Up to four vCPUs, then one of each of these, then workers. */
static void name_thread(struct thread *thread, unsigned i, unsigned n)
{
    static const char *const others[] = { "IO iothread0", "IO mon_iothread", "vnc_worker" };
    unsigned vcpus = n >= 6 ? 4 : (n + 1) / 2;

    if (i < vcpus)
        snprintf(thread->name, sizeof thread->name, "CPU %u/KVM", i);
    else if (i - vcpus < sizeof others / sizeof *others)
        snprintf(thread->name, sizeof thread->name, "%s", others[i - vcpus]);
    else
        snprintf(thread->name, sizeof thread->name, "worker");
}

static _Noreturn void be_guest(unsigned nthreads, unsigned nbusy)
{
    struct thread *thread = calloc(nthreads + 1, sizeof *thread);
    pthread_attr_t attr;

    if (!thread)
        die("calloc");
    prctl(PR_SET_NAME, "kvm");
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    for (unsigned i = 0; i < nthreads; i++) {
        pthread_t id;

        name_thread(&thread[i], i, nthreads);
        thread[i].busy = i < nbusy;
        errno = pthread_create(&id, &attr, run_thread, &thread[i]);
        if (errno)
            die("pthread_create");
    }
    if (write(READY_FD, "", 1) != 1)
        die("write");
    close(READY_FD);
    sleep_for_ever();
}

/* ---- its command line ---- */

/* In these @ stands for the VMID and # for the number of the device. */
static const char *const machine[] = {
    "/usr/bin/kvm", "-id", "@", "-name", "vm@,debug-threads=on", "-no-shutdown",
    "-chardev", "socket,id=qmp,path=/var/run/qemu-server/@.qmp,server=on,wait=off",
    "-mon", "chardev=qmp,mode=control",
    "-chardev", "socket,id=qmp-event,path=/var/run/qmeventd.sock,reconnect=5",
    "-mon", "chardev=qmp-event,mode=control",
    "-pidfile", "/var/run/qemu-server/@.pid", "-daemonize",
    "-smbios", "type=1,uuid=8d7c1a5e-44b0-4f0e-9c0e-000000000@",
    "-smp", "4,sockets=1,cores=4,maxcpus=4", "-nodefaults",
    "-boot", "menu=on,strict=on,reboot-timeout=1000,splash=/usr/share/qemu-server/bootsplash.jpg",
    "-vnc", "unix:/var/run/qemu-server/@.vnc,password=on",
    "-cpu", "host,+kvm_pv_eoi,+kvm_pv_unhalt", "-m", "4096",
    "-object", "iothread,id=iothread-virtioscsi0",
    "-object",
    "{\"id\":\"throttle-drive-scsi0\",\"limits\":{},\"qom-type\":\"throttle-group\"}",
    "-global", "PIIX4_PM.disable_s3=1", "-global", "PIIX4_PM.disable_s4=1",
    "-device", "piix3-usb-uhci,id=uhci,bus=pci.0,addr=0x1.0x2",
    "-device", "usb-tablet,id=tablet,bus=uhci.0,port=1",
    "-device", "VGA,id=vga,bus=pci.0,addr=0x2",
    "-device", "virtio-balloon-pci,id=balloon0,bus=pci.0,addr=0x3,free-page-reporting=on",
    "-iscsi", "initiator-name=iqn.1993-08.org.debian:01:c0ffee@",
    "-drive", "if=none,id=drive-ide2,media=cdrom,aio=io_uring",
    "-device", "ide-cd,bus=ide.1,unit=0,drive=drive-ide2,id=ide2,bootindex=200",
    "-machine", "hpet=off,type=pc-i440fx-9.2+pve1",
};

static const char *const bridge[] = {
    "-device", "pci-bridge,id=pci.#,chassis_nr=#,bus=pci.0,addr=0x1e",
};

static const char *const disk[] = {
    "-device", "virtio-scsi-pci,id=virtioscsi#,bus=pci.3,addr=0x#,iothread=iothread-virtioscsi#",
    "-drive",
    "file=/dev/pve/vm-@-disk-#,if=none,id=drive-scsi#,cache=none,aio=io_uring,format=raw,"
    "detect-zeroes=on,discard=on,throttling.bps-read=0,throttling.iops-total=0",
    "-device",
    "scsi-hd,bus=virtioscsi#.0,channel=0,scsi-id=0,lun=#,drive=drive-scsi#,id=scsi#,"
    "rotation_rate=1,bootindex=100,write-cache=on",
};

static const char *const nic[] = {
    "-netdev",
    "type=tap,id=net#,ifname=tap@i#,script=/usr/libexec/qemu-server/pve-bridge,"
    "downscript=/usr/libexec/qemu-server/pve-bridgedown,vhost=on",
    "-device",
    "virtio-net-pci,mac=BC:24:11:00:0#:01,netdev=net#,bus=pci.0,addr=0x12,id=net#,"
    "rx_queue_size=1024,tx_queue_size=256,host_mtu=1500",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    const char *const *word;
    size_t nwords;
    unsigned copies;
} parts[] = {
    { machine, COUNT(machine), 1 },
    { bridge, COUNT(bridge), 4 },
    { disk, COUNT(disk), 4 },
    { nic, COUNT(nic), 2 },
};

static char *expand(const char *word, unsigned vmid, unsigned device)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    if (!out)
        die("open_memstream");
    for (; *word; word++) {
        if (*word == '@')
            fprintf(out, "%u", vmid);
        else if (*word == '#')
            fprintf(out, "%u", device);
        else
            fputc(*word, out);
    }
    if (fclose(out))
        die("open_memstream");
    return text;
}

/* Of a child that is about to exec: nobody frees it. */
static char **command_line(unsigned vmid)
{
    size_t n = 0, cap = 1;
    char **argv;

    for (size_t p = 0; p < COUNT(parts); p++)
        cap += parts[p].nwords * parts[p].copies;
    argv = calloc(cap, sizeof *argv);
    if (!argv)
        die("calloc");
    for (size_t p = 0; p < COUNT(parts); p++)
        for (unsigned copy = 0; copy < parts[p].copies; copy++)
            for (size_t w = 0; w < parts[p].nwords; w++)
                argv[n++] = expand(parts[p].word[w], vmid, copy);
    return argv;
}

/* ---- the fleet ---- */

static _Noreturn void start_guest(unsigned i, unsigned nthreads, unsigned nbusy, pid_t parent,
                                  int ready)
{
    char orders[64];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    snprintf(orders, sizeof orders, "%u %u", nthreads, nbusy);
    setenv(ORDERS, orders, 1);
    if (dup2(ready, READY_FD) < 0 || fcntl(READY_FD, F_SETFD, 0) < 0)
        die("dup2");
    execv("/proc/self/exe", command_line(FIRST_VMID + i));
    die("exec");
}

/* Returns how many were started. */
static unsigned start_all(pid_t *pids, unsigned n, unsigned nthreads, unsigned nbusy, int ready)
{
    pid_t self = getpid();

    for (unsigned i = 0; i < n; i++) {
        unsigned busy = nbusy / n + (i < nbusy % n);

        pids[i] = fork();
        if (!pids[i])
            start_guest(i, nthreads, busy, self, ready);
        if (pids[i] < 0)
            return i;
    }
    return n;
}

/* False: one of them died. */
static bool wait_for_all(int ready, unsigned n)
{
    char bytes[256];
    ssize_t got;

    while (n && (got = read(ready, bytes, sizeof bytes)) > 0)
        n -= (unsigned)got;
    return !n;
}

static void stop_all(const pid_t *pids, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        kill(pids[i], SIGKILL);
    for (unsigned i = 0; i < n; i++)
        waitpid(pids[i], NULL, 0);
}

static int run_fleet(unsigned n, unsigned nthreads, unsigned nbusy)
{
    pid_t *pids = calloc(n + 1, sizeof *pids);
    int ready[2], sig;
    sigset_t ends;

    if (!pids || pipe2(ready, O_CLOEXEC))
        die("set-up");
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    unsigned started = start_all(pids, n, nthreads, nbusy, ready[1]);
    close(ready[1]);
    bool up = started == n && wait_for_all(ready[0], n);
    if (up) {
        puts("ready");
        fflush(stdout);
        sigwait(&ends, &sig);
    } else {
        fprintf(stderr, "fleet: not all of the %u came up, %u were started\n", n, started);
    }
    stop_all(pids, started);
    free(pids);
    return up ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The kernel's limits, told of before they are met halfway. */
static void check_room(unsigned n, unsigned nthreads)
{
    static const char *const limits[] = { "/proc/sys/kernel/pid_max",
                                          "/proc/sys/kernel/threads-max" };
    unsigned long wanted = (unsigned long)n * (nthreads + 1) + 1000, most;

    for (size_t i = 0; i < COUNT(limits); i++) {
        FILE *file = fopen(limits[i], "re");

        if (file && fscanf(file, "%lu", &most) == 1 && most < wanted) {
            fprintf(stderr, "fleet: %lu tasks are wanted, %s is %lu\n", wanted, limits[i], most);
            exit(EXIT_FAILURE);
        }
        if (file)
            fclose(file);
    }
    struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
    (void)setrlimit(RLIMIT_NPROC, &limit); /* where it may not be raised, fork() will tell */
}

static bool number(const char *text, unsigned most, unsigned *value)
{
    char *end;

    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    *value = (unsigned)n;
    return *text >= '0' && *text <= '9' && !*end && !errno && n <= most;
}

int main(int argc, char **argv)
{
    const char *orders = getenv(ORDERS);
    unsigned n, nthreads, nbusy = 0;
    int option;
    bool ok = true;

    if (orders && sscanf(orders, "%u %u", &nthreads, &nbusy) == 2)
        be_guest(nthreads, nbusy);
    while ((option = getopt(argc, argv, "b:")) != -1)
        ok = ok && option == 'b' && number(optarg, UINT_MAX, &nbusy);
    if (!ok || argc - optind != 2 || !number(argv[optind], 100000, &n) ||
        !number(argv[optind + 1], MOST_THREADS, &nthreads)) {
        fputs("usage: fleet [-b BUSY] PROCESSES THREADS\n", stderr);
        return 2;
    }
    check_room(n, nthreads);
    return run_fleet(n, nthreads, nbusy);
}
