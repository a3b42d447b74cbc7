/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plugins as shared objects. */
#include "core/plugin_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/plugin.h"
#include "core/secure.h"
#include "core/xalloc.h"

/* Beside the program in a build tree stand a marker and plugins/.libs.  Beside a hard link to it
 * stands what any user likes. */
static char *build_tree_dir(void)
{
    char exe[PATH_MAX], path[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    if (n <= 0 || secure_execution())
        return NULL;
    exe[n] = 0;
    char *slash = strrchr(exe, '/');
    if (!slash)
        return NULL;
    *slash = 0;
    snprintf(path, sizeof path, "%s/kvmtop-build-tree", exe);
    if (access(path, F_OK))
        return NULL;
    snprintf(path, sizeof path, "%s/plugins/.libs", exe);
    return xstrdup(path);
}

char *plugin_default_dir(void)
{
    char *dir = build_tree_dir();

    return dir ? dir : xstrdup(PLUGIN_DIR);
}

#if WITH_DLOPEN

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define SYMBOL_PREFIX "kvmtop_plugin_"

const char *plugin_dir_error(const char *dir)
{
    return access(dir, X_OK) ? strerror(errno) : NULL;
}

/* The owner of the executable could as well change that; but not the rights that it starts with. */
static bool is_trusted(uid_t owner)
{
    struct stat exe;

    if (owner == 0)
        return true;
    return !secure_execution() && !stat("/proc/self/exe", &exe) && owner == exe.st_uid;
}

/* What root runs nobody else may write: else any local user could be root. */
static bool check_owner(struct plugin *plugin, const char *path)
{
    struct stat st;

    if (stat(path, &st)) {
        plugin_set_error(plugin, "%s: %s", path, strerror(errno));
        return false;
    }
    if (st.st_mode & (S_IWGRP | S_IWOTH)) {
        plugin_set_error(plugin, "%s: others than its owner may write it (mode %04o): refused",
                         path, (unsigned)(st.st_mode & 07777));
        return false;
    }
    if (!is_trusted(st.st_uid)) {
        plugin_set_error(plugin, "%s: owned by user %u, %s: refused", path, (unsigned)st.st_uid,
                         secure_execution() ? "not root" : "neither root nor kvmtop's owner");
        return false;
    }
    return true;
}

static bool check_elf(struct plugin *plugin)
{
    char magic[SELFMAG] = "";
    int fd = open(plugin->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, magic, sizeof magic);

    if (fd >= 0)
        close(fd);
    if (fd < 0)
        plugin_set_error(plugin, "%s: %s", plugin->path, strerror(errno));
    else if (n != SELFMAG || memcmp(magic, ELFMAG, SELFMAG))
        plugin_set_error(plugin, "%s: not a shared object", plugin->path);
    else
        return true;
    return false;
}

/* True: plugin->path may be opened. */
static bool find_file(struct plugin *plugin, const struct string_list *dirs)
{
    for (size_t i = 0; i < dirs->count; i++) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s.so", dirs->item[i], plugin->name);

        if (n < 0 || (size_t)n >= sizeof path || access(path, F_OK))
            continue;
        plugin->path = xstrdup(path);
        return check_owner(plugin, dirs->item[i]) && check_owner(plugin, path) &&
               check_elf(plugin);
    }
    plugin_set_error(plugin, "there is no %s.so in %s%s", plugin->name,
                     dirs->count ? dirs->item[0] : "any folder",
                     dirs->count > 1 ? " or the other folders" : "");
    return false;
}

const struct kvmtop_plugin *plugin_file_open(struct plugin *plugin,
                                             const struct string_list *dirs)
{
    char symbol[80];

    if (!find_file(plugin, dirs))
        return NULL;
    plugin->handle = dlopen(plugin->path, RTLD_NOW | RTLD_LOCAL);
    if (!plugin->handle) {
        plugin_set_error(plugin, "%s", dlerror());
        return NULL;
    }
    snprintf(symbol, sizeof symbol, SYMBOL_PREFIX "%s", plugin->name);
    const struct kvmtop_plugin *found = dlsym(plugin->handle, symbol);
    if (!found)
        plugin_set_error(plugin, "%s: has no descriptor %s", plugin->path, symbol);
    return found;
}

void plugin_file_close(struct plugin *plugin)
{
    if (plugin->handle)
        dlclose(plugin->handle);
}

#else

const char *plugin_dir_error(const char *dir)
{
    (void)dir;
    return "this build can't load plugins; those that it has are built in";
}

const struct kvmtop_plugin *plugin_file_open(struct plugin *plugin,
                                             const struct string_list *dirs)
{
    (void)dirs;
    plugin_set_error(plugin, "this build can't load plugins, and has none of this name");
    return NULL;
}

void plugin_file_close(struct plugin *plugin)
{
    (void)plugin;
}

#endif
