/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plugin `net` against the running kernel: in a network namespace of its own, with taps that
 * this program makes and sends through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"
#include "net/ifaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct kvmtop_plugin kvmtop_plugin_net;

enum {
    FRAME = 100,                /* bytes of a frame that is sent */
    TAPS = 4,
};

static int taps[TAPS];          /* those of the test, closed after it */
static unsigned ntaps;

static int setup(void **state)
{
    struct fake_host *fake = fake_host_new();

    *state = fake;
    fake_live(fake);
    return fake_open(fake, &kvmtop_plugin_net);
}

static void close_taps(void)
{
    while (ntaps > 0)
        close(taps[--ntaps]);
}

static int teardown(void **state)
{
    close_taps();
    fake_host_free(*state);
    return 0;
}

static void collect(struct fake_host *fake)
{
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_net.sources[0]), 0);
}

/* ---- taps ---- */

/* The descriptor of a new tap or tun, or of one more of its queues; -1: errno says why. */
static int try_device(const char *name, int flags)
{
    struct ifreq request = { .ifr_flags = (short)(flags | IFF_NO_PI) };
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (fd >= 0 && ioctl(fd, TUNSETIFF, &request) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static int open_device(const char *name, int flags)
{
    int fd = try_device(name, flags);

    assert_true(fd >= 0 && ntaps < TAPS);
    return taps[ntaps++] = fd;
}

static void set_flags(const char *name, int set, int clear)
{
    int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { 0 };

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    assert_int_equal(ioctl(sock, SIOCGIFFLAGS, &request), 0);
    request.ifr_flags = (short)((request.ifr_flags | set) & ~clear);
    assert_int_equal(ioctl(sock, SIOCSIFFLAGS, &request), 0);
    close(sock);
}

static void rename_iface(const char *from, const char *to)
{
    int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { 0 };

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", from);
    snprintf(request.ifr_newname, sizeof request.ifr_newname, "%s", to);
    assert_int_equal(ioctl(sock, SIOCSIFNAME, &request), 0);
    close(sock);
}

/* The host receives what is written to a tap. */
static void send_to_host(int tap, unsigned frames)
{
    char frame[FRAME] = { '\xff', '\xff', '\xff', '\xff', '\xff', '\xff' };

    while (frames-- > 0)
        assert_int_equal(write(tap, frame, sizeof frame), FRAME);
}

static void send_to_guest(const char *name, unsigned frames)
{
    int sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name) };
    char frame[FRAME] = { 0 };

    while (frames-- > 0)
        assert_int_equal(sendto(sock, frame, sizeof frame, 0, (struct sockaddr *)&to, sizeof to),
                         FRAME);
    close(sock);
}

/* A tap counts as sent what the guest has taken. */
static unsigned take(int tap)
{
    char frame[2048];
    unsigned frames = 0;

    while (read(tap, frame, sizeof frame) > 0)
        frames++;
    return frames;
}

static const struct fake_row *row_of(struct fake_host *fake, const char *name)
{
    return fake_row(fake, "network", 0, if_nametoindex(name));
}

/* ---- tests ---- */

static void counts_what_goes_through_a_tap(void **state)
{
    struct fake_host *fake = *state;
    int tap = open_device("tap100i0", IFF_TAP);
    const struct fake_row *row;
    uint64_t rx, tx;

    set_flags("tap100i0", IFF_UP, 0);
    collect(fake);
    row = row_of(fake, "tap100i0");
    assert_non_null(row);
    assert_int_equal(row->flags, KVMTOP_ROW_MIRRORED);
    assert_string_equal(row->hint_id, "100");
    assert_false(fake_known(fake, row, "speed"));
    rx = fake_u64(fake, row, "rx_mbps");
    tx = fake_u64(fake, row, "tx_mbps");
    send_to_host(tap, 10);
    send_to_guest("tap100i0", 20);
    assert_true(take(tap) >= 20);
    collect(fake);
    row = row_of(fake, "tap100i0");
    assert_true(fake_u64(fake, row, "rx_mbps") >= rx + 10 * FRAME);
    assert_true(fake_u64(fake, row, "tx_mbps") >= tx + 20 * FRAME); /* and the kernel's own */
    close_taps();
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 1); /* lo */
}

static void follows_events_of_links(void **state)
{
    struct fake_host *fake = *state;
    const struct fake_row *row;

    open_device("first", IFF_TAP);
    collect(fake);
    row = row_of(fake, "first");
    assert_string_equal(fake_text(fake, row, "state"), "DOWN");
    assert_null(row->hint_id);
    rename_iface("first", "tap7i0");
    set_flags("tap7i0", IFF_UP, 0);
    collect(fake);
    row = row_of(fake, "tap7i0");
    assert_string_equal(fake_text(fake, row, "iface"), "tap7i0");
    assert_string_not_equal(fake_text(fake, row, "state"), "DOWN");
    assert_string_equal(row->hint_id, "7");
    rename_iface("tap7i0", "fwtap");
    collect(fake);
    assert_int_equal(row_of(fake, "fwtap")->flags, KVMTOP_ROW_MIRRORED | KVMTOP_ROW_HIDDEN);
}

/* IP packets, as a VPN has them: no guest is at the other end. */
static void a_tun_is_no_tap(void **state)
{
    struct fake_host *fake = *state;

    open_device("vpn0", IFF_TUN);
    collect(fake);
    assert_int_equal(row_of(fake, "vpn0")->flags, KVMTOP_ROW_UNCLAIMED);
}

