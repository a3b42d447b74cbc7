/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process has open: what is visited, and how much of it at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"
#include "lib/vmm_files.h"

#include <errno.h>
#include <stdio.h>

enum { PID = 42, MORE = 100 };

struct seen {
    unsigned files, others, last;
};

static void see(void *arg, unsigned fd, const char *link)
{
    struct seen *seen = arg;

    if (link[0] == '/')
        seen->files++;
    else
        seen->others++;
    seen->last = fd;
}

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

static void set_links(struct fake_host *fake, unsigned from, unsigned count, const char *link)
{
    char path[32];

    for (unsigned fd = from; fd < from + count; fd++) {
        snprintf(path, sizeof path, "%d/fd/%u", PID, fd);
        fake_link(fake, KVMTOP_DIR_PROC, path, link);
    }
}

static struct seen visit_all(struct fake_host *fake)
{
    int proc = fake->host.dir(&fake->host, KVMTOP_DIR_PROC);
    struct seen seen = { 0 };

    assert_int_equal(vmm_files_each(proc, PID, see, &seen), 0);
    return seen;
}

static void visits_descriptors_alone(void **state)
{
    struct fake_host *fake = *state;
    struct seen seen;

    set_links(fake, 7, 1, "/srv/a.raw");
    fake_link(fake, KVMTOP_DIR_PROC, "42/fd/x", "/srv/b.raw");
    fake_link(fake, KVMTOP_DIR_PROC, "42/fd/4294967303", "/srv/c.raw");
    fake_file(fake, KVMTOP_DIR_PROC, "42/fd/8", "no link");
    seen = visit_all(fake);
    assert_int_equal(seen.files, 1);
    assert_int_equal(seen.others, 0);
    assert_int_equal(seen.last, 7);
}

static void a_gone_process_has_none(void **state)
{
    struct fake_host *fake = *state;
    struct seen seen = { 0 };

    assert_int_equal(
        vmm_files_each(fake->host.dir(&fake->host, KVMTOP_DIR_PROC), PID, see, &seen), -ENOENT);
    assert_int_equal(seen.files, 0);
}

static void visits_so_many_files(void **state)
{
    struct fake_host *fake = *state;

    set_links(fake, 0, VMM_FILES_MAX + MORE, "/srv/a.raw");
    assert_int_equal(visit_all(fake).files, VMM_FILES_MAX);
}

/* Eventfds of queues are no files, so that many of them hide no disk. */
static void visits_so_many_of_any_kind(void **state)
{
    struct fake_host *fake = *state;
    struct seen seen;

    set_links(fake, 0, VMM_FILES_MAX + MORE, "anon_inode:[eventfd]");
    set_links(fake, VMM_FILES_MAX + MORE, MORE, "/srv/a.raw");
    seen = visit_all(fake);
    assert_int_equal(seen.others, VMM_FILES_MAX + MORE);
    assert_int_equal(seen.files, MORE);
    set_links(fake, VMM_FILES_MAX + 2 * MORE, VMM_LINKS_MAX - VMM_FILES_MAX, "socket:[1]");
    seen = visit_all(fake);
    assert_int_equal(seen.others + seen.files, VMM_LINKS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fake, free_fake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(visits_descriptors_alone),
        TEST(a_gone_process_has_none),
        TEST(visits_so_many_files),
        TEST(visits_so_many_of_any_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
