/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading small files: lengths, ends, and what stands where a file should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"
#include "lib/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static bool reads_are_slow;

/* In place of the C library's. */
ssize_t read(int fd, void *buf, size_t len)
{
    clock_t begun = clock();

    while (reads_are_slow && clock() - begun < CLOCKS_PER_SEC / 10)
        continue;
    return syscall(SYS_read, fd, buf, len);
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

static int dir_of(void **state)
{
    struct fake_host *fake = *state;

    return fake->host.dir(&fake->host, KVMTOP_DIR_PROC);
}

static void test_lengths(void **state)
{
    struct read_buffer grow = { NULL, 0 };
    char buf[6];
    int dir = dir_of(state);

    fake_bytes(*state, KVMTOP_DIR_PROC, "file", "a\0cde", 5);
    assert_int_equal(read_file_at(dir, "file", buf, sizeof buf), 5);
    assert_memory_equal(buf, "a\0cde", 6);
    assert_int_equal(read_once_at(dir, "file", buf, sizeof buf), 5);
    assert_int_equal(read_file_at(dir, "file", buf, 4), 3);
    assert_memory_equal(buf, "a\0c", 4);
    assert_int_equal(read_once_at(dir, "file", buf, 1), 0);
    assert_int_equal(read_file_at(dir, "file", buf, 0), -EINVAL);
    assert_int_equal(read_file_grow(dir, "file", &grow, 5), 5);
    assert_memory_equal(grow.data, "a\0cde", 6);
    assert_int_equal(read_file_grow(dir, "file", &grow, 4), -EFBIG);
    read_buffer_free(&grow);
    assert_null(grow.data);
}

static void test_empty(void **state)
{
    struct read_buffer grow = { NULL, 0 };
    char buf[8] = "before";

    fake_file(*state, KVMTOP_DIR_PROC, "empty", "");
    assert_int_equal(read_file_at(dir_of(state), "empty", buf, sizeof buf), 0);
    assert_string_equal(buf, "");
    assert_int_equal(read_file_grow(dir_of(state), "empty", &grow, 10), 0);
    assert_string_equal(grow.data, "");
    read_buffer_free(&grow);
}

/* More than one page, which the buffer has to grow for. */
static void test_large(void **state)
{
    enum { SIZE = 100 * 1000 };
    struct read_buffer grow = { NULL, 0 };
    char *data = malloc(SIZE);

    assert_non_null(data);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7);
    fake_bytes(*state, KVMTOP_DIR_PROC, "large", data, SIZE);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(read_file_grow(dir_of(state), "large", &grow, SIZE), SIZE);
        assert_memory_equal(grow.data, data, SIZE);
    }
    assert_int_equal(read_file_grow(dir_of(state), "large", &grow, SIZE - 1), -EFBIG);
    read_buffer_free(&grow);
    free(data);
}

/* A file without an end costs no more than its limit. */
static void test_endless(void **state)
{
    struct read_buffer grow = { NULL, 0 };

    fake_link(*state, KVMTOP_DIR_PROC, "zeros", "/dev/zero");
    assert_int_equal(read_file_grow(dir_of(state), "zeros", &grow, 10000), -EFBIG);
    assert_in_range(grow.cap, 10000, 40000);
    read_buffer_free(&grow);
}

static void test_no_file(void **state)
{
    struct read_buffer grow = { NULL, 0 };
    char buf[8] = "before";
    int dir = dir_of(state);

    fake_folder(*state, KVMTOP_DIR_PROC, "folder");
    assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
    assert_int_equal(read_file_at(dir, "none", buf, sizeof buf), -ENOENT);
    assert_string_equal(buf, "");
    assert_int_equal(read_file_at(dir, "folder", buf, sizeof buf), -EISDIR);
    assert_int_equal(read_file_at(dir, "fifo", buf, sizeof buf), 0); /* and doesn't block */
    assert_int_equal(read_file_at(-1, "none", buf, sizeof buf), -EBADF);
    assert_int_equal(read_file_grow(dir, "folder", &grow, 10), -EISDIR);
    assert_int_equal(read_file_grow(dir, "none", &grow, 10), -ENOENT);
    read_buffer_free(&grow);
}

static void test_links(void **state)
{
    char buf[8] = "before";
    int dir = dir_of(state);

    fake_link(*state, KVMTOP_DIR_PROC, "link", "1234567");
    assert_int_equal(read_link_at(dir, "link", buf, sizeof buf), 7);
    assert_string_equal(buf, "1234567");
    assert_int_equal(read_link_at(dir, "link", buf, 7), -ENAMETOOLONG);
    assert_string_equal(buf, "");
    assert_int_equal(read_link_at(dir, "none", buf, sizeof buf), -ENOENT);
    assert_int_equal(read_link_at(dir, "link", buf, 0), -EINVAL);
    fake_file(*state, KVMTOP_DIR_PROC, "file", "x");
    assert_int_equal(read_link_at(dir, "file", buf, sizeof buf), -EINVAL);
}

/* A file that takes the kernel a tenth of a second for each piece. */
static void test_slow(void **state)
{
    enum { SIZE = 1 << 20 };
    struct read_buffer grow = { NULL, 0 };
    char *bytes = calloc(1, SIZE);

    fake_bytes(*state, KVMTOP_DIR_PROC, "slow", bytes, SIZE);
    assert_int_equal(read_file_grow(dir_of(state), "slow", &grow, SIZE), SIZE);
    reads_are_slow = true;
    assert_int_equal(read_file_grow(dir_of(state), "slow", &grow, SIZE), -ETIME);
    reads_are_slow = false;
    read_buffer_free(&grow);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lengths, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_empty, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_large, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_endless, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_no_file, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_links, make_fake, free_fake),
        cmocka_unit_test_setup_teardown(test_slow, make_fake, free_fake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
