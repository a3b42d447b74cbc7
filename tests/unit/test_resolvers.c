/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All resolvers in the order of their ranks: tests/fixtures/identity.jsonl has command lines with
 * the identity expected of each, and a few things that the table can't say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"
#include "lib/json.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

extern const struct kvmtop_plugin kvmtop_plugin_regex, kvmtop_plugin_proxmox,
    kvmtop_plugin_libvirt, kvmtop_plugin_qemu;

static const struct kvmtop_plugin *const plugins[] = {
    &kvmtop_plugin_regex,
    &kvmtop_plugin_proxmox,
    &kvmtop_plugin_libvirt,
    &kvmtop_plugin_qemu,
};

enum { PID = 1234, ARGS_MAX = 64, TEXT_MAX = 16384 };

/* The default of [core] vmm, on the basenames of argv[0] and exe, as the core applies it. */
static bool is_vmm(const char *path)
{
    static const char *const globs[] = {
        "kvm", "qemu-kvm", "qemu-system-*", "firecracker", "cloud-hypervisor",
    };
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : path;

    for (size_t i = 0; name != NULL && i < KVMTOP_COUNT(globs); i++)
        if (fnmatch(globs[i], name, 0) == 0)
            return true;
    return false;
}

/* Ask all resolvers about process PID. */
static void resolve_all(struct fake_host *fake, struct kvmtop_guest *guest)
{
    const struct kvmtop_process *process = fake_process(fake, PID);

    if (!is_vmm(fake->host.fact(&fake->host, process, KVMTOP_FACT_CMDLINE)) &&
        !is_vmm(fake->host.fact(&fake->host, process, KVMTOP_FACT_EXE)))
        return;
    for (size_t i = 0; i < KVMTOP_COUNT(plugins); i++) {
        assert_int_equal(fake_open(fake, plugins[i]), 0);
        assert_int_equal(fake_resolve(fake, PID, guest), 0);
    }
}

/* ---- the table ---- */

/* The string of a key, allocated; NULL where it is null or not there. */
static char *get_string(struct span object, const char *key)
{
    struct span value;
    char *text = malloc(TEXT_MAX);

    assert_non_null(text);
    if (!json_find(object, key, &value) || (value.len == 4 && memcmp(value.at, "null", 4) == 0)) {
        free(text);
        return NULL;
    }
    assert_in_range(json_string(value, text, TEXT_MAX), 0, TEXT_MAX - 1);
    return text;
}

static void set_fact(struct fake_host *fake, enum kvmtop_fact fact, struct span object,
                     const char *key)
{
    char *text = get_string(object, key);

    fake_fact(fake, PID, fact, text);
    free(text);
}

static void set_argv(struct fake_host *fake, struct span object)
{
    struct span rest, element;
    char *argv[ARGS_MAX];
    size_t argc = 0;

    assert_true(json_find(object, "argv", &rest));
    while (json_next(&rest, &element)) {
        assert_in_range(argc, 0, ARGS_MAX - 1);
        argv[argc] = malloc(TEXT_MAX);
        assert_non_null(argv[argc]);
        assert_in_range(json_string(element, argv[argc], TEXT_MAX), 0, TEXT_MAX - 1);
        argc++;
    }
    fake_argv(fake, PID, (const char *const *)argv, argc);
    while (argc > 0)
        free(argv[--argc]);
}

/* Complains of a wrong field, and says of which case. */
static bool check_field(const char *name, struct span object, const char *key,
                        const struct kvmtop_guest *guest, enum kvmtop_field field)
{
    const char *have = guest->field[field];
    char *want = get_string(object, key);
    bool same = have == NULL || want == NULL ? have == want : strcmp(have, want) == 0;

    if (!same)
        print_error("%s: %s is %s, not %s\n", name, key, have != NULL ? have : "null",
                    want != NULL ? want : "null");
    free(want);
    return same;
}

static bool check_case(struct fake_host *fake, struct span object)
{
    struct kvmtop_guest guest = { 0 };
    char *name = get_string(object, "case");
    struct span uuid;
    bool good = true;

    assert_non_null(name);
    set_argv(fake, object);
    set_fact(fake, KVMTOP_FACT_CGROUP, object, "cgroup");
    set_fact(fake, KVMTOP_FACT_EXE, object, "exe");
    resolve_all(fake, &guest);
    good &= check_field(name, object, "platform", &guest, KVMTOP_PLATFORM);
    good &= check_field(name, object, "id", &guest, KVMTOP_GUEST_ID);
    good &= check_field(name, object, "name", &guest, KVMTOP_GUEST_NAME);
    if (json_find(object, "uuid", &uuid))
        good &= check_field(name, object, "uuid", &guest, KVMTOP_GUEST_UUID);
    fake_guest_free(&guest);
    free(name);
    return good;
}

