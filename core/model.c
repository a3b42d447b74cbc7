/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plugins with what they offer bound together. */
#include "core/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/groups.h"
#include "core/plugin_file.h"
#include "core/sources.h"
#include "core/str.h"
#include "core/users.h"
#include "core/xalloc.h"

/* ---- the core's own columns ---- */

struct own_column {
    struct kvmtop_column def;
    enum column_made_by made_by;
};

static const struct own_column own_columns[] = {
    { { .name = "vmid", .title = "VMID", .kind = KVMTOP_TEXT, .width = 6,
        .group = "Identity",
        .help = "What the platform calls the guest by: Proxmox' VMID, libvirt's domain id",
        .flags = KVMTOP_IDENTITY, .importance = 80 },
      MADE_BY_GUEST_ID },
    { { .name = "vm", .title = "VM_NAME", .kind = KVMTOP_TEXT, .width = 16,
        .group = "Identity",
        .help = "The guest's name", .flags = KVMTOP_IDENTITY, .importance = 85 },
      MADE_BY_GUEST_NAME },
    { { .name = "platform", .title = "PLATFORM", .kind = KVMTOP_TEXT, .width = 10,
        .group = "Identity",
        .help = "Who runs the guest: proxmox, libvirt, openstack, …, qemu",
        .flags = KVMTOP_IDENTITY | KVMTOP_OPTIONAL, .importance = 20 },
      MADE_BY_GUEST_PLATFORM },
};

/* Of tables of guests alone. */
static const struct own_column claim_columns[] = {
    { { .name = "ifaces", .title = "IFACES", .kind = KVMTOP_TEXT, .width = 12,
        .group = "Identity",
        .help = "The host's interfaces that are the guest's",
        .flags = KVMTOP_OPTIONAL, .importance = 15 },
      MADE_BY_GUEST_IFACES },
    { { .name = "devices", .title = "DEVICES", .kind = KVMTOP_TEXT, .width = 12,
        .group = "Identity",
        .help = "The block devices that the guest's disks lie on, by the kernel's names",
        .flags = KVMTOP_OPTIONAL, .importance = 15 },
      MADE_BY_GUEST_DEVICES },
    { { .name = "passthrough", .title = "PASSTHROUGH", .kind = KVMTOP_TEXT, .width = 12,
        .group = "Identity",
        .help = "Devices handed through to the guest (vfio, vhost-user, vDPA): no counter of the "
                "host sees them",
        .flags = KVMTOP_OPTIONAL, .importance = 15 },
      MADE_BY_GUEST_PASSTHROUGH },
};

static const struct kvmtop_column guest_list_column = {
    .name = "guests", .title = "GUESTS", .kind = KVMTOP_TEXT, .width = 12,
    .group = "Identity",
    .help = "The VMIDs (else names) of the guests whose disks lie on the device",
    .flags = KVMTOP_OPTIONAL, .importance = 40,
};

/* A table of processes or interfaces belongs to guests row by row; a device to any number. */
static void add_own_columns(struct table *table)
{
    bool processes = table->def.flags & KVMTOP_TABLE_PROCESSES;
    bool guests = table->def.flags & KVMTOP_TABLE_GUESTS;

    if (processes || guests || table->def.iface) {
        for (size_t i = 0; i < KVMTOP_COUNT(own_columns); i++) {
            struct kvmtop_column def = own_columns[i].def;

            /* The process table's COMMAND shows the guest already. */
            if (processes)
                def.flags |= KVMTOP_OPTIONAL;
            table_add_column(table, &def, own_columns[i].made_by);
        }
    }
    for (size_t i = 0; guests && i < KVMTOP_COUNT(claim_columns); i++)
        table_add_column(table, &claim_columns[i].def, claim_columns[i].made_by);
    if (table->def.block)
        table_add_column(table, &guest_list_column, MADE_BY_GUEST_LIST);
}

/* ---- tables ---- */

struct feed *model_feed(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->nfeeds; i++)
        if (!strcmp(model->feeds[i]->table->def.name, name))
            return model->feeds[i];
    return NULL;
}

struct feed *model_feed_with(const struct model *model, enum kvmtop_table_flag flag)
{
    for (size_t i = 0; i < model->nfeeds; i++)
        if (model->feeds[i]->table->def.flags & flag)
            return model->feeds[i];
    return NULL;
}

static bool hotkey_taken(const struct model *model, char key)
{
    for (size_t i = 0; i < model->nfeeds; i++)
        if (model->feeds[i]->table->def.hotkey == key)
            return true;
    return false;
}

