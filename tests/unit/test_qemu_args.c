/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading QEMU command lines: options, key=value lists, JSON values, disks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/glob.h"
#include "lib/qemu_args.h"
#include "lib/qemu_disks.h"

#include <errno.h>
#include <string.h>

#define ARGS(...)                                                                    \
    {                                                                                \
        (const char *const[]){ __VA_ARGS__ },                                        \
        sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)          \
    }

static void expect_next(const struct qemu_args *args, size_t *at, const char *name,
                        const char *value)
{
    struct qemu_option option;

    assert_true(qemu_args_next(args, at, &option));
    assert_string_equal(option.name, name);
    if (value == NULL)
        assert_null(option.value);
    else
        assert_string_equal(option.value, value);
}

static void test_options(void **state)
{
    const struct qemu_args args = ARGS("kvm", "-S", "--m", "512", "disk.img", "-nographic",
                                       "image", "-new-flag", "-name", "-S", "-", "-append", "-x",
                                       "-new-option", "value", "-id", "-1", "--", "-uuid");
    struct qemu_option option;
    size_t at = 0;

    (void)state;
    expect_next(&args, &at, "S", NULL);
    expect_next(&args, &at, "m", "512");
    expect_next(&args, &at, "", "disk.img");
    expect_next(&args, &at, "nographic", NULL);
    expect_next(&args, &at, "", "image");
    expect_next(&args, &at, "new-flag", NULL);
    expect_next(&args, &at, "name", "-S");
    expect_next(&args, &at, "", "-");
    expect_next(&args, &at, "append", "-x");
    expect_next(&args, &at, "new-option", "value");
    expect_next(&args, &at, "id", "-1");
    expect_next(&args, &at, "", NULL);
    expect_next(&args, &at, "uuid", NULL);
    assert_false(qemu_args_next(&args, &at, &option));
    assert_false(qemu_args_next(&args, &at, &option));
}

static void test_no_options(void **state)
{
    const struct qemu_args one = ARGS("kvm"), none = { NULL, 0 };
    struct qemu_option option;
    size_t at = 0;

    (void)state;
    assert_false(qemu_args_next(&one, &at, &option));
    at = 0;
    assert_false(qemu_args_next(&none, &at, &option));
    assert_false(qemu_args_has(&none, "name"));
    assert_null(qemu_args_last(&one, "name"));
}

static void test_last_counts(void **state)
{
    const struct qemu_args args = ARGS("kvm", "-name", "a", "-m", "1", "--name", "b", "-uuid");

    (void)state;
    assert_string_equal(qemu_args_last(&args, "name"), "b");
    assert_true(qemu_args_has(&args, "uuid"));
    assert_null(qemu_args_last(&args, "uuid"));
    assert_false(qemu_args_has(&args, "nam"));
    assert_false(qemu_args_has(&args, "-name"));
}

static void expect_list(const char *list, const char *key, const char *implied,
                        const char *value)
{
    char buf[64] = "untouched";
    ssize_t len = qemu_list_get(list, key, implied, buf, sizeof buf);

    if (value == NULL) {
        assert_int_equal(len, -ENOENT);
    } else {
        assert_int_equal(len, strlen(value));
        assert_string_equal(buf, value);
    }
}

static void test_lists(void **state)
{
    (void)state;
    expect_list("web,debug-threads=on", "guest", "guest", "web");
    expect_list("guest=web,debug-threads=on", "guest", "guest", "web");
    expect_list("web,debug-threads=on", "debug-threads", "guest", "on");
    expect_list("web", "guest", NULL, NULL);
    expect_list("web,guest", "guest", "guest", "web");
    expect_list("a,,b,x=1", "guest", "guest", "a,b");
    expect_list("guest=,,a,,,,b,,,x=1", "guest", "guest", ",a,,b,");
    expect_list("a,,b=c,x=1", "guest", "guest", "a,b=c");
    expect_list("a=b=c,d=e", "a", NULL, "b=c");
    expect_list("a=1,b=2,a=3", "a", NULL, "3");
    expect_list("a=1,,b=2", "b", NULL, NULL);
    expect_list("a=x,,b=2,c=3", "c", NULL, "3");
    expect_list("a=1,", "a", NULL, "1");
    expect_list(",a=1", "a", "k", "1");
    expect_list("a=", "a", NULL, "");
    expect_list("", "a", "a", NULL);
    expect_list(",", "a", "a", "");
    expect_list("ab=1", "a", NULL, NULL);
    expect_list("a=1", "ab", NULL, NULL);
    expect_list("{\"a\":\"b\"}", "guest", "guest", "{\"a\":\"b\"}");
}

