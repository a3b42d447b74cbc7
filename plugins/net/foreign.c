/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests' interfaces in network namespaces other than the host's. */
#include "net/foreign.h"

#include <errno.h>
#include <inttypes.h>
#include <kvmtop/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEV_MAX = 1024 * 1024,      /* bytes of a namespace's net/dev that we care to read */
    PURGE_MIN = 16,             /* VMMs that are not worth a purge */
};

struct foreign_iface {
    char name[NETDEV_NAME];
    unsigned round;             /* of the counters */
    struct netdev_counters counters;
};

struct foreign_vmm {
    int32_t pid;
    uint64_t ns;
    size_t count;
    struct foreign_iface *ifaces; /* owned */
};

static void free_vmm(struct foreign_vmm *vmm)
{
    free(vmm->ifaces);
    free(vmm);
}

void foreign_free(struct foreign *set)
{
    for (size_t i = 0; i < set->count; i++)
        free_vmm(set->all[i]);
    free(set->all);
    u64map_free(&set->by_pid);
    u64map_free(&set->by_id);
    u64map_free(&set->read);
    read_buffer_free(&set->buffer);
    *set = (struct foreign){ 0 };
}

/* The link's text: net:[4026531840] */
uint64_t foreign_namespace(int proc, const char *pid)
{
    char path[48], text[64];
    const char *at = text, *end;
    uint64_t ns;
    ssize_t len;

    snprintf(path, sizeof path, "%s/ns/net", pid);
    len = read_link_at(proc, path, text, sizeof text);
    end = text + (len > 0 ? len : 0);
    return parse_text(&at, end, "net:[") && parse_u64(&at, end, &ns) ? ns : 0;
}

void foreign_name(char buf[FOREIGN_NAME], const char *name, uint64_t ns)
{
    snprintf(buf, FOREIGN_NAME, "%s@%" PRIu64, name, ns);
}

static uint64_t id_of(const char *name, uint64_t ns)
{
    char full[FOREIGN_NAME];

    foreign_name(full, name, ns);
    return u64map_hash(U64MAP_SEED, full, strlen(full));
}

/* ---- who has which ---- */

void foreign_forget(struct foreign *set, int32_t pid)
{
    struct foreign_vmm *vmm = u64map_get(&set->by_pid, (uint64_t)pid);

    if (vmm != NULL)
        vmm->count = 0;
}

static bool make_room(struct foreign *set)
{
    size_t room = set->room > 0 ? set->room * 2 : 16;
    struct foreign_vmm **all;

    if (set->count < set->room)
        return true;
    all = reallocarray(set->all, room, sizeof *all);
    if (all == NULL)
        return false;
    set->all = all;
    set->room = room;
    return true;
}

static struct foreign_vmm *find_or_add(struct foreign *set, int32_t pid)
{
    struct foreign_vmm *vmm = u64map_get(&set->by_pid, (uint64_t)pid);

    if (vmm != NULL || !make_room(set))
        return vmm;
    vmm = calloc(1, sizeof *vmm);
    if (vmm == NULL || u64map_put(&set->by_pid, (uint64_t)pid, vmm) < 0) {
        free(vmm);
        return NULL;
    }
    vmm->pid = pid;
    set->all[set->count++] = vmm;
    return vmm;
}

int foreign_add(struct foreign *set, int32_t pid, uint64_t ns, const char *name)
{
    struct foreign_vmm *vmm = find_or_add(set, pid);
    struct foreign_iface *ifaces;

    if (vmm == NULL)
        return -ENOMEM;
    set->indexed = false;
    ifaces = reallocarray(vmm->ifaces, vmm->count + 1, sizeof *ifaces);
    if (ifaces == NULL)
        return -ENOMEM;
    vmm->ifaces = ifaces;
    vmm->ns = ns;
    ifaces[vmm->count] = (struct foreign_iface){ .round = set->round - 1 };
    snprintf(ifaces[vmm->count++].name, NETDEV_NAME, "%s", name);
    return 0;
}

/* False: it is gone, or its PID now belongs to a process elsewhere. */
static bool is_there(const struct foreign_vmm *vmm, int proc)
{
    char pid[16];

    snprintf(pid, sizeof pid, "%" PRId32, vmm->pid);
    return vmm->count > 0 && foreign_namespace(proc, pid) == vmm->ns;
}

