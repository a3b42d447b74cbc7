/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of control groups. */
#include "cgroup/text.h"

#include <string.h>

static bool is_text(struct span span, const char *text)
{
    return strlen(text) == span.len && memcmp(span.at, text, span.len) == 0;
}

/* The part up to a byte, which is stepped over; false: it isn't there. */
static bool cut(struct span *rest, char at, struct span *part)
{
    const char *found = memchr(rest->at, at, rest->len);

    if (found == NULL)
        return false;
    *part = (struct span){ rest->at, (size_t)(found - rest->at) };
    *rest = (struct span){ found + 1, rest->len - part->len - 1 };
    return true;
}

/* Only whole lines: the number at the end of one that was cut short would be another. */
static bool next_line(struct span *rest, struct span *line)
{
    return cut(rest, '\n', line);
}

/* ---- /proc/PID/cgroup ---- */

static bool has_controller(struct span list, const char *controller)
{
    struct span one;

    while (cut(&list, ',', &one))
        if (is_text(one, controller))
            return true;
    return is_text(list, controller);
}

static bool goes_up(struct span path)
{
    struct span part;

    while (cut(&path, '/', &part))
        if (is_text(part, ".."))
            return true;
    return is_text(path, "..");
}

bool cgroup_path(struct span text, const char *controller, struct span *path)
{
    struct span line, number, controllers;

    while (next_line(&text, &line)) {
        if (!cut(&line, ':', &number) || !cut(&line, ':', &controllers) ||
            !has_controller(controllers, controller) || line.len == 0 || line.at[0] != '/')
            continue;
        *path = line;
        return !goes_up(line);
    }
    return false;
}

/* The name behind the last slash, and the path before it. */
static struct span last_part(struct span path, struct span *before)
{
    size_t at = path.len;

    while (at > 0 && path.at[at - 1] != '/')
        at--;
    *before = (struct span){ path.at, at > 0 ? at - 1 : 0 };
    return (struct span){ path.at + at, path.len - at };
}

static bool is_numbered(struct span name, const char *word)
{
    const char *at = name.at, *end = name.at + name.len;
    uint64_t number;

    return parse_text(&at, end, word) && parse_u64(&at, end, &number) && at == end;
}

struct span cgroup_scope(struct span path)
{
    struct span before, name = last_part(path, &before);

    if (is_text(name, "emulator") || is_numbered(name, "vcpu") || is_numbered(name, "iothread")) {
        path = before;
        name = last_part(path, &before);
    }
    return is_text(name, "libvirt") ? before : path;
}

/* ---- files of a group ---- */

static bool first_word(struct span *line, struct span *word)
{
    const char *end = line->at + line->len;

    if (!parse_word(&line->at, end, word))
        return false;
    line->len = (size_t)(end - line->at);
    return true;
}

static bool whole_number(struct span word, uint64_t *value)
{
    const char *at = word.at, *end = word.at + word.len;

    return parse_u64(&at, end, value) && at == end;
}

/* A word `key=number`. */
static bool pair(struct span word, const char *key, uint64_t *value)
{
    struct span name;

    return cut(&word, '=', &name) && is_text(name, key) && whole_number(word, value);
}

bool cgroup_pressure(struct span text, uint64_t *total)
{
    struct span line, word;

    while (next_line(&text, &line)) {
        if (!first_word(&line, &word) || !is_text(word, "some"))
            continue;
        while (first_word(&line, &word))
            if (pair(word, "total", total))
                return true;
    }
    return false;
}

static bool is_decimal(struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!parse_is_digit(word.at[i]) && word.at[i] != '.')
            return false;
    return word.len > 0;
}

/* avg10=1.20 and so on. */
static bool average_of(struct span word, const char *key, struct span *number)
{
    struct span name;

    *number = word;
    return cut(number, '=', &name) && is_text(name, key) && is_decimal(*number);
}

bool cgroup_pressure_averages(struct span text, const char *which, struct span average[3])
{
    static const char *const key[3] = { "avg10", "avg60", "avg300" };
    struct span line, word;

    while (next_line(&text, &line)) {
        unsigned n = 0;

        if (!first_word(&line, &word) || !is_text(word, which))
            continue;
        while (n < 3 && first_word(&line, &word) && average_of(word, key[n], &average[n]))
            n++;
        return n == 3;
    }
    return false;
}

bool cgroup_key(struct span text, const char *key, uint64_t *value)
{
    struct span line, word;

    while (next_line(&text, &line))
        if (first_word(&line, &word) && is_text(word, key))
            return first_word(&line, &word) && whole_number(word, value);
    return false;
}

enum cgroup_max cgroup_cpu_max(struct span text, double *cpus)
{
    struct span line, quota, period;
    uint64_t us, of;

    if (!next_line(&text, &line) || !first_word(&line, &quota) || !first_word(&line, &period) ||
        !whole_number(period, &of) || of == 0)
        return CGROUP_MAX_UNKNOWN;
    if (is_text(quota, "max"))
        return CGROUP_MAX_NONE;
    if (!whole_number(quota, &us))
        return CGROUP_MAX_UNKNOWN;
    *cpus = (double)us / (double)of;
    return CGROUP_MAX_SET;
}

bool cgroup_device(struct span text, uint64_t *device)
{
    const char *at = text.at, *end = text.at + text.len;
    uint64_t major, minor;

    if (!parse_u64(&at, end, &major) || !parse_text(&at, end, ":") ||
        !parse_u64(&at, end, &minor) || at != end || major > UINT32_MAX || minor > UINT32_MAX)
        return false;
    *device = major << 32 | minor;
    return true;
}

static void add(struct cgroup_io *io, enum cgroup_io_value which, uint64_t value)
{
    io->value[which] += value;
    io->known |= 1u << which;
}

/* Where the rest of a line goes to that begins with a device. */
static struct cgroup_io *io_of_line(struct span *line, cgroup_io_of *io_of, void *arg)
{
    struct span word;
    uint64_t device;

    return first_word(line, &word) && cgroup_device(word, &device) ? io_of(arg, device) : NULL;
}

void cgroup_io_stat(struct span text, cgroup_io_of *io_of, void *arg)
{
    static const char *const key[CGROUP_IO_VALUES] = {
        [CGROUP_RIOS] = "rios", [CGROUP_WIOS] = "wios",
        [CGROUP_RBYTES] = "rbytes", [CGROUP_WBYTES] = "wbytes",
    };
    struct span line, word;
    uint64_t value;

    while (next_line(&text, &line)) {
        struct cgroup_io *io = io_of_line(&line, io_of, arg);

        while (io != NULL && first_word(&line, &word))
            for (unsigned i = 0; i < CGROUP_IO_VALUES; i++)
                if (pair(word, key[i], &value))
                    add(io, i, value);
    }
}

void cgroup_blkio(struct span text, enum cgroup_io_value reads, enum cgroup_io_value writes,
                  cgroup_io_of *io_of, void *arg)
{
    struct span line, what, number;
    uint64_t value;

    while (next_line(&text, &line)) {
        struct cgroup_io *io = io_of_line(&line, io_of, arg);

        if (io == NULL || !first_word(&line, &what) || !first_word(&line, &number) ||
            !whole_number(number, &value))
            continue;
        if (is_text(what, "Read"))
            add(io, reads, value);
        else if (is_text(what, "Write"))
            add(io, writes, value);
    }
}

bool cgroup_next_pid(struct span *rest, uint64_t *pid)
{
    struct span line;

    while (next_line(rest, &line))
        if (whole_number(line, pid))
            return true;
    return false;
}
