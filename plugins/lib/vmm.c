/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which kind of VMM a process is, and its command line. */
#include "lib/vmm.h"

#include "lib/parse.h"

#include <string.h>

/* Proxmox VE numbers guests up to here (PVE::JSONSchema, pve-vmid). */
enum { PROXMOX_ID_MAX = 999999999 };

const char *vmm_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* By the beginning, as in firecracker-v1.7.0. */
static enum vmm_kind kind_of(const char *path)
{
    static const struct {
        const char *prefix;
        enum vmm_kind kind;
    } kinds[] = {
        { "firecracker", VMM_FIRECRACKER },
        { "cloud-hypervisor", VMM_CLOUD_HYPERVISOR },
    };
    const char *name = vmm_basename(path);

    for (size_t i = 0; i < KVMTOP_COUNT(kinds); i++)
        if (strncmp(name, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return kinds[i].kind;
    return VMM_QEMU;
}

bool vmm_proxmox_id(const struct vmm *vmm, uint64_t *id)
{
    const char *value = qemu_args_last(&vmm->args, "id");

    return value != NULL && parse_number(value, id) && *id >= 1 && *id <= PROXMOX_ID_MAX;
}

static bool is_probe(const struct vmm *vmm)
{
    char type[8] = "";
    uint64_t id;

    if (qemu_args_get(&vmm->args, "machine", "type", "type", type, sizeof type) < 0)
        qemu_args_get(&vmm->args, "M", "type", "type", type, sizeof type);
    if (strcmp(type, "none") == 0)
        return true;
    return qemu_args_has(&vmm->args, "id") && !vmm_proxmox_id(vmm, &id);
}

bool vmm_read(struct vmm *vmm, const struct kvmtop_host *host,
              const struct kvmtop_process *process)
{
    const char *exe = host->fact(host, process, KVMTOP_FACT_EXE);
    const char *cgroup = host->fact(host, process, KVMTOP_FACT_CGROUP);

    vmm->host = host;
    vmm->args.argv = host->argv(host, process, &vmm->args.argc);
    if (vmm->args.argv == NULL || vmm->args.argc == 0)
        return false;
    vmm->cgroup = cgroup != NULL ? cgroup : "";
    vmm->kind = kind_of(vmm->args.argv[0]);
    if (vmm->kind == VMM_QEMU && exe != NULL)
        vmm->kind = kind_of(exe);
    return vmm->kind != VMM_QEMU || !is_probe(vmm);
}

void vmm_set(const struct vmm *vmm, struct kvmtop_guest *guest, enum kvmtop_field field,
             const char *text)
{
    if (text[0] != '\0')
        vmm->host->guest_set(guest, field, text, strlen(text));
}

void vmm_set_uuid(const struct vmm *vmm, struct kvmtop_guest *guest)
{
    char uuid[QEMU_UUID_LEN + 1];

    if (qemu_args_uuid(&vmm->args, uuid))
        vmm_set(vmm, guest, KVMTOP_GUEST_UUID, uuid);
}
