/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolver of the site's own rules: its option, its matching, its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern const struct kvmtop_plugin kvmtop_plugin_regex;

enum { PID = 77 };

static int make_fake(void **state)
{
    static const char *const argv[] = {
        "/opt/vmm/kvm", "-name", "cust7-web 01", "-uuid", "abc",
    };
    struct fake_host *fake = fake_host_new();

    fake_argv(fake, PID, argv, KVMTOP_COUNT(argv));
    fake_fact(fake, PID, KVMTOP_FACT_EXE, "/opt/vmm-9.2/kvm");
    fake_fact(fake, PID, KVMTOP_FACT_CGROUP, "/tenants/t42/vm-9.scope");
    *state = fake;
    return 0;
}

static int free_fake(void **state)
{
    fake_host_free(*state);
    return 0;
}

static void set_last_argument(struct fake_host *fake, const char *text)
{
    const char *argv[] = { "/usr/bin/kvm", text };

    fake_argv(fake, PID, argv, KVMTOP_COUNT(argv));
}

static void resolve(struct fake_host *fake, struct kvmtop_guest *guest)
{
    assert_int_equal(fake_open(fake, &kvmtop_plugin_regex), 0);
    assert_int_equal(fake_resolve(fake, PID, guest), 0);
}

/* "-" stands for a field that is not set. */
static void expect(struct fake_host *fake, const char *platform, const char *id,
                   const char *name)
{
    const char *const want[] = { platform, id, name };
    struct kvmtop_guest guest = { 0 };

    resolve(fake, &guest);
    for (size_t i = 0; i < KVMTOP_COUNT(want); i++) {
        const char *have = guest.field[KVMTOP_PLATFORM + i];
        assert_string_equal(have != NULL ? have : "-", want[i]);
    }
    assert_null(guest.field[KVMTOP_GUEST_UUID]);
    fake_guest_free(&guest);
}

static void test_no_rules(void **state)
{
    expect(*state, "-", "-", "-");
}

static void test_subjects(void **state)
{
    struct fake_host *fake = *state;

    fake_option(fake, "rule", "argv -name cust(?<id>\\d+)-(?<name>.+?) -");
    expect(fake, "-", "7", "web 01");
    fake_option(fake, "rule", "exe vmm-(?<platform>[0-9.]+)/");
    expect(fake, "9.2", "7", "web 01");
    fake_option(fake, "rule", "cgroup /(?<platform>t\\d+)/vm-(?<id>\\d+)");
    expect(fake, "9.2", "7", "web 01");
}

static void test_first_rule_wins_by_field(void **state)
{
    struct fake_host *fake = *state;

    fake_option(fake, "rule", "cgroup /(?<platform>nothing)/");
    fake_option(fake, "rule", "cgroup vm-(?<id>\\d+)");
    fake_option(fake, "rule", "argv cust(?<id>\\d+)-(?<name>\\w+)");
    fake_option(fake, "rule", "argv (?<name>uuid)");
    expect(fake, "-", "9", "web");
}

static void test_groups_that_take_no_part(void **state)
{
    struct fake_host *fake = *state;

    fake_option(fake, "rule", "argv cust(?<id>\\d+)(?<name>x)?(?<platform>)");
    expect(fake, "-", "7", "-");
    fake_option(fake, "rule", "argv (?J)vm(?<name>\\d+)|cust\\d+-(?<name>\\w+)");
    expect(fake, "-", "7", "web");
}

static void test_python_names_and_blanks(void **state)
{
    struct fake_host *fake = *state;

    fake_option(fake, "rule", "argv \t  (?i)-NAME (?P<name>\\S+)");
    expect(fake, "-", "-", "cust7-web");
}

static void test_facts_unknown(void **state)
{
    struct fake_host *fake = *state;

    fake_option(fake, "rule", "exe (?<name>.*)");
    fake_option(fake, "rule", "cgroup (?<name>.*)");
    fake_option(fake, "rule", "argv (?<name>.*)");
    fake_fact(fake, PID, KVMTOP_FACT_EXE, NULL);
    fake_fact(fake, PID, KVMTOP_FACT_CGROUP, NULL);
    fake_argv(fake, PID, NULL, 0);
    expect(fake, "-", "-", "-");
}

static void test_bytes(void **state)
{
    struct fake_host *fake = *state;

    fake_option(fake, "rule", "argv kvm (?<name>.*)$");
    set_last_argument(fake, "\xff\xfe\x01\xc3(");
    expect(fake, "-", "-", "\xff\xfe\x01\xc3(");
}

static void expect_error(const char *rule, const char *message)
{
    struct fake_host *fake = fake_host_new();

    fake_option(fake, "rule", rule);
    assert_int_equal(fake_open(fake, &kvmtop_plugin_regex), -EINVAL);
    assert_string_equal(fake->message, message);
    fake_host_free(fake);
}

