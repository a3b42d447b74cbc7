/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a network interface tells of the guest behind it. */
#include "net/iface_name.h"

#include "lib/parse.h"

#include <string.h>

struct pattern {
    const char *prefix;
    const char *separators;     /* one of them between the guest's and the interface's number */
    const char *platform;
    bool port;
};

/* Proxmox VE: pve-common's Network.pm and pve-bridge; OpenNebula: the driver's nic_dev.  A
 * container's platform is one that no QEMU is of, whatever id it is started with. */
static const struct pattern patterns[] = {
    { "tap", "i", "proxmox", true },   { "veth", "i", "lxc", true },
    { "fwbr", "i", "proxmox", false }, { "fwln", "io", "proxmox", false },
    { "fwpr", "p", "proxmox", false }, { "one-", "-", "opennebula", true },
};

static bool skip_digits(const char **p, const char *end)
{
    const char *start = *p;

    while (*p < end && parse_is_digit(**p))
        (*p)++;
    return *p > start;
}

static bool matches(const struct pattern *pattern, const char *name, struct iface_guest *guest)
{
    const char *at = name, *end = name + strlen(name), *id;
    size_t len;

    if (!parse_text(&at, end, pattern->prefix))
        return false;
    id = at;
    if (!skip_digits(&at, end) || at == end || strchr(pattern->separators, *at) == NULL)
        return false;
    len = (size_t)(at - id);
    at++;
    if (!skip_digits(&at, end) || at != end || len >= sizeof guest->id)
        return false;
    guest->platform = pattern->platform;
    guest->port = pattern->port;
    memcpy(guest->id, id, len);
    guest->id[len] = '\0';
    return true;
}

bool iface_name_guest(const char *name, struct iface_guest *guest)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (matches(&patterns[i], name, guest))
            return true;
    }
    return false;
}

bool iface_name_is_tap(const char *name)
{
    return strncmp(name, "tap", 3) == 0 || strncmp(name, "vnet", 4) == 0;
}
