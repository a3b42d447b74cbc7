/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that QEMU hands to a guest past the host. */
#include "lib/passthrough.h"

#include <kvmtop/plugin.h>
#include <stdio.h>
#include <string.h>

/* An option whose key `kind` begins with `prefix`; what it is called stands in the key `name`. */
struct rule {
    enum passthrough_class class;
    const char *option, *kind, *prefix, *name;
};

static const struct rule rules[] = {
    { PASSTHROUGH_NET, "device", "driver", "vfio-pci", "host" },
    { PASSTHROUGH_NET, "device", "driver", "vfio-pci", "sysfsdev" },
    { PASSTHROUGH_NET, "netdev", "type", "vhost-user", "id" },
    { PASSTHROUGH_NET, "netdev", "type", "vhost-vdpa", "vhostdev" },
    { PASSTHROUGH_DISK, "device", "driver", "vhost-user-blk", "chardev" },
    { PASSTHROUGH_DISK, "device", "driver", "vhost-user-scsi", "chardev" },
    { PASSTHROUGH_DISK, "blockdev", "driver", "nvme", "device" },
    { PASSTHROUGH_DISK, "blockdev", "driver", "virtio-blk-", "path" },
};

enum { TEXT = 256 };

static bool apply(const struct rule *rule, const struct qemu_option *option, char text[2 * TEXT])
{
    char kind[TEXT], name[TEXT];

    if (option->value == NULL || strcmp(option->name, rule->option) != 0 ||
        qemu_value_get(option->value, rule->kind, rule->kind, kind, sizeof kind) < 0 ||
        strncmp(kind, rule->prefix, strlen(rule->prefix)) != 0 ||
        qemu_value_get(option->value, rule->name, rule->kind, name, sizeof name) <= 0)
        return false;
    snprintf(text, 2 * TEXT, "%s %s", kind, name);
    return true;
}

unsigned passthrough_claim(const struct kvmtop_host *host, const struct qemu_args *args,
                           enum passthrough_class class, struct kvmtop_claims *claims)
{
    struct qemu_option option;
    char text[2 * TEXT];
    unsigned count = 0;
    size_t at = 0;

    while (qemu_args_next(args, &at, &option)) {
        for (size_t i = 0; i < KVMTOP_COUNT(rules); i++) {
            if (rules[i].class != class || !apply(&rules[i], &option, text))
                continue;
            host->claim(claims, KVMTOP_CLAIM_PASSTHROUGH, text);
            count++;
        }
    }
    return count;
}
