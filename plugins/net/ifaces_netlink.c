/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network interfaces by rtnetlink: the links once, then their events; counters by a dump.
 * Only the speed comes from sysfs, after each event of the link, as netlink does not tell it.
 */
#include "net/ifaces.h"
#include "net/rtnl_message.h"

#include <errno.h>
#include <kvmtop/plugin.h>
#include <string.h>

enum { ATTEMPTS = 3 };          /* at a dump that is disturbed */

static const struct {
    const char *name;
    enum iface_driver driver;
} drivers[] = {
    { "tun", IFACE_TAP },
    { "macvtap", IFACE_MACVTAP },
    { "ipvtap", IFACE_MACVTAP },
};

static enum iface_driver driver_of(const struct rtnl_link *link)
{
    for (size_t i = 0; i < KVMTOP_COUNT(drivers); i++) {
        if (strcmp(link->driver, drivers[i].name) != 0)
            continue;
        return drivers[i].driver == IFACE_TAP && !link->ethernet ? IFACE_TUN : drivers[i].driver;
    }
    return IFACE_OTHER;
}

static bool take_link(void *arg, const struct nlmsghdr *message)
{
    struct ifaces *set = arg;
    struct rtnl_link link;
    struct iface *iface;

    if (!rtnl_parse_link(message, &link))
        return true;
    iface = ifaces_add(set, link.index);
    if (iface == NULL)
        return false;
    ifaces_rename(iface, link.name);
    iface->index = link.index;
    iface->driver = driver_of(&link);
    iface->state = iface_state(link.operstate);
    iface->mac = link.mac;
    iface->stale = true;
    set->sorted_out = false;
    return true;
}

static bool take_event(void *arg, const struct nlmsghdr *message)
{
    struct ifaces *set = arg;
    struct iface *iface;
    uint32_t index;

    if (!rtnl_parse_gone(message, &index))
        return take_link(arg, message);
    iface = u64map_get(&set->by_key, index);
    if (iface != NULL)
        iface->exists = false;
    return true;
}

static bool take_counters(void *arg, const struct nlmsghdr *message)
{
    struct ifaces *set = arg;
    struct netdev_counters counters;
    struct iface *iface;
    uint32_t index;

    if (!rtnl_parse_counters(message, &index, &counters))
        return true;
    iface = u64map_get(&set->by_key, index);
    if (iface != NULL) { /* else a new one, whose event comes with the next refresh */
        iface->counters = counters;
        iface->round = set->round;
    }
    return true;
}

/* By links that come and go, or as answers were lost: asking again may help. */
static bool is_disturbed(int err)
{
    return err == -EINTR || err == -ENOBUFS;
}

/* Links may come and go during the last attempt, too: what it told holds, and the next refresh asks
 * anew. */
static int dump_links(struct ifaces *set)
{
    int err = -EINTR;

    for (int i = 0; is_disturbed(err) && i < ATTEMPTS; i++) {
        ifaces_begin(set);
        err = rtnl_dump_links(&set->dumps, take_link, set);
    }
    set->incomplete = err != 0;
    return err == -EINTR ? 0 : err;
}

static int refresh_links(struct ifaces *set)
{
    int err = rtnl_events(&set->events, take_event, set);

    if (err == -ENOBUFS)
        set->incomplete = true;
    else if (err < 0)
        return err;
    err = set->incomplete ? dump_links(set) : 0;
    if (err == 0)
        ifaces_end(set);
    return err;
}

static int refresh_counters(struct ifaces *set)
{
    int err = -EINTR;

    for (int i = 0; is_disturbed(err) && i < ATTEMPTS; i++)
        err = rtnl_dump_counters(&set->dumps, take_counters, set);
    return err == -EINTR ? 0 : err;
}

int ifaces_refresh_netlink(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline)
{
    int err = refresh_links(set);

    if (err == 0)
        err = ifaces_read_stale(set, host, deadline, iface_read_speed);
    return err == 0 ? refresh_counters(set) : err;
}
