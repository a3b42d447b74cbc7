/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/diskstats of any bytes: names end, and there are as many values as it says. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disk/devices.h"
#include "disk/diskstats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static void check_line(struct span line)
{
    char head[DISKSTATS_NAME];
    struct diskstats stats;

    if (!diskstats_parse(line, &stats))
        return;
    must(strlen(stats.name) > 0 && strlen(stats.name) < sizeof stats.name);
    must(strpbrk(stats.name, " \t\n") == NULL);
    must(stats.count >= DISKSTAT_FIRST && stats.count <= DISKSTAT_COUNT);
    if (device_nvme_head(stats.name, head))
        must(strncmp(head, "nvme", 4) == 0 && strlen(head) < sizeof head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just that size, so that a read past its end is seen. */
    char *text = malloc(size ? size : 1);
    const char *at = text;
    struct span line;

    must(text != NULL);
    memcpy(text, data, size);
    while (parse_line(&at, text + size, &line))
        check_line(line);
    free(text);
    return 0;
}