static void index_pids(struct foreign *set)
{
    u64map_clear(&set->by_pid);
    for (size_t i = 0; i < set->count; i++) /* there is room: no failure */
        u64map_put(&set->by_pid, (uint64_t)set->all[i]->pid, set->all[i]);
}

/* Forget those that were given no interface, or have none any more. */
static void drop_empty(struct foreign *set)
{
    size_t count = set->count;

    set->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (set->all[i]->count > 0)
            set->all[set->count++] = set->all[i];
        else
            free_vmm(set->all[i]);
    }
    set->purge_at = set->count * 2 > PURGE_MIN ? set->count * 2 : PURGE_MIN;
    if (set->count == count)
        return;
    index_pids(set);
    set->indexed = false;
}

void foreign_purge(struct foreign *set, int proc)
{
    if (set->count < PURGE_MIN || set->count < set->purge_at)
        return;
    for (size_t i = 0; i < set->count; i++) {
        if (!is_there(set->all[i], proc))
            set->all[i]->count = 0;
    }
    drop_empty(set);
    set->next = 0;              /* those of a round under way have changed places */
}

/* ---- their counters ---- */

static void index_vmm(struct foreign *set, const struct foreign_vmm *vmm)
{
    for (size_t i = 0; i < vmm->count; i++) /* without memory it has no row */
        u64map_put(&set->by_id, id_of(vmm->ifaces[i].name, vmm->ns), &vmm->ifaces[i]);
}

static void index_ifaces(struct foreign *set)
{
    if (set->indexed)
        return;
    u64map_clear(&set->by_id);
    for (size_t i = 0; i < set->count; i++)
        index_vmm(set, set->all[i]);
    set->indexed = true;
}

static void take_line(struct foreign *set, uint64_t ns, struct span line)
{
    struct netdev_counters counters;
    struct foreign_iface *iface;
    char name[NETDEV_NAME];

    if (!netdev_parse(line, name, &counters))
        return;
    iface = u64map_get(&set->by_id, id_of(name, ns));
    if (iface == NULL)
        return;
    iface->counters = counters;
    iface->round = set->round;
}

/* By the first of its VMMs that can be asked.  False: not by this one. */
static bool read_namespace(struct foreign *set, const struct foreign_vmm *vmm, int proc)
{
    char path[32];
    const char *at;
    struct span line;
    ssize_t len;

    if (u64map_get(&set->read, vmm->ns) != NULL)
        return true;
    snprintf(path, sizeof path, "%" PRId32 "/net/dev", vmm->pid);
    len = read_file_grow(proc, path, &set->buffer, DEV_MAX);
    if (len < 0)
        return false;
    index_ifaces(set);
    at = set->buffer.data;
    while (parse_line(&at, set->buffer.data + len, &line))
        take_line(set, vmm->ns, line);
    u64map_put(&set->read, vmm->ns, set); /* without memory it is read once more */
    return true;
}

void foreign_begin(struct foreign *set)
{
    set->round++;
    set->next = 0;
    u64map_clear(&set->read);
}

int foreign_read(struct foreign *set, const struct kvmtop_host *host, uint64_t deadline)
{
    int proc = host->dir(host, KVMTOP_DIR_PROC);

    while (set->next < set->count) {
        struct foreign_vmm *vmm = set->all[set->next++];

        if (!is_there(vmm, proc) || !read_namespace(set, vmm, proc))
            vmm->count = 0;
        if (set->next < set->count && host->now(host, KVMTOP_CLOCK_MONOTONIC) > deadline)
            return KVMTOP_MORE;
    }
    drop_empty(set);
    return 0;
}

void foreign_each(const struct foreign *set, foreign_visit *visit, void *arg)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct foreign_vmm *vmm = set->all[i];

        for (size_t n = 0; n < vmm->count; n++) {
            char name[FOREIGN_NAME];

            if (vmm->ifaces[n].round != set->round)
                continue;
            foreign_name(name, vmm->ifaces[n].name, vmm->ns);
            visit(arg, id_of(vmm->ifaces[n].name, vmm->ns), name, &vmm->ifaces[n].counters);
        }
    }
}
