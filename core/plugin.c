/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading plugins: find, check, open, close. */
#include "core/plugin.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/builtin.h"
#include "core/plugin_check.h"
#include "core/xalloc.h"

#define SYMBOL_PREFIX "kvmtop_plugin_"

void plugin_set_error(struct plugin *plugin, const char *fmt, ...)
{
    char line[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    free(plugin->error);
    plugin->error = xstrdup(line);
}

/* ---- where the files are ---- */

/* Beside the program in a build tree stand a marker and plugins/.libs. */
static char *build_tree_dir(void)
{
    char exe[PATH_MAX], path[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    if (n <= 0)
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

/* What root runs nobody else may write: else any local user could be root. */
static bool check_owner(struct plugin *plugin, const char *path)
{
    struct stat st, exe;

    if (stat(path, &st)) {
        plugin_set_error(plugin, "%s: %s", path, strerror(errno));
        return false;
    }
    if (st.st_mode & (S_IWGRP | S_IWOTH)) {
        plugin_set_error(plugin, "%s: others than its owner may write it (mode %04o): refused",
                         path, (unsigned)(st.st_mode & 07777));
        return false;
    }
    if (st.st_uid && (stat("/proc/self/exe", &exe) || st.st_uid != exe.st_uid)) {
        plugin_set_error(plugin, "%s: owned by user %u, neither root nor kvmtop's owner: refused",
                         path, (unsigned)st.st_uid);
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

/* ---- the descriptor ---- */

/* min(stride, size) bytes of each element into zeroed ones. */
static void *copy_array(const void *from, size_t n, size_t stride, size_t size)
{
    char *to = xcalloc(n + 1, size);

    for (size_t i = 0; from && i < n; i++)
        memcpy(to + i * size, (const char *)from + i * stride, stride < size ? stride : size);
    return to;
}

static bool strides_fit(const struct kvmtop_plugin *d)
{
    return d->option_stride && d->table_stride && d->column_stride && d->source_stride &&
           d->resolver_stride && d->noptions < 1000 && d->ntables < 100 && d->nsources < 100 &&
           d->nresolvers < 100 && (d->options || !d->noptions) && (d->tables || !d->ntables) &&
           (d->sources || !d->nsources) && (d->resolvers || !d->nresolvers);
}

static void copy_descriptor(struct plugin *plugin, const struct kvmtop_plugin *from)
{
    struct kvmtop_plugin *d = &plugin->desc;

    memcpy(d, from, from->size < sizeof *d ? from->size : sizeof *d);
    d->options = plugin->options = copy_array(d->options, d->noptions, d->option_stride,
                                              sizeof *d->options);
    d->tables = plugin->tables = copy_array(d->tables, d->ntables, d->table_stride,
                                            sizeof *d->tables);
    d->sources = plugin->sources = copy_array(d->sources, d->nsources, d->source_stride,
                                              sizeof *d->sources);
    d->resolvers = plugin->resolvers = copy_array(d->resolvers, d->nresolvers,
                                                  d->resolver_stride, sizeof *d->resolvers);
    plugin->columns = xcalloc(d->ntables + 1, sizeof *plugin->columns);
    for (uint32_t i = 0; i < d->ntables; i++) {
        struct kvmtop_table *table = &plugin->tables[i];

        plugin->columns[i] = copy_array(table->columns, table->columns ? table->ncolumns : 0,
                                        d->column_stride, sizeof **plugin->columns);
        table->columns = table->columns ? plugin->columns[i] : NULL;
    }
}

static bool take_descriptor(struct plugin *plugin, const struct kvmtop_plugin *from)
{
    char err[400];

    if (!plugin_check_abi(from->abi, err, sizeof err)) {
        plugin_set_error(plugin, "%s", err);
        return false;
    }
    if (from->size < offsetof(struct kvmtop_plugin, open)) {
        plugin_set_error(plugin, "its descriptor is cut short (%u bytes)", from->size);
        return false;
    }
    struct kvmtop_plugin head = { 0 };
    memcpy(&head, from, from->size < sizeof head ? from->size : sizeof head);
    if (!strides_fit(&head)) {
        plugin_set_error(plugin, "its descriptor has strides or counts that can't be");
        return false;
    }
    copy_descriptor(plugin, from);
    if (plugin_check(&plugin->desc, plugin->name, plugin->columns, err, sizeof err))
        return true;
    plugin_set_error(plugin, "%s", err);
    plugin->desc.abi = 0;
    return false;
}

static const struct kvmtop_plugin *find_builtin(const char *name)
{
    for (size_t i = 0; builtin_table[i]; i++)
        if (!strcmp(builtin_table[i]->name, name))
            return builtin_table[i];
    return NULL;
}

#ifndef KVMTOP_STATIC
static const struct kvmtop_plugin *open_file(struct plugin *plugin)
{
    char symbol[80];

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
#endif

struct plugin *plugin_load(const char *name, const struct string_list *dirs)
{
    struct plugin *plugin = xcalloc(1, sizeof *plugin);
    const struct kvmtop_plugin *found = find_builtin(name);

    plugin->name = xstrdup(name);
#ifdef KVMTOP_STATIC
    (void)find_file;
    (void)dirs;
    if (!found)
        plugin_set_error(plugin, "this static build can't load plugins, and has none of this name");
#else
    if (!found && find_file(plugin, dirs))
        found = open_file(plugin);
#endif
    if (found)
        take_descriptor(plugin, found);
    return plugin;
}

bool plugin_usable(const struct plugin *plugin)
{
    return plugin->desc.abi != 0;
}

void plugin_free(struct plugin *plugin)
{
    if (!plugin)
        return;
    for (uint32_t i = 0; plugin->columns && i < plugin->desc.ntables; i++)
        free(plugin->columns[i]);
    free(plugin->columns);
    free(plugin->options);
    free(plugin->tables);
    free(plugin->sources);
    free(plugin->resolvers);
    free(plugin->error);
    free(plugin->path);
    free(plugin->name);
#ifndef KVMTOP_STATIC
    if (plugin->handle)
        dlclose(plugin->handle);
#endif
    free(plugin);
}

/* ---- callbacks ---- */

static const char *volatile current;
static volatile unsigned long callbacks;

void plugin_enter(const struct plugin *plugin)
{
    callbacks++;
    current = plugin->name;
}

void plugin_leave(void)
{
    current = NULL;
}

const char *plugin_current(unsigned long *since)
{
    *since = callbacks;
    return current;
}

bool plugin_open(struct plugin *plugin)
{
    int err = 0;

    if (plugin->desc.open) {
        plugin_enter(plugin);
        err = plugin->desc.open(&plugin->host, &plugin->state);
        plugin_leave();
    }
    if (err < 0 && !plugin->error)
        plugin_set_error(plugin, "open: %s", strerror(-err));
    plugin->opened = err >= 0;
    return plugin->opened;
}

void plugin_close(struct plugin *plugin)
{
    if (!plugin->opened)
        return;
    plugin->opened = false;
    if (!plugin->desc.close)
        return;
    plugin_enter(plugin);
    plugin->desc.close(plugin->state);
    plugin_leave();
}
