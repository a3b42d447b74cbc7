/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plugins would bring that are not in use. */
#include "core/absent.h"

#include <stdio.h>

#include "core/setting_keys.h"

static struct plugin *loaded(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->nplugins; i++)
        if (!strcmp(model->plugins[i]->name, name))
            return model->plugins[i];
    return NULL;
}

/* ---- views: those of kvmtop's own plugins are known without them ---- */

static bool brings_view(const struct plugin *plugin, const char *name)
{
    for (uint32_t i = 0; i < plugin->desc.ntables; i++) {
        const struct kvmtop_table *table = &plugin->tables[i];

        if (table->hotkey && !strcmp(table->name, name))
            return true;
    }
    return false;
}

bool absent_view(const struct model *model, const char *view)
{
    const struct string_list *names = &model->settings->plugins;

    for (size_t i = 0; i < names->count; i++) {
        const struct plugin *plugin = loaded(model, names->item[i]);

        if (settings_own_plugin(names->item[i]))
            continue;
        if (!plugin || !plugin_usable(plugin) || (!plugin->opened && brings_view(plugin, view)))
            return true;
    }
    return settings_own_view(view);
}

/* ---- columns ---- */

/* A total of another table's column stands in that of guests under the same name. */
static bool may_bring(const struct plugin *plugin, const struct table *table, const char *column,
                      size_t len)
{
    for (uint32_t t = 0; t < plugin->desc.ntables; t++) {
        const struct kvmtop_table *own = &plugin->tables[t];

        if (strcmp(own->name, table->def.name) && !(table->def.flags & KVMTOP_TABLE_GUESTS))
            continue;
        for (uint32_t c = 0; c < own->ncolumns; c++)
            if (strlen(own->columns[c].name) == len && !memcmp(own->columns[c].name, column, len))
                return true;
    }
    return false;
}

enum verdict { NO, PERHAPS, YES };

/* One of kvmtop's own that isn't there wasn't built: that excuses nothing. */
static enum verdict would_bring(const struct plugin *plugin, const struct table *table,
                                const char *column, size_t len)
{
    if (plugin->opened)
        return NO;
    if (plugin_usable(plugin))
        return may_bring(plugin, table, column, len) ? YES : NO;
    return plugin->path || !settings_own_plugin(plugin->name) ? PERHAPS : NO;
}

/* All that the settings name, and kvmtop's own. */
static void list_names(const struct model *model, struct string_list *names)
{
    const char *own = setting_default("plugins"), *word;
    const struct string_list *named = &model->settings->plugins;
    size_t len;

    for (size_t i = 0; i < named->count; i++)
        string_list_add(names, named->item[i]);
    while (str_word(&own, &word, &len))
        if (!string_list_has(names, word, len))
            string_list_insert(names, names->count, word, len);
}

bool absent_column(const struct model *model, const struct table *table, const char *column,
                   size_t len, char *name, size_t cap)
{
    struct string_list names = { 0 };
    enum verdict best = NO;

    list_names(model, &names);
    for (size_t i = 0; best != YES && i < names.count; i++) {
        struct plugin *plugin = loaded(model, names.item[i]);
        struct plugin *looked_into = plugin ? NULL : model_look_into(model, names.item[i]);
        enum verdict verdict = would_bring(plugin ? plugin : looked_into, table, column, len);

        if (verdict > best)
            snprintf(name, cap, "%s", names.item[i]);
        best = verdict > best ? verdict : best;
        plugin_free(looked_into);
    }
    string_list_free(&names);
    return best != NO;
}
