/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network interfaces from files: names and counters from /proc/net/dev, the rest from
 * /sys/class/net (Documentation/ABI/testing/sysfs-class-net), of some at each refresh in turn.
 */
#include "net/ifaces.h"

#include <errno.h>
#include <fcntl.h>
#include <kvmtop/plugin.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    DEV_MAX = 16 * 1024 * 1024, /* bytes of /proc/net/dev that we care to read */
    IN_TURN = 64,               /* interfaces whose attributes are read at one refresh */
    PATH_SIZE = 64,             /* class/net/NAME/operstate */
};

/* Tells an id that is a hash from one that is an index. */
#define HASHED (UINT64_C(1) << 63)

/* A file below /sys/class/net/NAME without its newline: its length or -errno. */
static ssize_t read_attribute(int sys, const char *name, const char *file, char *buf, size_t cap)
{
    char path[PATH_SIZE];
    ssize_t len;

    if (sys < 0)
        return -ENOENT;
    snprintf(path, sizeof path, "class/net/%s/%s", name, file);
    len = read_once_at(sys, path, buf, cap);
    if (len > 0 && buf[len - 1] == '\n')
        buf[--len] = '\0';
    return len;
}

static bool read_number(int sys, const char *name, const char *file, uint64_t *out)
{
    char text[32];

    return read_attribute(sys, name, file, text, sizeof text) > 0 && parse_number(text, out);
}

/* "-1", or no answer at all (EINVAL), while the link is down; and a tap says 10, whatever it
 * carries. */
void iface_read_speed(struct iface *iface, int sys)
{
    uint64_t speed;

    iface->speed = 0;
    if (iface->driver == IFACE_OTHER && read_number(sys, iface->name, "speed", &speed))
        iface->speed = speed;
}

static void read_state(struct iface *iface, int sys)
{
    char text[32];

    iface->state = NULL;
    if (read_attribute(sys, iface->name, "operstate", text, sizeof text) <= 0)
        return;
    iface->state = iface_state(strcmp(text, "up") == 0        ? IF_OPER_UP
                               : strcmp(text, "unknown") == 0 ? IF_OPER_UNKNOWN
                                                              : IF_OPER_DOWN);
}

static void read_mac(struct iface *iface, int sys)
{
    char text[32];
    ssize_t len = read_attribute(sys, iface->name, "address", text, sizeof text);

    if (len <= 0 || !netdev_mac(text, (size_t)len, &iface->mac))
        iface->mac = 0;
}

static bool has_entry(int sys, const char *name, const char *entry)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "class/net/%s/%s", name, entry);
    return sys >= 0 && faccessat(sys, path, F_OK, 0) == 0;
}

/* IFF_TUN or IFF_TAP and more, as 0x1002; only tun devices have this file. */
static bool read_tun_flags(int sys, const char *name, uint32_t *flags)
{
    char text[32];
    ssize_t len = read_attribute(sys, name, "tun_flags", text, sizeof text);
    const char *at = text, *end = text + (len > 0 ? len : 0);

    return parse_text(&at, end, "0x") && end - at >= 1 && end - at <= 8 &&
           parse_hex(&at, end, (unsigned)(end - at), flags);
}

static void read_driver(struct iface *iface, int sys)
{
    uint32_t flags;

    if (read_tun_flags(sys, iface->name, &flags))
        iface->driver = flags & IFF_TAP ? IFACE_TAP : IFACE_TUN;
    else if (has_entry(sys, iface->name, "macvtap"))
        iface->driver = IFACE_MACVTAP;
    else
        iface->driver = iface->state != NULL ? IFACE_OTHER : IFACE_UNKNOWN;
}

static void read_all(struct iface *iface, int sys)
{
    uint64_t index;

    iface->index = 0;
    if (read_number(sys, iface->name, "ifindex", &index) && index > 0 && index <= INT32_MAX)
        iface->index = (uint32_t)index;
    iface->id = iface->index != 0 ? iface->index : iface->key;
    read_state(iface, sys);
    read_mac(iface, sys);
    read_driver(iface, sys);
    iface->classified = false;
    iface_read_speed(iface, sys);
}

/* New ones at once, the others in turn: their state may have changed. */
static int read_attributes(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline)
{
    if (!set->unfinished) {
        for (unsigned i = 0; i < IN_TURN && i < set->count; i++)
            set->all[set->turn++ % set->count]->stale = true;
    }
    set->sorted_out = false;
    return ifaces_read_stale(set, host, deadline, read_all);
}

/* The host's own network namespace: that of its PID 1, as `net` leads to the reader's, which may
 * be a container's.  A recorded host may have kept `net` alone. */
static ssize_t read_dev(struct ifaces *set, const struct kvmtop_host *host)
{
    int proc = host->dir(host, KVMTOP_DIR_PROC);
    ssize_t len = -ENOENT;

    if (!host->live)
        len = read_file_grow(proc, "1/net/dev", &set->buffer, DEV_MAX);
    return len >= 0 ? len : read_file_grow(proc, "net/dev", &set->buffer, DEV_MAX);
}

static int take_line(struct ifaces *set, struct span line)
{
    struct netdev_counters counters;
    char name[NETDEV_NAME];
    struct iface *iface;

    if (!netdev_parse(line, name, &counters))
        return 0;
    iface = ifaces_add(set, u64map_hash(U64MAP_SEED, name, strlen(name)) | HASHED);
    if (iface == NULL)
        return -ENOMEM;
    ifaces_rename(iface, name);
    iface->counters = counters;
    iface->round = set->round;
    return 0;
}

static int take_lines(struct ifaces *set, const char *at, size_t len)
{
    const char *end = at + len;
    struct span line;

    while (parse_line(&at, end, &line)) {
        if (take_line(set, line) < 0)
            return -ENOMEM;
    }
    return 0;
}

int ifaces_refresh_files(struct ifaces *set, const struct kvmtop_host *host, uint64_t deadline)
{
    ssize_t len = read_dev(set, host);
    int err;

    if (len < 0)
        return (int)len;
    ifaces_begin(set);
    err = take_lines(set, set->buffer.data, (size_t)len);
    ifaces_end(set);
    return err == 0 ? read_attributes(set, host, deadline) : err;
}
