/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory or the end, never NULL. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/xalloc.h"

static void strings_are_copied(void **state)
{
    static const char unended[3] = {'a', 'b', 'c'};
    char *whole = xstrdup("abc");
    char *cut = xstrndup(unended, sizeof(unended));
    char *shorter = xstrndup("ab", 9);

    (void)state;
    assert_string_equal(whole, "abc");
    assert_string_equal(cut, "abc");
    assert_string_equal(shorter, "ab");
    free(whole);
    free(cut);
    free(shorter);
}

static void nothing_is_something(void **state)
{
    int *zeroed = xcalloc(100, sizeof(*zeroed));
    void *all[] = {xmalloc(0), xcalloc(0, 8), xrealloc(NULL, 0), xreallocarray(NULL, 0, 8), zeroed};

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(zeroed[i], 0);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_non_null(all[i]);
        free(all[i]);
    }
}

static volatile size_t too_much = SIZE_MAX / 2;

static void ask_malloc(void)
{
    free(xmalloc(too_much));
}

static void ask_calloc(void)
{
    free(xcalloc(too_much, 4));
}

static void ask_array(void)
{
    free(xreallocarray(NULL, too_much, 4));
}

static void assert_aborts(void (*ask)(void))
{
    char message[64] = "";
    int fds[2], status;
    pid_t pid;

    assert_int_equal(pipe(fds), 0);
    pid = fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(fds[1], STDERR_FILENO);
        ask();
        _exit(0);
    }
    close(fds[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(read(fds[0], message, sizeof(message) - 1) > 0);
    close(fds[0]);
#ifndef __SANITIZE_ADDRESS__ /* whose allocator has a message of its own */
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_string_equal(message, "kvmtop: out of memory\n");
#endif
}

static void too_much_is_the_end(void **state)
{
    (void)state;
    assert_aborts(ask_malloc);
    assert_aborts(ask_calloc);
    assert_aborts(ask_array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_copied),
        cmocka_unit_test(nothing_is_something),
        cmocka_unit_test(too_much_is_the_end),
    };

    return cmocka_run_group_tests_name("xalloc", tests, NULL, NULL);
}
