/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel says of network interfaces by rtnetlink(7): the links themselves (RTM_GETLINK,
 * and their changes as events) and their counters (RTM_GETSTATS, Linux >= 4.7), which cost a
 * tenth of a dump of links.  It speaks of the network namespace that the socket was made in.
 */
#ifndef KVMTOP_NET_RTNL_H
#define KVMTOP_NET_RTNL_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

struct rtnl {
    int fd;
    uint32_t sequence;
    char *buffer;               /* owned */
};

/* Sees one answer or event; true: it may go on. */
typedef bool rtnl_visit(void *arg, const struct nlmsghdr *message);

/* A socket for dumps or, with events, for the changes of links.  0 or -errno. */
int rtnl_open(struct rtnl *rtnl, bool events);
/* Also of one that was not opened, if it is {.fd = -1}. */
void rtnl_close(struct rtnl *rtnl);

/* Every link, and the counters of every link.  0 or -errno; -EOPNOTSUPP: this kernel has no
 * RTM_GETSTATS; -EINTR: links came or went meanwhile, some may have been left out; -ENOBUFS: answers
 * were lost or cut short; -ECANCELED: visit said no, and was not called again. */
int rtnl_dump_links(struct rtnl *rtnl, rtnl_visit *visit, void *arg);
int rtnl_dump_counters(struct rtnl *rtnl, rtnl_visit *visit, void *arg);

/* The events that wait.  0 or -errno; -ENOBUFS: some were lost, dump the links anew. */
int rtnl_events(struct rtnl *rtnl, rtnl_visit *visit, void *arg);

#endif
