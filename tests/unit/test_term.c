/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal's modes and bytes on a real pseudo-terminal. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/term.h"
#include "pty_end.h"

/* ---- taking and giving back */

static void open_and_close(void)
{
    struct termios before = modes();

    for (int i = 0; i < 2; i++) {
        CHECK(term_fd() == -1);
        CHECK(term_open(i == 1) == 0);
        CHECK(term_fd() >= 0 && is_raw());
        CHECK(modes().c_lflag & ISIG);
        CHECK(!(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK));
        CHECK(term_write("hello", 5) == 0);
        term_close();
        term_close();
        struct termios after = modes();

        CHECK(same_modes(&before, &after));
    }
    CHECK(write(STDOUT_FILENO, "[end]", 5) == 5);
}

static void found_as_left(void **state)
{
    struct end e = start(open_and_close);
    static const char *const pairs[][2] = {
        {"\033[?1049h", "\033[?1049l"},
        {"\033[?2004h", "\033[?2004l"},
        {"\033[?25l", "\033[?25h"},
        {"\033[?7l", "\033[?7h"},
    };

    (void)state;
    assert_true(see(&e, "[end]"));
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(count(pairs[i][0]), 2);
        assert_int_equal(count(pairs[i][1]), 2);
    }
    assert_int_equal(count("\033[?1000h"), 1);
    assert_int_equal(count("hello"), 2);
    assert_ended_well(&e);
}

static void refusals(void)
{
    struct termios before = modes();
    int out = dup(STDOUT_FILENO);
    int null = open("/dev/null", O_RDWR);

    setenv("TERM", "dumb", 1);
    CHECK(term_open(false) == -EINVAL);
    setenv("TERM", "", 1);
    CHECK(term_open(false) == -EINVAL);
    unsetenv("TERM");
    CHECK(term_open(false) == -EINVAL);
    setenv("TERM", "xterm", 1);
    dup2(null, STDOUT_FILENO);
    CHECK(term_open(false) == -ENOTTY);
    dup2(out, STDOUT_FILENO);
    CHECK(term_fd() == -1);
    CHECK(term_write("x", 1) == -EBADF && term_resume() == -EBADF && term_flush() == -EBADF);
    struct termios after = modes();

    CHECK(same_modes(&before, &after));
    /* Keys come from the terminal, whatever stdin is. */
    dup2(null, STDIN_FILENO);
    CHECK(term_open(false) == 0);
    term_close();
}

static void what_cannot_be_driven_is_refused(void **state)
{
    struct end e = start(refusals);

    (void)state;
    see(&e, "\033[?1049l");
    assert_int_equal(count("\033[?1049h"), 1);
    assert_ended_well(&e);
}

static struct termios crash_before;

static void on_crash(int signo)
{
    (void)signo;
    term_restore_async();
    term_restore_async();
    struct termios after;

    if (tcgetattr(STDOUT_FILENO, &after) || !same_modes(&crash_before, &after))
        _exit(3);
    (void)!write(STDOUT_FILENO, "[crashed]", 9);
    _exit(0);
}

static void crash(void)
{
    struct sigaction action = {.sa_handler = on_crash};

    crash_before = modes();
    sigaction(SIGSEGV, &action, NULL);
    CHECK(term_open(true) == 0);
    raise(SIGSEGV);
    CHECK(false);
}

static void a_crash_gives_back(void **state)
{
    struct end e = start(crash);

    (void)state;
    assert_true(see(&e, "[crashed]"));
    assert_int_equal(count("\033[?1049l"), 1);
    assert_int_equal(count("\033[?1000l"), 1);
    assert_ended_well(&e);
}

