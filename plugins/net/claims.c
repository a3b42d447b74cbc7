/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which network interfaces belong to a guest. */
#include "net/claims.h"

#include "lib/passthrough.h"
#include "lib/qemu_args.h"
#include "lib/vmm_files.h"
#include "net/foreign.h"
#include "net/ifaces.h"

#include <errno.h>
#include <kvmtop/plugin.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = 256 };           /* interfaces of one guest that are told apart */

struct search {
    struct net_evidence *evidence;
    const struct kvmtop_host *host;
    struct kvmtop_claims *claims;
    int proc;
    int32_t pid;
    uint64_t ns;                /* the VMM's network namespace; 0: the host's */
    unsigned count;
    char names[NAMES][NETDEV_NAME];
    char vfio[32];              /* link of a vfio group that it has open */
    int err;
};

static bool already_claimed(const struct search *search, const char *name)
{
    for (unsigned i = 0; i < search->count; i++) {
        if (strcmp(search->names[i], name) == 0)
            return true;
    }
    return false;
}

/* Each queue of a multi-queue tap is a descriptor of its own: the name is claimed once. */
static void claim(struct search *search, const char *name)
{
    char foreign[FOREIGN_NAME];

    if (search->count == NAMES || already_claimed(search, name))
        return;
    snprintf(search->names[search->count++], NETDEV_NAME, "%s", name);
    if (search->ns == 0) {
        search->host->claim(search->claims, KVMTOP_CLAIM_IFACE, name);
        return;
    }
    foreign_name(foreign, name, search->ns);
    search->host->claim(search->claims, KVMTOP_CLAIM_IFACE, foreign);
    if (foreign_add(search->evidence->foreign, search->pid, search->ns, name) < 0)
        search->err = -ENOMEM;
}

/* ---- by what it has open ---- */

/* The line `iff:` is there since Linux 3.14, and empty before the descriptor is attached. */
static void claim_tap(struct search *search, unsigned fd)
{
    char buf[VMM_FDINFO_MAX], name[NETDEV_NAME];
    struct span info, value;

    if (!vmm_fdinfo_read(search->proc, search->pid, fd, buf, &info) ||
        !vmm_fdinfo_get(info, "iff", &value)) {
        search->evidence->untold = true;
        return;
    }
    if (!netdev_valid_name(value.at, value.len))
        return;
    memcpy(name, value.at, value.len);
    name[value.len] = '\0';
    claim(search, name);
}

/* /dev/tapN is that of the macvtap with index N; only the host's indices are known. */
static void claim_macvtap(struct search *search, const char *number)
{
    struct iface *iface = NULL;
    uint64_t index;

    if (search->ns == 0 && parse_number(number, &index) && index <= INT32_MAX) {
        ifaces_freshen(search->evidence->ifaces, search->host);
        iface = ifaces_by_index(search->evidence->ifaces, (uint32_t)index);
    }
    if (iface != NULL && iface->driver == IFACE_MACVTAP)
        claim(search, iface->name);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);

    return len >= n && strcmp(text + len - n, end) == 0;
}

/* A jail may have its device nodes in a folder of its own: the end tells. */
static void visit_fd(void *arg, unsigned fd, const char *link)
{
    struct search *search = arg;

    if (ends_with(link, "/dev/net/tun"))
        claim_tap(search, fd);
    else if (strncmp(link, "/dev/tap", 8) == 0)
        claim_macvtap(search, link + 8);
    else if (strncmp(link, "/dev/vfio/", 10) == 0 && strcmp(link + 10, "vfio") != 0)
        snprintf(search->vfio, sizeof search->vfio, "%s", link + 5);
}

/* ---- by its command line ---- */

struct key {
    const char *option, *key, *implied;
    bool clap;                  /* cloud-hypervisor's: `--net A B` and `--net=A` as well */
};

static const struct key name_keys[] = {
    { "netdev", "ifname", "type", false },
    { "nic", "ifname", "type", false },
    { "net", "ifname", "type", false },
    { "net", "tap", NULL, true },
};

static const struct key mac_keys[] = {
    { "device", "mac", "driver", false },
    { "nic", "mac", "type", false },
    { "net", "macaddr", "type", false },
    { "net", "mac", NULL, true },
};

static void claim_named(struct search *search, const char *name)
{
    if (netdev_valid_name(name, strlen(name)))
        claim(search, name);
}

/* A tap made by libvirt or Proxmox VE has the guest's address with the first byte fe. */
static void claim_addressed(struct search *search, const char *text)
{
    const uint64_t first_byte = UINT64_C(0xff) << 40;
    struct iface *iface;
    uint64_t mac;

    if (!netdev_mac(text, strlen(text), &mac))
        return;
    ifaces_freshen(search->evidence->ifaces, search->host);
    mac = (mac & ~first_byte) | UINT64_C(0xfe) << 40;
    iface = ifaces_by_mac(search->evidence->ifaces, mac);
    if (iface != NULL && iface->driver == IFACE_TAP)
        claim(search, iface->name);
}

