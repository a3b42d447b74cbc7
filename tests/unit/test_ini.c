/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the INI reader makes of odd texts: sections, pairs and mistakes with their lines. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/ini.h"
#include "core/ini_line.h"
#include "core/str.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void note(struct str_buf *log, char *event)
{
    str_puts(log, event);
    str_puts(log, "\n");
    free(event);
}

static void on_section(void *ctx, const char *name, unsigned line)
{
    note(ctx, str_format("%u [%s]", line, name));
}

static void on_pair(void *ctx, const struct ini_pair *pair)
{
    note(ctx, str_format("%u %s %s %s", pair->line, pair->key, pair->add ? "+=" : "=",
                         pair->value));
}

static void on_error(void *ctx, const char *what, unsigned line)
{
    note(ctx, str_format("%u ! %s", line, what));
}

static const struct ini_handler handler = { on_section, on_pair, on_error };

static void check(const char *text, size_t len, const char *expected)
{
    struct str_buf log = { 0 };
    char *copy = malloc(len + 1); /* its exact size, for the address sanitizer */

    memcpy(copy, text, len);
    str_puts(&log, "");
    ini_read(copy, len, &handler, &log);
    assert_string_equal(log.text, expected);
    free(log.text);
    free(copy);
}

#define NEITHER "neither '[section]' nor 'key = value'"

static const struct {
    const char *text, *events;
} cases[] = {
    { "", "" },
    { "\n\n# c\n; c\n  # c\n", "" },
    { "[a]\nk = v\n", "1 [a]\n2 k = v\n" },
    { "[a]\nk=v", "1 [a]\n2 k = v\n" },
    { "[a]\r\nk = v\r\n\tmore\r\n", "1 [a]\n2 k = v more\n" },
    { "\xef\xbb\xbf[a]\nk = v", "1 [a]\n2 k = v\n" },
    { "\xef\xbb\xbf\xef\xbb\xbf[a]\nk = v", "1 [a]\n2 k = v\n" },
    { "k = v\n", "1 k = v\n" },
    { "[ a  b ] # c\n", "1 [a  b]\n" },
    { "[a]\n\tk\t:\tv\t\n", "1 [a]\n2 k = v\n" },
    { "[a]\nk =\n", "1 [a]\n2 k = \n" },
    { "[a]\nk += v\nl+=w\nm +=\n", "1 [a]\n2 k += v\n3 l += w\n4 m += \n" },
    { "[a]\nk = a = b : c # no comment\n", "1 [a]\n2 k = a = b : c # no comment\n" },
    { "[a]\nk = v ; c\nl = v;w\nm =;v\nn = ; c\n",
      "1 [a]\n2 k = v\n3 l = v;w\n4 m = ;v\n5 n = \n" },
    /* Values over several lines; comments and blank lines don't end them. */
    { "[a]\nk = 1 ; c\n  2 ; c\n\n# c\n  # c\n\t3;\nl = 4\n", "1 [a]\n2 k = 1 2 3;\n8 l = 4\n" },
    { "[a]\nk =\n  1\n  2\n[b]\n", "1 [a]\n2 k = 1 2\n5 [b]\n" },
    { "[a]\nk = 1\n  [b]\n  c = d\n", "1 [a]\n2 k = 1 [b] c = d\n" },
    { "[a]\n  k = 1\n  2\n", "1 [a]\n2 k = 1 2\n" },
    { "[a]\nk = 1\nk = 2\n", "1 [a]\n2 k = 1\n3 k = 2\n" },
    /* Mistakes; what stands around them is still read. */
    { "[a]\nfoo\nk = v\n", "1 [a]\n2 ! " NEITHER "\n3 k = v\n" },
    { "[a]\nk ; c = v\n= v\n+= v\n", "1 [a]\n2 ! " NEITHER "\n3 ! no key before the value\n"
                                     "4 ! no key before the value\n" },
    { "[a\nk = v\n[b]\nl = w\n", "1 ! no ']' after '['\n3 [b]\n4 l = w\n" },
    { "[a ; b]\n[]\n[ ]\n", "1 ! no ']' after '['\n2 ! no name in '[]'\n3 ! no name in '[]'\n" },
    { "[a] b\nk = v\n  more\n", "1 ! more than a comment after ']'\n" },
    { "[a]\nk = 1\nfoo\n  2\nl = 3\n  4\n",
      "1 [a]\n2 k = 1\n3 ! " NEITHER "\n5 l = 3 4\n" },
    { "[a]\nk = 1\n[\n  [b]\nl = 2\n", "1 [a]\n2 k = 1\n3 ! no ']' after '['\n4 [b]\n5 l = 2\n" },
    { "[a]\nk = \x1b[2J\n[\x7f]\nl = 1\n[b]\nm\vn = 1\n",
      "1 [a]\n2 ! a control character\n3 ! a control character\n5 [b]\n6 ! a control character\n" },
    { "[a]\nk = v\rw\n", "1 [a]\n2 ! a control character\n" },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].text, strlen(cases[i].text), cases[i].events);
}

