/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading plugins: find, check, open, close. */
#include "core/plugin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/builtin.h"
#include "core/plugin_check.h"
#include "core/plugin_file.h"
#include "core/watchdog.h"
#include "core/xalloc.h"

/* Rounds that what was said of one row stays: long enough to be read, and within them claims are
 * asked for again (identity.c). */
#define ERROR_LASTS 64u

void plugin_set_error(struct plugin *plugin, const char *fmt, ...)
{
    char line[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    free(plugin->error);
    plugin->error = xstrdup(line);
    plugin->said = true;
    plugin->failed = NULL;
    plugin->fades = 0;
}

static void forget_error(struct plugin *plugin)
{
    free(plugin->error);
    plugin->error = NULL;
    plugin->failed = NULL;
    plugin->fades = 0;
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

/* Each up to the last member that there must be, and whole words: or what is copied are no
 * pointers. */
static bool strides_fit(const struct kvmtop_plugin *d)
{
    const struct {
        size_t stride, least;
    } array[] = {
        { d->option_stride, offsetof(struct kvmtop_option, repeatable) },
        { d->table_stride, offsetof(struct kvmtop_table, iface) },
        { d->column_stride, offsetof(struct kvmtop_column, num) },
        { d->source_stride, offsetof(struct kvmtop_source, idle) },
        { d->resolver_stride, offsetof(struct kvmtop_resolver, claims) },
    };

    for (size_t i = 0; i < KVMTOP_COUNT(array); i++)
        if (array[i].stride < array[i].least || array[i].stride % _Alignof(void *))
            return false;
    return true;
}

static bool counts_fit(const struct kvmtop_plugin *d)
{
    return d->noptions < 1000 && d->ntables < 100 && d->nsources < 100 && d->nresolvers < 100 &&
           (d->options || !d->noptions) && (d->tables || !d->ntables) &&
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
        bool has = table->columns && table->ncolumns <= PLUGIN_COLUMNS_MAX;

        plugin->columns[i] = copy_array(table->columns, has ? table->ncolumns : 0,
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
    if (!strides_fit(&head) || !counts_fit(&head)) {
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

struct plugin *plugin_load(const char *name, const struct string_list *dirs)
{
    struct plugin *plugin = xcalloc(1, sizeof *plugin);
    const struct kvmtop_plugin *found = find_builtin(name);

    plugin->name = xstrdup(name);
    if (!found)
        found = plugin_file_open(plugin, dirs);
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
    plugin_file_close(plugin);
    free(plugin->error);
    free(plugin->path);
    free(plugin->name);
    free(plugin);
}

/* ---- callbacks ---- */

void plugin_enter(struct plugin *plugin)
{
    plugin->said = false;
    watchdog_enter(plugin->name);
}

void plugin_leave(void)
{
    watchdog_leave();
}

void plugin_judge(struct plugin *plugin, const void *source, int err, const char *what,
                  const char *name)
{
    if (err < 0) {
        if (!plugin->said)
            plugin_set_error(plugin, "%s %s: %s", what, name, strerror(-err));
        plugin->failed = source;
        plugin->fades = source ? 0 : ERROR_LASTS;
    } else if (source && plugin->failed == source) {
        forget_error(plugin);
    }
}

void plugin_round(struct plugin *plugin)
{
    if (plugin->fades && !--plugin->fades)
        forget_error(plugin);
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