/* A session without a terminal of its own, as in a container's exec or under setsid(1). */
static void be_foreign(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        setsid();
        CHECK(tcgetpgrp(STDOUT_FILENO) < 0);
        CHECK(term_open(false) == 0);
        CHECK(is_raw() && term_fd() != STDOUT_FILENO);
        CHECK(!(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK));
        term_close();
        CHECK(!is_raw());
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void it_need_not_be_the_controlling_terminal(void **state)
{
    struct end e = start(be_foreign);

    (void)state;
    see(&e, NULL);
    assert_int_equal(count("\033[?1049l"), 1);
    assert_ended_well(&e);
}

/* ---- bytes */

#define LINE_LEN 100
#define LINES_UNREAD 3000
#define LINES_ALL 8000

static void write_line(int i)
{
    char line[LINE_LEN + 1];

    snprintf(line, sizeof(line), "%0*d.", LINE_LEN - 1, i);
    CHECK(term_write(line, LINE_LEN) == 0);
}

static void send_kept(size_t down_to)
{
    struct pollfd p = {.fd = term_fd(), .events = POLLOUT};

    while (term_pending() > down_to) {
        CHECK(poll(&p, 1, 5000) == 1);
        CHECK(term_flush() == 0);
    }
}

static void write_much(void)
{
    CHECK(term_open(false) == 0);
    for (int i = 0; i < LINES_UNREAD; i++)
        write_line(i);
    CHECK(term_pending() > LINES_UNREAD * LINE_LEN / 2); /* nobody reads: it did not wait */
    CHECK(write(STDERR_FILENO, "", 1) == 1);
    for (int i = LINES_UNREAD; i < LINES_ALL; i++) {
        send_kept(LINES_UNREAD * LINE_LEN / 4);
        write_line(i);
    }
    send_kept(0);
    term_close();
}

static void a_slow_line_loses_nothing(void **state)
{
    struct end e = start(write_much);
    char expected[LINE_LEN + 1];
    char *at;
    char byte;

    (void)state;
    assert_int_equal(read(e.errors, &byte, 1), 1);
    assert_true(see(&e, "\033[?1049l"));
    at = memmem(seen, seen_len, "000000", 6);
    assert_non_null(at);
    for (int i = 0; i < LINES_ALL; i++, at += LINE_LEN) {
        snprintf(expected, sizeof(expected), "%0*d.", LINE_LEN - 1, i);
        assert_memory_equal(at, expected, LINE_LEN);
    }
    assert_ended_well(&e);
}

static void close_a_dead_line(void)
{
    char frame[4096];

    memset(frame, 'x', sizeof(frame));
    CHECK(term_open(false) == 0);
    for (int i = 0; i < 100; i++)
        CHECK(term_write(frame, sizeof(frame)) == 0);
    CHECK(term_pending() > 0);
    term_close();
    CHECK(!is_raw());
}

static void a_dead_line_is_given_up(void **state)
{
    struct end e = start(close_a_dead_line);

    (void)state;
    assert_ended_well(&e);
}

static void read_keys(void)
{
    struct pollfd p = {.events = POLLIN};
    char buf[64];

    CHECK(term_open(false) == 0);
    CHECK(term_read(buf, sizeof(buf)) == 0);
    CHECK(term_write("[ready]", 7) == 0);
    p.fd = term_fd();
    CHECK(poll(&p, 1, 5000) == 1);
    CHECK(term_read(buf, sizeof(buf)) == 3 && !memcmp(buf, "\rq\033", 3));
    term_close();
}

static void keys_come_raw(void **state)
{
    struct end e = start(read_keys);

    (void)state;
    assert_true(see(&e, "[ready]"));
    assert_int_equal(write(e.master, "\rq\033", 3), 3);
    see(&e, NULL);
    assert_ended_well(&e);
}

static void lose_it(void)
{
    struct pollfd p = {.events = POLLIN};
    char buf[64];

    signal(SIGHUP, SIG_IGN);
    CHECK(term_open(false) == 0);
    CHECK(term_write("[ready]", 7) == 0);
    p.fd = term_fd();
    CHECK(poll(&p, 1, 5000) == 1);
    CHECK(term_read(buf, sizeof(buf)) == -EIO);
    CHECK(term_write("x", 1) == -EIO);
    term_close();
}

static void a_lost_terminal_is_reported(void **state)
{
    struct end e = start(lose_it);

    (void)state;
    assert_true(see(&e, "[ready]"));
    close(e.master);
    e.master = -1;
    assert_ended_well(&e);
}

static void mouse(void)
{
    CHECK(term_set_mouse(true) == -EBADF);
    CHECK(term_open(false) == 0);
    CHECK(term_write("1", 1) == 0);
    CHECK(term_set_mouse(true) == 0);
    CHECK(term_write("2", 1) == 0);
    CHECK(term_set_mouse(false) == 0);
    CHECK(term_write("3", 1) == 0);
    term_close();
}

static void the_mouse_can_be_switched(void **state)
{
    struct end e = start(mouse);

    (void)state;
    assert_true(see(&e, "1\033[?1000h\033[?1006h2\033[?1006l\033[?1000l3"));
    see(&e, NULL);
    assert_ended_well(&e);
}

/* ---- size */

static void sizes(void)
{
    struct winsize size = {.ws_row = 7, .ws_col = 33};
    int rows, cols;

    unsetenv("LINES");
    unsetenv("COLUMNS");
    term_size(&rows, &cols);
    CHECK(rows == 24 && cols == 80);
    setenv("LINES", "31", 1);
    setenv("COLUMNS", "x", 1);
    term_size(&rows, &cols);
    CHECK(rows == 31 && cols == 80);
    ioctl(STDOUT_FILENO, TIOCSWINSZ, &size);
    term_size(&rows, &cols);
    CHECK(rows == 7 && cols == 33);
    size.ws_row = 65535;
    ioctl(STDOUT_FILENO, TIOCSWINSZ, &size);
    CHECK(term_open(false) == 0);
    term_size(&rows, &cols);
    CHECK(rows == TERM_ROWS_MAX && cols == 33);
    term_close();
}

static void the_size_is_known(void **state)
{
    struct end e = start(sizes);

    (void)state;
    see(&e, NULL);
    assert_ended_well(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_as_left),
        cmocka_unit_test(what_cannot_be_driven_is_refused),
        cmocka_unit_test(a_crash_gives_back),
        cmocka_unit_test(it_need_not_be_the_controlling_terminal),
        cmocka_unit_test(a_slow_line_loses_nothing),
        cmocka_unit_test(a_dead_line_is_given_up),
        cmocka_unit_test(keys_come_raw),
        cmocka_unit_test(a_lost_terminal_is_reported),
        cmocka_unit_test(the_mouse_can_be_switched),
        cmocka_unit_test(the_size_is_known),
    };

    return cmocka_run_group_tests_name("term", tests, NULL, NULL);
}
