/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changing values in INI files: only what is meant changes, and it is read back as meant. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/config_edit.h"
#include "core/ini.h"
#include "core/ini_line.h"
#include "core/str.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void expect_edit(const char *text, const struct config_change *changes, size_t n,
                        const char *expected)
{
    char err[200] = "", *out;
    size_t len;

    out = config_edit(text, strlen(text), changes, n, &len, err, sizeof err);
    assert_string_equal(err, "");
    assert_non_null(out);
    assert_string_equal(out, expected);
    assert_int_equal(len, strlen(expected));
    free(out);
}

static const struct {
    const char *before, *section, *key, *value, *after;
} edits[] = {
    /* Nothing there yet. */
    { "", "core", "limit", "5", "[core]\nlimit = 5\n" },
    { "# c", "core", "limit", "5", "# c\n\n[core]\nlimit = 5\n" },
    { "[a]\nb = c\n\n", "core", "limit", "5", "[a]\nb = c\n\n[core]\nlimit = 5\n" },
    /* Replaced where it stands, with what stands around it. */
    { "[core]\n  limit=1\ninterval = 2\n", "core", "limit", "5",
      "[core]\n  limit=5\ninterval = 2\n" },
    { "[core]\nlimit  :  1   ; why\nx = 2", "core", "limit", "5",
      "[core]\nlimit  :  5   ; why\nx = 2" },
    { "[core]\nlimit = 1", "core", "limit", "5", "[core]\nlimit = 5\n" },
    { "[core]\nlimit =\n", "core", "limit", "5", "[core]\nlimit = 5\n" },
    { "[core]\nlimit = ; c\n", "core", "limit", "5", "[core]\nlimit = 5 ; c\n" },
    { "[core]\nlimit = 5\n", "core", "limit", "", "[core]\nlimit =\n" },
    { "[core]\nlimit = 5 ; c\n", "core", "limit", "", "[core]\nlimit =  ; c\n" },
    { "[core]\n", "core", "limit", "", "[core]\nlimit =\n" },
    { "\xef\xbb\xbf[core]\r\nlimit = 1\r\nx = 1\r\n", "core", "limit", "5",
      "\xef\xbb\xbf[core]\r\nlimit = 5\r\nx = 1\r\n" },
    { "[view process]\nsort = pid\n[view storage]\nsort = pid\n", "view storage", "sort", "w_lat",
      "[view process]\nsort = pid\n[view storage]\nsort = w_lat\n" },
    { "[view]\n[view processes]\nsort = pid\n[view proc]\n", "view process", "sort", "cpu",
      "[view]\n[view processes]\nsort = pid\n[view proc]\n\n[view process]\nsort = cpu\n" },
    { "[ view   process ]\nsort = pid\n", "view process", "sort", "cpu",
      "[ view   process ]\nsort = cpu\n" },
    /* The last one counts, wherever it is. */
    { "[a]\nk = 1\nk = 2\n[b]\nk = 3\n[a]\nk = 4\n[b]\n", "a", "k", "5",
      "[a]\nk = 1\nk = 2\n[b]\nk = 3\n[a]\nk = 5\n[b]\n" },
    { "[a]\nk = 1\nk += 2\n", "a", "k", "5", "[a]\nk = 1\nk = 5\n" },
    /* A folded value goes as a whole, the comments within it stay. */
    { "[a]\nk = 1 ; one\n  2 ; two\n\n# c\n  3\n\t4\nl = 5\n", "a", "k", "9",
      "[a]\nk = 9 ; one\n ; two\n\n# c\nl = 5\n" },
    { "[a]\nk = 1\n  2 ; two", "a", "k", "9", "[a]\nk = 9\n ; two" },
    { "[a]\nk =\n  1\n[b]\n", "a", "k", "9", "[a]\nk = 9\n[b]\n" },
    /* After its commented-out line, else behind the last pair of the section, or the head. */
    { "[a]\n# The k.\n#k = 1\n# The l.\n#l = 2\n[b]\n", "a", "k", "5",
      "[a]\n# The k.\n#k = 1\nk = 5\n# The l.\n#l = 2\n[b]\n" },
    { "[a]\n; k=1\n#kk = 1\n", "a", "k", "5", "[a]\n; k=1\nk = 5\n#kk = 1\n" },
    { "[a]\n#\n# ", "a", "k", "5", "[a]\nk = 5\n#\n# \n" },
    { "[b]\n#k = 1\n[a]\n", "a", "k", "5", "[b]\n#k = 1\n[a]\nk = 5\n" },
    { "[a]\nx = 1\n\n# The b.\n[b]\n", "a", "k", "5", "[a]\nx = 1\nk = 5\n\n# The b.\n[b]\n" },
    { "[a]\nx = 1\n[b]\n[a]\ny = 2\n[c]\n", "a", "k", "5",
      "[a]\nx = 1\n[b]\n[a]\ny = 2\nk = 5\n[c]\n" },
    { "[b]\r", "a", "k", "5", "[b]\r\n\r\n[a]\r\nk = 5\r\n" },
    { "[a]\r\n[b]", "a", "k", "5", "[a]\r\nk = 5\r\n[b]\r\n" },
    /* Never between a key and what continues it. */
    { "[a]\nx = 1\n#k = 1\n  2\ny = 3\n", "a", "k", "5",
      "[a]\nx = 1\n#k = 1\n  2\nk = 5\ny = 3\n" },
    { "[a]\n#k = 1\n  x = 1\n  2\n", "a", "k", "5", "[a]\n#k = 1\n  x = 1\n  2\nk = 5\n" },
    { "[a]\n  x = 1\ny = 1\n", "a", "k", "5", "[a]\n  x = 1\ny = 1\nk = 5\n" },
    { "[a]\n\n  [b]\nx = 1\n", "a", "k", "5", "[a]\n\n  [b]\nx = 1\n\n[a]\nk = 5\n" },
    { "[a]\nx = 1\n  [b]\n", "a", "k", "5", "[a]\nx = 1\n  [b]\nk = 5\n" },
    /* Lines in error stay as they are and take no part. */
    { "[a\nk = 1\nfoo\n[a]\nfoo\n", "a", "k", "5", "[a\nk = 1\nfoo\n[a]\nk = 5\nfoo\n" },
    { "[a]\nk = 1\n  2\nfoo\n  bar\n", "a", "k", "5", "[a]\nk = 5\nfoo\n  bar\n" },
    { "[a]\nk = \x01\n", "a", "k", "5", "[a]\nk = 5\nk = \x01\n" },
    /* What only looks like a comment. */
    { "[a]\n", "a", "k", "a;b # c", "[a]\nk = a;b # c\n" },
    { "[a]\n", "a", "k", "= [b]", "[a]\nk = = [b]\n" },
};

