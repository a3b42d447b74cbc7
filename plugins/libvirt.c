/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resolver for libvirt's guests and for the platforms that ride on libvirt.  It never asks
 * libvirtd: all is in the command line that libvirt made and in the name of the guest's scope.
 */
#include <kvmtop/plugin.h>

#include "lib/glob.h"
#include "lib/parse.h"
#include "lib/vmm.h"

#include <inttypes.h>
#include <stdio.h>

struct domain {
    char name[VMM_NAME_SIZE];   /* "" where there is none */
    char manufacturer[128], product[128]; /* of the machine that the guest sees */
    char path[VMM_PATH_SIZE];   /* of a file in the domain's folder, or "" */
    bool libvirt;               /* parts that nothing but libvirt makes were seen */
    bool has_id;
    uint64_t id;                /* the number of `virsh list` */
};

/* ---- the domain's number ---- */

/* libvirt keeps a domain's files in …/domain-<id>-<the name's first 20 characters>/; old
 * versions and Nutanix's have no number there, so what follows it has to be the name. */
static void id_from_path(struct domain *domain)
{
    const char *slash = strrchr(domain->path, '/'), *p = slash;

    while (p != NULL && p > domain->path && p[-1] != '/')
        p--;
    if (p == NULL || !parse_text(&p, slash, "domain-") || !parse_u64(&p, slash, &domain->id) ||
        !parse_text(&p, slash, "-"))
        return;
    domain->has_id = strncmp(domain->name, p, (size_t)(slash - p)) == 0;
}

/* systemd's escapes in a unit's name: \x2d is a minus. */
static void unescape(struct span from, char *to, size_t cap)
{
    const char *p = from.at, *end = from.at + from.len;
    size_t len = 0;

    while (p < end && len + 1 < cap) {
        uint32_t byte = (unsigned char)*p;
        if (!parse_text(&p, end, "\\x") || !parse_hex(&p, end, 2, &byte))
            p++;
        to[len++] = (char)byte;
    }
    to[len] = '\0';
}

