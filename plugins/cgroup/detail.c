/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for the page of details: what the control group of one process is limited to, and how it
 * fares within that. */
#include "cgroup/detail.h"

#include <stdio.h>
#include <unistd.h>

#include "cgroup/owner.h"

#define FILE_MAX 65536u
#define MIB 1048576.0

/* The group whose files are read, and where lines go. */
struct detail {
    struct cgroup *s;
    struct kvmtop_page *page;
    int group;
    char value[600];
};

static bool read_text(struct detail *d, const char *file, struct span *text)
{
    ssize_t len = read_file_grow(d->group, file, &d->s->text, FILE_MAX);

    *text = (struct span){ d->s->text.data, len > 0 ? (size_t)len : 0 };
    return len >= 0;
}

static void put(const struct detail *d, const char *name, bool known)
{
    d->s->host->line(d->page, name, known ? d->value : NULL);
}

/* ---- the forms of limits: each makes a value of a file's text ---- */

static bool of_cpu_max(struct detail *d, struct span text)
{
    double cpus;
    enum cgroup_max max = cgroup_cpu_max(text, &cpus);

    if (max == CGROUP_MAX_SET)
        snprintf(d->value, sizeof d->value, "%.2f CPUs", cpus);
    else
        snprintf(d->value, sizeof d->value, "no limit");
    return max != CGROUP_MAX_UNKNOWN;
}

/* All lines of it in one. */
static bool of_lines(struct detail *d, struct span text)
{
    const char *at = text.at, *end = text.at + text.len;
    struct span line;
    size_t len = 0;

    d->value[0] = '\0';
    while (parse_line(&at, end, &line) && len < sizeof d->value)
        len += (size_t)snprintf(d->value + len, sizeof d->value - len, "%s%.*s",
                                len > 0 ? "; " : "", (int)line.len, line.at);
    return len > 0;
}

/* A line a device that has one. */
static bool of_io_max(struct detail *d, struct span text)
{
    if (text.len > 0)
        return of_lines(d, text);
    snprintf(d->value, sizeof d->value, "no limit");
    return true;
}

static bool of_max(struct detail *d, struct span text)
{
    const char *at = text.at, *end = text.at + text.len;

    snprintf(d->value, sizeof d->value, "no limit");
    return parse_text(&at, end, "max\n");
}

static bool of_number(struct detail *d, struct span text)
{
    return of_max(d, text) || of_lines(d, text);
}

static bool of_bytes(struct detail *d, struct span text)
{
    const char *at = text.at, *end = text.at + text.len;
    uint64_t bytes;

    if (!parse_u64(&at, end, &bytes))
        return of_max(d, text);
    if (!parse_text(&at, end, "\n"))
        return false;
    snprintf(d->value, sizeof d->value, "%.1f MiB", (double)bytes / MIB);
    return true;
}

static bool of_throttling(struct detail *d, struct span text)
{
    uint64_t periods, throttled, us;

    if (!cgroup_key(text, "nr_periods", &periods) ||
        !cgroup_key(text, "nr_throttled", &throttled) ||
        !cgroup_key(text, "throttled_usec", &us))
        return false;
    snprintf(d->value, sizeof d->value, "in %llu of %llu periods, for %.1f s in all",
             (unsigned long long)throttled, (unsigned long long)periods, (double)us / 1e6);
    return true;
}

static bool of_events(struct detail *d, struct span text)
{
    uint64_t high, max, kills;

    if (!cgroup_key(text, "high", &high) || !cgroup_key(text, "max", &max) ||
        !cgroup_key(text, "oom_kill", &kills))
        return false;
    snprintf(d->value, sizeof d->value, "over high %llu times, at max %llu, killed %llu",
             (unsigned long long)high, (unsigned long long)max, (unsigned long long)kills);
    return true;
}

/* "1.20  0.50  0.10" behind `some` or `full`. */
static bool put_averages(struct detail *d, struct span text, const char *word, size_t *len)
{
    struct span average[3];

    if (!cgroup_pressure_averages(text, word, average))
        return false;
    *len += (size_t)snprintf(d->value + *len, sizeof d->value - *len, "%s%s", *len > 0 ? "   " : "",
                             word);
    for (unsigned i = 0; i < 3 && *len < sizeof d->value; i++)
        *len += (size_t)snprintf(d->value + *len, sizeof d->value - *len, " %6.*s",
                                 (int)average[i].len, average[i].at);
    return true;
}

static bool of_pressure(struct detail *d, struct span text)
{
    size_t len = 0;
    bool some = put_averages(d, text, "some", &len);

    return (len < sizeof d->value && put_averages(d, text, "full", &len)) || some;
}

/* ---- the page ---- */

struct item {
    const char *name, *file;
    bool (*value)(struct detail *d, struct span text);
};

static const struct item limits[] = {
    { "cpu.max", "cpu.max", of_cpu_max },
    { "throttled", "cpu.stat", of_throttling },
    { "cpu.weight", "cpu.weight", of_number },
    { "CPUs", "cpuset.cpus.effective", of_lines },
    { "memory", "memory.current", of_bytes },
    { "memory.max", "memory.max", of_bytes },
    { "memory.high", "memory.high", of_bytes },
    { "memory.events", "memory.events", of_events },
    { "swap.max", "memory.swap.max", of_bytes },
    { "pids.max", "pids.max", of_number },
    { "io.max", "io.max", of_io_max },
};

static const struct item pressure[] = {
    { "CPU", "cpu.pressure", of_pressure },
    { "I/O", "io.pressure", of_pressure },
    { "memory", "memory.pressure", of_pressure },
};

static void put_items(struct detail *d, const char *heading, const struct item *item, size_t n)
{
    struct span text;

    d->s->host->heading(d->page, heading);
    for (size_t i = 0; i < n; i++)
        put(d, item[i].name, read_text(d, item[i].file, &text) && item[i].value(d, text));
}

static int open_own(struct cgroup *s, const struct kvmtop_process *process,
                    enum cgroup_owner *owner)
{
    struct cgroup_place place = { s->sysfd, s->procfd, s->root, { NULL, 0 }, .recursive = true };
    char file[40];

    *owner = CGROUP_UNREADABLE;
    snprintf(file, sizeof file, "%d/cgroup", (int)process->pid);
    ssize_t len = read_file_grow(s->procfd, file, &s->paths, FILE_MAX);
    if (s->root == NULL || len < 0 ||
        !cgroup_path((struct span){ s->paths.data, (size_t)len }, "", &place.path))
        return -1;
    return cgroup_open_own(&place, process->pid, owner);
}

void cgroup_detail(struct cgroup *s, const struct kvmtop_process *process,
                   struct kvmtop_page *page)
{
    static const char limits_heading[] = "Limits of its cgroup";
    enum cgroup_owner owner;
    struct detail d = { .s = s, .page = page, .group = open_own(s, process, &owner) };

    if (d.group < 0) {
        s->host->heading(page, limits_heading);
        s->host->line(page, "unknown",
                      s->root == NULL ? "cgroup v2 is not mounted"
                      : owner == CGROUP_SHARED ? "it holds other processes too"
                                               : "it could not be read");
        return;
    }
    put_items(&d, limits_heading, limits, KVMTOP_COUNT(limits));
    put_items(&d, "Pressure in its cgroup, % of the last 10, 60, 300 s", pressure,
              KVMTOP_COUNT(pressure));
    close(d.group);
}
