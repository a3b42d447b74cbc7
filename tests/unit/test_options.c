/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: what each option sets, what is said of wrong ones, who has the last word. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/config.h"
#include "core/options.h"
#include "core/settings.h"
#include "core/str.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ARGS_MAX 32

/* The words of line, which are separated by `|` so that they can be empty or hold blanks. */
static int split(char *line, char *argv[ARGS_MAX])
{
    static char program[] = "kvmtop";
    int argc = 0;

    argv[argc++] = program;
    while (*line) {
        char *end = strchrnul(line, '|');
        assert_true(argc < ARGS_MAX - 1);
        argv[argc++] = line;
        line = *end ? end + 1 : end;
        *end = '\0';
    }
    argv[argc] = NULL;
    return argc;
}

/* Settings after this command line, to be freed; err stays empty when it was fine. */
static int parse(struct settings *settings, const char *line, char err[200])
{
    char *copy = strdup(line), *argv[ARGS_MAX];
    int argc = split(copy, argv), result;

    settings_init(settings);
    err[0] = '\0';
    result = options_parse(settings, argc, argv, err, 200);
    free(copy);
    return result;
}

static struct settings good(const char *line)
{
    struct settings settings;
    char err[200];

    assert_int_equal(parse(&settings, line, err), 0);
    assert_string_equal(err, "");
    return settings;
}

static void test_nothing(void **state)
{
    struct settings s = good("");

    (void)state;
    assert_int_equal(s.command, COMMAND_RUN);
    assert_true(s.interval == 5 && s.limit == 50 && s.iterations == 0);
    assert_string_equal(s.view, "process");
    assert_string_equal(s.theme, "default");
    assert_true(s.mouse && !s.batch);
    assert_int_equal(s.output, OUTPUT_TEXT);
    assert_true(s.plugins.count > 0);
    assert_int_equal(s.plugins_default, s.plugins.count);
    assert_int_equal(s.plugin_dirs.count, 0);
    assert_int_equal(s.vmm.count, 5);
    assert_null(s.sort);
    assert_null(s.filter);
    assert_null(s.columns);
    assert_null(s.root);
    assert_null(s.config);
    assert_int_equal(s.npids, 0);
    settings_free(&s);
}

static void test_short(void **state)
{
    struct settings s = good("-b|-i|0.5|-p12,7|-p|7, 4194304|-n3|-o|json|-V|tree|-scpu:asc|"
                             "-f|web 01|-l|0|-c|/f|-P|d1|-Pd2");

    (void)state;
    assert_true(s.batch);
    assert_true(s.interval == 0.5);
    assert_int_equal(s.npids, 3);
    assert_true(s.pids[0] == 7 && s.pids[1] == 12 && s.pids[2] == 4194304);
    assert_int_equal(s.iterations, 3);
    assert_int_equal(s.output, OUTPUT_JSON);
    assert_string_equal(s.view, "tree");
    assert_string_equal(s.view_origin.file, "--view");
    assert_int_equal(s.view_origin.line, 0);
    assert_string_equal(s.sort, "cpu:asc");
    assert_string_equal(s.filter, "web 01");
    assert_int_equal(s.limit, 0);
    assert_string_equal(s.config, "/f");
    assert_int_equal(s.plugin_dirs.count, 2);
    assert_string_equal(s.plugin_dirs.item[0], "d1");
    assert_string_equal(s.plugin_dirs.item[1], "d2");
    settings_free(&s);
}

static void test_long(void **state)
{
    struct settings s = good("--interval=3600|--pid=1|--iterations|1|--output=csv|--columns|"
                             "pid, cpu|--root=/r|--without|a,b|--without=b|--without=c|"
                             "--filter=x|--filter=|--plug|d");

    (void)state;
    assert_true(s.interval == 3600);
    assert_int_equal(s.npids, 1);
    assert_int_equal(s.output, OUTPUT_CSV);
    assert_true(s.batch); /* implied by --output */
    assert_string_equal(s.columns, "pid, cpu");
    assert_string_equal(s.root, "/r");
    assert_int_equal(s.without.count, 3);
    assert_string_equal(s.without.item[2], "c");
    assert_null(s.filter);
    assert_string_equal(s.plugin_dirs.item[0], "d");
    settings_free(&s);
}