/* More events than the socket holds: the links are asked for anew. */
static void survives_a_flood_of_events(void **state)
{
    struct fake_host *fake = *state;

    open_device("flood", IFF_TAP);
    collect(fake);
    for (unsigned i = 0; i < 3000; i++)
        set_flags("flood", i % 2 ? IFF_NOARP : 0, i % 2 ? 0 : IFF_NOARP);
    rename_iface("flood", "ebb");
    collect(fake);
    assert_string_equal(fake_text(fake, row_of(fake, "ebb"), "iface"), "ebb");
    close_taps();
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 0), 1);
}

/* From here on send(2) is refused, as by a sandbox. */
static bool enter_sandbox(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { KVMTOP_COUNT(code), code };

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* sysfs is that of another network namespace: it does not have the tap. */
static bool tells_of_sandbox(struct fake_host *fake)
{
    const char *reason;

    if (!enter_sandbox() || fake_collect(fake, &kvmtop_plugin_net.sources[0]) != 0 ||
        fake_count(fake, "network", 0) != 2)
        return false;
    reason = fake_reason(fake, "state");
    return reason != NULL && strstr(reason, strerror(EPERM)) != NULL;
}

static void in_a_sandbox_files_are_read(void **state)
{
    int status;
    pid_t pid;

    open_device("tapsandbox", IFF_TAP);
    pid = fork();
    if (pid == 0)
        _exit(tells_of_sandbox(*state) ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static const struct iface *find(const struct ifaces *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->all[i]->name, name) == 0)
            return set->all[i];
    }
    return NULL;
}

/* Nothing moves between the two readings. */
static void netlink_and_files_agree(void **state)
{
    struct fake_host *fake = *state;
    struct ifaces netlink, files;
    int tap = open_device("tap1", IFF_TAP);

    set_flags("tap1", IFF_UP, 0);
    send_to_host(tap, 5);
    send_to_guest("tap1", 1200); /* more than its queue holds: some are dropped */
    take(tap);
    set_flags("tap1", 0, IFF_UP);
    assert_int_equal(ifaces_open(&netlink, true), 0);
    assert_int_equal(ifaces_open(&files, false), 0);
    assert_int_equal(ifaces_refresh(&netlink, &fake->host, UINT64_MAX), 0);
    assert_int_equal(ifaces_refresh(&files, &fake->host, UINT64_MAX), 0);
    assert_true(netlink.netlink);
    assert_int_equal(netlink.count, 2);
    assert_int_equal(files.count, 2);
    for (size_t i = 0; i < files.count; i++) {
        const struct iface *same = find(&netlink, files.all[i]->name);
        assert_non_null(same);
        assert_memory_equal(&same->counters, &files.all[i]->counters, sizeof same->counters);
    }
    assert_true(find(&files, "tap1")->counters.value[NETDEV_TX_DROPPED] > 0);
    ifaces_close(&netlink);
    ifaces_close(&files);
}

static void own_taps_are_claimed_by_descriptor(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };

    open_device("vnet0", IFF_TAP | IFF_MULTI_QUEUE);
    open_device("vnet0", IFF_TAP | IFF_MULTI_QUEUE);
    assert_int_equal(fake_claims(fake, getpid(), &claims), 0);
    assert_int_equal(claims.count, 1);
    assert_true(fake_claimed(&claims, KVMTOP_CLAIM_IFACE, "vnet0"));
    fake_claims_free(&claims);
}

/* A VMM in a pod: it has said so by one byte once its tap is up. */
static pid_t start_pod(int *ready)
{
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        int tap = unshare(CLONE_NEWNET) == 0 ? try_device("tap0", IFF_TAP) : -1;
        if (tap < 0)
            _exit(1);
        set_flags("tap0", IFF_UP, 0);
        send_to_host(tap, 3);
        if (write(ends[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    close(ends[1]);
    *ready = ends[0];
    return pid;
}

static void taps_in_other_namespaces_are_read_there(void **state)
{
    struct fake_host *fake = *state;
    struct kvmtop_claims claims = { 0 };
    int ready;
    pid_t pid = start_pod(&ready);
    const char *name;
    char byte;

    assert_int_equal(read(ready, &byte, 1), 1);
    close(ready);
    assert_int_equal(fake_claims(fake, pid, &claims), 0);
    assert_int_equal(claims.count, 1);
    name = claims.item[0].name;
    assert_int_equal(strncmp(name, "tap0@40", 7), 0);
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 1), 1);
    for (size_t i = 0; i < fake->nrows; i++) {
        if (fake->rows[i]->kind == 1) {
            assert_string_equal(fake_text(fake, fake->rows[i], "iface"), name);
            assert_true(fake_u64(fake, fake->rows[i], "rx_mbps") >= 3 * FRAME);
        }
    }
    fake_claims_free(&claims);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    collect(fake);
    assert_int_equal(fake_count(fake, "network", 1), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_what_goes_through_a_tap),
        TEST(follows_events_of_links),
        TEST(a_tun_is_no_tap),
        TEST(survives_a_flood_of_events),
        TEST(in_a_sandbox_files_are_read),
        TEST(netlink_and_files_agree),
        TEST(own_taps_are_claimed_by_descriptor),
        TEST(taps_in_other_namespaces_are_read_there),
    };
    int tap;

    if (unshare(CLONE_NEWNET) < 0) {
        printf("SKIP: no network namespace of its own: %s\n", strerror(errno));
        return 77;
    }
    tap = try_device("probe", IFF_TAP);
    if (tap < 0) {
        printf("SKIP: cannot make a tap: %s\n", strerror(errno));
        return 77;
    }
    close(tap);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
