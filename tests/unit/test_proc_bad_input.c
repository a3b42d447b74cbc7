/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin proc where /proc is garbage, cut short, missing or not to be opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "proc_fixture.h"

static void put_of(const char *folder, const char *file, const char *text)
{
    char path[80];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    put(path, text);
}

static void test_garbage(void **state)
{
    static const char *const texts[] = {
        "", "\n", "garbage", "42", "42 (", "42 (x", "42 (x) ", "\xff\xff\xff", "42 (x) S",
    };
    char path[32];

    (void)state;
    for (unsigned i = 0; i < KVMTOP_COUNT(texts); i++) {
        snprintf(path, sizeof path, "%u", 100 + i);
        put_of(path, "stat", texts[i]);
        put_of(path, "io", texts[i]);
        put_of(path, "statm", texts[i]);
        put_of(path, "status", texts[i]);
    }
    assert_int_equal(collect(), 0);
    assert_reason("state", "could not be read");
    assert_reason("r_log", "could not be read");
    fill(MEMORY);
    assert_int_equal(fake_count(fake, "process", 0), KVMTOP_COUNT(texts));
    for (unsigned i = 0; i < KVMTOP_COUNT(texts); i++) {
        const struct fake_row *row = process(100 + i);

        assert_int_equal(row->birth, 0);
        assert_int_equal(value(row, "pid"), 100 + i);
        for (size_t c = 1; kvmtop_plugin_proc.sources[COLLECT].columns[c] != NULL; c++)
            assert_false(known(row, kvmtop_plugin_proc.sources[COLLECT].columns[c]));
        assert_false(known(row, "res"));
        assert_false(known(row, "swap"));
    }
}

/* Cut short: what is whole is there, the rest is unknown. */
static void test_truncated(void **state)
{
    (void)state;
    put("42/stat", "42 (a b) D 1 2 3 4 5 6 77 8 99");
    put("42/io", "syscr: 5\nsyscw: 6\nread_byt");
    assert_int_equal(collect(), 0);
    assert_int_equal(value(process(42), "state"), 'D');
    assert_int_equal(value(process(42), "minflt"), 77);
    assert_false(known(process(42), "majflt"));
    assert_false(known(process(42), "cpu"));
    assert_int_equal(value(process(42), "w_log"), 6);
    assert_false(known(process(42), "r_mib"));
    assert_reason("r_mib", "/proc/PID/io");
}

static void test_missing(void **state)
{
    (void)state;
    fake_folder(fake, KVMTOP_DIR_PROC, "41"); /* it has gone between listing and reading */
    put_process(42, &usual);
    fake_folder(fake, KVMTOP_DIR_PROC, "44/stat");
    put("0045/stat", "x");
    put("4294967338/stat", "x");
    put("12x/stat", "x");
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_reason("r_log", "CONFIG_TASK_IO_ACCOUNTING");
    fill(MEMORY);
    assert_int_equal(fake_count(fake, "process", 0), 2);
    assert_null(process(41));
    assert_false(known(process(42), "r_log"));
    assert_false(known(process(44), "state"));
    assert_false(known(process(42), "res"));
    assert_false(known(process(42), "user"));
    fake_remove(fake, KVMTOP_DIR_PROC, "44");
    fake_folder(fake, KVMTOP_DIR_PROC, "42/io");
    assert_int_equal(collect(), 0);
    assert_false(known(process(42), "r_log"));
    assert_reason("r_log", "could not be read");
}

static void test_no_proc(void **state)
{
    (void)state;
    put_process(42, &usual);
    assert_int_equal(collect(), 0);
    fake_no_dir(fake, KVMTOP_DIR_PROC);
    assert_true(collect() < 0);
    assert_string_equal(fake->message, "listing /proc: No such file or directory");
    assert_non_null(process(42));
}

/* Out of descriptors: an error, the rows stay, and it goes on afterwards. */
static void test_no_descriptors(void **state)
{
    struct rlimit before, less;
    unsigned failed = 0;

    (void)state;
    put_many();
    fake->children = true;
    assert_int_equal(collect(), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (rlim_t n = 3; n < 24; n++) {
        int err;

        less = (struct rlimit){ .rlim_cur = n, .rlim_max = before.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
        err = collect();
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_true(err == 0 || err == -EMFILE);
        failed += err != 0;
        assert_int_equal(fake_count(fake, "process", 0), 40);
        assert_int_equal(fake_count(fake, "process", 1), 120);
    }
    assert_true(failed > 2);
    assert_int_equal(fake->error, -EMFILE);
    assert_int_equal(collect(), 0);
    assert_int_equal(value(thread(1100), "pid"), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_garbage), TEST(test_truncated), TEST(test_missing), TEST(test_no_proc),
        TEST(test_no_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
