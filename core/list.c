/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --list-plugins, --list-columns, --version. */
#include "core/list.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/log.h"

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
