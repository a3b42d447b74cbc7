/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program that is stopped, or runs in the background, leaves the terminal as its shell wants it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/term.h"
#include "pty_end.h"

/* The shell's part of the child: it owns the session and hands the terminal to a job. */
static void be_shell(void (*job)(void))
{
    struct termios mine = modes();
    pid_t pid = fork();
    int status;

    signal(SIGTTOU, SIG_IGN);
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDOUT_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        job();
        _exit(0);
    }
    setpgid(pid, pid);
    CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
    CHECK(WSTOPSIG(status) == SIGTSTP);
    struct termios stopped = modes();

    CHECK(same_modes(&mine, &stopped));
    CHECK(tcsetpgrp(STDOUT_FILENO, getpgrp()) == 0);
    CHECK(write(STDOUT_FILENO, "[shell]", 7) == 7);
    CHECK(tcsetpgrp(STDOUT_FILENO, pid) == 0);
    CHECK(kill(-pid, SIGCONT) == 0);
    CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    struct termios after = modes();

    CHECK(same_modes(&mine, &after));
}

/* As the program does: SIGTSTP blocked, to be read from a signalfd. */
static void stop_once(void)
{
    sigset_t set, now;

    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    CHECK(term_open(true) == 0);
    raise(SIGTSTP); /* one still pending must not stop it twice */
    CHECK(term_suspend() == 0);
    CHECK(is_raw());
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGTSTP));
    CHECK(term_write("[back]", 6) == 0);
    CHECK(term_resume() == 0); /* the SIGCONT that comes along */
    term_close();
}

static void stop(void)
{
    be_shell(stop_once);
}

static void a_stop_gives_back_and_takes_again(void **state)
{
    struct end e = start(stop);
    char *shell;

    (void)state;
    see(&e, NULL);
    shell = memmem(seen, seen_len, "[shell]", 7);
    assert_non_null(shell);
    assert_int_equal(count("\033[?1049h"), 2);
    assert_int_equal(count("\033[?1049l"), 2);
    assert_non_null(memmem(seen, (size_t)(shell - seen), "\033[?1049l", 8));
    assert_int_equal(count("\033[?1000h"), 3);
    assert_int_equal(count("[back]"), 1);
    assert_ended_well(&e);
}

/* Half a frame waits for a slow line when it is stopped. */
static void stop_with_backlog(void)
{
    char frame[4096];

    memset(frame, 'x', sizeof(frame));
    CHECK(term_open(false) == 0);
    for (int i = 0; i < 100; i++)
        CHECK(term_write(frame, sizeof(frame)) == 0);
    CHECK(term_pending() > 0);
    CHECK(write(STDERR_FILENO, "", 1) == 1);
    CHECK(term_suspend() == 0);
    CHECK(term_write("[back]", 6) == 0);
    term_close();
}

static void stop_late(void)
{
    be_shell(stop_with_backlog);
}

static void what_was_kept_does_not_follow_a_stop(void **state)
{
    struct end e = start(stop_late);
    char *shell;
    char byte;

    (void)state;
    assert_int_equal(read(e.errors, &byte, 1), 1);
    see(&e, NULL);
    shell = memmem(seen, seen_len, "[shell]", 7);
    assert_non_null(shell);
    assert_null(memmem(shell, seen_len - (size_t)(shell - seen), "xx", 2));
    assert_int_equal(count("[back]"), 1);
    assert_ended_well(&e);
}

static void on_term(int signo)
{
    (void)signo;
    term_restore_async();
    _exit(0);
}

static void wait_to_be_killed(void)
{
    signal(SIGTERM, on_term);
    CHECK(term_open(false) == 0);
    for (;;)
        pause();
}

/* Stopped by SIGSTOP, its shell goes on, then it is killed: the modes are the shell's by then. */
static void kill_in_background(void)
{
    struct termios mine;
    int status;
    pid_t pid = fork();

    signal(SIGTTOU, SIG_IGN);
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDOUT_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        wait_to_be_killed();
    }
    while (!is_raw())
        usleep(1000);
    CHECK(kill(pid, SIGSTOP) == 0);
    CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
    CHECK(tcsetpgrp(STDOUT_FILENO, getpgrp()) == 0);
    mine = modes();
    mine.c_lflag |= ICANON;
    CHECK(tcsetattr(STDOUT_FILENO, TCSANOW, &mine) == 0);
    CHECK(kill(pid, SIGTERM) == 0 && kill(pid, SIGCONT) == 0);
    CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFEXITED(status));
    struct termios after = modes();

    CHECK(same_modes(&mine, &after));
}

static void the_background_leaves_modes_alone(void **state)
{
    struct end e = start(kill_in_background);

    (void)state;
    see(&e, NULL);
    assert_int_equal(count("\033[?1049l"), 1);
    assert_ended_well(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_gives_back_and_takes_again),
        cmocka_unit_test(what_was_kept_does_not_follow_a_stop),
        cmocka_unit_test(the_background_leaves_modes_alone),
    };

    return cmocka_run_group_tests_name("stopping", tests, NULL, NULL);
}
