/* SPDX-License-Identifier: GPL-3.0-or-later */
/* [core]: names, defaults and meanings. */
#include "core/setting_keys.h"

#include <string.h>

static const struct setting_key keys[] = {
    { "interval", "5", "seconds between two refreshes, 0.1 to 3600", setting_interval,
      .list = false },
    { "limit", "50", "rows shown, after filter and sort; 0: all", setting_limit, .list = false },
    { "view", "process", "the view to start in: any table's name, or tree", setting_view,
      .list = false },
    { "theme", "default",
      "default (16 colours) or mono (bold, dim, underline and reverse only); NO_COLOR in the "
      "environment stands for mono", setting_theme, .list = false },
    { "mouse", "yes", "take mouse clicks and the wheel; no: the mouse selects text alone",
      setting_mouse, .list = false },
    { "side", "host",
      "from which side guests' interfaces are shown: host (what the host receives from a tap the "
      "guest has sent) or guest", setting_side, .list = false },
    { "watchdog", "10",
      "seconds after which a plugin that does not return ends kvmtop, named; 0: never",
      setting_watchdog, .list = false },
    /* The first that offers a table makes its rows; resolvers have ranks of their own. */
    { "plugins", "bpf, proc, net, disk, cgroup, kvm, guests, proxmox, libvirt, regex, qemu",
      "the plugins to load; of several that can make the rows of a table the first that works does",
      setting_plugins, .list = true, .system = true },
    { "plugin_dir", "", "folders to look for plugins in before kvmtop's own", setting_plugin_dir,
      .list = true, .system = true },
    { "vmm", "kvm, qemu-kvm, qemu-system-*, firecracker, cloud-hypervisor",
      "what guests run in: names of programs, without folder; * and ? stand for any letters and "
      "any one", setting_vmm, .list = true, .system = true },
};

const struct setting_key *setting_key(size_t i)
{
    return i < sizeof keys / sizeof keys[0] ? &keys[i] : NULL;
}

const char *setting_default(const char *name)
{
    size_t i = 0;

    while (strcmp(keys[i].name, name))
        i++;
    return keys[i].value;
}
