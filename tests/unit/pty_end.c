/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program on a pseudo-terminal, and who sits at the other end. */
#include "pty_end.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void child_failed(int line)
{
    dprintf(STDERR_FILENO, "child: line %d\n", line);
    _exit(line % 200 + 1);
}

char seen[SEEN_MAX];
size_t seen_len;

bool see(const struct end *e, const char *wanted)
{
    struct pollfd p = {.fd = e->master, .events = POLLIN};

    while (!wanted || !memmem(seen, seen_len, wanted, strlen(wanted))) {
        ssize_t n;

        if (seen_len == sizeof(seen) || poll(&p, 1, 2000) != 1)
            return false;
        n = read(e->master, seen + seen_len, sizeof(seen) - seen_len);
        if (n <= 0)
            return false;
        seen_len += (size_t)n;
    }
    return true;
}

struct end start(void (*run)(void))
{
    struct end e = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    const char *name;
    int errors[2];

    assert_true(e.master >= 0);
    assert_int_equal(grantpt(e.master), 0);
    assert_int_equal(unlockpt(e.master), 0);
    name = ptsname(e.master);
    assert_non_null(name);
    assert_int_equal(pipe2(errors, O_CLOEXEC), 0);
    seen_len = 0;
    e.child = fork();
    assert_true(e.child >= 0);
    if (e.child == 0) {
        setsid();
        int slave = open(name, O_RDWR);

        dup2(slave, STDIN_FILENO);
        dup2(slave, STDOUT_FILENO);
        dup2(errors[1], STDERR_FILENO);
        close(e.master);
        alarm(20);
        setenv("TERM", "xterm", 1);
        run();
        _exit(0);
    }
    close(errors[1]);
    e.errors = errors[0];
    return e;
}

void assert_ended_well(struct end *e)
{
    char message[200] = "";
    int status;

    assert_int_equal(waitpid(e->child, &status, 0), e->child);
    if (read(e->errors, message, sizeof(message) - 1) > 0)
        fail_msg("%s", message);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(e->errors);
    if (e->master >= 0)
        close(e->master);
}

struct termios modes(void)
{
    struct termios t;

    CHECK(tcgetattr(STDOUT_FILENO, &t) == 0);
    return t;
}

bool same_modes(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_lflag == b->c_lflag &&
           a->c_cflag == b->c_cflag && !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

bool is_raw(void)
{
    struct termios t = modes();

    return !(t.c_lflag & (ICANON | ECHO)) && !(t.c_oflag & OPOST) && !(t.c_iflag & (ICRNL | IXON));
}

size_t count(const char *what)
{
    size_t n = 0;
    size_t len = strlen(what);

    for (char *p = seen; (p = memmem(p, seen_len - (size_t)(p - seen), what, len)); p += len)
        n++;
    return n;
}
