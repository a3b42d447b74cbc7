/* SPDX-License-Identifier: GPL-3.0-or-later */
/* INI files -> settings: sections, keys, mistakes, which files are read and what they may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/config.h"
#include "core/ini.h"
#include "core/settings.h"
#include "core/str.h"
#include "core/theme.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void report(void *ctx, const char *line)
{
    str_puts(ctx, line);
    str_puts(ctx, "\n");
}

/* Settings, what was reported while reading them, and a folder of their own. */
struct fixture {
    struct settings settings;
    struct str_buf reports;
    struct config_sink sink;
    char dir[32];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    settings_init(&f->settings);
    str_puts(&f->reports, "");
    f->sink = (struct config_sink){ report, &f->reports };
    snprintf(f->dir, sizeof f->dir, "/tmp/kvmtop-config.XXXXXX");
    *state = f;
    return mkdtemp(f->dir) ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char *command = str_format("rm -r '%s'", f->dir);

    settings_free(&f->settings);
    free(f->reports.text);
    if (system(command) != 0)
        return -1;
    free(command);
    free(f);
    return 0;
}

static size_t read_text(struct fixture *f, const char *text)
{
    return config_read(&f->settings, "f", text, strlen(text), false, &f->sink);
}

/* Reads text and expects these reports. */
static void expect(struct fixture *f, const char *text, const char *reports)
{
    size_t lines = 0;

    for (const char *c = reports; *c; c++)
        lines += *c == '\n';
    f->reports.len = 0;
    str_puts(&f->reports, "");
    assert_int_equal(read_text(f, text), lines);
    assert_string_equal(f->reports.text, reports);
}

static void expect_list(const struct string_list *list, const char *words)
{
    struct str_buf got = { 0 };

    str_puts(&got, "");
    for (size_t i = 0; i < list->count; i++) {
        str_puts(&got, i ? " " : "");
        str_puts(&got, list->item[i]);
    }
    assert_string_equal(got.text, words);
    free(got.text);
}

static void test_core(void **state)
{
    struct fixture *f = *state;
    struct settings *s = &f->settings;

    expect(f, "[core]\ninterval = 0.5\nlimit = 0\nview = network\nplugins = a, b\n  c b\n"
              "plugin_dir = /x,/y\nvmm = qemu-*, my_vmm\ntheme = mono\nmouse = no\nside = guest\n"
              "watchdog = 2.5\n", "");
    assert_true(s->interval == 0.5);
    assert_int_equal(s->limit, 0);
    assert_string_equal(s->view, "network");
    assert_string_equal(s->view_origin.file, "f");
    assert_int_equal(s->view_origin.line, 4);
    expect_list(&s->plugins, "a b c");
    assert_int_equal(s->plugins_default, 0);
    assert_int_equal(s->plugins_origin.line, 5);
    expect_list(&s->plugin_dirs, "/x /y");
    expect_list(&s->vmm, "qemu-* my_vmm");
    assert_string_equal(s->theme, "mono");
    assert_false(s->mouse);
    assert_true(s->guest_side);
    assert_true(s->watchdog == 2.5);
    expect(f, "[core]\nwatchdog = 0\n", "");
    assert_true(s->watchdog == 0);
    expect(f, "[core]\nplugin_dir =\nplugins =\nlimit = 7\nlimit = 8\n", "");
    expect_list(&s->plugin_dirs, "");
    expect_list(&s->plugins, "");
    assert_int_equal(s->limit, 8);
    expect_list(&s->files, "f f f");
}

static void test_adding(void **state)
{
    struct fixture *f = *state;
    struct settings *s = &f->settings;
    size_t defaults = s->plugins.count;

    expect(f, "[core]\nplugins += site, proc\nvmm+=wrap*\nplugin_dir += /z\n", "");
    assert_int_equal(s->plugins.count, defaults + 1);
    assert_string_equal(s->plugins.item[defaults], "site");
    assert_int_equal(s->plugins_default, defaults);
    assert_string_equal(s->vmm.item[s->vmm.count - 1], "wrap*");
    expect(f, "[core]\nplugins = a\nplugins += b\nplugin_dir += /a\n", "");
    expect_list(&s->plugins, "a b");
    expect_list(&s->plugin_dirs, "/z /a");
}

