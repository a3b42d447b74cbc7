/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What command lines of VMMs say.  The memory of every guest, and the resolver for what is left:
 * QEMU started by hand or by smaller tools, Firecracker, Cloud Hypervisor.  What the command line
 * says of the guest is added to whatever earlier resolvers found; a file's name stands in for the
 * guest's only where none of them knew the guest.
 */
#include <kvmtop/plugin.h>

#include "lib/glob.h"
#include "lib/qemu_disks.h"
#include "lib/vmm.h"
#include "qemu/memory.h"

#include <stdio.h>

/* ---- names from files ---- */

/* Not every dot begins an extension: ubuntu-22.04 has none. */
static bool is_extension(const char *dot)
{
    enum { LONGEST = 5 };       /* qcow2 */
    char first = (char)(dot[1] | 0x20);

    return first >= 'a' && first <= 'z' && strlen(dot + 1) <= LONGEST;
}

/* The basename without its extension. */
static void name_of_file(const char *path, char *name, size_t cap)
{
    const char *base = vmm_basename(path), *dot = strrchr(base, '.');
    size_t len = strlen(base);

    if (dot != NULL && dot != base && is_extension(dot))
        len = (size_t)(dot - base);
    snprintf(name, cap, "%.*s", (int)len, base);
}

static void name_whole(const char *path, char *name, size_t cap)
{
    snprintf(name, cap, "%s", vmm_basename(path));
}

/* Of …/instances/NAME/image the folder. */
static void name_of_folder(const char *path, char *name, size_t cap)
{
    const char *base = vmm_basename(path), *from = base - 1;

    while (from > path && from[-1] != '/')
        from--;
    snprintf(name, cap, "%.*s", (int)(base - 1 - from), from);
}

/* ---- who made the command line ---- */

/* What a QEMU of some tool can be told by: a product in -smbios type=2, or a file's path. */
struct maker {
    const char *platform;
    const char *product;
    const char *option, *path;  /* the option with the path (DISK: its first disk), a pattern */
    void (*name)(const char *path, char *name, size_t cap); /* or NULL: it always has a -name */
};

#define DISK ""

static const struct maker makers[] = {
    { .platform = "lxd", .product = "LXD" },
    { .platform = "incus", .product = "Incus" },
    { .platform = "lxd", .option = "readconfig", .path = "*/lxd/*/qemu.conf" },
    { .platform = "incus", .option = "readconfig", .path = "*/incus/*/qemu.conf" },
    { .platform = "ganeti", .option = "pidfile", .path = "*/ganeti/kvm-hypervisor/pid/*",
      .name = name_whole },
    { .platform = "multipass", .option = DISK, .path = "*multipass*/instances/*/*",
      .name = name_of_folder },
    { .platform = "qemu", .option = "pidfile", .path = "*", .name = name_of_file },
    { .platform = "qemu", .option = DISK, .path = "*", .name = name_of_file },
};

/* quickemu names guest, process and PID file alike. */
static bool is_quickemu(const struct qemu_args *args)
{
    const char *pidfile = qemu_args_last(args, "pidfile");
    char name[VMM_NAME_SIZE], process[VMM_NAME_SIZE], expected[VMM_NAME_SIZE + 8];

    if (pidfile == NULL || qemu_args_name(args, name, sizeof name) < 0 ||
        qemu_args_get(args, "name", "process", NULL, process, sizeof process) < 0)
        return false;
    snprintf(expected, sizeof expected, "%s.pid", name);
    return strcmp(name, process) == 0 && strcmp(vmm_basename(pidfile), expected) == 0;
}

/* An image to install from says nothing of who is installed. */
static const char *first_disk(const struct qemu_args *args, char *path, size_t cap)
{
    size_t at = 0;

    while (qemu_disks_next(args, &at, path, cap))
        if (!glob_match("*.iso", path))
            return path;
    return NULL;
}

static bool has_product(const struct qemu_args *args, const char *wanted)
{
    char product[16];

    return qemu_args_smbios(args, "2", "product", product, sizeof product) > 0 &&
           strcmp(product, wanted) == 0;
}

/* Is it this maker's?  *path: where its row has one, the path that fitted. */
static bool is_maker(const struct maker *maker, const struct qemu_args *args, const char *disk,
                     const char **path)
{
    if (maker->product != NULL)
        return has_product(args, maker->product);
    *path = strcmp(maker->option, DISK) == 0 ? disk : qemu_args_last(args, maker->option);
    return *path != NULL && strlen(*path) < VMM_PATH_SIZE && glob_match(maker->path, *path);
}

/* The platform of a guest that no earlier resolver knew, and its name where it has no -name. */
static const char *find_platform(const struct qemu_args *args, char *name, size_t cap)
{
    char buf[VMM_PATH_SIZE];
    const char *disk = first_disk(args, buf, sizeof buf), *path = NULL;

    if (is_quickemu(args))
        return "quickemu";
    for (size_t i = 0; i < KVMTOP_COUNT(makers); i++) {
        const struct maker *maker = &makers[i];
        if (!is_maker(maker, args, disk, &path))
            continue;
        if (name[0] == '\0' && maker->name != NULL)
            maker->name(path, name, cap);
        return maker->platform;
    }
    return "qemu";
}

/* ---- the kinds of VMM ---- */

