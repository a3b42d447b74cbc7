/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Themes, looks in words, and that no meaning hangs on colour alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/theme.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct theme made(const char *name)
{
    struct theme theme;

    unsetenv("NO_COLOR");
    assert_int_equal(theme_init(&theme, name), 0);
    return theme;
}

static bool has_colour(const struct theme *theme)
{
    for (size_t i = 0; i < THEME_ROLES; i++)
        if (theme->attr[i] & (ATTR_FG_MASK | ATTR_BG_MASK))
            return true;
    return false;
}

static void names(void **state)
{
    struct theme theme = made(NULL);
    struct theme other = made("default");
    struct theme before = theme;

    (void)state;
    assert_memory_equal(theme.attr, other.attr, sizeof(theme.attr));
    assert_true(has_colour(&theme));
    other = made("mono");
    assert_false(has_colour(&other));
    assert_int_equal(theme_init(&theme, "mon"), -ENOENT);
    assert_memory_equal(theme.attr, before.attr, sizeof(theme.attr));
    assert_string_equal(theme_name(0), "default");
    assert_string_equal(theme_name(1), "mono");
    assert_null(theme_name(2));
    assert_string_equal(theme_role_name(THEME_TITLE), "title");
    assert_string_equal(theme_role_name(THEME_ROLES - 1), "match");
}

static void no_color_is_mono(void **state)
{
    struct theme theme;
    char err[100];

    (void)state;
    setenv("NO_COLOR", "", 1);
    theme_init(&theme, "default");
    assert_false(theme.mono);
    setenv("NO_COLOR", "1", 1);
    theme_init(&theme, "default");
    assert_true(theme.mono);
    assert_false(has_colour(&theme));
    assert_true(theme_set(&theme, "title", "bold red on blue", err, sizeof(err)));
    assert_int_equal(theme_attr(&theme, THEME_TITLE), ATTR_BOLD);
    unsetenv("NO_COLOR");
}

static void mono_tells_things_apart(void **state)
{
    static const enum theme_role apart[] = {
        THEME_ROW, THEME_CURSOR, THEME_WARN, THEME_CRIT, THEME_DIM, THEME_GUEST, THEME_MATCH,
    };
    struct theme theme = made("mono");

    (void)state;
    assert_int_not_equal(theme.attr[THEME_HEAD], theme.attr[THEME_HEAD_SORTED]);
    for (size_t i = 0; i + 1 < COUNT(apart); i++) {
        if (apart[i] == THEME_GUEST || apart[i] == THEME_MATCH)
            continue;
        assert_int_not_equal(theme.attr[apart[i]], theme.attr[apart[i + 1]]);
    }
    /* still so on the cursor's line */
    assert_int_not_equal(attr_over(theme.attr[THEME_WARN], theme.attr[THEME_CURSOR]),
                         attr_over(theme.attr[THEME_CRIT], theme.attr[THEME_CURSOR]));
    assert_int_not_equal(attr_over(theme.attr[THEME_WARN], theme.attr[THEME_CURSOR]),
                         theme.attr[THEME_CURSOR]);
}

static void looks(void **state)
{
    static const struct {
        const char *look;
        unsigned attr;
    } cases[] = {
        {"bold", ATTR_BOLD},
        {"  bold\tdim underline reverse ", ATTR_BOLD | ATTR_DIM | ATTR_UNDERLINE | ATTR_REVERSE},
        {"bold yellow on blue", ATTR_BOLD | ATTR_FG(3) | ATTR_BG(4)},
        {"on blue yellow", ATTR_FG(3) | ATTR_BG(4)},
        {"BRIGHT-White on Black", ATTR_FG(15) | ATTR_BG(0)},
        {"gray", ATTR_FG(8)},
        {"bright-black", ATTR_FG(8)},
        {"default on default", 0},
        {"normal", 0},
    };
    char err[100];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct theme theme = made("default");

        if (!theme_set(&theme, "warn", cases[i].look, err, sizeof(err)))
            fail_msg("%s: %s", cases[i].look, err);
        assert_int_equal(theme_attr(&theme, THEME_WARN), cases[i].attr);
    }
}

static void mistakes(void **state)
{
    static const struct {
        const char *role, *look, *message;
    } cases[] = {
        {"wran", "bold", "nothing called 'wran' has a colour"},
        {"warn", "blod", "'blod' is no colour or attribute here"},
        {"warn", "red\033", "'red\\x1b' is no colour or attribute here"},
        {"warn", "red green", "'green' is no colour or attribute here"},
        {"warn", "red on bold", "'bold' is no colour or attribute here"},
        {"warn", "red on blue on green", "'on' is no colour or attribute here"},
        {"warn", "red on", "no colour after 'on'"},
        {"warn", "", "no colour or attribute; 'normal' is for none"},
        {"warn", "normal red", "'normal' stands alone"},
    };
    char err[100];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct theme theme = made("default");
        struct theme before = theme;

        assert_false(theme_set(&theme, cases[i].role, cases[i].look, err, sizeof(err)));
        assert_string_equal(err, cases[i].message);
        assert_memory_equal(theme.attr, before.attr, sizeof(theme.attr));
    }
}

static void mono_keeps_meaning(void **state)
{
    struct theme theme = made("mono");
    uint16_t crit = theme_attr(&theme, THEME_CRIT);
    char err[100];

    (void)state;
    assert_true(theme_set(&theme, "crit", "red", err, sizeof(err)));
    assert_int_equal(theme_attr(&theme, THEME_CRIT), crit);
    assert_true(theme_set(&theme, "crit", "normal", err, sizeof(err)));
    assert_int_equal(theme_attr(&theme, THEME_CRIT), 0);
}

static void over(void **state)
{
    (void)state;
    assert_int_equal(attr_over(ATTR_FG(1) | ATTR_BG(2) | ATTR_BOLD, ATTR_BG(6) | ATTR_DIM),
                     ATTR_FG(1) | ATTR_BG(6) | ATTR_BOLD | ATTR_DIM);
    assert_int_equal(attr_over(0, ATTR_FG(15)), ATTR_FG(15));
    assert_int_equal(attr_over(ATTR_REVERSE, 0), ATTR_REVERSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(no_color_is_mono),
        cmocka_unit_test(mono_tells_things_apart),
        cmocka_unit_test(looks),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(mono_keeps_meaning),
        cmocka_unit_test(over),
    };

    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