static void test_sections(void **state)
{
    struct fixture *f = *state;
    struct settings *s = &f->settings;

    expect(f, "[plugin regex]\nrule = a\nrule = b\n[view  process]\nsort = cpu:desc\n"
              "columns = pid, cpu\n  command\n"
              "[colors]\nhead = red on blue\ncrit = red\nhead = bold\n"
              "[thresholds process]\nwait = 500\ncpu = 80:95.5\nwait = 0\n"
              "[view process]\nsort = wait\n[view storage]\nsort = r_iops:asc\n", "");
    assert_int_equal(s->nplugin, 2);
    assert_string_equal(s->plugin[0].plugin, "regex");
    assert_string_equal(s->plugin[0].key, "rule");
    assert_string_equal(s->plugin[0].value, "a");
    assert_string_equal(s->plugin[1].value, "b");
    assert_int_equal(s->plugin[1].origin.line, 3);
    assert_int_equal(s->nviews, 2);
    assert_string_equal(s->views[0].name, "process");
    assert_string_equal(s->views[0].columns, "pid, cpu command");
    assert_string_equal(s->views[0].sort, "wait");
    assert_int_equal(s->views[0].name_origin.line, 5);
    assert_int_equal(s->views[0].columns_origin.line, 6);
    assert_int_equal(s->views[0].sort_origin.line, 17);
    assert_null(s->views[1].columns);
    assert_ptr_equal(settings_view(s, "storage"), &s->views[1]);
    assert_int_equal(s->ncolors, 2);
    assert_string_equal(s->colors[0].role, "head");
    assert_string_equal(s->colors[0].spec, "bold");
    assert_int_equal(s->colors[0].origin.line, 11);
    assert_string_equal(s->colors[1].spec, "red");
    assert_int_equal(s->nthresholds, 2);
    assert_string_equal(s->thresholds[0].column, "wait");
    assert_true(s->thresholds[0].warn == 0 && s->thresholds[0].crit == 0);
    assert_true(s->thresholds[1].warn == 80 && s->thresholds[1].crit == 95.5);
    assert_int_equal(s->thresholds[1].origin.line, 14);
}

#define SECONDS "is not a number of seconds from 0.1 to 3600\n"
#define WATCHDOG "is not a number of seconds from 1 to 3600, or 0 (off)\n"
#define SORTS "is not COLUMN, COLUMN:asc or COLUMN:desc\n"
#define THRESHOLDS "is not WARN or WARN:CRIT, numbers from 0 (none) up\n"

