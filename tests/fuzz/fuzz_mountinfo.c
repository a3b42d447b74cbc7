/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/PID/mountinfo and fdinfo of any bytes: what is found lies within them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disk/mountinfo.h"
#include "lib/vmm_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static void must_lie_within(struct span part, struct span whole)
{
    must(part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void check_mount(const struct mountinfo *mount, struct span text)
{
    char source[64];

    must_lie_within(mount->source, text);
    must(mount->source.len > 0);
    if (mountinfo_source(mount, source, sizeof source))
        must(strlen(source) <= mount->source.len);
}

static void check(struct span text)
{
    const char *at = text.at;
    struct mountinfo mount, found;
    struct mounts mounts = { 0 };
    struct span line, value;

    mounts_index(&mounts, text);
    while (parse_line(&at, text.at + text.len, &line)) {
        if (!mountinfo_parse(line, &mount))
            continue;
        check_mount(&mount, text);
        must(mounts_find(&mounts, mount.id, &found) && found.id == mount.id);
        check_mount(&found, text);
    }
    mounts_free(&mounts);
    if (vmm_fdinfo_get(text, "mnt_id", &value))
        must_lie_within(value, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just that size, so that a read past its end is seen. */
    char *text = malloc(size ? size : 1);

    must(text != NULL);
    memcpy(text, data, size);
    check((struct span){ text, size });
    free(text);
    return 0;
}
