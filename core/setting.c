/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text -> settings: what is accepted, and what to say otherwise. */
#include "core/setting.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/theme.h"
#include "core/xalloc.h"

#define PID_LARGEST 4194304     /* PID_MAX_LIMIT of 64-bit kernels: proc_sys_kernel(5) */

static void replace(char **at, const char *text)
{
    char *copy = text ? xstrdup(text) : NULL;

    free(*at);
    *at = copy;
}

static bool is_made_of(const char *text, size_t len, const char *bytes)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0' || !strchr(bytes, text[i]))
            return false;
    }
    return len > 0;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

bool setting_is_plugin(const char *text, size_t len)
{
    return is_made_of(text, len, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER DIGITS "_");
}

bool setting_is_column(const char *text, size_t len)
{
    return is_made_of(text, len, LOWER DIGITS "_%");
}

/* ---- single values ---- */

const char *setting_interval(struct settings *settings, const struct setting *from)
{
    double seconds;

    if (!str_double(from->text, &seconds) || seconds < 0.1 || seconds > 3600)
        return "a number of seconds from 0.1 to 3600";
    settings->interval = seconds;
    return NULL;
}

const char *setting_watchdog(struct settings *settings, const struct setting *from)
{
    double seconds;

    if (!str_double(from->text, &seconds) || (seconds != 0 && (seconds < 1 || seconds > 3600)))
        return "a number of seconds from 1 to 3600, or 0 (off)";
    settings->watchdog = seconds;
    return NULL;
}

const char *setting_limit(struct settings *settings, const struct setting *from)
{
    return str_u64(from->text, &settings->limit) ? NULL : "a number of rows (0: all)";
}

const char *setting_iterations(struct settings *settings, const struct setting *from)
{
    uint64_t n;

    if (!str_u64(from->text, &n) || n == 0)
        return "a number of reports from 1 up";
    settings->iterations = n;
    return NULL;
}

const char *setting_view(struct settings *settings, const struct setting *from)
{
    if (!setting_is_column(from->text, strlen(from->text)))
        return "the name of a view, such as process or tree";
    replace(&settings->view, from->text);
    settings->view_origin = from->origin;
    return NULL;
}

const char *setting_theme(struct settings *settings, const struct setting *from)
{
    for (size_t i = 0; theme_name(i); i++) {
        if (strcmp(from->text, theme_name(i)) == 0) {
            replace(&settings->theme, from->text);
            return NULL;
        }
    }
    return "the name of a theme: default or mono";
}

const char *setting_side(struct settings *settings, const struct setting *from)
{
    bool guest = strcmp(from->text, "guest") == 0;

    if (!guest && strcmp(from->text, "host") != 0)
        return "host or guest";
    settings->guest_side = guest;
    return NULL;
}

const char *setting_mouse(struct settings *settings, const struct setting *from)
{
    return str_bool(from->text, &settings->mouse) ? NULL : "yes or no";
}

const char *setting_batch(struct settings *settings, const struct setting *from)
{
    (void)from;
    settings->batch = true;
    return NULL;
}

/* A format is asked for where a report is wanted. */
const char *setting_output(struct settings *settings, const struct setting *from)
{
    static const char *const names[] = {
        [OUTPUT_TEXT] = "text", [OUTPUT_CSV] = "csv", [OUTPUT_JSON] = "json",
    };

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(from->text, names[i]) == 0) {
            settings->output = (enum output_format)i;
            settings->batch = true;
            return NULL;
        }
    }
    return "text, csv or json";
}

const char *setting_check_sort(const char *text)
{
    const char *colon = strchrnul(text, ':');

    if (setting_is_column(text, (size_t)(colon - text)) &&
        (*colon == '\0' || strcmp(colon, ":asc") == 0 || strcmp(colon, ":desc") == 0))
        return NULL;
    return "COLUMN, COLUMN:asc or COLUMN:desc";
}

const char *setting_sort(struct settings *settings, const struct setting *from)
{
    const char *expected = setting_check_sort(from->text);

    if (!expected)
        replace(&settings->sort, from->text);
    return expected;
}

const char *setting_filter(struct settings *settings, const struct setting *from)
{
    replace(&settings->filter, *from->text ? from->text : NULL);
    return NULL;
}

static const char *set_path(char **at, const char *text, const char *expected)
{
    if (*text == '\0')
        return expected;
    replace(at, text);
    return NULL;
}