static const struct {
    const char *text, *reports;
} mistakes[] = {
    { "limit = 1\n", "f:1: 'limit' stands before any [section]\n" },
    { "[core]\ninterval = x\n", "f:2: interval: 'x' " SECONDS },
    { "[core]\ninterval = 0.09\ninterval = 3601\ninterval = 0,5\ninterval = inf\ninterval =\n",
      "f:2: interval: '0.09' " SECONDS "f:3: interval: '3601' " SECONDS
      "f:4: interval: '0,5' " SECONDS "f:5: interval: 'inf' " SECONDS
      "f:6: interval: '' " SECONDS },
    { "[core]\nlimit = -1\n", "f:2: limit: '-1' is not a number of rows (0: all)\n" },
    { "[core]\nview = a/b\n",
      "f:2: view: 'a/b' is not the name of a view, such as process or tree\n" },
    { "[core]\nmouse = maybe\n", "f:2: mouse: 'maybe' is not yes or no\n" },
    { "[core]\nside = left\n", "f:2: side: 'left' is not host or guest\n" },
    { "[core]\nwatchdog = 0.5\nwatchdog = 3601\nwatchdog = never\n",
      "f:2: watchdog: '0.5' " WATCHDOG "f:3: watchdog: '3601' " WATCHDOG
      "f:4: watchdog: 'never' " WATCHDOG },
    { "[core]\ntheme = pink\n",
      "f:2: theme: 'pink' is not the name of a theme: default or mono\n" },
    { "[core]\nplugins = a, ../b\n",
      "f:2: plugins: 'a, ../b' is not a list of plugins (A-Z, a-z, 0-9, _)\n" },
    { "[core]\nplugin_dir = /a b\n",
      "f:2: plugin_dir: '/a b' is not a list of folders that begin with /\n" },
    { "[core]\nvmm = /usr/bin/kvm\n", "f:2: vmm: '/usr/bin/kvm' is not a list of programs' names, "
                                      "* and ? allowed, without folders\n" },
    { "[core]\nintervall = 1\n", "f:2: no key 'intervall' in [core]: there is interval, limit, "
                                 "view, theme, mouse, side, watchdog, plugins, "
                                 "plugin_dir, vmm\n" },
    { "[core]\nlimit += 1\n", "f:2: limit: '+=' is for lists, write '='\n" },
    { "[cores]\nx = 1\ny = 2\n[core]\nlimit = 9\n",
      "f:1: no section [cores]: there is [core], [plugin NAME], [view NAME], [colors], "
      "[thresholds TABLE]\n" },
    { "[core x]\nlimit = y\n", "f:1: [core] takes no name\n" },
    { "[plugin]\nx = 1\n[plugin a-b]\n[view A]\n",
      "f:1: [plugin NAME]: '' is not a name (a-z, 0-9, _)\n"
      "f:3: [plugin NAME]: 'a-b' is not a name (a-z, 0-9, _)\n"
      "f:4: [view NAME]: 'A' is not a name (a-z, 0-9, _)\n" },
    { "[view process]\nsort = cpu:up\nsort = :asc\nsort =\n",
      "f:2: sort: 'cpu:up' " SORTS "f:3: sort: ':asc' " SORTS "f:4: sort: '' " SORTS },
    { "[view process]\ncolumns =\ncolumns = pid; cpu\n",
      "f:2: columns: '' is not a list of columns (a-z, 0-9, _, %)\n"
      "f:3: columns: 'pid; cpu' is not a list of columns (a-z, 0-9, _, %)\n" },
    { "[view process]\ncolor = red\ncolumns += pid\n",
      "f:2: no key 'color' in [view process]: there is columns, sort\n"
      "f:3: columns: '+=' is for lists in [core], write '='\n" },
    { "[thresholds process]\nwait = x\nwait = 1:x\nwait = 5:4\nwait = -1\nwait = 1:\nWait = 1\n",
      "f:2: wait: 'x' " THRESHOLDS "f:3: wait: '1:x' " THRESHOLDS "f:4: wait: '5:4' " THRESHOLDS
      "f:5: wait: '-1' " THRESHOLDS "f:6: wait: '1:' " THRESHOLDS
      "f:7: no key 'Wait' in [thresholds process]: there is one key for each column "
      "(a-z, 0-9, _, %)\n" },
    { "[core\nlimit = x\n[core]\nfoo\nlimit = y\n",
      "f:1: no ']' after '['\nf:4: neither '[section]' nor 'key = value'\n"
      "f:5: limit: 'y' is not a number of rows (0: all)\n" },
};

static void test_mistakes(void **state)
{
    struct fixture *f = *state;
    struct settings *s = &f->settings;

    for (size_t i = 0; i < COUNT(mistakes); i++)
        expect(f, mistakes[i].text, mistakes[i].reports);
    assert_true(s->interval == 5);
    assert_string_equal(s->view, "process");
    assert_true(s->mouse);
    assert_int_equal(s->plugins_default, s->plugins.count);
    assert_int_equal(s->limit, 9);
    assert_int_equal(s->nthresholds + s->ncolors, 0);
}

/* The theme knows what is wrong with a colour; file and line come from here. */
static void test_wrong_colors(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_text(f, "[colors]\nhead = pink\nhaed = red\n"), 2);
    assert_non_null(strstr(f->reports.text, "f:2: "));
    assert_non_null(strstr(f->reports.text, "pink"));
    assert_non_null(strstr(f->reports.text, "\nf:3: "));
    assert_non_null(strstr(f->reports.text, "haed"));
}

/* ---- files ---- */

static char *in_dir(const struct fixture *f, const char *name)
{
    return str_format("%s/%s", f->dir, name);
}

