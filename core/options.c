/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table of options: getopt_long(3)'s arrays, the help text and the messages come from it. */
#include "core/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "core/config.h"
#include "core/secure.h"
#include "core/setting.h"
#include "core/settings.h"
#include "core/str.h"
#include "core/xalloc.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct option_row {
    const char *name;           /* with its dashes, as it is spoken of in messages */
    char letter;                /* 0: none */
    const char *argument;       /* NULL: none; in brackets: optional */
    const char *help;
    setting_fn *set;            /* NULL: only a command */
    enum command command;       /* COMMAND_RUN: only a setting */
    bool opens;                 /* code or files of the user's choice */
} rows[] = {
    { "--interval", 'i', "SECONDS", "refresh interval, 0.1 to 3600 (default 5)",
      .set = setting_interval },
    { "--pid", 'p', "PID", "only these processes (repeatable, comma-separated)",
      .set = setting_pids },
    { "--batch", 'b', NULL, "no terminal: write reports to standard output",
      .set = setting_batch },
    { "--iterations", 'n', "N", "stop after N reports or refreshes", .set = setting_iterations },
    { "--output", 'o', "FORMAT", "reports as text (default), csv or json; implies -b",
      .set = setting_output },
    { "--view", 'V', "NAME", "view to start in: any table's name, or tree", .set = setting_view },
    { "--sort", 's', "COLUMN[:asc|:desc]", "sort by this column", .set = setting_sort },
    { "--filter", 'f', "TEXT", "only rows that match, as key / does", .set = setting_filter },
    { "--limit", 'l', "N", "only the first N rows (default 50; 0: all)", .set = setting_limit },
    { "--columns", 0, "LIST", "these columns, in this order", .set = setting_columns },
    { "--config", 'c', "FILE", "read this file and no other configuration",
      .set = setting_config, .opens = true },
    { "--plugin-dir", 'P', "DIR", "look for plugins here first (repeatable)",
      .set = setting_option_dir, .opens = true },
    { "--root", 0, "DIR", "read DIR/proc, DIR/sys, DIR/etc: a recorded host,\n"
                        "or the host seen from a container", .set = setting_root, .opens = true },
    { "--without", 0, "NAME", "leave this plugin out (repeatable)", .set = setting_without },
    { "--list-plugins", 0, NULL, "show the plugins and what became of them",
      .command = COMMAND_LIST_PLUGINS },
    { "--list-columns", 0, "[VIEW]", "show the columns of this view, or of all",
      .set = setting_list_columns, .command = COMMAND_LIST_COLUMNS },
    { "--list-options", 0, NULL, "show the settings of the core and of plugins",
      .command = COMMAND_LIST_OPTIONS },
    { "--check-config", 0, NULL, "check the configuration, and nothing else",
      .command = COMMAND_CHECK_CONFIG },
    { "--version", 0, NULL, "show the version", .command = COMMAND_VERSION },
    { "--help", 'h', NULL, "show this text", .command = COMMAND_HELP },
};

#define LONG_ONLY 256           /* getopt's value of row i is LONG_ONLY + i */

static int takes(const struct option_row *row)
{
    if (!row->argument)
        return no_argument;
    return row->argument[0] == '[' ? optional_argument : required_argument;
}

/* The leading + ends at the first stray word, which is an error anyway; the : tells a missing
 * argument from an unknown option. */
static void make_short(char text[3 + 3 * COUNT(rows)])
{
    *text++ = '+';
    *text++ = ':';
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!rows[i].letter)
            continue;
        *text++ = rows[i].letter;
        if (takes(&rows[i]) == required_argument)
            *text++ = ':';
    }
    *text = '\0';
}

static void make_long(struct option table[COUNT(rows) + 1])
{
    for (size_t i = 0; i < COUNT(rows); i++)
        table[i] = (struct option){ rows[i].name + 2, takes(&rows[i]), NULL, LONG_ONLY + (int)i };
    table[COUNT(rows)] = (struct option){ 0 };
}

static const struct option_row *find_row(int value)
{
    if (value >= LONG_ONLY)
        return &rows[value - LONG_ONLY];
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (value != 0 && rows[i].letter == value)
            return &rows[i];
    }
    return NULL;
}

/* ---- mistakes: each function returns one line, to be freed ---- */

static const char see_help[] = "see kvmtop --help";

static char *unknown_long(const char *word)
{
    size_t len = strcspn(word, "=");
    struct str_buf like = { 0 };
    char *what;

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strncmp(rows[i].name, word, len) == 0) {
            str_puts(&like, like.text ? ", " : "");
            str_puts(&like, rows[i].name);
        }
    }
    what = like.text ? str_format("%.*s can mean %s", (int)len, word, like.text)
                     : str_format("%.*s is not an option, %s", (int)len, word, see_help);
    free(like.text);
    return what;
}