static void expect_command(const char *line, enum command command, const char *view)
{
    struct settings s = good(line);

    assert_int_equal(s.command, command);
    if (view)
        assert_string_equal(s.list_columns_view, view);
    else
        assert_null(s.list_columns_view);
    settings_free(&s);
}

static void test_commands(void **state)
{
    (void)state;
    expect_command("--list-plugins", COMMAND_LIST_PLUGINS, NULL);
    expect_command("--list-columns", COMMAND_LIST_COLUMNS, NULL);
    expect_command("--list-columns=network", COMMAND_LIST_COLUMNS, "network");
    expect_command("--list-columns|network", COMMAND_LIST_COLUMNS, "network");
    expect_command("-b|--list-columns|network|-b", COMMAND_LIST_COLUMNS, "network");
    expect_command("--list-columns|-b", COMMAND_LIST_COLUMNS, NULL);
    expect_command("--list-options", COMMAND_LIST_OPTIONS, NULL);
    expect_command("--check-config", COMMAND_CHECK_CONFIG, NULL);
    expect_command("--version", COMMAND_VERSION, NULL);
    expect_command("--help", COMMAND_HELP, NULL);
    expect_command("-h", COMMAND_HELP, NULL);
}

static const struct {
    const char *line, *error;
} wrong[] = {
    { "-i|x", "--interval: 'x' is not a number of seconds from 0.1 to 3600" },
    { "--interval=0", "--interval: '0' is not a number of seconds from 0.1 to 3600" },
    { "-i5s", "--interval: '5s' is not a number of seconds from 0.1 to 3600" },
    { "-i||-b", "--interval: '' is not a number of seconds from 0.1 to 3600" },
    { "-i", "--interval: SECONDS is missing, see kvmtop --help" },
    { "-b|--columns", "--columns: LIST is missing, see kvmtop --help" },
    { "-p|0", "--pid: '0' is not a list of process ids from 1 to 4194304" },
    { "-p|4194305", "--pid: '4194305' is not a list of process ids from 1 to 4194304" },
    { "-p|99999999999999999999",
      "--pid: '99999999999999999999' is not a list of process ids from 1 to 4194304" },
    { "-p|1,x", "--pid: '1,x' is not a list of process ids from 1 to 4194304" },
    { "-p|,", "--pid: ',' is not a list of process ids from 1 to 4194304" },
    { "-n|0", "--iterations: '0' is not a number of reports from 1 up" },
    { "-n|-1", "--iterations: '-1' is not a number of reports from 1 up" },
    { "-o|xml", "--output: 'xml' is not text, csv or json" },
    { "-V|../x", "--view: '../x' is not the name of a view, such as process or tree" },
    { "-s|cpu:", "--sort: 'cpu:' is not COLUMN, COLUMN:asc or COLUMN:desc" },
    { "-l|many", "--limit: 'many' is not a number of rows (0: all)" },
    { "--columns=", "--columns: '' is not a list of columns (a-z, 0-9, _, %)" },
    { "-c||-b", "--config: '' is not the name of a file" },
    { "--root=", "--root: '' is not the name of a folder" },
    { "-P||-b", "--plugin-dir: '' is not the name of a folder" },
    { "--without=a/b", "--without: 'a/b' is not a list of plugins (A-Z, a-z, 0-9, _)" },
    { "--list-columns=A", "--list-columns: 'A' is not the name of a view" },
    { "-x", "-x is not an option, see kvmtop --help" },
    { "-bx", "-x is not an option, see kvmtop --help" },
    { "-?", "-? is not an option, see kvmtop --help" },
    { "-:", "-: is not an option, see kvmtop --help" },
    { "--foo", "--foo is not an option, see kvmtop --help" },
    { "--foo=bar|-b", "--foo is not an option, see kvmtop --help" },
    { "--batchx", "--batchx is not an option, see kvmtop --help" },
    { "--batch=yes", "--batch takes no argument" },
    { "--list", "--list can mean --list-plugins, --list-columns, --list-options" },
    { "--co=x", "--co can mean --columns, --config" },
    { "foo", "'foo' is not an option, see kvmtop --help" },
    { "-b|foo|-x", "'foo' is not an option, see kvmtop --help" },
    { "-b|--|-x", "'-x' is not an option, see kvmtop --help" },
    { "-", "'-' is not an option, see kvmtop --help" },
    { "--list-columns|a|b", "'b' is not an option, see kvmtop --help" },
};

