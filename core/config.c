/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sections of the INI files mean. */
#include "core/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/ini.h"
#include "core/ini_line.h"
#include "core/setting_keys.h"
#include "core/str.h"
#include "core/theme.h"
#include "core/xalloc.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct reading {
    struct settings *settings;
    const struct config_sink *sink;
    const char *file;           /* the settings' own copy */
    bool user;
    const struct section *section; /* NULL: none, or a wrong one */
    bool wrong_section;         /* said already; its keys are passed over */
    char name[INI_NAME_BYTES + 1]; /* [view NAME] */
    size_t mistakes;
};

static void set_core(struct reading *reading, const struct ini_pair *pair);
static void set_plugin(struct reading *reading, const struct ini_pair *pair);
static void set_view(struct reading *reading, const struct ini_pair *pair);
static void set_color(struct reading *reading, const struct ini_pair *pair);
static void set_threshold(struct reading *reading, const struct ini_pair *pair);

static const struct section {
    const char *kind, *argument; /* [kind argument]; NULL: [kind] */
    bool (*good)(const char *name, size_t len);
    void (*set)(struct reading *reading, const struct ini_pair *pair);
    bool lists;                 /* some of its keys take += */
    bool system;
} sections[] = {
    { "core", NULL, NULL, set_core, .lists = true },
    { "plugin", "NAME", setting_is_plugin, set_plugin, .system = true },
    { "view", "NAME", setting_is_column, set_view, .lists = false },
    { "colors", NULL, NULL, set_color, .lists = false },
    { "thresholds", "TABLE", setting_is_column, set_threshold, .lists = false },
};

/* ---- mistakes ---- */

/* Takes over and frees what. */
static void mistake(struct reading *reading, unsigned line, char *what)
{
    char *text = str_format("%s:%u: %s", reading->file, line, what);

    reading->sink->report(reading->sink->ctx, text);
    reading->mistakes++;
    free(text);
    free(what);
}

static void wrong_value(struct reading *reading, const struct ini_pair *pair, const char *expected)
{
    if (expected)
        mistake(reading, pair->line,
                str_format("%s: '%s' is not %s", pair->key, pair->value, expected));
}

static void unknown_key(struct reading *reading, const struct ini_pair *pair, const char *known)
{
    mistake(reading, pair->line, str_format("no key '%s' in [%s%s%s]: there is %s", pair->key,
                                            reading->section->kind, *reading->name ? " " : "",
                                            reading->name, known));
}

static const char not_users[] = "is for the system's kvmtop.conf, not for a user's";

/* ---- keys ---- */

static struct origin origin_of(const struct reading *reading, const struct ini_pair *pair)
{
    return (struct origin){ .file = reading->file, .line = pair->line };
}

static void unknown_core_key(struct reading *reading, const struct ini_pair *pair)
{
    const struct setting_key *key;
    struct str_buf known = { 0 };

    for (size_t i = 0; (key = setting_key(i)) != NULL; i++) {
        str_puts(&known, i ? ", " : "");
        str_puts(&known, key->name);
    }
    unknown_key(reading, pair, known.text);
    free(known.text);
}

