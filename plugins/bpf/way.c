/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the two ways to walk, and why none will do. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bpf/sampler.h"
#include "lib/parse.h"
#include "lib/read.h"

/* ---- why not ---- */

/* Some vendors bring the iterators to older kernels: the version is asked for only afterwards. */
static bool is_older_than(uint64_t major, uint64_t minor)
{
    struct utsname name;
    const char *p = name.release;
    uint64_t running[2];

    if (uname(&name) < 0 || !parse_u64(&p, p + strlen(p), &running[0]) ||
        !parse_text(&p, p + strlen(p), ".") || !parse_u64(&p, p + strlen(p), &running[1]))
        return false;
    return running[0] < major || (running[0] == major && running[1] < minor);
}

static int fail(const struct sampler *s, int err, const char *why)
{
    const struct kvmtop_host *host = s->host;
    int sysfd = host->dir(host, KVMTOP_DIR_SYS);

    if (is_older_than(5, 8))
        return host->fail(host, err, "needs Linux 5.8 or newer");
    if (!s->may_iterate && is_older_than(6, 7))
        return host->fail(host, err, "way = walk needs Linux 6.7 or newer");
    if (err == -EPERM)
        return host->fail(host, err, "needs root, or CAP_BPF and CAP_PERFMON");
    if (faccessat(sysfd, "kernel/btf/vmlinux", F_OK, 0) < 0 && errno == ENOENT)
        return host->fail(host, err, "the kernel does not tell its types (CONFIG_DEBUG_INFO_BTF)");
    if (why[0] != '\0')
        return host->fail(host, err, "the kernel refuses the program: %s", why);
    return host->fail(host, err, "loading the program: %s", strerror(-err));
}

/* ---- loading ---- */

/* Tasks and processes, with some to spare; /proc/loadavg has the number of tasks after a slash. */
static size_t guess_room(const struct sampler *s)
{
    char text[128];
    ssize_t len = read_file_at(s->host->dir(s->host, KVMTOP_DIR_PROC), "loadavg", text,
                               sizeof text);
    const char *p = len > 0 ? strchr(text, '/') : NULL;
    uint64_t tasks = 0;

    if (p != NULL && parse_text(&p, text + len, "/"))
        (void)parse_u64(&p, text + len, &tasks);
    return tasks < 1u << 24 ? (size_t)tasks * 5 / 4 + 256 : 256;
}

static int change_way(struct sampler *s, enum walker_way way, char *why, size_t cap)
{
    size_t room = s->room > 0 ? s->room : guess_room(s);
    struct walker *walker;
    int r = walker_open(&walker, way, room, why, cap);

    if (r < 0)
        return r;
    walker_close(s->walker);
    s->walker = walker;
    return 0;
}

int sampler_load(struct sampler *s)
{
    char why[200] = "";
    int r = -EINVAL;

    if (s->may_walk) {
        r = change_way(s, WALKER_WALK, why, sizeof why);
        s->may_walk = r == 0;
    }
    if (r < 0 && s->may_iterate)
        r = change_way(s, WALKER_ITER, why, sizeof why);
    return r < 0 ? fail(s, r, why) : 0;
}

/* ---- walking ---- */

/* A walk keeps keys and other CPUs' RCU callbacks waiting: a very long one had better be a
 * sequence of short ones.  What can't be loaded isn't tried again. */
static void choose_way(struct sampler *s)
{
    char why[8];

    if (!s->may_walk || !s->may_iterate)
        return;
    if (walker_way(s->walker) == WALKER_WALK && s->ntasks > s->most)
        s->may_iterate = change_way(s, WALKER_ITER, why, sizeof why) == 0;
    else if (walker_way(s->walker) == WALKER_ITER && s->ntasks < s->most / 2)
        s->may_walk = change_way(s, WALKER_WALK, why, sizeof why) == 0;
}

void sampler_begin_walk(struct sampler *s)
{
    choose_way(s);
    s->walks = 0;
    walker_begin(s->walker);
}

static int finish_walk(struct sampler *s)
{
    int r = tgroups_build(&s->groups, s->slot, s->nslots);

    if (r < 0)
        return s->host->fail(s->host, r, "no memory for the processes");
    s->ntasks = s->nslots - s->groups.n;
    s->walks++;
    return 0;
}

int sampler_walk(struct sampler *s, uint64_t deadline)
{
    for (;;) {
        int r = walker_step(s->walker, &s->slot, &s->nslots);

        if (r == 0)
            r = finish_walk(s);
        else if (r < 0)
            r = s->host->fail(s->host, r, "walking over the tasks: %s", strerror(-r));
        if (r < 0)
            return r;
        if (r == 0) {
            /* A second one rarely meets the same process in the midst of a change. */
            if (s->groups.nchanging == 0 || s->walks == 2)
                return 0;
            walker_begin(s->walker);
        }
        if (s->host->now(s->host, KVMTOP_CLOCK_MONOTONIC) >= deadline)
            return KVMTOP_MORE;
    }
}
