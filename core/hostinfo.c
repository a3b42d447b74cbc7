/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host as a whole. */
#include "core/hostinfo.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/readfile.h"
#include "core/root.h"

#define STAT_MAX (4u << 20)

#define YEAR_9000 221845392000    /* seconds: no machine has begun after that */

/* The digits here, at least one; -1: there are none, or they say more than `most`. */
static int64_t number_at(const char *at, int64_t most)
{
    int64_t value = 0;

    if (!isdigit((unsigned char)*at))
        return -1;
    for (; isdigit((unsigned char)*at) && value <= most; at++)
        value = value * 10 + (*at - '0');
    return value <= most ? value : -1;
}

/* proc(5): user nice system idle iowait irq softirq steal guest guest_nice; the guests' time is
 * in user and nice already. */
static bool parse_cpu(const char *line, uint64_t *busy, uint64_t *all)
{
    uint64_t v[8] = { 0 };
    int n = sscanf(line, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                   " %" SCNu64 " %" SCNu64 " %" SCNu64,
                   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]);

    if (n < 4)
        return false;
    *all = 0;
    for (unsigned i = 0; i < 8; i++)
        *all += v[i];
    *busy = *all - v[3] - v[4];
    return true;
}

static int64_t count_cpus(const char *stat)
{
    int64_t n = 0;

    for (const char *p = stat; (p = strstr(p, "\ncpu")); p += 4)
        n += isdigit((unsigned char)p[4]) != 0;
    return n ? n : -1;
}

static void read_stat(struct hostinfo *info, int proc)
{
    size_t len;
    char *stat = readfile_all(proc, "stat", STAT_MAX, &len);
    uint64_t busy, all;

    info->cpu = -1;
    info->cpus = info->boot_time = -1;
    if (!stat)
        return;
    if (parse_cpu(stat, &busy, &all)) {
        /* iowait may fall: then busy seems to grow by more than all. */
        if (info->all && all > info->all && busy >= info->busy &&
            busy - info->busy <= all - info->all)
            info->cpu = 100.0 * (double)(busy - info->busy) / (double)(all - info->all);
        info->busy = busy;
        info->all = all;
    }
    info->cpus = count_cpus(stat);
    const char *btime = strstr(stat, "\nbtime ");
    if (btime)
        info->boot_time = number_at(btime + 7, YEAR_9000);
    free(stat);
}

static double meminfo_mib(const char *meminfo, const char *key)
{
    const char *at = strstr(meminfo, key);
    uint64_t kib;

    if (!at || sscanf(at + strlen(key), " %" SCNu64, &kib) != 1)
        return -1;
    return (double)kib / 1024;
}

/* -1: one of them is unknown, or more is left than there is. */
static double used(double total, double left)
{
    return total >= 0 && left >= 0 && left <= total ? total - left : -1;
}

static void read_memory(struct hostinfo *info, int proc)
{
    char buf[8192] = "\n";

    info->mem_total = info->mem_used = info->swap_total = info->swap_used = -1;
    if (readfile_into(proc, "meminfo", buf + 1, sizeof buf - 1) <= 0)
        return;
    double available = meminfo_mib(buf, "\nMemAvailable:");
    double swap_free = meminfo_mib(buf, "\nSwapFree:");
    if (available < 0)          /* before Linux 3.14 */
        available = meminfo_mib(buf, "\nMemFree:");
    info->mem_total = meminfo_mib(buf, "\nMemTotal:");
    info->swap_total = meminfo_mib(buf, "\nSwapTotal:");
    info->mem_used = used(info->mem_total, available);
    info->swap_used = used(info->swap_total, swap_free);
}

static void read_threads(struct hostinfo *info, int proc)
{
    char buf[128];
    const char *slash;

    info->threads = -1;
    if (readfile_into(proc, "loadavg", buf, sizeof buf) > 0 && (slash = strchr(buf, '/')))
        info->threads = number_at(slash + 1, INT32_MAX);
}

void hostinfo_read(struct hostinfo *info, const struct root *root)
{
    int proc = root_dir(root, KVMTOP_DIR_PROC);

    read_stat(info, proc);
    read_memory(info, proc);
    read_threads(info, proc);
}