static const struct setting_key *find_key(const char *name)
{
    const struct setting_key *key;

    for (size_t i = 0; (key = setting_key(i)) != NULL; i++) {
        if (strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

static void take_core(struct reading *reading, const struct ini_pair *pair,
                      const struct setting_key *key)
{
    const struct setting setting = {
        .text = pair->value, .add = pair->add, .origin = origin_of(reading, pair),
    };
    const char *expected = key->set(reading->settings, &setting);

    reading->settings->plugins_unsure |= expected && key->system;
    wrong_value(reading, pair, expected);
}

static void set_core(struct reading *reading, const struct ini_pair *pair)
{
    const struct setting_key *key = find_key(pair->key);

    if (!key)
        unknown_core_key(reading, pair);
    else if (key->system && reading->user)
        mistake(reading, pair->line, str_format("%s %s", pair->key, not_users));
    else if (pair->add && !key->list)
        mistake(reading, pair->line, str_format("%s: '+=' is for lists, write '='", pair->key));
    else
        take_core(reading, pair, key);
}

/* Unchecked: only the plugin knows its options. */
static void set_plugin(struct reading *reading, const struct ini_pair *pair)
{
    struct settings *settings = reading->settings;

    settings->plugin =
        xreallocarray(settings->plugin, settings->nplugin + 1, sizeof *settings->plugin);
    settings->plugin[settings->nplugin++] = (struct plugin_setting){
        .plugin = xstrdup(reading->name),
        .key = xstrdup(pair->key),
        .value = xstrdup(pair->value),
        .origin = origin_of(reading, pair),
    };
}

static void set_view(struct reading *reading, const struct ini_pair *pair)
{
    struct view_settings *view = settings_view(reading->settings, reading->name);
    bool sort = strcmp(pair->key, "sort") == 0;
    const char *expected;

    if (!view->name_origin.file)
        view->name_origin = origin_of(reading, pair);
    if (!sort && strcmp(pair->key, "columns") != 0) {
        unknown_key(reading, pair, "columns, sort");
        return;
    }
    expected = sort ? setting_check_sort(pair->value) : setting_check_columns(pair->value);
    if (expected) {
        wrong_value(reading, pair, expected);
        return;
    }
    char **at = sort ? &view->sort : &view->columns;
    free(*at);
    *at = xstrdup(pair->value);
    *(sort ? &view->sort_origin : &view->columns_origin) = origin_of(reading, pair);
}

static struct color_setting *color(struct settings *settings, const char *role)
{
    for (size_t i = 0; i < settings->ncolors; i++) {
        if (strcmp(settings->colors[i].role, role) == 0)
            return &settings->colors[i];
    }
    settings->colors =
        xreallocarray(settings->colors, settings->ncolors + 1, sizeof *settings->colors);
    settings->colors[settings->ncolors] = (struct color_setting){ .role = xstrdup(role) };
    return &settings->colors[settings->ncolors++];
}

static void set_color(struct reading *reading, const struct ini_pair *pair)
{
    struct color_setting *entry;
    struct theme theme;
    char err[256];

    theme_init(&theme, NULL);
    if (!theme_set(&theme, pair->key, pair->value, err, sizeof err)) {
        mistake(reading, pair->line, str_format("%s: %s", pair->key, err));
        return;
    }
    entry = color(reading->settings, pair->key);
    free(entry->spec);
    entry->spec = xstrdup(pair->value);
    entry->origin = origin_of(reading, pair);
}

/* WARN or WARN:CRIT. */
static bool parse_threshold(const char *text, double *warn, double *crit)
{
    size_t len = strcspn(text, ":");
    char *first = xstrndup(text, len);
    bool good = str_double(first, warn) && *warn >= 0;

    free(first);
    *crit = 0;
    if (good && text[len] == ':')
        good = str_double(text + len + 1, crit) && (*crit >= *warn || *crit == 0);
    return good;
}

static struct threshold_setting *threshold(struct settings *settings, const char *table,
                                           const char *column)
{
    for (size_t i = 0; i < settings->nthresholds; i++) {
        struct threshold_setting *known = &settings->thresholds[i];
        if (strcmp(known->table, table) == 0 && strcmp(known->column, column) == 0)
            return known;
    }
    settings->thresholds = xreallocarray(settings->thresholds, settings->nthresholds + 1,
                                         sizeof *settings->thresholds);
    settings->thresholds[settings->nthresholds] = (struct threshold_setting){
        .table = xstrdup(table), .column = xstrdup(column),
    };
    return &settings->thresholds[settings->nthresholds++];
}

static void set_threshold(struct reading *reading, const struct ini_pair *pair)
{
    struct threshold_setting *entry;
    double warn, crit;

    if (!setting_is_column(pair->key, strlen(pair->key))) {
        unknown_key(reading, pair, "one key for each column (a-z, 0-9, _, %)");
    } else if (!parse_threshold(pair->value, &warn, &crit)) {
        wrong_value(reading, pair, "WARN or WARN:CRIT, numbers from 0 (none) up");
    } else {
        entry = threshold(reading->settings, reading->name, pair->key);
        entry->warn = warn;
        entry->crit = crit;
        entry->origin = origin_of(reading, pair);
    }
}

/* ---- sections ---- */

static void unknown_section(struct reading *reading, const char *name, unsigned line)
{
    struct str_buf known = { 0 };

    for (size_t i = 0; i < COUNT(sections); i++) {
        str_puts(&known, i ? ", [" : "[");
        str_puts(&known, sections[i].kind);
        str_puts(&known, sections[i].argument ? " " : "");
        str_puts(&known, sections[i].argument ? sections[i].argument : "");
        str_puts(&known, "]");
    }
    mistake(reading, line, str_format("no section [%s]: there is %s", name, known.text));
    free(known.text);
}

/* NULL, or what is wrong, to be freed. */
static char *check_section(struct reading *reading, const struct section *section,
                           const char *argument, size_t len)
{
    if (section->system && reading->user)
        return str_format("[%s %s] %s", section->kind, section->argument, not_users);
    if (!section->argument && len > 0)
        return str_format("[%s] takes no name", section->kind);
    if (section->argument && !section->good(argument, len))
        return str_format("[%s %s]: '%.*s' is not a name (a-z, 0-9, _)", section->kind,
                          section->argument, (int)len, argument);
    return NULL;
}

static void on_section(void *ctx, const char *name, unsigned line)
{
    struct reading *reading = ctx;
    const struct section *section = sections;
    size_t len = strcspn(name, " \t");
    const char *argument = name + len + strspn(name + len, " \t");
    char *wrong;

    reading->section = NULL;
    reading->wrong_section = true;
    while (section < sections + COUNT(sections) &&
           (strlen(section->kind) != len || memcmp(section->kind, name, len) != 0))
        section++;
    if (section == sections + COUNT(sections)) {
        unknown_section(reading, name, line);
        return;
    }
    wrong = check_section(reading, section, argument, strlen(argument));
    if (wrong) {
        mistake(reading, line, wrong);
        return;
    }
    reading->section = section;
    memcpy(reading->name, argument, strlen(argument) + 1);
}

static void on_pair(void *ctx, const struct ini_pair *pair)
{
    struct reading *reading = ctx;

    if (reading->section && pair->add && !reading->section->lists)
        mistake(reading, pair->line,
                str_format("%s: '+=' is for lists in [core], write '='", pair->key));
    else if (reading->section)
        reading->section->set(reading, pair);
    else if (!reading->wrong_section)
        mistake(reading, pair->line, str_format("'%s' stands before any [section]", pair->key));
}

static void on_error(void *ctx, const char *what, unsigned line)
{
    struct reading *reading = ctx;

    reading->settings->plugins_unsure |= !reading->user;
    mistake(reading, line, xstrdup(what));
}

/* ---- texts ---- */

/* Also makes the file's name the settings' own. */
static struct reading begin(struct settings *settings, const char *path, bool user,
                            const struct config_sink *sink)
{
    string_list_add(&settings->files, path);
    return (struct reading){
        .settings = settings,
        .sink = sink,
        .file = settings->files.item[settings->files.count - 1],
        .user = user,
    };
}

size_t config_read(struct settings *settings, const char *path, const char *text, size_t len,
                   bool user, const struct config_sink *sink)
{
    static const struct ini_handler handler = { on_section, on_pair, on_error };
    struct reading reading = begin(settings, path, user, sink);

    ini_read(text, len, &handler, &reading);
    return reading.mistakes;
}