static void test_nul(void **state)
{
    static const char text[] = "[a]\nk\0 = v\n# c\0\nl = 1\n [\0]\n[\0]\nm = 1";

    (void)state;
    check(text, sizeof text - 1,
          "1 [a]\n2 ! a control character\n3 ! a control character\n4 l = 1\n"
          "5 ! a control character\n6 ! a control character\n");
}

/* A line of exactly n bytes: head, then x. */
static char *long_line(const char *head, size_t n)
{
    char *line = malloc(n + 1);

    memset(line, 'x', n);
    memcpy(line, head, strlen(head));
    line[n] = '\0';
    return line;
}

static void check_length(const char *head, size_t n, const char *error)
{
    char *line = long_line(head, n);
    char *text = str_format("[a]\nk = 1\n%s\r\nl = 2\n", line);
    char *good = *head == ' ' ? str_format("1 [a]\n2 k = 1 %s\n4 l = 2\n", line + 2)
                              : str_format("1 [a]\n2 k = 1\n3 v = %s\n4 l = 2\n", line + 4);
    char *bad = str_format("1 [a]\n2 k = 1\n3 ! %s\n4 l = 2\n", error ? error : "");

    check(text, strlen(text), error ? bad : good);
    free(line);
    free(text);
    free(good);
    free(bad);
}

static void test_long_lines(void **state)
{
    static const char error[] =
        "a line longer than 198 bytes: let the value go on in an indented line";
    char *comment = long_line("# ", 5000);
    char *text = str_format("[a]\nk = 1\n%s\n  2\n", comment);

    (void)state;
    check_length("v = ", 198, NULL);
    check_length("v = ", 199, error);
    check_length("v = ", 5000, error);
    check_length("  y", 198, NULL);
    check_length("  y", 199, error);
    check(text, strlen(text), "1 [a]\n2 k = 1 2\n");
    free(comment);
    free(text);
}

static void test_long_names(void **state)
{
    char *name = long_line("", 49);
    char *good = str_format("[%s]\n%s = v\n", name, name);
    char *bad = str_format("[%sx]\n[b]\n%sx = v\n  w\n", name, name);
    char *events = str_format("1 [%s]\n2 %s = v\n", name, name);

    (void)state;
    check(good, strlen(good), events);
    check(bad, strlen(bad), "1 ! a section's name longer than 49 bytes\n2 [b]\n"
                            "3 ! a key longer than 49 bytes\n");
    free(name);
    free(good);
    free(bad);
    free(events);
}

/* A value has no limit, only its lines. */
static void test_long_value(void **state)
{
    struct str_buf text = { 0 }, expected = { 0 };

    (void)state;
    str_puts(&text, "[a]\nk =\n");
    str_puts(&expected, "1 [a]\n2 k =");
    for (int i = 0; i < 2000; i++) {
        str_puts(&text, "  word\n");
        str_puts(&expected, " word");
    }
    str_puts(&expected, "\n");
    check(text.text, text.len, expected.text);
    free(text.text);
    free(expected.text);
}

static void test_load(void **state)
{
    char path[] = "/tmp/kvmtop-ini.XXXXXX";
    int fd = mkstemp(path);
    char *text = NULL;
    size_t len = 0;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(ini_load(path, &text, &len), 0);
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(write(fd, "a\0b", 3), 3);
    assert_int_equal(ini_load(path, &text, &len), 0);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "a\0b", 4);
    free(text);
    assert_int_equal(ftruncate(fd, 1 << 20), 0);
    assert_int_equal(ini_load(path, &text, &len), 0);
    assert_int_equal(len, 1 << 20);
    free(text);
    assert_int_equal(ftruncate(fd, (1 << 20) + 1), 0);
    assert_int_equal(ini_load(path, &text, &len), -EFBIG);
    close(fd);
    unlink(path);
    assert_int_equal(ini_load(path, &text, &len), -ENOENT);
    assert_int_equal(ini_load("/", &text, &len), -EISDIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),      cmocka_unit_test(test_nul),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_long_value), cmocka_unit_test(test_load),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
