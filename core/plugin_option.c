/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of plugins: what [plugin NAME] says, checked against the plugin's own table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plugin.h"
#include "core/str.h"
#include "core/xalloc.h"

struct report {
    void (*line)(void *ctx, const char *line);
    void *ctx;
};

static const struct kvmtop_option *find(const struct plugin *plugin, const char *name)
{
    for (uint32_t i = 0; i < plugin->desc.noptions; i++)
        if (!strcmp(plugin->options[i].name, name))
            return &plugin->options[i];
    return NULL;
}

static bool number_fits(const struct kvmtop_option *option, const char *value)
{
    double number;

    if (!str_double(value, &number))
        return false;
    return option->min >= option->max || (number >= option->min && number <= option->max);
}

const char *plugin_type_error(const struct kvmtop_option *option, const char *value, char *buf,
                              size_t cap)
{
    bool yes;

    if (option->type == KVMTOP_OPTION_BOOL && !str_bool(value, &yes))
        return "is neither yes nor no";
    if (option->type != KVMTOP_OPTION_NUMBER || number_fits(option, value))
        return NULL;
    if (option->min >= option->max)
        return "is not a number";
    snprintf(buf, cap, "is not a number from %g to %g", option->min, option->max);
    return buf;
}

/* NULL: fine.  Else what is wrong, in buf or lent. */
static const char *judge(struct plugin *plugin, const struct kvmtop_option *option,
                         const char *value, char *buf, size_t cap)
{
    const char *wrong = plugin_type_error(option, value, buf, cap);

    if (wrong || !option->check)
        return wrong;
    plugin_enter(plugin);
    int err = option->check(&plugin->host, value);
    plugin_leave();
    if (err >= 0)
        return NULL;
    snprintf(buf, cap, "%s", plugin->error ? plugin->error : strerror(-err));
    free(plugin->error);
    plugin->error = NULL;
    return buf;
}

bool plugin_check_defaults(struct plugin *plugin)
{
    for (uint32_t i = 0; i < plugin->desc.noptions; i++) {
        const struct kvmtop_option *option = &plugin->options[i];
        char buf[600];
        const char *wrong = option->value ? judge(plugin, option, option->value, buf, sizeof buf)
                                          : NULL;

        if (!wrong)
            continue;
        plugin_set_error(plugin, "option %s: its default '%s': %s", option->name, option->value,
                         wrong);
        plugin->desc.abi = 0;
        return false;
    }
    return true;
}

static void say(const struct report *report, const struct plugin_setting *s, const char *what)
{
    char line[1024];

    snprintf(line, sizeof line, "%s:%u: [plugin %s] %s", s->origin.file, s->origin.line,
             s->plugin, what);
    report->line(report->ctx, line);
}

static bool check_one(struct plugin *plugin, const struct plugin_setting *s,
                      const struct report *report)
{
    const struct kvmtop_option *option = find(plugin, s->key);
    char buf[600], what[900];

    if (!option) {
        snprintf(what, sizeof what, "has no option '%s'", s->key);
        say(report, s, what);
        return false;
    }
    const char *wrong = judge(plugin, option, s->value, buf, sizeof buf);
    if (!wrong)
        return true;
    snprintf(what, sizeof what, "%s = %.200s: %s", s->key, s->value, wrong);
    say(report, s, what);
    return false;
}

/* Was the name told of before, by a line above? */
static bool is_repeated(const struct settings *settings, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (!strcmp(settings->plugin[i].plugin, settings->plugin[at].plugin))
            return true;
    return false;
}

unsigned plugin_check_names(const struct settings *settings,
                            void (*line)(void *ctx, const char *line), void *ctx)
{
    const struct report report = { line, ctx };
    unsigned mistakes = 0;

    for (size_t i = 0; i < settings->nplugin; i++) {
        const char *name = settings->plugin[i].plugin;

        if (string_list_has(&settings->plugins, name, strlen(name)) ||
            settings_own_plugin(name) || is_repeated(settings, i))
            continue;
        say(&report, &settings->plugin[i], "is none of those to be loaded");
        mistakes++;
    }
    return mistakes;
}

unsigned plugin_check_options(struct plugin *plugin, const struct settings *settings,
                              void (*line)(void *ctx, const char *line), void *ctx)
{
    struct report report = { line, ctx };
    unsigned mistakes = 0;

    for (size_t i = 0; i < settings->nplugin; i++)
        if (!strcmp(settings->plugin[i].plugin, plugin->name))
            mistakes += !check_one(plugin, &settings->plugin[i], &report);
    return mistakes;
}

/* The n-th value in the files; of an option that isn't repeatable the last. */
static const char *set_value(const struct plugin *plugin, const struct settings *settings,
                             const struct kvmtop_option *option, size_t n, bool *any)
{
    const char *last = NULL;

    for (size_t i = 0; i < settings->nplugin; i++) {
        const struct plugin_setting *s = &settings->plugin[i];

        if (strcmp(s->plugin, plugin->name) || strcmp(s->key, option->name))
            continue;
        *any = true;
        last = s->value;
        if (option->repeatable && !n--)
            return last;
    }
    return option->repeatable || n ? NULL : last;
}

const char *plugin_option(const struct plugin *plugin, const struct settings *settings,
                          const char *name, size_t n)
{
    const struct kvmtop_option *option = find(plugin, name);
    bool any = false;

    if (!option)
        return NULL;
    const char *value = set_value(plugin, settings, option, n, &any);
    if (!any && !n)
        value = option->value;
    bool yes;
    if (value && option->type == KVMTOP_OPTION_BOOL && str_bool(value, &yes))
        value = yes ? "1" : "0";
    return value;
}