static void test_bad_rules(void **state)
{
    static const char form[] = "a rule is argv, exe or cgroup, then a pattern";
    static const char groups[] =
        "none of the groups (?<id>...), (?<name>...), (?<platform>...)";

    (void)state;
    expect_error("argv -id (?<id>\\d", "offset 12: missing closing parenthesis");
    expect_error("exe [z-a](?<id>.)",
                 "offset 3: range out of order in character class");
    expect_error("exe (*UTF)(?<id>.)", "offset 6: using UTF is disabled by the application");
    expect_error("argv (?<vmid>\\d+)", "group 'vmid' is none of id, name, platform");
    expect_error("argv (?<id>\\d+) (?<x>.)", "group 'x' is none of id, name, platform");
    expect_error("argv (\\d+)", groups);
    expect_error("cmdline (?<id>.)", form);
    expect_error("argv", form);
    expect_error("argv  ", form);
    expect_error("", form);
    expect_error("arg (?<id>.)", form);
    expect_error("argvx (?<id>.)", form);
}

/* open() is as careful as check(), for a host that has not asked. */
static void test_open_refuses(void **state)
{
    struct fake_host *fake = *state;
    void *plugin_state;

    fake_option(fake, "rule", "argv (?<id>\\d+)");
    fake_option(fake, "rule", "argv (?<id>");
    fake->plugin = &kvmtop_plugin_regex;
    assert_int_equal(kvmtop_plugin_regex.open(&fake->host, &plugin_state), -EINVAL);
    assert_string_equal(fake->message, "rule: offset 6: missing closing parenthesis");
    fake->plugin = NULL;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Each of these would take minutes or more on a long argument without limits. */
static void test_limits(void **state)
{
    static const char *const rules[] = {
        "argv (?<name>a+)+b",
        "argv (?<name>(a|aa)+)b",
        "argv (?<name>.*.*.*.*.*.*)zz",
        "argv (?<name>(.*)\\2\\2)zz",
        "argv (?<name>(?=(a+))\\2b)",
        "argv (?<name>a.*?b.*?c.*?zz)",
        "argv (?<name>(a(?2)?))b",
        "argv (?<name>(?:a{1,60000}){1,1000}b)",
        "argv (?<name>(a*)*)$(?<!b)",
    };
    enum { LENGTH = 200 * 1000 };
    char *text = malloc(LENGTH + 1);

    (void)state;
    assert_non_null(text);
    memset(text, 'a', LENGTH);
    memcpy(text + 50000, "xbxzxzxc", 8);
    text[LENGTH] = '\0';
    for (size_t i = 0; i < KVMTOP_COUNT(rules); i++) {
        struct fake_host *fake = fake_host_new();
        struct kvmtop_guest guest = { 0 };
        double start;
        fake_option(fake, "rule", rules[i]);
        fake_option(fake, "rule", "argv (?<id>kvm)");
        set_last_argument(fake, text);
        start = now();
        resolve(fake, &guest);
        assert_int_equal(fake_resolve(fake, PID, &guest), 0);
        assert_true(now() - start < 2.0);
        assert_string_equal(guest.field[KVMTOP_GUEST_ID], "kvm");  /* the others go on */
        assert_int_equal(fake->fails, 1);                          /* said once */
        assert_memory_equal(fake->message, "rule 'argv (", 12);
        fake_guest_free(&guest);
        fake_host_free(fake);
    }
    free(text);
}

/* A match well within the limits, on a command line as long as they come. */
static void test_long_command_line(void **state)
{
    struct fake_host *fake = *state;
    enum { DRIVES = 300 };
    const char *argv[DRIVES + 3];

    argv[0] = "/usr/bin/kvm";
    for (size_t i = 1; i <= DRIVES; i++)
        argv[i] = "file=/var/lib/images/disk.img,if=none,id=drive-scsi0,format=qcow2";
    argv[DRIVES + 1] = "-name";
    argv[DRIVES + 2] = "late";
    fake_argv(fake, PID, argv, KVMTOP_COUNT(argv));
    fake_option(fake, "rule", "argv ^.*-name (?<name>\\S+)");
    fake_option(fake, "rule", "argv (?:\\s+\\S+)*? -name (?<platform>\\S+)$");
    expect(fake, "late", "-", "late");
    assert_int_equal(fake->fails, 0);
}

#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, make_fake, free_fake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FAKE(test_no_rules),
        WITH_FAKE(test_subjects),
        WITH_FAKE(test_first_rule_wins_by_field),
        WITH_FAKE(test_groups_that_take_no_part),
        WITH_FAKE(test_python_names_and_blanks),
        WITH_FAKE(test_facts_unknown),
        WITH_FAKE(test_bytes),
        cmocka_unit_test(test_bad_rules),
        WITH_FAKE(test_open_refuses),
        cmocka_unit_test(test_limits),
        WITH_FAKE(test_long_command_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
