/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc tells of one process, from files as hostile as they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/facts.h"
#include "fake_plugin.h"

static int setup(void **state)
{
    static struct world world;

    world_open(&world, NULL);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

static struct facts facts_for(struct world *world, uint64_t pid)
{
    struct facts facts;

    facts_init(&facts, &world->session.model.root, pid, 7);
    return facts;
}

/* Arguments as "a|b|"; "(null)" where there are none to be had. */
static const char *argv_of(struct world *world, const void *bytes, size_t len)
{
    static char text[4000];
    size_t argc = 99, n = 0;

    world_write(world, "proc/5/cmdline", bytes, len);
    struct facts facts = facts_for(world, 5);
    const char *const *argv = facts_argv(&facts, &argc);
    text[0] = 0;
    if (!argv)
        snprintf(text, sizeof text, "(null)");
    for (size_t i = 0; argv && i < argc; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s|", argv[i]);
    if (argv)
        assert_null(argv[argc]);
    assert_ptr_equal(facts_get(&facts, KVMTOP_FACT_CMDLINE), argv ? argv[0] : NULL);
    facts_free(&facts);
    return text;
}

static void test_argv(void **state)
{
    struct world *world = *state;

    assert_string_equal(argv_of(world, "kvm\0-name\0web 01", 17), "kvm|-name|web 01|");
    assert_string_equal(argv_of(world, "kvm\0-name\0web 01", 16), "kvm|-name|web 01|");
    assert_string_equal(argv_of(world, "kvm", 3), "kvm|");
    assert_string_equal(argv_of(world, "kvm\0\0x", 7), "kvm||x|");
    assert_string_equal(argv_of(world, "\0x", 3), "|x|");
    /* setproctitle: one text, and what was there before wiped out */
    assert_string_equal(argv_of(world, "nginx: worker\0\0\0\0\0", 18), "nginx: worker|");
    assert_string_equal(argv_of(world, "", 0), "");
    assert_string_equal(argv_of(world, "\0\0\0\0", 4), "");
    assert_string_equal(argv_of(world, "a\033[2J\n\xff\0b", 9), "a\033[2J\n\xff|b|");
}

/* More than a MiB: what is read is read right, the rest is left. */
static void test_long(void **state)
{
    struct world *world = *state;
    size_t size = (3 << 20), argc;
    char *bytes = malloc(size);

    memset(bytes, 'x', size);
    for (size_t i = 99; i < size; i += 100)
        bytes[i] = 0;
    world_write(world, "proc/6/cmdline", bytes, size);
    struct facts facts = facts_for(world, 6);
    const char *const *argv = facts_argv(&facts, &argc);
    assert_int_equal(argc, (1 << 20) / 100 + 1);
    assert_int_equal(strlen(argv[0]), 99);
    assert_int_equal(strlen(argv[argc - 1]), (1 << 20) % 100);
    facts_free(&facts);
    memset(bytes, 0, size);
    bytes[size - 1] = 'x';
    world_write(world, "proc/6/cmdline", bytes, size);
    facts = facts_for(world, 6);
    facts_argv(&facts, &argc);
    assert_int_equal(argc, 0);
    facts_free(&facts);
    free(bytes);
}

static void test_comm(void **state)
{
    struct world *world = *state;
    struct facts facts = facts_for(world, 7);

    assert_null(facts_get(&facts, KVMTOP_FACT_COMM));
    world_write_text(world, "proc/7/comm", "too late\n");
    assert_null(facts_get(&facts, KVMTOP_FACT_COMM));   /* asked once */
    assert_null(facts_get(&facts, (enum kvmtop_fact)0));
    assert_null(facts_get(&facts, (enum kvmtop_fact)9));
    facts_free(&facts);
    facts = facts_for(world, 7);
    assert_string_equal(facts_get(&facts, KVMTOP_FACT_COMM), "too late");
    facts_free(&facts);
    world_write_text(world, "proc/7/comm", "a) b\n(c\n");
    facts = facts_for(world, 7);
    assert_string_equal(facts_get(&facts, KVMTOP_FACT_COMM), "a) b\n(c");
    facts_free(&facts);
    world_write_text(world, "proc/7/comm", "");
    facts = facts_for(world, 7);
    assert_string_equal(facts_get(&facts, KVMTOP_FACT_COMM), "");
    facts_free(&facts);
}

static void test_exe(void **state)
{
    struct world *world = *state;
    char path[300];
    struct facts facts = facts_for(world, 8);

    assert_null(facts_get(&facts, KVMTOP_FACT_EXE));
    facts_free(&facts);
    world_write_text(world, "proc/8/comm", "x");
    snprintf(path, sizeof path, "%s/1/proc/8/exe", world->folder);
    assert_int_equal(symlink("/usr/bin/kvm (deleted)", path), 0);
    facts = facts_for(world, 8);
    assert_string_equal(facts_get(&facts, KVMTOP_FACT_EXE), "/usr/bin/kvm (deleted)");
    facts_free(&facts);
    assert_string_equal(facts_basename("/usr/bin/kvm"), "kvm");
    assert_string_equal(facts_basename("kvm"), "kvm");
    assert_string_equal(facts_basename("/"), "");
    assert_string_equal(facts_basename(""), "");
}

static const char *cgroup_of(struct world *world, const char *file)
{
    static char text[200];

    world_write_text(world, "proc/9/cgroup", file);
    struct facts facts = facts_for(world, 9);
    const char *path = facts_get(&facts, KVMTOP_FACT_CGROUP);
    snprintf(text, sizeof text, "%s", path ? path : "(null)");
    facts_free(&facts);
    return text;
}

static void test_cgroup(void **state)
{
    struct world *world = *state;

    assert_string_equal(cgroup_of(world, "0::/qemu.slice/100.scope\n"), "/qemu.slice/100.scope");
    assert_string_equal(cgroup_of(world, "0::/no/end"), "/no/end");
    assert_string_equal(cgroup_of(world, "0::/a:b\n"), "/a:b");
    /* hybrid: an unused v2 hierarchy says nothing, systemd's own does */
    assert_string_equal(cgroup_of(world, "4:cpu,cpuacct:/other\n1:name=systemd:/machine.slice/x\n"
                                         "0::/\n"), "/machine.slice/x");
    assert_string_equal(cgroup_of(world, "4:cpu:/first\n3:memory:/second\n"), "/first");
    assert_string_equal(cgroup_of(world, "0::/\n"), "/");
    assert_string_equal(cgroup_of(world, ""), "(null)");
    assert_string_equal(cgroup_of(world, "garbage\n\n:\n::\n"), "");
    assert_string_equal(cgroup_of(world, "garbage"), "(null)");
}

/* Folders, and things that can't be read, in the place of files. */
static void test_odd_files(void **state)
{
    struct world *world = *state;
    struct facts facts = facts_for(world, 11);

    world_write_text(world, "proc/11/comm/x", "");
    world_write_text(world, "proc/11/cmdline/x", "");
    world_write_text(world, "proc/11/cgroup/x", "");
    assert_null(facts_get(&facts, KVMTOP_FACT_COMM));
    assert_null(facts_get(&facts, KVMTOP_FACT_CGROUP));
    assert_null(facts_argv(&facts, NULL));
    facts_free(&facts);
}

static void test_process(void **state)
{
    struct facts facts = facts_for(*state, 12);

    assert_int_equal(facts.process.pid, 12);
    assert_int_equal(facts.process.birth, 7);
    assert_ptr_equal(facts_of(&facts.process), &facts);
    facts_read_uid(&facts);     /* files of a record belong to who keeps it */
    assert_int_equal(facts.process.uid, UINT32_MAX);
    facts_free(&facts);
}

static void test_uid(void **state)
{
    struct root root;
    struct facts facts;

    (void)state;
    assert_int_equal(root_open(&root, NULL), 0);
    facts_init(&facts, &root, (uint64_t)getpid(), 0);
    facts_read_uid(&facts);
    assert_int_equal(facts.process.uid, geteuid());
    facts_free(&facts);
    facts_init(&facts, &root, 2147483647, 0);
    facts_read_uid(&facts);
    assert_int_equal(facts.process.uid, UINT32_MAX);
    facts_free(&facts);
    root_close(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_argv), cmocka_unit_test(test_long),
        cmocka_unit_test(test_comm), cmocka_unit_test(test_exe),
        cmocka_unit_test(test_cgroup), cmocka_unit_test(test_odd_files),
        cmocka_unit_test(test_process), cmocka_unit_test(test_uid),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
