/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets, dumps and events of rtnetlink(7). */
#include "net/rtnl.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 64 * 1024,    /* the kernel fills at most 32 KiB a message of a dump */
    EVENT_SPACE = 1024 * 1024,  /* of the socket: some hundred links may change in one refresh */
    EVENT_READS = 4096,         /* a refresh: a flood of events must not hold us */
};

static int bind_to(int fd, bool events)
{
    struct sockaddr_nl local = { .nl_family = AF_NETLINK, .nl_groups = events ? RTMGRP_LINK : 0 };
    int space = EVENT_SPACE;

    /* Beyond the limit of the system where we may, up to it where not. */
    if (events && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &space, sizeof space) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &space, sizeof space);
    return bind(fd, (struct sockaddr *)&local, sizeof local) < 0 ? -errno : 0;
}

static int open_socket(bool events)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), err;

    if (fd < 0)
        return -errno;
    err = bind_to(fd, events);
    if (err == 0)
        return fd;
    close(fd);
    return err;
}

int rtnl_open(struct rtnl *rtnl, bool events)
{
    int fd;

    *rtnl = (struct rtnl){ .fd = -1, .buffer = malloc(BUFFER_SIZE) };
    if (rtnl->buffer == NULL)
        return -ENOMEM;
    fd = open_socket(events);
    if (fd < 0)
        rtnl_close(rtnl);
    else
        rtnl->fd = fd;
    return fd < 0 ? fd : 0;
}

/* The kernel refuses another dump on a socket whose last one was not read to its end. */
static void renew(struct rtnl *rtnl)
{
    int fd = open_socket(false);

    if (fd < 0)
        return;
    close(rtnl->fd);
    rtnl->fd = fd;
}

void rtnl_close(struct rtnl *rtnl)
{
    if (rtnl->fd >= 0)
        close(rtnl->fd);
    free(rtnl->buffer);
    *rtnl = (struct rtnl){ .fd = -1 };
}

/* One datagram from the kernel: its length, or -errno.  The kernel answers a request at once, and
 * the rest of a dump as its parts are read: what is not there by now (-EAGAIN) doesn't come. */
static ssize_t receive(struct rtnl *rtnl)
{
    struct sockaddr_nl from = { 0 };
    struct iovec part = { .iov_base = rtnl->buffer, .iov_len = BUFFER_SIZE };
    struct msghdr message = {
        .msg_name = &from,
        .msg_namelen = sizeof from,
        .msg_iov = &part,
        .msg_iovlen = 1,
    };
    ssize_t len;

    do {
        len = recvmsg(rtnl->fd, &message, MSG_DONTWAIT);
    } while (len < 0 && errno == EINTR);
    if (len < 0)
        return -errno;
    if (message.msg_flags & MSG_TRUNC)
        return -ENOBUFS;
    return from.nl_pid == 0 ? len : 0; /* any process may send to us */
}

static int send_request(struct rtnl *rtnl, struct nlmsghdr *request)
{
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    ssize_t n;

    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request->nlmsg_seq = ++rtnl->sequence;
    do {
        n = sendto(rtnl->fd, request, request->nlmsg_len, 0, (struct sockaddr *)&kernel,
                   sizeof kernel);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

/* What one datagram of a dump adds up to. */
struct dump {
    uint32_t sequence;
    rtnl_visit *visit;
    void *arg;
    bool done;
    int err;
};

/* NLMSG_ERROR and NLMSG_DONE carry a negative errno value, or 0, as their first word. */
static int status_of(const struct nlmsghdr *message)
{
    int status = 0;

    if (message->nlmsg_len >= NLMSG_LENGTH(sizeof status))
        memcpy(&status, NLMSG_DATA(message), sizeof status);
    return status;
}

static void take_answer(struct dump *dump, const struct nlmsghdr *message)
{
    if (message->nlmsg_seq != dump->sequence)
        return; /* of an earlier dump that was given up */
    if (message->nlmsg_flags & NLM_F_DUMP_INTR && dump->err == 0)
        dump->err = -EINTR;
    if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
        int status = status_of(message);
        if (status < 0)
            dump->err = status;
        dump->done = true;
    } else if (dump->err != -ECANCELED && !dump->visit(dump->arg, message)) {
        dump->err = -ECANCELED; /* but read on: the kernel refuses a dump while one runs */
    }
}

/* 0, or -errno where no further answer is to be had. */
static int take_datagram(struct rtnl *rtnl, struct dump *dump)
{
    const struct nlmsghdr *message = (const struct nlmsghdr *)rtnl->buffer;
    ssize_t len = receive(rtnl);

    if (len < 0)
        return len == -EAGAIN ? -ENOBUFS : (int)len;
    for (; !dump->done && NLMSG_OK(message, len); message = NLMSG_NEXT(message, len))
        take_answer(dump, message);
    return !dump->done && len > 0 ? -ENOBUFS : 0; /* cut short */
}

static int run_dump(struct rtnl *rtnl, struct nlmsghdr *request, rtnl_visit *visit, void *arg)
{
    int err = send_request(rtnl, request);
    struct dump dump = { .sequence = rtnl->sequence, .visit = visit, .arg = arg };

    if (err < 0)
        return err;
    while (err == 0 && !dump.done)
        err = take_datagram(rtnl, &dump);
    if (err < 0)
        renew(rtnl);
    return err < 0 ? err : dump.err;
}

int rtnl_dump_links(struct rtnl *rtnl, rtnl_visit *visit, void *arg)
{
    struct {
        struct nlmsghdr header;
        struct ifinfomsg link;
        struct rtattr attribute;
        uint32_t mask;
    } request = {
        .header = { .nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK },
        .link = { .ifi_family = AF_UNSPEC },
        .attribute = { .rta_len = RTA_LENGTH(sizeof request.mask), .rta_type = IFLA_EXT_MASK },
        .mask = RTEXT_FILTER_SKIP_STATS,
    };

    return run_dump(rtnl, &request.header, visit, arg);
}

int rtnl_dump_counters(struct rtnl *rtnl, rtnl_visit *visit, void *arg)
{
    struct {
        struct nlmsghdr header;
        struct if_stats_msg stats;
    } request = {
        .header = { .nlmsg_len = sizeof request, .nlmsg_type = RTM_GETSTATS },
        .stats = { .filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64) },
    };

    return run_dump(rtnl, &request.header, visit, arg);
}

/* After a loss the kernel adds nothing more until all that waits is read: so read on. */
int rtnl_events(struct rtnl *rtnl, rtnl_visit *visit, void *arg)
{
    int err = 0;

    for (int i = 0; i < EVENT_READS; i++) {
        ssize_t len = receive(rtnl);
        const struct nlmsghdr *message = (const struct nlmsghdr *)rtnl->buffer;

        if (len == -EAGAIN)
            return err;
        if (len < 0 && len != -ENOBUFS)
            return (int)len;
        if (len < 0)
            err = -ENOBUFS;
        for (; NLMSG_OK(message, len); message = NLMSG_NEXT(message, len)) {
            if (!visit(arg, message))
                return -ECANCELED;
        }
    }
    return -ENOBUFS;
}
