/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of /proc/PID/mountinfo. */
#include "disk/mountinfo.h"

/* 29 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
 * id, parent, device, root, mount point, options, any number of tags, then behind the dash
 * type, source and options of the file system. */
enum { WORDS_TO_TAGS = 3 };     /* behind the device */

static bool parse_device(const char **p, const char *end, struct mountinfo *mount)
{
    uint64_t major, minor;

    parse_blanks(p, end);
    if (!parse_u64(p, end, &major) || !parse_text(p, end, ":") || !parse_u64(p, end, &minor) ||
        major > UINT32_MAX || minor > UINT32_MAX)
        return false;
    mount->major = (uint32_t)major;
    mount->minor = (uint32_t)minor;
    return true;
}

static bool skip_words(const char **p, const char *end, unsigned count)
{
    struct span word;

    while (count > 0 && parse_word(p, end, &word))
        count--;
    return count == 0;
}

static bool skip_tags(const char **p, const char *end)
{
    struct span word;

    while (parse_word(p, end, &word)) {
        if (word.len == 1 && word.at[0] == '-')
            return true;
    }
    return false;
}

bool mountinfo_parse(struct span line, struct mountinfo *mount)
{
    const char *at = line.at, *end = line.at + line.len;

    return parse_u64(&at, end, &mount->id) && skip_words(&at, end, 1) &&
           parse_device(&at, end, mount) && skip_words(&at, end, WORDS_TO_TAGS) &&
           skip_tags(&at, end) && skip_words(&at, end, 1) &&
           parse_word(&at, end, &mount->source);
}

/* Where memory is lacking a mount is not found, and a guest not shown at its device. */
void mounts_index(struct mounts *mounts, struct span text)
{
    const char *at = text.at;
    struct mountinfo mount;
    struct span line;

    mounts->end = text.at + text.len;
    while (parse_line(&at, mounts->end, &line)) {
        if (mountinfo_parse(line, &mount))
            u64map_put(&mounts->lines, mount.id, (void *)line.at);
    }
}

bool mounts_find(const struct mounts *mounts, uint64_t id, struct mountinfo *mount)
{
    const char *at = u64map_get(&mounts->lines, id);
    struct span line;

    return at != NULL && parse_line(&at, mounts->end, &line) && mountinfo_parse(line, mount);
}

void mounts_free(struct mounts *mounts)
{
    u64map_free(&mounts->lines);
}

/* Blanks, newlines and backslashes are written as a backslash and three octal digits. */
static bool parse_escape(const char **p, const char *end, char *out)
{
    const char *at = *p;
    unsigned value = 0;

    if (end - at < 4 || at[0] != '\\')
        return false;
    for (unsigned i = 1; i < 4; i++) {
        if (at[i] < '0' || at[i] > '7')
            return false;
        value = value * 8 + (unsigned)(at[i] - '0');
    }
    *p += 4;
    *out = (char)value;
    return true;
}

bool mountinfo_source(const struct mountinfo *mount, char *buf, size_t cap)
{
    const char *at = mount->source.at, *end = mount->source.at + mount->source.len;
    size_t len = 0;

    for (; at < end && len + 1 < cap; len++) {
        if (!parse_escape(&at, end, &buf[len]))
            buf[len] = *at++;
    }
    if (cap > 0)
        buf[len] = '\0';
    return at == end && cap > 0;
}
