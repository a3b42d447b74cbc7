/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk images on a QEMU command line. */
#include "lib/qemu_disks.h"

#include "lib/glob.h"
#include "lib/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static ssize_t get_bare(const char *value, char *path, size_t cap)
{
    return snprintf(path, cap, "%s", value);
}

static bool has(const char *value, const char *key, const char *wanted)
{
    char text[16];

    return qemu_list_get(value, key, NULL, text, sizeof text) > 0 && strcmp(text, wanted) == 0;
}

static ssize_t get_drive(const char *value, char *path, size_t cap)
{
    ssize_t len;

    if (has(value, "media", "cdrom") || has(value, "if", "pflash") || has(value, "if", "floppy"))
        return -ENOENT;
    len = qemu_list_get(value, "file", NULL, path, cap);
    return len >= 0 ? len : qemu_list_get(value, "file.filename", NULL, path, cap);
}

/* The file may be a node of its own, or stand within the one of the format. */
static ssize_t get_blockdev(const char *value, char *path, size_t cap)
{
    struct span object = { value, strlen(value) }, file, name;
    ssize_t len = qemu_value_get(value, "node-name", "driver", path, cap);

    if (len > 0 && glob_match("*pflash*", path))
        return -ENOENT;
    len = qemu_value_get(value, "filename", "driver", path, cap);
    if (len >= 0)
        return len;
    if (json_find(object, "file", &file) && json_find(file, "filename", &name))
        return json_string(name, path, cap);
    return qemu_list_get(value, "file.filename", "driver", path, cap);
}

static const struct disk_option {
    const char *name;
    ssize_t (*get)(const char *value, char *path, size_t cap);
} disk_options[] = {
    { "", get_bare },
    { "blockdev", get_blockdev },
    { "drive", get_drive },
    { "hda", get_bare },
    { "hdb", get_bare },
    { "hdc", get_bare },
    { "hdd", get_bare },
    { "mtdblock", get_bare },
    { "sd", get_bare },
};

/* The path behind QEMU's own `file:`; NULL for what is no file, or none that names a guest. */
static const char *file_path(const char *path)
{
    static const char *const others[] = { "/dev/fd*", "/dev/null", "/proc/*", "*.fd" };

    if (strncmp(path, "file:", 5) == 0)
        path += 5;
    if (*path == '\0' || path[strcspn(path, ":/")] == ':')
        return NULL;            /* nbd:…, rbd:…, json:{…} */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (glob_match(others[i], path))
            return NULL;
    return path;
}

static bool read_disk(const struct qemu_option *option, char *path, size_t cap)
{
    for (size_t i = 0; i < sizeof disk_options / sizeof disk_options[0]; i++) {
        const char *file;
        ssize_t len;
        if (strcmp(option->name, disk_options[i].name) != 0)
            continue;
        len = disk_options[i].get(option->value, path, cap);
        if (len < 0 || (size_t)len >= cap)
            return false;
        file = file_path(path);
        if (file != NULL)
            memmove(path, file, strlen(file) + 1);
        return file != NULL;
    }
    return false;
}

bool qemu_disks_next(const struct qemu_args *args, size_t *at, char *path, size_t cap)
{
    struct qemu_option option;

    while (qemu_args_next(args, at, &option))
        if (option.value != NULL && read_disk(&option, path, cap))
            return true;
    return false;
}