static void test_wrong(void **state)
{
    struct settings settings;
    char err[200];

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(parse(&settings, wrong[i].line, err), -EINVAL);
        assert_string_equal(err, wrong[i].error);
        settings_free(&settings);
    }
}

/* getopt_long(3) itself says nothing. */
static void test_silent(void **state)
{
    char path[] = "/tmp/kvmtop-options.XXXXXX", err[200];
    int fd = mkstemp(path), saved = dup(STDERR_FILENO);
    struct settings settings;

    (void)state;
    fflush(stderr);
    dup2(fd, STDERR_FILENO);
    parse(&settings, "--foo", err);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    settings_free(&settings);
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    close(fd);
    close(saved);
    unlink(path);
}

/* ---- with files ---- */

static void report(void *ctx, const char *line)
{
    str_puts(ctx, line);
    str_puts(ctx, "\n");
}

/* A folder with this kvmtop.conf, and a home with nothing in it. */
static void make_config(char dir[32], const char *text)
{
    char *path;
    FILE *file;

    snprintf(dir, 32, "/tmp/kvmtop-options.XXXXXX");
    assert_non_null(mkdtemp(dir));
    path = str_format("%s/kvmtop.conf", dir);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    free(path);
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
}

static void remove_config(const char *dir)
{
    char *path = str_format("%s/kvmtop.conf", dir);

    unlink(path);
    rmdir(dir);
    free(path);
}

static int load(struct settings *settings, const char *line, const char *dir,
                struct str_buf *reports)
{
    const struct config_sink sink = { report, reports };
    char *copy = strdup(line), *argv[ARGS_MAX];
    int argc = split(copy, argv), result;

    reports->len = 0;
    str_puts(reports, "");
    result = options_load(settings, argc, argv, dir, &sink);
    free(copy);
    return result;
}

static void test_last_word(void **state)
{
    struct str_buf reports = { 0 };
    struct settings s;
    char dir[32];

    (void)state;
    make_config(dir, "[core]\ninterval = 1\nlimit = 9\nview = network\nplugin_dir = /f1, /f2\n");
    assert_int_equal(load(&s, "-i|2|-P|a|-p|5|-P|b|--without|x", dir, &reports), 0);
    assert_string_equal(reports.text, "");
    assert_true(s.interval == 2);
    assert_int_equal(s.limit, 9);
    assert_string_equal(s.view, "network");
    assert_string_equal(s.view_origin.file, s.files.item[0]);
    assert_int_equal(s.plugin_dirs.count, 4);
    assert_string_equal(s.plugin_dirs.item[0], "a");
    assert_string_equal(s.plugin_dirs.item[1], "b");
    assert_string_equal(s.plugin_dirs.item[2], "/f1");
    assert_int_equal(s.npids, 1);
    assert_int_equal(s.without.count, 1);
    settings_free(&s);
    remove_config(dir);
    free(reports.text);
}