/* getopt_long(3) returned '?': an unknown option, an ambiguous one, or a superfluous argument. */
static char *refused(char **argv)
{
    const struct option_row *row = find_row(optopt);

    if (row)
        return str_format("%s takes no argument", row->name);
    if (optopt == 0)
        return unknown_long(argv[optind - 1]);
    return str_format("-%c is not an option, %s", optopt, see_help);
}

static char *missing(void)
{
    const struct option_row *row = find_row(optopt);

    return str_format("%s: %s is missing, %s", row->name, row->argument, see_help);
}

static char *wrong_value(const struct option_row *row, const char *text, const char *expected)
{
    return str_format("%s: '%s' is not %s", row->name, text, expected);
}

/* ---- parsing ---- */

/* NULL, or what is wrong, to be freed. */
static char *apply(struct settings *settings, const struct option_row *row, const char *text,
                   unsigned nth)
{
    const struct setting setting = {
        .text = text, .nth = nth, .origin = { .file = row->name },
    };
    const char *expected;

    if (row->opens && secure_execution())
        return str_format("%s: refused while kvmtop has more rights than you", row->name);
    if (row->command != COMMAND_RUN)
        settings->command = row->command;
    expected = row->set ? row->set(settings, &setting) : NULL;
    return expected ? wrong_value(row, text, expected) : NULL;
}

/* `--list-columns VIEW`: getopt_long(3) itself knows only `--list-columns=VIEW`. */
static const char *optional_word(int argc, char **argv)
{
    if (optarg || optind >= argc || argv[optind][0] == '-')
        return optarg;
    return argv[optind++];
}

static char *parse(struct settings *settings, int argc, char **argv)
{
    char letters[3 + 3 * COUNT(rows)];
    struct option table[COUNT(rows) + 1];
    unsigned given[COUNT(rows)] = { 0 };
    char *wrong = NULL;
    int value;

    make_short(letters);
    make_long(table);
    opterr = 0;
    optind = 0;                 /* 0 also forgets what an earlier call left half read */
    while (!wrong && (value = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        const struct option_row *row = find_row(value);
        if (value == '?') {
            wrong = refused(argv);
        } else if (value == ':') {
            wrong = missing();
        } else {
            const char *text = takes(row) == optional_argument ? optional_word(argc, argv) : optarg;
            wrong = apply(settings, row, text, given[row - rows]++);
        }
    }
    if (!wrong && optind < argc)
        wrong = str_format("'%s' is not an option, %s", argv[optind], see_help);
    return wrong;
}

int options_parse(struct settings *settings, int argc, char **argv, char *err, size_t errsize)
{
    char *wrong = parse(settings, argc, argv);

    if (!wrong)
        return 0;
    snprintf(err, errsize, "%s", wrong);
    free(wrong);
    return -EINVAL;
}

static size_t load_files(struct settings *settings, const char *config, const char *dir,
                         const struct config_sink *sink)
{
    char *user_path;
    size_t mistakes;

    if (config)
        return config_load_file(settings, config, sink);
    user_path = config_user_path();
    mistakes = config_load(settings, dir, user_path, sink);
    free(user_path);
    return mistakes;
}

/* Parsed twice: first to know --config and to refuse what is wrong before any file is read, then
 * to have the last word. */
int options_load(struct settings *settings, int argc, char **argv, const char *dir,
                 const struct config_sink *sink)
{
    struct settings first;
    char *wrong;
    int result = 0;

    settings_init(settings);
    settings_init(&first);
    wrong = parse(&first, argc, argv);
    if (wrong) {
        sink->report(sink->ctx, wrong);
        free(wrong);
        result = -EINVAL;
    } else {
        if (first.command != COMMAND_HELP && first.command != COMMAND_VERSION)
            result = (int)load_files(settings, first.config, dir, sink);
        free(parse(settings, argc, argv));
    }
    settings_free(&first);
    return result && settings->plugins_unsure ? -EINVAL : result;
}

/* ---- help ---- */

#define HELP_COLUMN 29

static void print_row(FILE *out, const struct option_row *row)
{
    const char *help = row->help;
    int used = row->letter ? fprintf(out, "  -%c, %s", row->letter, row->name)
                           : fprintf(out, "      %s", row->name);

    if (row->argument)
        used += fprintf(out, " %s", row->argument);
    if (used > HELP_COLUMN - 2) {
        fputc('\n', out);
        used = 0;
    }
    for (;;) {
        int len = (int)strcspn(help, "\n");
        fprintf(out, "%*s%.*s\n", HELP_COLUMN - used, "", len, help);
        help += len;
        if (*help++ == '\0')
            return;
        used = 0;
    }
}

void options_help(FILE *out)
{
    fputs("Usage: kvmtop [OPTIONS]\n"
          "Shows what processes, KVM guests, interfaces and disks of this host do.\n\n", out);
    for (size_t i = 0; i < COUNT(rows); i++)
        print_row(out, &rows[i]);
    fputs("\nWhere standard output is not a terminal kvmtop runs as with -b.\n", out);
}