static void test_table(void **state)
{
    struct fake_host *fake = fake_host_new();
    const char *top = getenv("abs_top_srcdir");
    size_t bad = 0, cases = 0, cap = 0;
    char path[4096], *line = NULL;
    ssize_t len;
    FILE *file;

    (void)state;
    snprintf(path, sizeof path, "%s/tests/fixtures/identity.jsonl", top != NULL ? top : ".");
    file = fopen(path, "re");
    assert_non_null(file);
    while ((len = getline(&line, &cap, file)) > 0) {
        cases++;
        bad += !check_case(fake, (struct span){ line, (size_t)len });
    }
    fclose(file);
    free(line);
    fake_host_free(fake);
    assert_int_equal(bad, 0);
    assert_in_range(cases, 150, 10000);
}

/* ---- what the table can't say ---- */

#define ARGV(fake, ...)                                             \
    do {                                                            \
        static const char *const args[] = { __VA_ARGS__ };          \
        fake_argv(fake, PID, args, sizeof(args) / sizeof(args[0])); \
    } while (0)

static int make_fake(void **state)
{
    *state = fake_host_new();
    return 0;
}

static int free_fake(void **state)
{
    fake_host_free(*state);
    return 0;
}

static void expect(struct fake_host *fake, const char *platform, const char *id,
                   const char *name)
{
    const char *const want[] = { platform, id, name };
    struct kvmtop_guest guest = { 0 };

    resolve_all(fake, &guest);
    for (size_t i = 0; i < KVMTOP_COUNT(want); i++) {
        const char *have = guest.field[KVMTOP_PLATFORM + i];
        if (want[i] == NULL)
            assert_null(have);
        else
            assert_string_equal(have != NULL ? have : "(null)", want[i]);
    }
    fake_guest_free(&guest);
}

static void test_ranks(void **state)
{
    static const uint32_t ranks[] = { 100, 200, 300, 900 };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(plugins); i++) {
        assert_int_equal(plugins[i]->abi, KVMTOP_ABI);
        assert_int_equal(plugins[i]->nresolvers, 1);
        assert_int_equal(plugins[i]->resolvers[0].rank, ranks[i]);
        assert_int_equal(plugins[i]->resolvers[0].flags, 0);
        assert_string_equal(plugins[i]->resolvers[0].name, plugins[i]->name);
    }
}

static void test_no_argv(void **state)
{
    fake_fact(*state, PID, KVMTOP_FACT_EXE, "/usr/bin/kvm");
    expect(*state, NULL, NULL, NULL);
    fake_argv(*state, PID, NULL, 0);
    expect(*state, NULL, NULL, NULL);
}

static void expect_proxmox(struct fake_host *fake, const char *name)
{
    struct kvmtop_guest guest = { 0 };

    assert_int_equal(fake_open(fake, &kvmtop_plugin_proxmox), 0);
    assert_int_equal(fake_resolve(fake, PID, &guest), 0);
    assert_string_equal(guest.field[KVMTOP_GUEST_NAME], name);
    fake_guest_free(&guest);
}

static void test_proxmox_config(void **state)
{
    struct fake_host *fake = *state;
    static const char conf[] = "pve/qemu-server/100.conf";

    ARGV(fake, "/usr/bin/kvm", "-id", "100");
    fake_file(fake, KVMTOP_DIR_ETC, conf, "#name: no\nname: from-config \r\n[snap]\nname: x\n");
    expect_proxmox(fake, "vm100");              /* off by default */
    fake_option(fake, "read_config", "1");
    expect_proxmox(fake, "from-config");
    fake_file(fake, KVMTOP_DIR_ETC, conf, "cores: 1\n\n[snap]\nname: old\n");
    expect_proxmox(fake, "vm100");              /* the snapshot's is not the guest's */
    fake_file(fake, KVMTOP_DIR_ETC, conf, "name:\ncores: 1\n");
    expect_proxmox(fake, "vm100");
    fake_file(fake, KVMTOP_DIR_ETC, conf, "name: no-newline");
    expect_proxmox(fake, "no-newline");
    fake_bytes(fake, KVMTOP_DIR_ETC, conf, "\0\0\377name", 7);
    expect_proxmox(fake, "vm100");
    fake_file(fake, KVMTOP_DIR_ETC, conf, "name: ignored\n");
    ARGV(fake, "/usr/bin/kvm", "-id", "100", "-name", "argv");
    expect_proxmox(fake, "argv");
    fake_remove(fake, KVMTOP_DIR_ETC, conf);
    ARGV(fake, "/usr/bin/kvm", "-id", "100");
    expect_proxmox(fake, "vm100");
    fake_no_dir(fake, KVMTOP_DIR_ETC);
    expect_proxmox(fake, "vm100");
}

