/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of /proc/diskstats. */
#include "disk/diskstats.h"

#include <string.h>

static bool parse_u32(const char **p, const char *end, uint32_t *out)
{
    uint64_t value;

    parse_blanks(p, end);
    if (!parse_u64(p, end, &value) || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

bool diskstats_parse(struct span line, struct diskstats *stats)
{
    const char *at = line.at, *end = line.at + line.len;
    struct span name;

    if (!parse_u32(&at, end, &stats->major) || !parse_u32(&at, end, &stats->minor) ||
        !parse_word(&at, end, &name) || name.len >= sizeof stats->name ||
        memchr(name.at, '\0', name.len) != NULL)
        return false;
    memcpy(stats->name, name.at, name.len);
    stats->name[name.len] = '\0';
    for (stats->count = 0; stats->count < DISKSTAT_COUNT; stats->count++) {
        parse_blanks(&at, end);
        if (!parse_u64(&at, end, &stats->value[stats->count]))
            break;
    }
    return stats->count >= DISKSTAT_FIRST;
}
