/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The set of the host's network interfaces. */
#include "net/ifaces.h"

#include <errno.h>
#include <kvmtop/plugin.h>
#include <linux/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLOCK_STEP = 16,            /* interfaces between two looks at the clock */
    FRESH = 100000000,          /* ns: no two rounds are closer to each other */
};

int ifaces_open(struct ifaces *set, bool netlink)
{
    int err = 0;

    *set = (struct ifaces){ .dumps = { .fd = -1 }, .events = { .fd = -1 }, .incomplete = true };
    if (netlink) {
        err = rtnl_open(&set->dumps, false);
        if (err == 0)
            err = rtnl_open(&set->events, true);
        set->netlink = err == 0;
        set->refused = err;
    }
    if (err != -ENOMEM)
        return 0;
    ifaces_close(set);
    return err;
}

static void forget_all(struct ifaces *set)
{
    for (size_t i = 0; i < set->count; i++)
        free(set->all[i]);
    free(set->all);
    u64map_free(&set->by_key);
    u64map_free(&set->by_index);
    u64map_free(&set->by_mac);
    set->all = NULL;
    set->count = set->room = 0;
    set->sorted_out = false;
}

void ifaces_close(struct ifaces *set)
{
    forget_all(set);
    rtnl_close(&set->dumps);
    rtnl_close(&set->events);
    read_buffer_free(&set->buffer);
}

/* May the same request be answered next time? */
static bool is_passing(int err)
{
    static const int passing[] = { -ENOBUFS, -EINTR, -EAGAIN, -ENOMEM, -ECANCELED };

    for (size_t i = 0; i < KVMTOP_COUNT(passing); i++) {
        if (err == passing[i])
            return true;
    }
    return false;
}

int ifaces_refresh(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline)
{
    int err;

    set->round++;
    set->time = host->now(host, KVMTOP_CLOCK_MONOTONIC);
    if (!set->netlink)
        return ifaces_refresh_files(set, host, deadline);
    err = ifaces_refresh_netlink(set, host, deadline);
    if (err == 0)
        set->answered = true;
    if (err >= 0 || set->answered || is_passing(err))
        return err;
    /* Linux < 4.7, or a sandbox: files from now on, with keys of another kind. */
    set->netlink = false;
    set->refused = err;
    forget_all(set);
    rtnl_close(&set->dumps);
    rtnl_close(&set->events);
    return ifaces_refresh_files(set, host, deadline);
}

void ifaces_freshen(struct ifaces *set, const struct kvmtop_host *host)
{
    if (set->round == 0 || host->now(host, KVMTOP_CLOCK_MONOTONIC) - set->time >= FRESH)
        ifaces_refresh(set, host, UINT64_MAX);
}

static bool make_room(struct ifaces *set)
{
    size_t room = set->room > 0 ? set->room * 2 : 64;
    struct iface **all;

    if (set->count < set->room)
        return true;
    all = reallocarray(set->all, room, sizeof *all);
    if (all == NULL)
        return false;
    set->all = all;
    set->room = room;
    return true;
}

static struct iface *new_iface(struct ifaces *set, uint64_t key)
{
    struct iface *iface;

    if (!make_room(set))
        return NULL;
    iface = calloc(1, sizeof *iface);
    if (iface == NULL || u64map_put(&set->by_key, key, iface) < 0) {
        free(iface);
        return NULL;
    }
    iface->key = iface->id = key;
    iface->stale = true;
    set->all[set->count++] = iface;
    set->sorted_out = false;
    return iface;
}

struct iface *ifaces_add(struct ifaces *set, uint64_t key)
{
    struct iface *iface = u64map_get(&set->by_key, key);

    if (iface == NULL)
        iface = new_iface(set, key);
    if (iface != NULL)
        iface->exists = true;
    return iface;
}

void ifaces_rename(struct iface *iface, const char *name)
{
    if (strcmp(iface->name, name) == 0)
        return;
    snprintf(iface->name, sizeof iface->name, "%s", name);
    iface->named = iface_name_guest(iface->name, &iface->guest);
    iface->classified = false;
}

void ifaces_begin(struct ifaces *set)
{
    for (size_t i = 0; i < set->count; i++)
        set->all[i]->exists = false;
}

void ifaces_end(struct ifaces *set)
{
    size_t count = set->count;

    set->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (set->all[i]->exists)
            set->all[set->count++] = set->all[i];
        else
            free(set->all[i]);
    }
    if (set->count == count)
        return;
    set->sorted_out = false;
    u64map_clear(&set->by_key);
    for (size_t i = 0; i < set->count; i++)
        u64map_put(&set->by_key, set->all[i]->key, set->all[i]); /* there is room: no failure */
}

/* Hardware may be slow to answer, and there may be thousands. */
int ifaces_read_stale(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline,
                      void (*read)(struct iface *iface, int sys))
{
    int sys = host->dir(host, KVMTOP_DIR_SYS);
    unsigned reads = 0;

    set->unfinished = true;
    for (size_t i = 0; i < set->count; i++) {
        if (!set->all[i]->stale)
            continue;
        if (reads++ % CLOCK_STEP == CLOCK_STEP - 1 &&
            host->now(host, KVMTOP_CLOCK_MONOTONIC) > deadline)
            return KVMTOP_MORE;
        read(set->all[i], sys);
        set->all[i]->stale = false;
    }
    set->unfinished = false;
    return 0;
}

/* Stands for an address that tells nothing, as several interfaces have it. */
static struct iface ambiguous;

static void sort_out(struct ifaces *set)
{
    if (set->sorted_out)
        return;
    u64map_clear(&set->by_index);
    u64map_clear(&set->by_mac);
    for (size_t i = 0; i < set->count; i++) {
        struct iface *iface = set->all[i];
        bool twice = u64map_get(&set->by_mac, iface->mac) != NULL;

        /* Without memory a look-up finds nothing, and the guest's name is not shown. */
        u64map_put(&set->by_index, iface->index, iface);
        u64map_put(&set->by_mac, iface->mac, twice ? &ambiguous : iface);
    }
    set->sorted_out = true;
}

struct iface *ifaces_by_index(struct ifaces *set, uint32_t index)
{
    sort_out(set);
    return index != 0 ? u64map_get(&set->by_index, index) : NULL;
}

struct iface *ifaces_by_mac(struct ifaces *set, uint64_t mac)
{
    struct iface *iface;

    sort_out(set);
    iface = mac != 0 ? u64map_get(&set->by_mac, mac) : NULL;
    return iface != &ambiguous ? iface : NULL;
}

const char *iface_state(unsigned operstate)
{
    switch (operstate) {
    case IF_OPER_UP:
        return "UP";
    case IF_OPER_UNKNOWN:       /* the driver never says, as of a tap */
        return "unknown";
    default:                    /* down, or not ready to carry traffic */
        return "DOWN";
    }
}