/* A guest as some earlier resolver left it. */
static void expect_after(struct fake_host *fake, enum kvmtop_field field, const char *text,
                         const char *platform, const char *id, const char *name)
{
    const char *const want[] = { platform, id, name };
    struct kvmtop_guest guest = { 0 };

    fake->host.guest_set(&guest, field, text, strlen(text));
    resolve_all(fake, &guest);
    for (size_t i = 0; i < KVMTOP_COUNT(want); i++) {
        const char *have = guest.field[KVMTOP_PLATFORM + i];
        assert_string_equal(have != NULL ? have : "-", want[i]);
    }
    fake_guest_free(&guest);
}

static void test_earlier_fields_stay(void **state)
{
    struct fake_host *fake = *state;

    ARGV(fake, "/usr/bin/kvm", "-id", "100", "-name", "web");
    expect_after(fake, KVMTOP_GUEST_NAME, "site", "proxmox", "100", "site");
    expect_after(fake, KVMTOP_GUEST_ID, "42", "proxmox", "42", "web");
    expect_after(fake, KVMTOP_PLATFORM, "site", "site", "100", "web");
}

static void test_no_invented_name_beside_other_id(void **state)
{
    struct fake_host *fake = *state;

    ARGV(fake, "/usr/bin/kvm", "-id", "100");
    expect_after(fake, KVMTOP_GUEST_ID, "42", "proxmox", "42", "-");
}

static void test_no_guess_for_known_platform(void **state)
{
    struct fake_host *fake = *state;

    ARGV(fake, "qemu-system-x86_64", "-hda", "/srv/disk.img");
    expect(fake, "qemu", NULL, "disk");
    expect_after(fake, KVMTOP_PLATFORM, "site", "site", "-", "-");
    ARGV(fake, "qemu-system-x86_64", "-hda", "/srv/disk.img", "-name", "said");
    expect_after(fake, KVMTOP_PLATFORM, "site", "site", "-", "said");
    ARGV(fake, "cloud-hypervisor", "--api-socket", "/run/ch.sock");
    expect_after(fake, KVMTOP_PLATFORM, "site", "site", "-", "-");
}

/* What a rule sets stays, and the others add to it. */
static void test_rules_first(void **state)
{
    static const char *const argv[] = { "/usr/bin/kvm", "-id", "100", "-name", "cust-7-web" };
    struct fake_host *fake = *state, *other = fake_host_new();
    struct kvmtop_guest guest = { 0 };

    fake_argv(fake, PID, argv, KVMTOP_COUNT(argv));
    fake_argv(other, PID, argv, KVMTOP_COUNT(argv));
    fake_option(fake, "rule", "argv -name cust-(?<name>\\S+)");
    assert_int_equal(fake_open(fake, &kvmtop_plugin_regex), 0);
    assert_int_equal(fake_resolve(fake, PID, &guest), 0);
    assert_int_equal(fake_open(other, &kvmtop_plugin_proxmox), 0);
    assert_int_equal(fake_resolve(other, PID, &guest), 0);
    assert_string_equal(guest.field[KVMTOP_GUEST_NAME], "7-web");
    assert_string_equal(guest.field[KVMTOP_GUEST_ID], "100");
    assert_string_equal(guest.field[KVMTOP_PLATFORM], "proxmox");
    fake_guest_free(&guest);
    fake_host_free(other);
}

static void test_invalid_utf8(void **state)
{
    struct fake_host *fake = *state;

    ARGV(fake, "/usr/bin/kvm", "-id", "7", "-name", "a\xff\xc3");
    expect(fake, "proxmox", "7", "a\xff\xc3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test_setup_teardown(test_no_argv, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_proxmox_config, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_earlier_fields_stay, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_no_invented_name_beside_other_id, make_fake,
                                        free_fake),
        cmocka_unit_test_setup_teardown(test_no_guess_for_known_platform, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_rules_first, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_invalid_utf8, make_fake, free_fake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