static void add_columns(struct plugin *plugin, struct table *table,
                        const struct kvmtop_table *def)
{
    for (uint32_t i = 0; i < def->ncolumns; i++) {
        const struct kvmtop_column *column = &def->columns[i];

        if (table_column(table, column->name, strlen(column->name)) != NONE)
            plugin_set_error(plugin, "table %s has a column %s already: its own is left out",
                             def->name, column->name);
        else
            table_add_column(table, column, MADE_BY_PLUGIN);
    }
}

static void add_table(struct model *model, struct plugin *plugin, const struct kvmtop_table *def)
{
    if (model_feed(model, def->name)) {
        plugin_set_error(plugin, "there is a table %s already: its own is left out", def->name);
        return;
    }
    struct kvmtop_table own = *def;
    if (hotkey_taken(model, def->hotkey)) {
        plugin_set_error(plugin, "table %s: the key %c is taken: it has none", def->name,
                         def->hotkey);
        own.hotkey = 0;
    }
    struct feed *feed = xcalloc(1, sizeof *feed);
    feed->owner = plugin;
    feed->table = table_new(&own);
    if (own.flags & KVMTOP_TABLE_GUESTS) /* who it is stands before what it does */
        add_own_columns(feed->table);
    add_columns(plugin, feed->table, def);
    if (!(own.flags & KVMTOP_TABLE_GUESTS))
        add_own_columns(feed->table);
    model->feeds = xreallocarray(model->feeds, model->nfeeds + 1, sizeof(*model->feeds));
    model->feeds[model->nfeeds++] = feed;
}

/* First the tables, then what extends them, whatever the order of the plugins. */
static void add_tables(struct model *model)
{
    for (unsigned extends = 0; extends < 2; extends++) {
        for (size_t p = 0; p < model->nplugins; p++) {
            struct plugin *plugin = model->plugins[p];

            for (uint32_t i = 0; plugin->opened && i < plugin->desc.ntables; i++) {
                const struct kvmtop_table *def = &plugin->tables[i];

                if (!!def->hotkey == extends)
                    continue;
                struct feed *feed = extends ? model_feed(model, def->name) : NULL;
                if (!extends)
                    add_table(model, plugin, def);
                else if (feed)
                    add_columns(plugin, feed->table, def);
                else
                    plugin_set_error(plugin, "extends the table %s, which no plugin brings",
                                     def->name);
            }
        }
    }
}

/* ---- resolvers ---- */

static int by_rank(const void *a, const void *b)
{
    const struct resolver *x = a, *y = b;

    if (x->def->rank != y->def->rank)
        return x->def->rank < y->def->rank ? -1 : 1;
    return strcmp(x->def->name, y->def->name);
}

static void add_resolvers(struct model *model)
{
    for (size_t p = 0; p < model->nplugins; p++) {
        struct plugin *plugin = model->plugins[p];

        for (uint32_t i = 0; plugin->opened && i < plugin->desc.nresolvers; i++) {
            model->resolvers = xreallocarray(model->resolvers, model->nresolvers + 1,
                                             sizeof *model->resolvers);
            model->resolvers[model->nresolvers++] =
                (struct resolver){ plugin, &plugin->resolvers[i] };
        }
    }
    if (model->nresolvers)
        qsort(model->resolvers, model->nresolvers, sizeof *model->resolvers, by_rank);
}

/* ---- wants ---- */

void model_want_nothing(struct model *model)
{
    for (size_t i = 0; i < model->nfeeds; i++) {
        struct feed *feed = model->feeds[i];
        size_t bytes = (feed->table->ncolumns / 64 + 1) * sizeof *feed->wanted;

        feed->active = feed->children = feed->claims = feed->grouped = false;
        feed->children_of = 0;
        feed->nfocus = 0;
        memset(feed->wanted, 0, bytes);
        memset(feed->wanted_of_all, 0, bytes);
    }
}

void feed_want(struct feed *feed, uint32_t index, bool of_all_rows)
{
    const struct column *column = &feed->table->columns[index];

    bit_set(feed->wanted, index);
    if (of_all_rows)
        bit_set(feed->wanted_of_all, index);
    if (column->made_by != MADE_BY_PLUGIN)
        feed->claims = true;
    if (column->num != NONE)
        feed_want(feed, column->num, of_all_rows);
    if (column->den != NONE)
        feed_want(feed, column->den, of_all_rows);
}

void feed_focus(struct feed *feed, uint64_t pid, uint64_t birth)
{
    if (feed->nfocus == feed->focus_cap) {
        feed->focus_cap = feed->focus_cap ? feed->focus_cap * 2 : 16;
        feed->focus = xreallocarray(feed->focus, feed->focus_cap, sizeof *feed->focus);
    }
    feed->focus[feed->nfocus++] = (struct focus){ pid, birth };
}