/* What the key's option is given here; NULL: nothing.  last: the option before a bare word. */
static const char *given(const struct key *key, const struct qemu_option *option,
                         const char *last)
{
    size_t len = strlen(key->option);

    if (strcmp(option->name, key->option) == 0 ||
        (key->clap && option->name[0] == '\0' && strcmp(last, key->option) == 0))
        return option->value;
    if (key->clap && strncmp(option->name, key->option, len) == 0 && option->name[len] == '=')
        return option->name + len + 1;
    return NULL;
}

static void each_value(struct search *search, const struct kvmtop_process *process,
                       const struct key *keys, size_t nkeys,
                       void (*found)(struct search *search, const char *value))
{
    struct qemu_args args = { 0 };
    struct qemu_option option;
    const char *last = "";
    char value[64];
    size_t at = 0;

    args.argv = search->host->argv(search->host, process, &args.argc);
    while (args.argv != NULL && qemu_args_next(&args, &at, &option)) {
        for (size_t i = 0; i < nkeys; i++) {
            const char *list = given(&keys[i], &option, last);
            ssize_t len;
            if (list == NULL)
                continue;
            len = qemu_value_get(list, keys[i].key, keys[i].implied, value, sizeof value);
            if (len > 0 && (size_t)len < sizeof value)
                found(search, value);
        }
        if (option.name[0] != '\0')
            last = option.name;
    }
}

/* ---- what passes by the host ---- */

/* The command line says more of a device than the link of its vfio group. */
static void claim_passthrough(const struct search *search, const struct kvmtop_process *process)
{
    struct qemu_args args = { 0 };

    args.argv = search->host->argv(search->host, process, &args.argc);
    if ((args.argv == NULL ||
         passthrough_claim(search->host, &args, PASSTHROUGH_NET, search->claims) == 0) &&
        search->vfio[0] != '\0')
        search->host->claim(search->claims, KVMTOP_CLAIM_PASSTHROUGH, search->vfio);
}

/* ---- one evidence after the other ---- */

/* Only a namespace that surely is another one counts as such. */
static uint64_t other_namespace(const struct kvmtop_host *host, int proc, int32_t pid)
{
    uint64_t own = foreign_namespace(proc, host->live ? "self" : "1"), its;
    char text[16];

    snprintf(text, sizeof text, "%d", (int)pid);
    its = foreign_namespace(proc, text);
    return own != 0 && its != own ? its : 0;
}

static void begin(struct search *search, struct net_evidence *evidence,
                  const struct kvmtop_process *process, struct kvmtop_claims *claims)
{
    const struct kvmtop_host *host = evidence->host;
    int proc = host->dir(host, KVMTOP_DIR_PROC);

    *search = (struct search){
        .evidence = evidence, .host = host, .claims = claims, .proc = proc,
        .pid = process->pid, .ns = other_namespace(host, proc, process->pid),
    };
}

int net_claims_open(struct net_evidence *evidence, const struct kvmtop_process *process,
                    struct kvmtop_claims *claims)
{
    struct search search;
    int err;

    begin(&search, evidence, process, claims);
    foreign_forget(evidence->foreign, process->pid);
    evidence->pid = process->pid;
    evidence->birth = process->birth;
    evidence->untold = false;
    err = vmm_files_each(search.proc, process->pid, visit_fd, &search);
    evidence->readable = err == 0;
    evidence->found = search.count;
    claim_passthrough(&search, process);
    return err == -EACCES ? err : search.err;
}

static bool is_the_last(const struct net_evidence *evidence, const struct kvmtop_process *process)
{
    return evidence->pid == process->pid && evidence->birth == process->birth;
}

/* Anybody may write any name: it counts where the descriptors can't tell. */
int net_claims_named(struct net_evidence *evidence, const struct kvmtop_process *process,
                     struct kvmtop_claims *claims)
{
    struct search search;

    if (!is_the_last(evidence, process) || evidence->found > 0 ||
        (evidence->readable && !evidence->untold))
        return 0;
    begin(&search, evidence, process, claims);
    each_value(&search, process, name_keys, KVMTOP_COUNT(name_keys), claim_named);
    evidence->found = search.count;
    return search.err;
}

int net_claims_addressed(struct net_evidence *evidence, const struct kvmtop_process *process,
                         struct kvmtop_claims *claims)
{
    struct search search;

    if (!is_the_last(evidence, process) || evidence->found > 0 || evidence->readable)
        return 0;
    begin(&search, evidence, process, claims);
    each_value(&search, process, mac_keys, KVMTOP_COUNT(mac_keys), claim_addressed);
    return search.err;
}
