/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resolver for Proxmox VE: its QEMU has an option -id of its own, and each guest a systemd scope
 * /qemu.slice/ID.scope.
 */
#include <kvmtop/plugin.h>

#include "lib/parse.h"
#include "lib/read.h"
#include "lib/vmm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct proxmox {
    const struct kvmtop_host *host;
    bool read_config;
};

/* The number in /qemu.slice/ID.scope, with or without groups below it.  Only at the top: below
 * their own slice users and containers name groups as they like.  The path begins where our cgroup
 * namespace does, which may be deeper. */
static bool scope_id(const char *cgroup, uint64_t *id)
{
    const char *p = cgroup, *end = cgroup + strlen(cgroup);

    while (parse_text(&p, end, "/.."))
        continue;
    return parse_text(&p, end, "/qemu.slice/") && parse_u64(&p, end, id) &&
           parse_text(&p, end, ".scope") && (*p == '\0' || *p == '/');
}

/* The value of `name:` in a guest's configuration.  Sections, the snapshots' old values among
 * them, begin with a bracket. */
static bool config_name(const char *text, size_t len, char *name, size_t cap)
{
    const char *p = text, *end = text + len;
    struct span line;

    while (parse_line(&p, end, &line) && (line.len == 0 || line.at[0] != '[')) {
        const char *at = line.at;
        struct span word;
        if (!parse_text(&at, line.at + line.len, "name:"))
            continue;
        if (!parse_word(&at, line.at + line.len, &word))
            return false;
        snprintf(name, cap, "%.*s", (int)word.len, word.at);
        return true;
    }
    return false;
}

static bool read_name(const struct proxmox *proxmox, uint64_t id, char *name, size_t cap)
{
    int etc = proxmox->host->dir(proxmox->host, KVMTOP_DIR_ETC);
    char path[64], text[4096];
    ssize_t len;

    if (!proxmox->read_config)
        return false;
    snprintf(path, sizeof path, "pve/qemu-server/%" PRIu64 ".conf", id);
    len = read_file_at(etc, path, text, sizeof text);
    return len > 0 && config_name(text, (size_t)len, name, cap);
}

/* The name by the command line or the configuration, else one like the web interface's; that
 * would be wrong beside an id that a rule of the site has set. */
static void set_name(const struct proxmox *proxmox, const struct vmm *vmm,
                     struct kvmtop_guest *guest, uint64_t id, const char *number)
{
    char name[VMM_NAME_SIZE] = "";

    if (qemu_args_name(&vmm->args, name, sizeof name) < 0 &&
        !read_name(proxmox, id, name, sizeof name) &&
        strcmp(vmm->host->guest_get(guest, KVMTOP_GUEST_ID), number) == 0)
        snprintf(name, sizeof name, "vm%s", number);
    vmm_set(vmm, guest, KVMTOP_GUEST_NAME, name);
}

static int resolve_proxmox(void *state, const struct kvmtop_process *process,
                           struct kvmtop_guest *guest)
{
    const struct proxmox *proxmox = state;
    char number[24];
    struct vmm vmm;
    uint64_t id;

    if (!vmm_read(&vmm, proxmox->host, process) || vmm.kind != VMM_QEMU)
        return 0;
    if (!vmm_proxmox_id(&vmm, &id) && !scope_id(vmm.cgroup, &id))
        return 0;
    snprintf(number, sizeof number, "%" PRIu64, id);
    vmm_set(&vmm, guest, KVMTOP_PLATFORM, "proxmox");
    vmm_set(&vmm, guest, KVMTOP_GUEST_ID, number);
    set_name(proxmox, &vmm, guest, id, number);
    vmm_set_uuid(&vmm, guest);
    return 0;
}

static int open_proxmox(const struct kvmtop_host *host, void **state)
{
    struct proxmox *proxmox = calloc(1, sizeof *proxmox);

    if (proxmox == NULL)
        return -ENOMEM;
    proxmox->host = host;
    proxmox->read_config = strcmp(host->option(host, "read_config", 0), "1") == 0;
    *state = proxmox;
    return 0;
}

static const struct kvmtop_option proxmox_options[] = {
    {
        .name = "read_config",
        .help = "look up a guest's name in /etc/pve/qemu-server/ID.conf where its command line "
                "has none; a hung pmxcfs then hangs kvmtop too",
        .value = "0",
        .type = KVMTOP_OPTION_BOOL,
    },
};

static const struct kvmtop_resolver proxmox_resolvers[] = {
    { .name = "proxmox", .rank = 200, .resolve = resolve_proxmox },
};

KVMTOP_PLUGIN(proxmox) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "proxmox",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "names the guests of Proxmox VE",
    .options = proxmox_options,
    .noptions = KVMTOP_COUNT(proxmox_options),
    .resolvers = proxmox_resolvers,
    .nresolvers = KVMTOP_COUNT(proxmox_resolvers),
    .open = open_proxmox,
    .close = free,
};