/* Where a wrong line may have named plugins, what else speaks of them can't be judged. */
static void test_unsure(void **state)
{
    static const struct {
        const char *text;
        int result;
    } table[] = {
        { "[core]\nlimit = x\ninterval = y\n", 2 },
        { "[core]\nlimit = x\n[view process]\nsort = a:b\n", 2 },
        { "[core]\nplugins = a;b\n", -EINVAL },
        { "[core]\nlimit = x\nplugin_dir = here\n", -EINVAL },
        { "[core]\nlimit = x\nplugins\n", -EINVAL },
    };
    struct str_buf reports = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct settings s;
        char dir[32];

        make_config(dir, table[i].text);
        assert_int_equal(load(&s, "", dir, &reports), table[i].result);
        settings_free(&s);
        remove_config(dir);
    }
    free(reports.text);
}

static void test_config_option(void **state)
{
    struct str_buf reports = { 0 };
    struct settings s;
    char dir[32], *line, *expected;

    (void)state;
    make_config(dir, "[core]\nlimit = x\n");
    assert_int_equal(load(&s, "", dir, &reports), 1);
    settings_free(&s);
    assert_int_equal(load(&s, "-c|/dev/null", dir, &reports), 0);
    assert_string_equal(s.config, "/dev/null");
    settings_free(&s);
    line = str_format("-c|%s/kvmtop.conf", dir);
    assert_int_equal(load(&s, line, "/nowhere", &reports), 1);
    expected = str_format("%s/kvmtop.conf:2: limit: 'x' is not a number of rows (0: all)\n", dir);
    assert_string_equal(reports.text, expected);
    settings_free(&s);
    assert_int_equal(load(&s, "-c|/nowhere/x", dir, &reports), -EINVAL);
    assert_string_equal(reports.text,
                        "/nowhere/x: cannot be read: No such file or directory\n");
    settings_free(&s);
    remove_config(dir);
    free(line);
    free(expected);
    free(reports.text);
}

/* A wrong command line is told alone; help and version need no files. */
static void test_files_unread(void **state)
{
    struct str_buf reports = { 0 };
    struct settings s;
    char dir[32];

    (void)state;
    make_config(dir, "[core]\nlimit = x\n");
    assert_int_equal(load(&s, "-l|y", dir, &reports), -EINVAL);
    assert_string_equal(reports.text, "--limit: 'y' is not a number of rows (0: all)\n");
    settings_free(&s);
    assert_int_equal(load(&s, "--help", dir, &reports), 0);
    assert_int_equal(s.command, COMMAND_HELP);
    settings_free(&s);
    assert_int_equal(load(&s, "--version", dir, &reports), 0);
    settings_free(&s);
    assert_int_equal(load(&s, "--check-config", dir, &reports), 1);
    assert_int_equal(s.command, COMMAND_CHECK_CONFIG);
    settings_free(&s);
    remove_config(dir);
    free(reports.text);
}

/* ---- help ---- */

static void test_help(void **state)
{
    static const char *const lines[] = {
        "  -i, --interval SECONDS     refresh interval, 0.1 to 3600 (default 5)\n",
        "  -s, --sort COLUMN[:asc|:desc]\n                             sort by this column\n",
        "      --list-columns [VIEW]  show", "  -h, --help", "  -V, --view NAME",
        "      --without NAME",
    };
    char *text = NULL, *interval, *limit;
    struct settings settings;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void)state;
    settings_init(&settings);
    interval = str_format("(default %g)", settings.interval);
    limit = str_format("(default %u; 0: all)", (unsigned)settings.limit);
    options_help(out);
    fclose(out);
    assert_non_null(strstr(text, interval));
    assert_non_null(strstr(text, limit));
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_non_null(strstr(text, lines[i]));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    settings_free(&settings);
    free(interval);
    free(limit);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),       cmocka_unit_test(test_short),
        cmocka_unit_test(test_long),          cmocka_unit_test(test_commands),
        cmocka_unit_test(test_wrong),         cmocka_unit_test(test_silent),
        cmocka_unit_test(test_last_word),     cmocka_unit_test(test_unsure),
        cmocka_unit_test(test_config_option), cmocka_unit_test(test_files_unread),
        cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
