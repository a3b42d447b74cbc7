/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --list-plugins, --list-columns, --list-options, --version. */
#include "core/list.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/log.h"
#include "core/setting_keys.h"

void list_version(void)
{
    printf("kvmtop %s (plugin ABI %u.%u)\n", PACKAGE_VERSION, KVMTOP_ABI_MAJOR,
           KVMTOP_ABI_MINOR);
}

static void put(char *buf, size_t cap, const char *what, const char *table)
{
    size_t len = strlen(buf);

    snprintf(buf + len, cap - len, "%s%s%s%s", len ? ", " : "", what, *table ? " " : "", table);
}

void list_role(const struct model *model, const struct plugin *plugin, char *buf, size_t cap)
{
    *buf = 0;
    if (!plugin->opened) {
        snprintf(buf, cap, "not in use: %s", plugin->error ? plugin->error : "it was not opened");
        return;
    }
    for (size_t i = 0; i < model->nfeeds; i++) {
        const struct feed *feed = model->feeds[i];

        for (uint32_t c = 0; c < feed->ncollect; c++)
            if (feed->collect[c]->plugin == plugin)
                put(buf, cap, c == feed->current ? "collects" : "stands by for",
                    feed->table->def.name);
    }
    if (plugin->desc.nresolvers)
        put(buf, cap, "names guests", "");
    if (!*buf)
        put(buf, cap, plugin->desc.nsources ? "fills columns" : "brings a view", "");
    if (plugin->error)
        put(buf, cap, plugin->error, "");
}

void list_plugins(const struct model *model)
{
    for (size_t i = 0; i < model->nplugins; i++) {
        const struct plugin *plugin = model->plugins[i];
        char role[600];

        list_role(model, plugin, role, sizeof role);
        if (plugin->opened)
            printf("%-10s %s (%s): %s\n", plugin->name, plugin->desc.summary,
                   plugin->desc.version, role);
        else
            printf("%-10s %s\n", plugin->name, role);
    }
}

/* Two lines: `[SECTION] NAME = VALUE` with the default, and what it means. */
static void print_option(const char *name, const char *value, const char *help, const char *more)
{
    printf("%s =%s%s\n    %s%s\n", name, *value ? " " : "", value, help ? help : "", more);
}

static const char *default_text(const struct kvmtop_option *option)
{
    bool yes;

    if (!option->value)
        return "";
    if (option->type == KVMTOP_OPTION_BOOL && str_bool(option->value, &yes))
        return yes ? "yes" : "no";
    return option->value;
}

static void print_plugin_options(const struct plugin *plugin)
{
    for (uint32_t i = 0; i < plugin->desc.noptions; i++) {
        const struct kvmtop_option *option = &plugin->options[i];

        printf("[plugin %s] ", plugin->name);
        print_option(option->name, default_text(option), option->help,
                     option->repeatable ? "; repeatable" : "");
    }
}

void list_options(const struct model *model)
{
    const struct setting_key *key;

    for (size_t i = 0; (key = setting_key(i)) != NULL; i++) {
        printf("[core] ");
        print_option(key->name, key->value, key->help, key->list ? "; a list" : "");
    }
    for (size_t i = 0; i < model->nplugins; i++) {
        if (plugin_usable(model->plugins[i]))
            print_plugin_options(model->plugins[i]);
    }
}

static void print_columns(const struct view *view)
{
    const struct table *table = view->feed->table;

    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct kvmtop_column *def = &table->columns[i].def;

        if (def->flags & KVMTOP_CHILD_ONLY && !view->tree)
            continue;
        printf("%-10s %-10s %-12s %s %s\n", view->name, def->name, def->title,
               def->flags & KVMTOP_OPTIONAL ? "hidden" : "shown ", def->help);
    }
}

int list_columns(const struct session *session, const char *name)
{
    const struct view *view = name ? session_find_view(session, name) : NULL;

    if (view) {
        print_columns(view);
        return EXIT_SUCCESS;
    }
    if (name) {
        log_error("--list-columns: there is no view '%s'", name);
        return 2;
    }
    for (size_t i = 0; i < session->nviews; i++)
        print_columns(session->views[i]);
    return EXIT_SUCCESS;
}