static void test_cut_off(void **state)
{
    char buf[4] = "";

    (void)state;
    assert_int_equal(qemu_list_get("k=a,,bcd", "k", NULL, buf, sizeof buf), 5);
    assert_string_equal(buf, "a,b");
    assert_int_equal(qemu_list_get("k=abc", "k", NULL, buf, 1), 3);
    assert_string_equal(buf, "");
    assert_int_equal(qemu_list_get("k=abc", "k", NULL, NULL, 0), 3);
    assert_int_equal(qemu_value_get("{\"k\":\"abcd\"}", "k", NULL, buf, sizeof buf), 4);
    assert_string_equal(buf, "abc");
}

static void test_values(void **state)
{
    char buf[64];

    (void)state;
    assert_int_equal(qemu_value_get("tap,id=n0", "type", "type", buf, sizeof buf), 3);
    assert_string_equal(buf, "tap");
    assert_int_equal(qemu_value_get("{\"type\":\"t,,p\"}", "type", "type", buf, sizeof buf), 4);
    assert_string_equal(buf, "t,,p");
    assert_int_equal(qemu_value_get("{\"fd\":30}", "fd", NULL, buf, sizeof buf), -EINVAL);
    assert_int_equal(qemu_value_get("{\"x\":\"fd=1\"}", "fd", NULL, buf, sizeof buf), -ENOENT);
}

static void test_name(void **state)
{
    const struct qemu_args named = ARGS("kvm", "-name", "process=p,guest=g"),
                           added = ARGS("kvm", "-name", "a", "-name", "b", "-name", "process=p"),
                           empty = ARGS("kvm", "-name", ""),
                           other = ARGS("kvm", "-name", "process=p"), cut = ARGS("kvm", "-name");
    char buf[16];

    (void)state;
    assert_int_equal(qemu_args_name(&named, buf, sizeof buf), 1);
    assert_string_equal(buf, "g");
    assert_int_equal(qemu_args_name(&added, buf, sizeof buf), 1);
    assert_string_equal(buf, "b");
    assert_int_equal(qemu_args_name(&empty, buf, sizeof buf), -ENOENT);
    assert_int_equal(qemu_args_name(&other, buf, sizeof buf), -ENOENT);
    assert_int_equal(qemu_args_name(&cut, buf, sizeof buf), -ENOENT);
}

static void test_smbios(void **state)
{
    const struct qemu_args args =
        ARGS("kvm", "-smbios", "type=1,product=a,,b,family=x", "-smbios", "type=2,product=c",
             "-smbios", "type=1,serial=1", "-smbios", "file=/x", "-smbios");
    char buf[16];

    (void)state;
    assert_int_equal(qemu_args_smbios(&args, "1", "product", buf, sizeof buf), 3);
    assert_string_equal(buf, "a,b");
    assert_int_equal(qemu_args_smbios(&args, "2", "product", buf, sizeof buf), 1);
    assert_int_equal(qemu_args_smbios(&args, "1", "uuid", buf, sizeof buf), -ENOENT);
    assert_int_equal(qemu_args_smbios(&args, "3", "product", buf, sizeof buf), -ENOENT);
}

#define UUID "74e698b5-ef11-449d-9825-ba87e729bf6c"