const char *setting_config(struct settings *settings, const struct setting *from)
{
    return set_path(&settings->config, from->text, "the name of a file");
}

const char *setting_root(struct settings *settings, const struct setting *from)
{
    return set_path(&settings->root, from->text, "the name of a folder");
}

const char *setting_list_columns(struct settings *settings, const struct setting *from)
{
    if (from->text && !setting_is_column(from->text, strlen(from->text)))
        return "the name of a view";
    replace(&settings->list_columns_view, from->text);
    return NULL;
}

/* ---- lists ---- */

/* True when every word of text, and at least `least` of them, are good. */
static bool check_words(const char *text, size_t least, bool (*good)(const char *, size_t))
{
    const char *at = text, *word;
    size_t len, n = 0;

    for (; str_word(&at, &word, &len); n++) {
        if (!good(word, len))
            return false;
    }
    return n >= least;
}

/* Each word once, at its first place. */
static void set_words(struct string_list *list, const char *text, bool add)
{
    const char *word;
    size_t len;

    if (!add)
        string_list_free(list);
    while (str_word(&text, &word, &len)) {
        if (!string_list_has(list, word, len))
            string_list_insert(list, list->count, word, len);
    }
}

const char *setting_check_columns(const char *text)
{
    return check_words(text, 1, setting_is_column) ? NULL : "a list of columns (a-z, 0-9, _, %)";
}

const char *setting_columns(struct settings *settings, const struct setting *from)
{
    const char *expected = setting_check_columns(from->text);

    if (!expected)
        replace(&settings->columns, from->text);
    return expected;
}

const char *setting_plugins(struct settings *settings, const struct setting *from)
{
    if (!check_words(from->text, 0, setting_is_plugin))
        return "a list of plugins (A-Z, a-z, 0-9, _)";
    set_words(&settings->plugins, from->text, from->add);
    if (!from->add)
        settings->plugins_default = 0;
    settings->plugins_origin = from->origin;
    return NULL;
}

const char *setting_without(struct settings *settings, const struct setting *from)
{
    if (!check_words(from->text, 1, setting_is_plugin))
        return "a list of plugins (A-Z, a-z, 0-9, _)";
    set_words(&settings->without, from->text, true);
    return NULL;
}

static bool is_absolute(const char *text, size_t len)
{
    return len > 0 && text[0] == '/';
}

const char *setting_plugin_dir(struct settings *settings, const struct setting *from)
{
    if (!check_words(from->text, 0, is_absolute))
        return "a list of folders that begin with /";
    set_words(&settings->plugin_dirs, from->text, from->add);
    return NULL;
}

/* Those of the command line stand before those of the files, in their own order. */
const char *setting_option_dir(struct settings *settings, const struct setting *from)
{
    if (*from->text == '\0')
        return "the name of a folder";
    string_list_insert(&settings->plugin_dirs, from->nth, from->text, strlen(from->text));
    return NULL;
}

static bool is_glob(const char *text, size_t len)
{
    return memchr(text, '/', len) == NULL;
}

const char *setting_vmm(struct settings *settings, const struct setting *from)
{
    if (!check_words(from->text, 0, is_glob))
        return "a list of programs' names, * and ? allowed, without folders";
    set_words(&settings->vmm, from->text, from->add);
    return NULL;
}

static int compare_pids(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool is_pid(const char *text, size_t len)
{
    uint64_t pid = 0;

    if (len > 7)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        pid = pid * 10 + (uint64_t)(text[i] - '0');
    }
    return pid >= 1 && pid <= PID_LARGEST;
}

const char *setting_pids(struct settings *settings, const struct setting *from)
{
    const char *at = from->text, *word;
    size_t len, n = 0;

    if (!check_words(from->text, 1, is_pid))
        return "a list of process ids from 1 to 4194304";
    while (str_word(&at, &word, &len)) {
        settings->pids =
            xreallocarray(settings->pids, settings->npids + 1, sizeof *settings->pids);
        settings->pids[settings->npids++] = strtoull(word, NULL, 10);
    }
    qsort(settings->pids, settings->npids, sizeof *settings->pids, compare_pids);
    for (size_t i = 0; i < settings->npids; i++) {
        if (n == 0 || settings->pids[n - 1] != settings->pids[i])
            settings->pids[n++] = settings->pids[i];
    }
    settings->npids = n;
    return NULL;
}