static void name_qemu(const struct vmm *vmm, struct kvmtop_guest *guest)
{
    char name[VMM_NAME_SIZE];

    if (qemu_args_name(&vmm->args, name, sizeof name) < 0)
        name[0] = '\0';
    if (vmm->host->guest_get(guest, KVMTOP_PLATFORM) == NULL)
        vmm_set(vmm, guest, KVMTOP_PLATFORM, find_platform(&vmm->args, name, sizeof name));
    vmm_set(vmm, guest, KVMTOP_GUEST_NAME, name);
    vmm_set_uuid(vmm, guest);
}

/* The value of `--name value` or `--name=value`, as the VMMs written in Rust take it. */
static const char *long_option(const struct qemu_args *args, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 1; i < args->argc && strcmp(args->argv[i], "--") != 0; i++) {
        const char *arg = args->argv[i];
        if (strncmp(arg, name, len) != 0)
            continue;
        if (arg[len] == '=')
            return arg + len + 1;
        if (arg[len] == '\0')
            return i + 1 < args->argc ? args->argv[i + 1] : NULL;
    }
    return NULL;
}

static void name_firecracker(const struct vmm *vmm, struct kvmtop_guest *guest)
{
    const char *id = long_option(&vmm->args, "--id");

    vmm_set(vmm, guest, KVMTOP_PLATFORM, "firecracker");
    if (id != NULL) {
        vmm_set(vmm, guest, KVMTOP_GUEST_ID, id);
        vmm_set(vmm, guest, KVMTOP_GUEST_NAME, id);
    }
}

/* It knows no names: its socket's stands in, unless another platform has named the guest. */
static void name_cloud_hypervisor(const struct vmm *vmm, struct kvmtop_guest *guest)
{
    const char *value = long_option(&vmm->args, "--api-socket");
    char path[VMM_PATH_SIZE], name[VMM_NAME_SIZE];
    ssize_t len;

    if (vmm->host->guest_get(guest, KVMTOP_PLATFORM) != NULL)
        return;
    vmm_set(vmm, guest, KVMTOP_PLATFORM, "cloud-hypervisor");
    len = value != NULL ? qemu_list_get(value, "path", "path", path, sizeof path) : -1;
    if (len < 0 || (size_t)len >= sizeof path)
        return;
    name_of_file(path, name, sizeof name);
    vmm_set(vmm, guest, KVMTOP_GUEST_NAME, name);
}

static int resolve_qemu(void *state, const struct kvmtop_process *process,
                        struct kvmtop_guest *guest)
{
    static void (*const kinds[])(const struct vmm *, struct kvmtop_guest *) = {
        [VMM_QEMU] = name_qemu,
        [VMM_FIRECRACKER] = name_firecracker,
        [VMM_CLOUD_HYPERVISOR] = name_cloud_hypervisor,
    };
    struct vmm vmm;

    if (vmm_read(&vmm, state, process))
        kinds[vmm.kind](&vmm, guest);
    return 0;
}

/* ---- memory ---- */

static const struct kvmtop_column columns[] = {
    { .name = "mem", .title = "Mem(MiB)", .unit = "MiB", .kind = KVMTOP_GAUGE,
      .aggregate = KVMTOP_SUM, .flags = KVMTOP_OPTIONAL, .scale = 1.0 / 1048576,
      .importance = 18, .group = "Memory",
      .help = "of a guest: memory that its command line gave it (QEMU: -m, DIMMs, virtio-mem; "
              "Cloud Hypervisor: --memory)" },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

static bool memory_of(const struct vmm *vmm, uint64_t *bytes)
{
    const char *value;
    char text[64];
    ssize_t len;

    switch (vmm->kind) {
    case VMM_QEMU:
        return qemu_memory(&vmm->args, bytes);
    case VMM_CLOUD_HYPERVISOR:
        value = long_option(&vmm->args, "--memory");
        len = value != NULL ? qemu_list_get(value, "size", NULL, text, sizeof text) : -1;
        /* 0: zones have it. */
        return len > 0 && (size_t)len < sizeof text && qemu_size(text, 1, bytes) && *bytes > 0;
    default:
        return false;
    }
}

static int fill_memory(void *state, struct kvmtop_sample *sample)
{
    const struct kvmtop_host *host = state;
    struct kvmtop_row row;

    while (host->next(sample, &row)) {
        struct vmm vmm;
        uint64_t bytes;

        if (vmm_read(&vmm, host, row.process) && memory_of(&vmm, &bytes))
            kvmtop_set_u64(&row, 0, bytes);
        else
            host->unknown(sample, 0, "the command lines of some guests don't tell their memory");
    }
    return 0;
}

static const char *const memory_columns[] = { "mem", NULL };

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = memory_columns, .fill = fill_memory,
      .flags = KVMTOP_FILL_ONCE | KVMTOP_FILL_GUESTS },
};

/* ---- the plugin ---- */

/* All it needs to know is the host. */
static int open_qemu(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;
    return 0;
}

static const struct kvmtop_resolver qemu_resolvers[] = {
    { .name = "qemu", .rank = 900, .resolve = resolve_qemu },
};

KVMTOP_PLUGIN(qemu) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "qemu",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "names all other guests: QEMU, Firecracker, LXD, ...; the memory of all",
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .resolvers = qemu_resolvers,
    .nresolvers = KVMTOP_COUNT(qemu_resolvers),
    .open = open_qemu,
};