static void test_uuid(void **state)
{
    const struct qemu_args upper = ARGS("kvm", "-uuid", "74E698B5-EF11-449D-9825-BA87E729BF6C"),
                           smbios = ARGS("kvm", "-smbios", "type=1,uuid=" UUID);
    const struct qemu_args bad[] = {
        ARGS("kvm", "-uuid", UUID "0"),
        ARGS("kvm", "-uuid", "74e698b5-ef11-449d-9825-ba87e729bf6"),
        ARGS("kvm", "-uuid", "74e698b5ef11-449d-9825-ba87e729bf6c-"),
        ARGS("kvm", "-uuid", "74e698b5-ef11-449d-9825-ba87e729bf6g"),
        ARGS("kvm", "-uuid", "74e698b5-ef11-449d-98\xc3\xa4-ba87e729bf6c"),
        ARGS("kvm", "-uuid", ""),
        ARGS("kvm"),
    };
    char uuid[QEMU_UUID_LEN + 1];

    (void)state;
    assert_true(qemu_args_uuid(&upper, uuid));
    assert_string_equal(uuid, UUID);
    assert_true(qemu_args_uuid(&smbios, uuid));
    assert_string_equal(uuid, UUID);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(qemu_args_uuid(&bad[i], uuid));
}

static void test_disks(void **state)
{
    const struct qemu_args args = ARGS(
        "kvm", "-drive", "file=/srv/a.img,if=virtio", "-drive", "media=cdrom,file=/srv/b.iso",
        "-drive", "if=pflash,file=/srv/c", "-drive", "if=floppy,file=/srv/d", "-cdrom", "/srv/e",
        "-hda", "/srv/f,,g", "/srv/h", "-drive", "file=nbd:unix:/x", "-drive", "id=none",
        "-blockdev", "{\"driver\":\"qcow2\",\"file\":{\"filename\":\"/srv/i\"}}", "-blockdev",
        "{\"node-name\":\"n\",\"driver\":\"raw\",\"file\":\"other\"}", "-blockdev",
        "host_device,filename=/dev/vg/j", "-drive", "file.driver=file,file.filename=/srv/k",
        "-drive", "file=/a-path-that-is-longer-than-the-buffer", "-drive", "file=file:/srv/l",
        "-drive");
    static const char *const want[] = {
        "/srv/a.img", "/srv/f,,g", "/srv/h", "/srv/i", "/dev/vg/j", "/srv/k", "/srv/l",
    };
    char path[20];
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_true(qemu_disks_next(&args, &at, path, sizeof path));
        assert_string_equal(path, want[i]);
    }
    assert_false(qemu_disks_next(&args, &at, path, sizeof path));
}

static void test_glob(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool fits;
    } cases[] = {
        { "", "", true },
        { "", "a", false },
        { "abc", "abc", true },
        { "abc", "ab", false },
        { "ab", "abc", false },
        { "*", "", true },
        { "*", "a/b", true },
        { "a*", "a", true },
        { "*a", "baa", true },
        { "*a", "aab", false },
        { "a*b*c", "axbxbxc", true },
        { "a*b*c", "axcxb", false },
        { "**", "x", true },
        { "one-#", "one-10", true },
        { "one-#", "one-", false },
        { "one-#", "one-1x", false },
        { "i-#-#-VM", "i-2-18-VM", true },
        { "i-#-#-VM", "i-2--VM", false },
        { "*-#", "a-b-12", true },
        { "*#x", "a12x", true },
        { "#", "", false },
    };
    char text[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(glob_match(cases[i].pattern, cases[i].text), cases[i].fits);
    memset(text, 'a', sizeof text - 1);         /* no pattern takes long */
    text[sizeof text - 1] = '\0';
    assert_false(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options), cmocka_unit_test(test_no_options),
        cmocka_unit_test(test_last_counts), cmocka_unit_test(test_lists),
        cmocka_unit_test(test_cut_off), cmocka_unit_test(test_values),
        cmocka_unit_test(test_name), cmocka_unit_test(test_smbios),
        cmocka_unit_test(test_uuid), cmocka_unit_test(test_disks),
        cmocka_unit_test(test_glob),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