static bool is_alnum(char c)
{
    return parse_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* machined's name of a guest has lost some characters and may be cut off: compare letters and
 * digits alone. */
static bool sounds_like(const char *machine, const char *name, bool cut)
{
    for (;; machine++, name++) {
        while (*machine != '\0' && !is_alnum(*machine))
            machine++;
        while (*name != '\0' && !is_alnum(*name))
            name++;
        if (*machine == '\0')
            return cut || *name == '\0';
        if (*machine != *name)
            return false;
    }
}

/* `[user-]<id>-<name>`: a user's name may hold a number too, so every place is tried.  An id that
 * is known already stays. */
static void id_from_machine(struct domain *domain, const char *machine)
{
    enum { MACHINE_NAME_MAX = 64, SLACK = 6 };  /* "qemu-", and a minus trimmed at the end */
    const char *end = machine + strlen(machine);
    bool cut = end - machine >= MACHINE_NAME_MAX - SLACK;

    for (const char *p = machine; !domain->has_id; p++) {
        const char *at = p;
        if (parse_u64(&at, end, &domain->id) && (*at == '-' || *at == '\0'))
            domain->has_id = sounds_like(at, domain->name, cut);
        p = strchr(p, '-');
        if (p == NULL)
            return;
    }
}

/* machined's name of the guest, within the name of one of its groups; NULL: not libvirt's. */
static const char *machine_of(char *unit)
{
    static const struct {
        const char *prefix, *suffix;
    } forms[] = {
        { "machine-qemu-", ".scope" },
        { "qemu-", ".libvirt-qemu" },   /* without systemd */
    };
    size_t len = strlen(unit);

    for (size_t i = 0; i < KVMTOP_COUNT(forms); i++) {
        size_t before = strlen(forms[i].prefix), after = strlen(forms[i].suffix);
        if (len < before + after || strncmp(unit, forms[i].prefix, before) != 0 ||
            strcmp(unit + len - after, forms[i].suffix) != 0)
            continue;
        unit[len - after] = '\0';
        return unit + before;
    }
    return NULL;
}

static void read_cgroup(struct domain *domain, const char *cgroup)
{
    while (*cgroup != '\0') {
        struct span part = { cgroup, strcspn(cgroup, "/") };
        char unit[256];
        const char *machine;
        unescape(part, unit, sizeof unit);
        machine = machine_of(unit);
        if (machine != NULL) {
            domain->libvirt = true;
            id_from_machine(domain, machine);
        }
        cgroup += part.len;
        cgroup += strspn(cgroup, "/");
    }
}

/* ---- the command line ---- */

static void read_path(struct domain *domain, const char *value, const char *key)
{
    ssize_t len = qemu_value_get(value, key, NULL, domain->path, sizeof domain->path);

    if (len < 0 || (size_t)len >= sizeof domain->path)
        domain->path[0] = '\0';
}

/* An object or character device that every guest of libvirt has, by its id, and the key of its
 * file in the domain's folder (newer versions hand the monitor over as a descriptor). */
static void read_part(struct domain *domain, const struct qemu_option *option)
{
    static const struct {
        const char *option, *implied, *id, *file;
    } parts[] = {
        { "object", "qom-type", "masterKey0", "file" },
        { "chardev", "backend", "charmonitor", "path" },
    };
    char id[16];

    for (size_t i = 0; i < KVMTOP_COUNT(parts); i++) {
        if (strcmp(option->name, parts[i].option) != 0 ||
            qemu_value_get(option->value, "id", parts[i].implied, id, sizeof id) < 0 ||
            strcmp(id, parts[i].id) != 0)
            continue;
        domain->libvirt = true;
        if (domain->path[0] == '\0')
            read_path(domain, option->value, parts[i].file);
    }
}

/* `guest=`, written out, beside -S and -uuid: libvirt writes them all, people hardly ever. */
static bool looks_like_libvirt(const struct qemu_args *args)
{
    return qemu_args_get(args, "name", "guest", NULL, NULL, 0) > 0 && qemu_args_has(args, "S") &&
           qemu_args_last(args, "uuid") != NULL;
}

static void read_args(struct domain *domain, const struct qemu_args *args)
{
    struct qemu_option option;
    size_t at = 0;

    if (qemu_args_name(args, domain->name, sizeof domain->name) < 0)
        domain->name[0] = '\0';
    while (qemu_args_next(args, &at, &option))
        if (option.value != NULL)
            read_part(domain, &option);
    domain->libvirt = domain->libvirt || looks_like_libvirt(args);
    qemu_args_smbios(args, "1", "manufacturer", domain->manufacturer,
                     sizeof domain->manufacturer);
    qemu_args_smbios(args, "1", "product", domain->product, sizeof domain->product);
}

/* ---- platforms ---- */

/* What a platform calls its guests by. */
enum id_rule {
    ID_DOMAIN,                  /* the domain's number */
    ID_NAME,                    /* the domain's name */
    ID_NUMBER_IN_NAME,          /* one-10: 10 */
    ID_NAMESPACE,               /* default_web: default/web, and the name is web */
    ID_NONE,                    /* the name says all */
};

/* The first row of which all patterns fit; one that is NULL asks for nothing. */
struct rider {
    const char *platform;
    enum id_rule id;
    const char *manufacturer, *product, *name, *cgroup, *path;
};

static const struct rider riders[] = {
    { .platform = "openstack", .id = ID_NAME, .product = "OpenStack*" },
    { .platform = "ovirt", .manufacturer = "oVirt" },
    { .platform = "ovirt", .product = "RHEV Hypervisor" },
    { .platform = "cloudstack", .id = ID_NAME, .product = "CloudStack*" },
    { .platform = "cloudstack", .id = ID_NAME, .name = "i-#-#-VM" },
    { .platform = "kubevirt", .id = ID_NAMESPACE, .manufacturer = "KubeVirt", .name = "*_*" },
    { .platform = "kubevirt", .id = ID_NAMESPACE, .cgroup = "*kubepods*", .name = "*_*" },
    { .platform = "nutanix", .id = ID_NONE, .manufacturer = "Nutanix" },
    { .platform = "opennebula", .id = ID_NUMBER_IN_NAME, .name = "one-#" },
    { .platform = "boxes", .name = "boxes-*", .path = "*/.config/libvirt/*" },
    { .platform = "boxes", .name = "boxes-*", .path = "*/org.gnome.Boxes/*" },
    { .platform = "libvirt" },
};

static bool fits(const char *pattern, const char *text)
{
    return pattern == NULL || glob_match(pattern, text);
}

static const struct rider *find_rider(const struct domain *domain, const char *cgroup)
{
    const struct rider *rider = riders;

    while (!fits(rider->manufacturer, domain->manufacturer) ||
           !fits(rider->product, domain->product) || !fits(rider->name, domain->name) ||
           !fits(rider->cgroup, cgroup) || !fits(rider->path, domain->path))
        rider++;
    return rider;
}

/* The id into `id`, which has room for a name; returns the name to be shown. */
static const char *apply_id_rule(enum id_rule rule, const struct domain *domain, char *id,
                                 size_t cap)
{
    const char *name = domain->name;

    switch (rule) {
    case ID_DOMAIN:
        if (domain->has_id)
            snprintf(id, cap, "%" PRIu64, domain->id);
        break;
    case ID_NAME:
        snprintf(id, cap, "%s", name);
        break;
    case ID_NUMBER_IN_NAME:
        snprintf(id, cap, "%s", strrchr(name, '-') + 1);
        break;
    case ID_NAMESPACE:
        snprintf(id, cap, "%s", name);
        *strchr(id, '_') = '/';
        name = strchr(name, '_') + 1;
        break;
    case ID_NONE:
        break;
    }
    return name;
}

static int resolve_libvirt(void *state, const struct kvmtop_process *process,
                           struct kvmtop_guest *guest)
{
    struct domain domain = { 0 };
    char id[VMM_NAME_SIZE] = "";
    const struct rider *rider;
    const char *name;
    struct vmm vmm;

    if (!vmm_read(&vmm, state, process) || vmm.kind != VMM_QEMU)
        return 0;
    read_args(&domain, &vmm.args);
    id_from_path(&domain);
    read_cgroup(&domain, vmm.cgroup);
    if (!domain.libvirt)
        return 0;
    rider = find_rider(&domain, vmm.cgroup);
    name = apply_id_rule(rider->id, &domain, id, sizeof id);
    vmm_set(&vmm, guest, KVMTOP_PLATFORM, rider->platform);
    vmm_set(&vmm, guest, KVMTOP_GUEST_ID, id);
    vmm_set(&vmm, guest, KVMTOP_GUEST_NAME, name);
    vmm_set_uuid(&vmm, guest);
    return 0;
}

/* All it needs to know is the host. */
static int open_libvirt(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    return 0;
}

static const struct kvmtop_resolver libvirt_resolvers[] = {
    { .name = "libvirt", .rank = 300, .resolve = resolve_libvirt },
};

KVMTOP_PLUGIN(libvirt) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "libvirt",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "names the guests of libvirt and of the platforms that ride on it",
    .resolvers = libvirt_resolvers,
    .nresolvers = KVMTOP_COUNT(libvirt_resolvers),
    .open = open_libvirt,
};