static void test_edits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(edits); i++) {
        struct config_change change = { edits[i].section, edits[i].key, edits[i].value };
        expect_edit(edits[i].before, &change, 1, edits[i].after);
        if (strchr(edits[i].after, '\x01') == NULL)
            expect_edit(edits[i].after, &change, 1, edits[i].after);
    }
}

static void test_many(void **state)
{
    static const struct config_change changes[] = {
        { "core", "interval", "2.5" },  { "view process", "sort", "wait:desc" },
        { "core", "limit", "10" },      { "view process", "columns", "pid, cpu" },
        { "colors", "head", "bold" },   { "core", "view", "tree" },
    };

    (void)state;
    expect_edit("# mine\n[core]\n#view = process\nlimit = 50 ; rows\n\n[colors]\n", changes,
                COUNT(changes),
                "# mine\n[core]\n#view = process\nview = tree\nlimit = 10 ; rows\n"
                "interval = 2.5\n\n[colors]\nhead = bold\n\n"
                "[view process]\nsort = wait:desc\ncolumns = pid, cpu\n");
}

static void test_refused(void **state)
{
    static const struct {
        struct config_change change;
        const char *error;
    } cases[] = {
        { { "a", "k", " x" }, "'k' in [a] has a blank at an end of its value" },
        { { "a", "k", "x " }, "'k' in [a] has a blank at an end of its value" },
        { { "a", "k", "x ;y" },
          "'k' in [a] has a ';' in its value, which would begin a comment" },
        { { "a", "k", ";y" },
          "'k' in [a] has a ';' in its value, which would begin a comment" },
        { { "a", "k", "x\ny" }, "'k' in [a] has a control character in its value" },
        { { "a", "k", "x\x7f" }, "'k' in [a] has a control character in its value" },
        { { "a", "k l", "x" }, "'k l' in [a] is not a key" },
        { { "a", "", "x" }, "'' in [a] is not a key" },
        { { "a]", "k", "x" }, "'k' in [a]] is not a key of a section" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char err[200] = "";
        size_t len;
        assert_null(config_edit("", 0, &cases[i].change, 1, &len, err, sizeof err));
        assert_string_equal(err, cases[i].error);
    }
}

/* Two values for one key: not both can be had. */
static void test_contradiction(void **state)
{
    static const struct config_change changes[] = { { "a", "k", "1" }, { "a", "k", "2" } };
    char err[200] = "";
    size_t len;

    (void)state;
    assert_null(config_edit("", 0, changes, 2, &len, err, sizeof err));
    assert_string_equal(err, "can't be changed so that it says what it should: edit it by hand");
}

/* ---- long values ---- */

struct found {
    const char *key;
    char *value;
    size_t errors;
};

static void see_section(void *ctx, const char *name, unsigned line)
{
    (void)ctx;
    (void)name;
    (void)line;
}

static void see_pair(void *ctx, const struct ini_pair *pair)
{
    struct found *found = ctx;

    if (strcmp(pair->key, found->key) == 0) {
        free(found->value);
        found->value = strdup(pair->value);
    }
}

static void see_error(void *ctx, const char *what, unsigned line)
{
    struct found *found = ctx;

    (void)what;
    (void)line;
    found->errors++;
}

static void expect_round_trip(const char *before, const char *value)
{
    static const struct ini_handler handler = { see_section, see_pair, see_error };
    struct config_change change = { "view process", "columns", value };
    struct found found = { .key = "columns" };
    char err[200] = "", *out;
    size_t len;

    out = config_edit(before, strlen(before), &change, 1, &len, err, sizeof err);
    assert_string_equal(err, "");
    ini_read(out, len, &handler, &found);
    assert_int_equal(found.errors, 0);
    assert_string_equal(found.value, value);
    for (size_t at = 0; at < len; at += ini_line_length(out + at, len - at))
        assert_true(ini_line_length(out + at, len - at) <= INI_LINE_BYTES + 1);
    free(found.value);
    free(out);
}

static void test_long_values(void **state)
{
    char word[INI_LINE_BYTES + 1], err[200], *two;
    struct str_buf list = { 0 };
    struct config_change change = { "a", "k", word };
    size_t len;

    (void)state;
    str_puts(&list, "pid");
    for (int i = 0; i < 300; i++) {
        str_puts(&list, i % 7 ? ", user" : i % 2 ? ",  res" : " # shr");
        expect_round_trip("", list.text);
        expect_round_trip("[view process]\n  columns = a ; why\n  b\nsort = pid\n", list.text);
    }
    memset(word, 'x', sizeof word);
    word[INI_LINE_BYTES - strlen("columns = ")] = '\0';
    expect_round_trip("", word);
    expect_round_trip("[view process]\ncolumns = a ; a comment that has no room any more\n", word);
    two = str_format("%s %s", word, word);
    expect_round_trip("", two);
    free(two);
    memset(word, 'x', sizeof word - 1);
    word[INI_LINE_BYTES] = '\0';
    assert_null(config_edit("", 0, &change, 1, &len, err, sizeof err));
    free(list.text);
}

/* ---- files ---- */

static int setup(void **state)
{
    char *dir = strdup("/tmp/kvmtop-edit.XXXXXX");

    *state = dir;
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    char *command = str_format("rm -r '%s'", (char *)*state);
    int result = system(command);

    free(command);
    free(*state);
    return result;
}

static const struct config_change limit = { "core", "limit", "5" };

static void expect_update(const char *path, int result)
{
    char err[200] = "";

    assert_int_equal(config_update(path, &limit, 1, err, sizeof err), result);
    if (result == 0)
        assert_string_equal(err, "");
    else
        assert_memory_equal(err, path, strlen(path));
}

static void expect_text(const char *path, const char *text)
{
    char *found;
    size_t len;

    assert_int_equal(ini_load(path, &found, &len), 0);
    assert_string_equal(found, text);
    free(found);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_new_file(void **state)
{
    char *folder = str_format("%s/a//b", (char *)*state);
    char *path = str_format("%s/c.conf", folder);
    mode_t mask = umask(0);

    expect_update(path, 0);
    expect_text(path, "[core]\nlimit = 5\n");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(mode_of(folder), 0700);
    umask(mask);
    free(folder);
    free(path);
}

static void test_old_file(void **state)
{
    char *path = str_format("%s/c.conf", (char *)*state);
    char *rest = str_format("test \"$(ls -A '%s')\" = c.conf", (char *)*state);
    struct stat before, after;

    write_file(path, "[core]\nlimit = 1\n", 0640);
    if (geteuid() == 0)
        assert_int_equal(chown(path, 1, 2), 0);
    assert_int_equal(stat(path, &before), 0);
    expect_update(path, 0);
    expect_text(path, "[core]\nlimit = 5\n");
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_uid, before.st_uid);
    assert_int_equal(after.st_gid, before.st_gid);
    assert_int_not_equal(after.st_ino, before.st_ino);
    /* Nothing to change: nothing is written. */
    expect_update(path, 0);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_int_equal(system(rest), 0);
    free(path);
    free(rest);
}

static void test_symlink(void **state)
{
    char *target = str_format("%s/target", (char *)*state);
    char *link = str_format("%s/link", (char *)*state);

    write_file(target, "[core]\n", 0600);
    assert_int_equal(symlink("target", link), 0);
    expect_update(link, 0);
    assert_int_equal(readlink(link, (char[64]){ 0 }, 63), 6);
    expect_text(target, "[core]\nlimit = 5\n");
    assert_int_equal(unlink(target), 0);
    expect_update(link, -ENOENT);
    free(target);
    free(link);
}

static void test_no_file(void **state)
{
    char *dir = *state, *fifo = str_format("%s/null", dir), *under = str_format("%s/x/y", fifo);

    expect_update(dir, -EISDIR);
    assert_int_equal(symlink("/dev/null", fifo), 0);
    expect_update(fifo, -EINVAL);
    expect_update(under, -ENOTDIR);
    free(fifo);
    free(under);
}

static void test_relative(void **state)
{
    assert_int_equal(chdir(*state), 0);
    expect_update("c.conf", 0);
    expect_update("d/c.conf", 0);
    expect_text("c.conf", "[core]\nlimit = 5\n");
    expect_text("d/c.conf", "[core]\nlimit = 5\n");
    assert_int_equal(chdir("/"), 0);
}

static void test_wrong_change(void **state)
{
    static const struct config_change wrong = { "core", "limit", " 5" };
    char *path = str_format("%s/c.conf", (char *)*state), err[200], *expected;

    expected = str_format("%s: 'limit' in [core] has a blank at an end of its value", path);
    assert_int_equal(config_update(path, &wrong, 1, err, sizeof err), -EINVAL);
    assert_string_equal(err, expected);
    assert_int_equal(access(path, F_OK), -1);
    free(expected);
    free(path);
}

/* The disk is full half-way: the old file stays, and nothing beside it. */
static void test_no_room(void **state)
{
    char *path = str_format("%s/c.conf", (char *)*state);
    char *rest = str_format("test \"$(ls -A '%s')\" = c.conf", (char *)*state);
    struct rlimit old, small;

    write_file(path, "[core]\nlimit = 1 ; long enough\n", 0600);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){ 8, old.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    expect_update(path, -EFBIG);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    expect_text(path, "[core]\nlimit = 1 ; long enough\n");
    assert_int_equal(system(rest), 0);
    expect_update("/proc/nowhere/c.conf", -ENOENT);
    free(path);
    free(rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_contradiction),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test_setup_teardown(test_new_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_old_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_symlink, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_relative, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_room, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
