/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A site's resolver: guests' names from a file with lines `UUID,NAME`, which `file` names.  It is
 * asked last and may override: a platform's own resolver brings the UUID and keeps the id.
 */
#define _GNU_SOURCE
#include <kvmtop/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct entry {
    char *uuid, *name;          /* of one piece of memory, the line's */
};

struct names {
    const struct kvmtop_host *host;
    struct entry *entry;        /* ascending by UUID */
    size_t count;
};

static int by_uuid(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return strcasecmp(x->uuid, y->uuid);
}

/* Takes over the line, or frees it.  0 or -errno. */
static int add_line(struct names *names, char *line)
{
    char *comma = strchr(line, ',');
    struct entry *more;

    line[strcspn(line, "\r\n")] = '\0';
    if (comma == NULL || *line == '#') {
        free(line);
        return 0;
    }
    more = reallocarray(names->entry, names->count + 1, sizeof *more);
    if (more == NULL) {
        free(line);
        return -ENOMEM;
    }
    *comma = '\0';
    names->entry = more;
    names->entry[names->count++] = (struct entry){ line, comma + 1 };
    return 0;
}

static int read_names(struct names *names, FILE *file)
{
    int err = 0;

    while (err == 0) {
        char *line = NULL;
        size_t cap = 0;

        if (getline(&line, &cap, file) < 0) {
            free(line);
            return ferror(file) ? -EIO : 0;
        }
        err = add_line(names, line);
    }
    return err;
}

static void close_names(void *state)
{
    struct names *names = state;

    for (size_t i = 0; i < names->count; i++)
        free(names->entry[i].uuid);
    free(names->entry);
    free(names);
}

static int open_names(const struct kvmtop_host *host, void **state)
{
    const char *path = host->option(host, "file", 0);
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    struct names *names;
    int err;

    if (file == NULL)
        return host->fail(host, path != NULL ? -errno : -EINVAL, "no file with names: %s",
                          path != NULL ? path : "the option `file` is not set");
    names = calloc(1, sizeof *names);
    err = names != NULL ? read_names(names, file) : -ENOMEM;
    fclose(file);
    if (err < 0) {
        if (names != NULL)
            close_names(names); /* of a plugin that does not open close() is not called */
        return host->fail(host, err, "%s: %s", path, strerror(-err));
    }
    if (names->count > 0)
        qsort(names->entry, names->count, sizeof *names->entry, by_uuid);
    names->host = host;
    *state = names;
    return 0;
}

static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    const struct names *names = state;
    struct entry key = { (char *)names->host->guest_get(guest, KVMTOP_GUEST_UUID), NULL };
    const struct entry *found;

    (void)process;
    if (key.uuid == NULL || names->count == 0)
        return 0;
    found = bsearch(&key, names->entry, names->count, sizeof key, by_uuid);
    if (found != NULL)
        names->host->guest_set(guest, KVMTOP_GUEST_NAME, found->name, strlen(found->name));
    return 0;
}

static const struct kvmtop_option options[] = {
    { .name = "file", .type = KVMTOP_OPTION_STRING, .help = "a file with lines UUID,NAME" },
};

static const struct kvmtop_resolver resolvers[] = {
    { .name = "csv_names", .rank = 950, .flags = KVMTOP_OVERRIDE, .resolve = resolve },
};

KVMTOP_PLUGIN(csv_names) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "csv_names",
    .version = "1",
    .license = "GPL-3.0-or-later",
    .summary = "names of guests from a table of UUIDs",
    .options = options,
    .noptions = KVMTOP_COUNT(options),
    .resolvers = resolvers,
    .nresolvers = KVMTOP_COUNT(resolvers),
    .open = open_names,
    .close = close_names,
};
