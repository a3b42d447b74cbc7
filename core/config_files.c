/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which INI files are read, and in what order. */
#include "core/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/ini.h"
#include "core/secure.h"
#include "core/settings.h"
#include "core/str.h"

static size_t unreadable(struct settings *settings, const char *path, int err,
                         const struct config_sink *sink)
{
    char *line = str_format("%s: cannot be read: %s", path, strerror(-err));

    settings->plugins_unsure = true;
    sink->report(sink->ctx, line);
    free(line);
    return 1;
}

static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

/* After su(1) HOME may still be the other user's: a file there is none of this user's. */
static bool may_be_missing(int error, bool user)
{
    return is_absent(error) || (user && error == EACCES);
}

static size_t load(struct settings *settings, const char *path, bool user, bool optional,
                   const struct config_sink *sink)
{
    char *text;
    size_t len, mistakes;
    int err = ini_load(path, &text, &len);

    if (err < 0)
        return optional && may_be_missing(-err, user) ? 0 : unreadable(settings, path, err, sink);
    mistakes = config_read(settings, path, text, len, user, sink);
    free(text);
    return mistakes;
}

size_t config_load_file(struct settings *settings, const char *path,
                        const struct config_sink *sink)
{
    return load(settings, path, false, false, sink);
}

static int is_drop_in(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

/* By bytes: alphasort(3) would follow the locale. */
static int compare_entries(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t load_drop_ins(struct settings *settings, const char *dir,
                            const struct config_sink *sink)
{
    struct dirent **entries;
    size_t mistakes = 0;
    int n = scandir(dir, &entries, is_drop_in, compare_entries);

    if (n < 0)
        return is_absent(errno) ? 0 : unreadable(settings, dir, -errno, sink);
    for (int i = 0; i < n; i++) {
        char *path = str_format("%s/%s", dir, entries[i]->d_name);
        mistakes += load(settings, path, false, true, sink);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return mistakes;
}

size_t config_load(struct settings *settings, const char *dir, const char *user_path,
                   const struct config_sink *sink)
{
    char *main_path = str_format("%s/kvmtop.conf", dir);
    char *drop_ins = str_format("%s/conf.d", dir);
    size_t mistakes = load(settings, main_path, false, true, sink);

    mistakes += load_drop_ins(settings, drop_ins, sink);
    if (user_path)
        mistakes += load(settings, user_path, true, true, sink);
    free(main_path);
    free(drop_ins);
    return mistakes;
}

char *config_user_path(void)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (secure_execution())
        return NULL;
    if (xdg && *xdg == '/')
        return str_format("%s/kvmtop/kvmtop.conf", xdg);
    if (home && *home == '/')
        return str_format("%s/.config/kvmtop/kvmtop.conf", home);
    return NULL;
}