/* ---- life ---- */

static bool left_out(const struct settings *settings, const char *name)
{
    return string_list_has(&settings->without, name, strlen(name));
}

/* The settings' folders, then the built-in one. */
static void search_path(struct string_list *dirs, const struct settings *settings)
{
    char *default_dir = plugin_default_dir();

    for (size_t i = 0; i < settings->plugin_dirs.count; i++)
        string_list_add(dirs, settings->plugin_dirs.item[i]);
    string_list_add(dirs, default_dir);
    free(default_dir);
}

static unsigned check_names(const struct settings *settings,
                            void (*report)(void *ctx, const char *line), void *ctx)
{
    unsigned mistakes = 0;
    char line[400];

    for (size_t i = 0; i < settings->without.count; i++) {
        const char *name = settings->without.item[i];

        if (string_list_has(&settings->plugins, name, strlen(name)))
            continue;
        snprintf(line, sizeof line, "--without: there is no plugin '%s' among those to be loaded",
                 name);
        report(ctx, line);
        mistakes++;
    }
    for (size_t i = 0; i < settings->plugin_dirs.count; i++) {
        const char *error = plugin_dir_error(settings->plugin_dirs.item[i]);

        if (!error)
            continue;
        snprintf(line, sizeof line, "plugin folder %s: %s", settings->plugin_dirs.item[i], error);
        report(ctx, line);
        mistakes++;
    }
    return mistakes;
}

unsigned model_load(struct model *model, const struct settings *settings,
                    void (*report)(void *ctx, const char *line), void *ctx)
{
    struct string_list dirs = { 0 };
    unsigned mistakes = check_names(settings, report, ctx) +
                        plugin_check_names(settings, report, ctx);

    *model = (struct model){ .settings = settings, .users = users_new(&model->root) };
    root_init(&model->root);    /* what checks an option may ask for it */
    search_path(&dirs, settings);
    for (size_t i = 0; i < settings->plugins.count; i++) {
        if (left_out(settings, settings->plugins.item[i]))
            continue;
        struct plugin *plugin = plugin_load(settings->plugins.item[i], &dirs);
        plugin->by_default = i < settings->plugins_default;
        model->plugins = xreallocarray(model->plugins, model->nplugins + 1,
                                       sizeof(*model->plugins));
        model->plugins[model->nplugins++] = plugin;
        host_init(plugin, model);
        if (!plugin_usable(plugin) || !plugin_check_defaults(plugin))
            continue;
        unsigned wrong = plugin_check_options(plugin, settings, report, ctx);
        plugin->misled = wrong;
        mistakes += wrong;
    }
    string_list_free(&dirs);
    return mistakes;
}

struct plugin *model_look_into(const struct model *model, const char *name)
{
    struct string_list dirs = { 0 };

    search_path(&dirs, model->settings);
    struct plugin *plugin = plugin_load(name, &dirs);
    string_list_free(&dirs);
    return plugin;
}

int model_open(struct model *model)
{
    int err = root_open(&model->root, model->settings->root);

    if (err)
        return err;
    for (size_t i = 0; i < model->nplugins; i++) {
        struct plugin *plugin = model->plugins[i];

        plugin->host.live = model->root.live;
        if (plugin_usable(plugin) && !plugin->misled)
            plugin_open(plugin);
    }
    add_tables(model);
    sources_bind(model);
    add_resolvers(model);
    return 0;
}

static void feed_free(struct feed *feed)
{
    for (uint32_t i = 0; i < feed->ncollect; i++)
        sources_free(feed->collect[i]);
    for (uint32_t i = 0; i < feed->table->nfills; i++)
        sources_free(feed->fill[i]);
    groups_free(feed);
    string_list_free(&feed->own_texts);
    table_free(feed->table);
    free(feed->collect);
    free(feed->fill);
    free(feed->wanted);
    free(feed->wanted_of_all);
    free(feed->focus);
    free(feed);
}

void model_close(struct model *model)
{
    for (size_t i = 0; i < model->nplugins; i++)
        plugin_close(model->plugins[i]);
    for (size_t i = 0; i < model->nfeeds; i++)
        feed_free(model->feeds[i]);
    for (size_t i = 0; i < model->nplugins; i++)
        plugin_free(model->plugins[i]);
    guests_free(&model->guests);
    if (model->users)
        root_close(&model->root);
    users_free(model->users);
    free(model->feeds);
    free(model->plugins);
    free(model->resolvers);
    *model = (struct model){ 0 };
}
