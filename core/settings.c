/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings' defaults and their end. */
#include "core/settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/setting_keys.h"
#include "core/xalloc.h"

/* The views of kvmtop's own plugins. */
#define OWN_VIEWS "process, tree, network, storage, guests"

void settings_init(struct settings *settings)
{
    const struct setting_key *key;

    *settings = (struct settings){ 0 };
    for (size_t i = 0; (key = setting_key(i)) != NULL; i++)
        key->set(settings, &(struct setting){ .text = key->value });
    settings->plugins_default = settings->plugins.count;
}

static bool has_word(const char *text, const char *name)
{
    const char *word;
    size_t len;

    while (str_word(&text, &word, &len))
        if (len == strlen(name) && !memcmp(word, name, len))
            return true;
    return false;
}

bool settings_own_plugin(const char *name)
{
    return has_word(setting_default("plugins"), name);
}

bool settings_own_view(const char *name)
{
    return has_word(OWN_VIEWS, name);
}

static void free_entries(struct settings *settings)
{
    for (size_t i = 0; i < settings->nplugin; i++) {
        free(settings->plugin[i].plugin);
        free(settings->plugin[i].key);
        free(settings->plugin[i].value);
    }
    for (size_t i = 0; i < settings->nviews; i++) {
        free(settings->views[i].name);
        free(settings->views[i].columns);
        free(settings->views[i].sort);
    }
    for (size_t i = 0; i < settings->ncolors; i++) {
        free(settings->colors[i].role);
        free(settings->colors[i].spec);
    }
    for (size_t i = 0; i < settings->nthresholds; i++) {
        free(settings->thresholds[i].table);
        free(settings->thresholds[i].column);
    }
    free(settings->plugin);
    free(settings->views);
    free(settings->colors);
    free(settings->thresholds);
}

void settings_free(struct settings *settings)
{
    free_entries(settings);
    string_list_free(&settings->plugins);
    string_list_free(&settings->plugin_dirs);
    string_list_free(&settings->without);
    string_list_free(&settings->vmm);
    string_list_free(&settings->files);
    free(settings->list_columns_view);
    free(settings->config);
    free(settings->view);
    free(settings->sort);
    free(settings->filter);
    free(settings->columns);
    free(settings->root);
    free(settings->theme);
    free(settings->pids);
    *settings = (struct settings){ 0 };
}

struct view_settings *settings_view(struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->nviews; i++) {
        if (strcmp(settings->views[i].name, name) == 0)
            return &settings->views[i];
    }
    settings->views =
        xreallocarray(settings->views, settings->nviews + 1, sizeof *settings->views);
    settings->views[settings->nviews] = (struct view_settings){ .name = xstrdup(name) };
    return &settings->views[settings->nviews++];
}
