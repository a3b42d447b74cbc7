/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of users from etc/passwd, and digits for those it doesn't name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/users.h"
#include "fake_plugin.h"

static struct world world;

static struct users *users_of(const char *passwd)
{
    world_write_text(&world, "etc/passwd", passwd);
    return users_new(&world.session.model.root);
}

static int setup(void **state)
{
    (void)state;
    world_open(&world, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

static void test_names(void **state)
{
    struct users *users = users_of("root:x:0:0:root:/root:/bin/sh\n"
                                   "toor:x:0:0::/:/bin/sh\n"
                                   "no-newline:x:1000:");

    (void)state;
    assert_string_equal(users_name(users, 0), "root");  /* the first of two, as getpwuid(3) */
    assert_string_equal(users_name(users, 1000), "no-newline");
    assert_string_equal(users_name(users, 4294967294u), "4294967294");
    assert_ptr_equal(users_name(users, 77), users_name(users, 77));
    users_free(users);
    users_free(NULL);
}

static void test_garbage(void **state)
{
    static const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
    struct users *users = users_of(":x:0:\n\n:\n::\n:::\nx\nx:\nx:y\nx:y:\nx:y:z:\na:b:1\n"
                                   "a:b:2x:\na:b: 3:\na:b:-18446744073709551612:\na:b:+5:\n"
                                   "a:b:\n6:\na:b:4294967303:\na:b:0x8:\n"
                                   "a:b:99999999999999999999999999999:\n");

    (void)state;
    for (uint32_t uid = 0; uid < KVMTOP_COUNT(names); uid++)
        assert_string_equal(users_name(users, uid), names[uid]);
    assert_string_equal(users_name(users, UINT32_MAX), "4294967295");
    users_free(users);
}

static void test_missing(void **state)
{
    struct users *users;

    (void)state;
    world_write_text(&world, "etc/passwd", "");
    users = users_new(&world.session.model.root);
    assert_string_equal(users_name(users, 0), "0");
    users_free(users);
}

/* A user made since is found, but the file isn't read over and over for one that isn't there;
 * a name once lent lives on. */
static void test_new_user(void **state)
{
    struct users *users = users_of("root:x:0:0::/:/bin/sh\n");
    const char *digits = users_name(users, 1000);

    (void)state;
    assert_string_equal(digits, "1000");
    world_write_text(&world, "etc/passwd", "root:x:0:0::/:/bin/sh\nanna:x:1000:0::/:/bin/sh\n");
    assert_string_equal(users_name(users, 1000), "1000");
    world.session.model.root.clock += 61 * FAKE_SECOND;
    assert_string_equal(users_name(users, 1000), "anna");
    assert_string_equal(digits, "1000");
    world_write_text(&world, "etc/passwd", "");
    world.session.model.root.clock += 61 * FAKE_SECOND;
    assert_string_equal(users_name(users, 1001), "1001");
    assert_string_equal(users_name(users, 1000), "anna");
    users_free(users);
}

/* Bytes that are no name are kept as they are: they are made harmless where they are shown. */
static void test_hostile(void **state)
{
    struct users *users = users_of("a\033[2J\xff b:x:5:0::/:/bin/sh\n");

    (void)state;
    assert_string_equal(users_name(users, 5), "a\033[2J\xff b");
    users_free(users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),   cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_missing), cmocka_unit_test(test_new_user),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
