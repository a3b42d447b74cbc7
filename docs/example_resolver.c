/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An example: how a site tells kvmtop the ids of its guests.  Each guest of this site is a
 * systemd unit vm@ID.service, so the path of its cgroup ends in /vm@ID.service.  Names are left
 * to the resolvers that come after this one.  docs/plugins.md explains it line by line.
 *
 *     cc -O2 -Wall -Wextra -shared -fPIC $(pkg-config --cflags kvmtop) \
 *         -o example_resolver.so example_resolver.c
 */
#include <kvmtop/plugin.h>

static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    const struct kvmtop_host *host = state;
    const char *unit = host->option(host, "unit", 0);
    const char *cgroup = host->fact(host, process, KVMTOP_FACT_CGROUP);
    const char *id = cgroup != NULL ? strstr(cgroup, unit) : NULL;
    size_t len;

    if (id == NULL)
        return 0;               /* not one of ours: nothing is set, and that is no error */
    id += strlen(unit);
    len = strcspn(id, ".");
    if (len == 0 || strcmp(id + len, ".service") != 0)
        return 0;
    host->guest_set(guest, KVMTOP_PLATFORM, "example", strlen("example"));
    host->guest_set(guest, KVMTOP_GUEST_ID, id, len);
    return 0;
}

static int open_example(const struct kvmtop_host *host, void **state)
{
    *state = (void *)host;      /* it lives until after close(), and is all we need */
    return 0;
}

static const struct kvmtop_option options[] = {
    { .name = "unit", .type = KVMTOP_OPTION_STRING, .value = "/vm@",
      .help = "what stands before the id in the path of a guest's cgroup" },
};

static const struct kvmtop_resolver resolvers[] = {
    { .name = "example", .rank = 50, .resolve = resolve },
};

KVMTOP_PLUGIN(example_resolver) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "example_resolver",
    .version = "1",
    .license = "GPL-3.0-or-later",
    .summary = "names the guests of the example's site",
    .options = options,
    .noptions = KVMTOP_COUNT(options),
    .resolvers = resolvers,
    .nresolvers = KVMTOP_COUNT(resolvers),
    .open = open_example,
};
