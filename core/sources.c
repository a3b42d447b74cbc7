/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources of plugins, bound to the tables that they collect or fill. */
#include "core/sources.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/groups.h"
#include "core/xalloc.h"

void sources_free(struct binding *binding)
{
    free(binding->at);
    free(binding->child_at);
    free(binding->column);
    free(binding->wanted);
    free(binding->cells);
    free(binding);
}

/* Resolve the source's names; a missing one refuses the source. */
static struct binding *bind_columns(struct plugin *plugin, const struct kvmtop_source *source,
                                    struct table *table)
{
    uint32_t n = 0;

    while (source->columns[n])
        n++;
    struct binding *binding = xcalloc(1, sizeof *binding);
    *binding = (struct binding){ .plugin = plugin, .source = source, .table = table,
                                 .ncolumns = n, .fill = NONE };
    binding->at = xreallocarray(NULL, n, sizeof *binding->at);
    binding->column = xreallocarray(NULL, n, sizeof *binding->column);
    binding->wanted = xcalloc(n / 64 + 1, sizeof *binding->wanted);
    binding->child_at = xreallocarray(NULL, n, sizeof *binding->child_at);
    binding->cells = xcalloc(table->ncolumns / 64 + 1, sizeof *binding->cells);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t column = table_column(table, source->columns[i], strlen(source->columns[i]));

        if (column == NONE || !column_has_cell(&table->columns[column])) {
            plugin_set_error(plugin, "fills column %s of table %s, which %s", source->columns[i],
                             table->def.name, column == NONE ? "it doesn't have" : "has no cell");
            sources_free(binding);
            return NULL;
        }
        binding->column[i] = column;
    }
    return binding;
}

/* Where the cells are, once the table is sealed. */
static void bind_cells(struct binding *binding)
{
    const struct table *table = binding->table;

    for (uint32_t i = 0; i < binding->ncolumns; i++) {
        uint32_t cell = table->columns[binding->column[i]].cell;
        bool lacks = binding->fill == NONE && cell > table->nchild;

        binding->at[i] = (uint16_t)cell;
        binding->child_at[i] = (uint16_t)(lacks ? table->nchild : cell);
        bit_set(binding->cells, binding->at[i]);
    }
}

static bool brings(const struct binding *binding, uint32_t column)
{
    for (uint32_t i = 0; i < binding->ncolumns; i++)
        if (binding->column[i] == column)
            return true;
    return false;
}

/* By another fill, or by one that collects. */
static bool is_brought(const struct feed *feed, uint32_t column)
{
    for (uint32_t i = 0; i < feed->ncollect; i++)
        if (brings(feed->collect[i], column))
            return true;
    return feed->table->columns[column].fill != NONE;
}

/* A column has one who fills it: false when there is one already. */
static bool take_columns(const struct feed *feed, struct binding *binding)
{
    struct table *table = binding->table;

    for (uint32_t i = 0; i < binding->ncolumns; i++) {
        if (is_brought(feed, binding->column[i])) {
            plugin_set_error(binding->plugin, "column %s of table %s is filled already",
                             binding->source->columns[i], table->def.name);
            return false;
        }
    }
    binding->fill = table_add_fill(table);
    for (uint32_t i = 0; i < binding->ncolumns; i++) {
        struct column *column = &table->columns[binding->column[i]];

        column->fill = binding->fill;
        column->lasting = binding->source->flags & (KVMTOP_FILL_ONCE | KVMTOP_FILL_ROTATE);
    }
    return true;
}

static void add_source(struct model *model, struct plugin *plugin,
                       const struct kvmtop_source *source)
{
    struct feed *feed = model_feed(model, source->table);

    if (!feed) {
        plugin_set_error(plugin, "fills the table %s, which no plugin brings", source->table);
        return;
    }
    if (groups_is(feed)) {
        plugin_set_error(plugin, "fills the table %s, which is made of others", source->table);
        return;
    }
    struct binding *binding = bind_columns(plugin, source, feed->table);
    if (!binding)
        return;
    if (source->collect) {
        feed->collect = xreallocarray(feed->collect, feed->ncollect + 1, sizeof(*feed->collect));
        feed->collect[feed->ncollect++] = binding;
    } else if (take_columns(feed, binding)) {
        feed->fill = xreallocarray(feed->fill, feed->table->nfills, sizeof(*feed->fill));
        feed->fill[binding->fill] = binding;
    } else {
        sources_free(binding);
    }
}

/* A plugin that is not in use, but would bring the column; NULL: there is none. */
static const struct plugin *who_would_bring(const struct model *model, const struct table *table,
                                            const char *column)
{
    for (size_t p = 0; p < model->nplugins; p++) {
        const struct plugin *plugin = model->plugins[p];

        for (uint32_t i = 0; !plugin->opened && i < plugin->desc.nsources; i++) {
            const struct kvmtop_source *source = &plugin->sources[i];

            if (strcmp(source->table, table->def.name))
                continue;
            for (const char *const *name = source->columns; *name; name++)
                if (!strcmp(*name, column))
                    return plugin;
        }
    }
    return NULL;
}

static void explain_missing(const struct model *model, const struct feed *feed)
{
    const struct table *table = feed->table;
    char text[400];

    for (uint32_t i = 0; !groups_is(feed) && i < table->ncolumns; i++) {
        struct column *column = &table->columns[i];

        if (!column_has_cell(column) || is_brought(feed, i))
            continue;
        const struct plugin *plugin = who_would_bring(model, table, column->def.name);
        if (plugin)
            snprintf(text, sizeof text, "the plugin %s, which brings it, is not in use%s%s",
                     plugin->name, plugin->error ? ": " : "", plugin->error ? plugin->error : "");
        column->missing = xstrdup(plugin ? text : "no plugin in use brings it");
    }
}

static void seal(struct feed *feed)
{
    table_seal(feed->table);
    for (uint32_t i = 0; i < feed->ncollect; i++)
        bind_cells(feed->collect[i]);
    for (uint32_t i = 0; i < feed->table->nfills; i++)
        bind_cells(feed->fill[i]);
    feed->wanted = xcalloc(feed->table->ncolumns / 64 + 1, sizeof *feed->wanted);
    feed->wanted_of_all = xcalloc(feed->table->ncolumns / 64 + 1, sizeof *feed->wanted);
}

/* Those that collect, or those that fill. */
static void add_sources_of(struct model *model, bool collect)
{
    for (size_t p = 0; p < model->nplugins; p++) {
        struct plugin *plugin = model->plugins[p];

        for (uint32_t i = 0; plugin->opened && i < plugin->desc.nsources; i++)
            if (!plugin->sources[i].collect == !collect)
                add_source(model, plugin, &plugin->sources[i]);
    }
}

/* First what collects, whatever the order of the plugins: then a fill of its columns is found. */
void sources_bind(struct model *model)
{
    add_sources_of(model, true);
    add_sources_of(model, false);
    for (size_t i = 0; i < model->nfeeds; i++)
        explain_missing(model, model->feeds[i]);
    for (size_t i = 0; i < model->nfeeds; i++)
        if (groups_is(model->feeds[i]))
            groups_add_columns(model, model->feeds[i]);
    for (size_t i = 0; i < model->nfeeds; i++)
        seal(model->feeds[i]);
    for (size_t i = 0; i < model->nfeeds; i++)
        if (groups_is(model->feeds[i]))
            groups_bind(model, model->feeds[i]);
}
