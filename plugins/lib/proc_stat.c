/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of /proc/PID/{stat,statm,io,schedstat,status}. */
#include "lib/proc_stat.h"

#include <string.h>

#include "lib/parse.h"

#define LAST_FIELD 43

/* 1 + the value that a field of proc(5) becomes; 0: not kept. */
static const uint8_t value_of[LAST_FIELD + 1] = {
    [9] = 1 + STAT_FLAGS,       [10] = 1 + STAT_MINFLT,     [12] = 1 + STAT_MAJFLT,
    [14] = 1 + STAT_UTIME,      [15] = 1 + STAT_STIME,      [19] = 1 + STAT_NICE,
    [20] = 1 + STAT_THREADS,    [22] = 1 + STAT_START,      [26] = 1 + STAT_START_CODE,
    [42] = 1 + STAT_BLKIO,      [43] = 1 + STAT_GUEST,
};

static bool is_end(const char *p, const char *end)
{
    return p < end && (*p == ' ' || *p == '\t' || *p == '\n');
}

/* A whole number and the blanks behind it. */
static bool whole_u64(const char **p, const char *end, uint64_t *out)
{
    const char *at = *p;
    uint64_t number;

    if (!parse_u64(&at, end, &number) || !is_end(at, end))
        return false;
    parse_blanks(&at, end);
    *p = at;
    *out = number;
    return true;
}

static bool whole_i64(const char **p, const char *end, int64_t *out)
{
    const char *at = *p;
    int64_t number;

    if (!parse_i64(&at, end, &number) || !is_end(at, end))
        return false;
    parse_blanks(&at, end);
    *p = at;
    *out = number;
    return true;
}

/* A field of either sign; a negative one is kept of NICE alone, the rest can't be negative. */
static bool next_field(const char **p, const char *end, unsigned field, struct proc_stat *stat)
{
    unsigned value = value_of[field];
    uint64_t number;
    int64_t negative;

    if (whole_u64(p, end, &number)) {
        if (value == 0)
            return true;
    } else if (whole_i64(p, end, &negative)) {
        if (value != 1 + STAT_NICE)
            return true;
        number = (uint64_t)negative;
    } else {
        return false;
    }
    stat->value[value - 1] = number;
    stat->known |= 1u << (value - 1);
    return true;
}

static void copy_comm(const char *open, const char *close, struct proc_stat *stat)
{
    size_t len = (size_t)(close - open) - 1;

    if (len > sizeof stat->comm)
        len = sizeof stat->comm;
    memcpy(stat->comm, open + 1, len);
    stat->comm_len = (uint8_t)len;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool proc_stat_parse(const char *text, size_t len, struct proc_stat *stat)
{
    const char *p = text, *end = text + len, *close;
    uint64_t pid;

    stat->known = 0;
    if (!whole_u64(&p, end, &pid) || p == end || *p != '(')
        return false;
    close = memrchr(p, ')', (size_t)(end - p));
    if (close == NULL || end - close < 4)
        return false;
    if (close[1] != ' ' || !is_letter(close[2]) || close[3] != ' ')
        return false;
    copy_comm(p, close, stat);
    stat->state = close[2];
    p = close + 4;
    for (unsigned field = 4; field <= LAST_FIELD; field++)
        if (!next_field(&p, end, field, stat))
            break;
    return true;
}

bool proc_key_nth(const char *text, size_t len, const char *key, unsigned n, uint64_t *out)
{
    const char *p = text, *end = text + len;
    struct span line;

    while (parse_line(&p, end, &line)) {
        const char *at = line.at;

        if (!parse_text(&at, line.at + line.len, key) || at == end || *at != ':')
            continue;
        at++;
        parse_blanks(&at, end);
        while (whole_u64(&at, end, out))
            if (n-- == 0)
                return true;
        return false;
    }
    return false;
}

bool proc_key_u64(const char *text, size_t len, const char *key, uint64_t *out)
{
    return proc_key_nth(text, len, key, 0, out);
}

size_t proc_numbers(const char *text, size_t len, uint64_t *out, size_t n)
{
    const char *p = text, *end = text + len;
    size_t count = 0;

    while (count < n && whole_u64(&p, end, &out[count]))
        count++;
    return count;
}

uint64_t proc_ticks_ns(uint64_t ticks, uint32_t clock_ticks)
{
    const uint64_t second = 1000000000;

    if (clock_ticks == 0 || ticks / clock_ticks >= UINT64_MAX / second)
        return UINT64_MAX;
    return ticks / clock_ticks * second + ticks % clock_ticks * second / clock_ticks;
}