static void write_file(const struct fixture *f, const char *name, const char *text)
{
    char *path = in_dir(f, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void make_dir(const struct fixture *f, const char *name)
{
    char *path = in_dir(f, name);

    assert_int_equal(mkdir(path, 0755), 0);
    free(path);
}

static void test_no_files(void **state)
{
    struct fixture *f = *state;
    char *missing = in_dir(f, "nowhere/kvmtop.conf");

    assert_int_equal(config_load(&f->settings, f->dir, missing, &f->sink), 0);
    assert_int_equal(config_load(&f->settings, "/nowhere/at/all", NULL, &f->sink), 0);
    assert_int_equal(f->settings.files.count, 0);
    free(missing);
}

static void test_order(void **state)
{
    struct fixture *f = *state;
    struct settings *s = &f->settings;
    char *user = in_dir(f, "user.conf");
    char *files;

    make_dir(f, "conf.d");
    write_file(f, "kvmtop.conf", "[core]\nlimit = 1\nplugins = a\ninterval = 1\nview = x\n");
    write_file(f, "conf.d/b.conf", "[core]\nlimit = 3\nplugins += c\n");
    write_file(f, "conf.d/B.conf", "[core]\nlimit = 2\nplugins += b\ninterval = 2\n");
    write_file(f, "conf.d/.c.conf", "[core]\nwrong = 1\n");
    write_file(f, "conf.d/b.conf~", "[core]\nwrong = 1\n");
    write_file(f, "conf.d/.conf", "[core]\nwrong = 1\n");
    write_file(f, "user.conf", "[core]\nlimit = 4\n[view process]\nsort = pid\n");
    assert_int_equal(config_load(s, f->dir, user, &f->sink), 0);
    expect_list(&s->plugins, "a b c");
    assert_int_equal(s->limit, 4);
    assert_true(s->interval == 2);
    assert_string_equal(s->views[0].sort_origin.file, user);
    files = str_format("%s/kvmtop.conf %s/conf.d/B.conf %s/conf.d/b.conf %s", f->dir, f->dir,
                       f->dir, user);
    expect_list(&s->files, files);
    /* Origins point at names that stay where they are. */
    assert_ptr_equal(s->view_origin.file, s->files.item[0]);
    assert_ptr_equal(s->plugins_origin.file, s->files.item[2]);
    free(files);
    free(user);
}

/* All mistakes of all files are told. */
static void test_all_told(void **state)
{
    struct fixture *f = *state;
    char *user = in_dir(f, "user.conf"), *expected;

    make_dir(f, "conf.d");
    make_dir(f, "conf.d/dir.conf");
    write_file(f, "kvmtop.conf", "[core]\nlimit = x\n");
    write_file(f, "conf.d/a.conf", "foo\n");
    write_file(f, "user.conf", "[core]\nlimit = y\n");
    assert_int_equal(config_load(&f->settings, f->dir, user, &f->sink), 4);
    expected = str_format("%s/kvmtop.conf:2: limit: 'x' is not a number of rows (0: all)\n"
                          "%s/conf.d/a.conf:1: neither '[section]' nor 'key = value'\n"
                          "%s/conf.d/dir.conf: cannot be read: Is a directory\n"
                          "%s:2: limit: 'y' is not a number of rows (0: all)\n",
                          f->dir, f->dir, f->dir, user);
    assert_string_equal(f->reports.text, expected);
    free(expected);
    free(user);
}

static void test_users_file(void **state)
{
    static const char text[] = "[core]\ninterval = 1\nlimit = 2\nview = tree\ntheme = mono\n"
                               "mouse = no\n[view a]\nsort = b\n[colors]\nhead = red\n"
                               "[thresholds a]\nb = 1\n"
                               "[core]\nplugins = x\nplugin_dir += /x\nvmm = x\n"
                               "[plugin x]\nrule = 1\nrule = 2\n";
    struct fixture *f = *state;
    struct settings *s = &f->settings;
    size_t plugins = s->plugins.count, vmm = s->vmm.count;

    assert_int_equal(config_read(s, "u", text, sizeof text - 1, true, &f->sink), 4);
    assert_string_equal(f->reports.text,
                        "u:14: plugins is for the system's kvmtop.conf, not for a user's\n"
                        "u:15: plugin_dir is for the system's kvmtop.conf, not for a user's\n"
                        "u:16: vmm is for the system's kvmtop.conf, not for a user's\n"
                        "u:17: [plugin NAME] is for the system's kvmtop.conf, not for a user's\n");
    assert_int_equal(s->limit, 2);
    assert_int_equal(s->nviews + s->ncolors + s->nthresholds, 3);
    assert_int_equal(s->nplugin, 0);
    assert_int_equal(s->plugin_dirs.count, 0);
    assert_int_equal(s->plugins.count, plugins);
    assert_int_equal(s->vmm.count, vmm);
}

static void test_one_file(void **state)
{
    struct fixture *f = *state;
    char *path = in_dir(f, "x.conf"), *expected;

    assert_int_equal(config_load_file(&f->settings, path, &f->sink), 1);
    expected = str_format("%s: cannot be read: No such file or directory\n", path);
    assert_string_equal(f->reports.text, expected);
    write_file(f, "x.conf", "[core]\nlimit = 3\nplugins = x\n");
    assert_int_equal(config_load_file(&f->settings, path, &f->sink), 0);
    assert_int_equal(f->settings.limit, 3);
    expect_list(&f->settings.plugins, "x");
    free(expected);
    free(path);
}

static void expect_user_path(const char *xdg, const char *home, const char *expected)
{
    char *path;

    if (xdg)
        setenv("XDG_CONFIG_HOME", xdg, 1);
    else
        unsetenv("XDG_CONFIG_HOME");
    if (home)
        setenv("HOME", home, 1);
    else
        unsetenv("HOME");
    path = config_user_path();
    if (expected)
        assert_string_equal(path, expected);
    else
        assert_null(path);
    free(path);
}

static void test_user_path(void **state)
{
    (void)state;
    expect_user_path("/x", "/h", "/x/kvmtop/kvmtop.conf");
    expect_user_path(NULL, "/h", "/h/.config/kvmtop/kvmtop.conf");
    expect_user_path("", "/h", "/h/.config/kvmtop/kvmtop.conf");
    expect_user_path("relative", "/h", "/h/.config/kvmtop/kvmtop.conf");
    expect_user_path(NULL, "", NULL);
    expect_user_path(NULL, NULL, NULL);
}

/* ---- the file that is installed ---- */

/* conf/kvmtop.conf with each `#key = value` as `key = value`, to be freed. */
static char *uncommented(void)
{
    const char *top = getenv("abs_top_srcdir");
    char *path = str_format("%s/conf/kvmtop.conf", top ? top : ".");
    char *text;
    size_t len, to = 0;

    assert_int_equal(ini_load(path, &text, &len), 0);
    for (size_t i = 0; i <= len; i++) {
        bool begins = i == 0 || text[i - 1] == '\n';
        if (begins && text[i] == '#' && text[i + 1] >= 'a' && text[i + 1] <= 'z')
            continue;
        text[to++] = text[i];
    }
    free(path);
    return text;
}

static void expect_same_list(const struct string_list *a, const struct string_list *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_string_equal(a->item[i], b->item[i]);
}

static void test_shipped_defaults(void **state)
{
    struct fixture *f = *state;
    struct settings *s = &f->settings, d;
    char *text = uncommented();

    expect(f, text, "");
    settings_init(&d);
    assert_true(s->interval == d.interval);
    assert_int_equal(s->limit, d.limit);
    assert_string_equal(s->view, d.view);
    assert_string_equal(s->theme, d.theme);
    assert_int_equal(s->mouse, d.mouse);
    assert_int_equal(s->guest_side, d.guest_side);
    assert_true(s->watchdog == d.watchdog);
    expect_same_list(&s->plugins, &d.plugins);
    expect_same_list(&s->plugin_dirs, &d.plugin_dirs);
    expect_same_list(&s->vmm, &d.vmm);
    settings_free(&d);
    free(text);
}

static void test_shipped_colors(void **state)
{
    struct fixture *f = *state;
    struct theme theme, defaults;
    char *text = uncommented(), err[200];

    unsetenv("NO_COLOR");
    expect(f, text, "");
    assert_int_equal(f->settings.ncolors, THEME_ROLES);
    theme_init(&defaults, NULL);
    theme = defaults;
    for (size_t i = 0; i < f->settings.ncolors; i++) {
        const struct color_setting *color = &f->settings.colors[i];
        assert_true(theme_set(&theme, color->role, color->spec, err, sizeof err));
        assert_memory_equal(theme.attr, defaults.attr, sizeof theme.attr);
    }
    free(text);
}

/* The reader tells its keys when it meets a wrong one: each has its line in the file. */
static void test_shipped_complete(void **state)
{
    struct fixture *f = *state;
    char *text = uncommented();
    const char *at, *word;
    size_t len;

    assert_int_equal(read_text(f, "[core]\nx = 1\n"), 1);
    at = strstr(f->reports.text, "there is ") + strlen("there is ");
    f->reports.text[strlen(f->reports.text) - 1] = '\0';
    while (str_word(&at, &word, &len)) {
        char *line = str_format("\n%.*s =", (int)len, word);
        assert_non_null(strstr(text, line));
        free(line);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_core, setup, teardown),
        cmocka_unit_test_setup_teardown(test_adding, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sections, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_colors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_users_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_file, setup, teardown),
        cmocka_unit_test(test_user_path),
        cmocka_unit_test_setup_teardown(test_shipped_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shipped_colors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shipped_complete, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
