/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests' interfaces in network namespaces other than the host's. */
#include "net/foreign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEV_MAX = 1024 * 1024 }; /* bytes of a namespace's net/dev that we care to read */

struct foreign_vmm {
    int32_t pid;
    uint64_t ns;
    size_t count;
    char (*names)[NETDEV_NAME]; /* owned */
};

static void free_vmm(struct foreign_vmm *vmm)
{
    free(vmm->names);
    free(vmm);
}

void foreign_free(struct foreign *set)
{
    for (size_t i = 0; i < set->count; i++)
        free_vmm(set->all[i]);
    free(set->all);
    u64map_free(&set->by_pid);
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
    char (*names)[NETDEV_NAME];

    if (vmm == NULL)
        return -ENOMEM;
    names = reallocarray(vmm->names, vmm->count + 1, sizeof *names);
    if (names == NULL)
        return -ENOMEM;
    snprintf(names[vmm->count++], sizeof *names, "%s", name);
    vmm->names = names;
    vmm->ns = ns;
    return 0;
}

static bool has_name(const struct foreign_vmm *vmm, const char *name)
{
    for (size_t i = 0; i < vmm->count; i++) {
        if (strcmp(vmm->names[i], name) == 0)
            return true;
    }
    return false;
}

static void visit_line(const struct foreign_vmm *vmm, struct span line, foreign_visit *visit,
                       void *arg)
{
    struct netdev_counters counters;
    char name[FOREIGN_NAME], device[NETDEV_NAME];

    if (!netdev_parse(line, device, &counters) || !has_name(vmm, device))
        return;
    foreign_name(name, device, vmm->ns);
    visit(arg, u64map_hash(U64MAP_SEED, name, strlen(name)), name, &counters);
}

/* False: it is gone, or its PID now belongs to a process elsewhere. */
static bool read_vmm(struct foreign *set, const struct foreign_vmm *vmm, int proc,
                     foreign_visit *visit, void *arg)
{
    char pid[16], path[32];
    const char *at;
    struct span line;
    ssize_t len;

    snprintf(pid, sizeof pid, "%" PRId32, vmm->pid);
    snprintf(path, sizeof path, "%s/net/dev", pid);
    if (vmm->count == 0 || foreign_namespace(proc, pid) != vmm->ns)
        return false;
    len = read_file_grow(proc, path, &set->buffer, DEV_MAX);
    if (len < 0)
        return false;
    at = set->buffer.data;
    while (parse_line(&at, set->buffer.data + len, &line))
        visit_line(vmm, line, visit, arg);
    return true;
}

static void index_again(struct foreign *set)
{
    u64map_clear(&set->by_pid);
    for (size_t i = 0; i < set->count; i++) /* there is room: no failure */
        u64map_put(&set->by_pid, (uint64_t)set->all[i]->pid, set->all[i]);
}

void foreign_read(struct foreign *set, int proc, foreign_visit *visit, void *arg)
{
    size_t count = set->count;

    set->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct foreign_vmm *vmm = set->all[i];

        if (read_vmm(set, vmm, proc, visit, arg))
            set->all[set->count++] = vmm;
        else
            free_vmm(vmm);
    }
    if (set->count < count)
        index_again(set);
}
