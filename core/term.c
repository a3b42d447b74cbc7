/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the terminal, gives it back on every way out, moves bytes without waiting for it. */
#include "core/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/xalloc.h"

#define ALTERNATE_SAVING_CURSOR "\033[?1049h"
#define ALTERNATE "\033[?1047h"
#define MODES "\033[?25l\033[?7l\033[?2004h"
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
/* Ends what a frame cut short may have begun. A terminal without an alternate screen (the Linux
 * console) is left at its last line, a new one; others forget that with the screen. */
#define GIVE_BACK \
    "\033[?2026l\033[m" MOUSE_OFF "\033[?2004l\033[?7h\033[9999;1H\r\n\033[?1049l\033[?25h"

#define WAIT_STEP_MS 50
#define CLOSE_STEPS 20
#define ASYNC_STEPS 4

static struct {
    int fd;
    bool opened; /* fd is ours, a second open file that may be O_NONBLOCK */
    bool mouse;
    struct termios found;
    char *kept;
    size_t start, len, cap; /* kept[start..len) are to be sent */
} term = {.fd = -1};

/* The terminal's modes are ours. Whoever sets it back to 0 restores them. */
static atomic_int taken;

/* ---- bytes out */

/* Sends what goes out at once. Returns how many bytes, or -errno. */
static ssize_t send_some(const char *buf, size_t len)
{
    size_t sent = 0;

    while (sent < len) {
        ssize_t n = write(term.fd, buf + sent, len - sent);

        if (n > 0)
            sent += (size_t)n;
        else if (n == 0 || errno == EAGAIN)
            break;
        else if (errno != EINTR)
            return -errno;
    }
    return (ssize_t)sent;
}

size_t term_pending(void)
{
    return term.len - term.start;
}

static void keep(const char *buf, size_t len)
{
    if (term.start) {
        memmove(term.kept, term.kept + term.start, term_pending());
        term.len -= term.start;
        term.start = 0;
    }
    if (len > term.cap - term.len) {
        term.cap = term.len + len;
        term.kept = xrealloc(term.kept, term.cap);
    }
    memcpy(term.kept + term.len, buf, len);
    term.len += len;
}

int term_flush(void)
{
    ssize_t n;

    if (term.fd < 0)
        return -EBADF;
    if (!term_pending())
        return 0;
    n = send_some(term.kept + term.start, term_pending());
    if (n < 0)
        return (int)n;
    term.start += (size_t)n;
    return 0;
}

int term_write(const char *buf, size_t len)
{
    int err = term_flush();
    ssize_t n = 0;

    if (err)
        return err;
    if (!term_pending())
        n = send_some(buf, len);
    if (n < 0)
        return (int)n;
    if ((size_t)n < len)
        keep(buf + n, len - (size_t)n);
    return 0;
}

static int write_string(const char *string)
{
    return term_write(string, strlen(string));
}

/* ---- modes */

/* Only what is async-signal-safe from here to term_restore_async(). */
static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(term.fd);

    return group < 0 || group == getpgrp();
}

static void send_or_give_up(const char *buf, size_t len, int steps)
{
    struct pollfd p = {.fd = term.fd, .events = POLLOUT};

    while (len && steps-- > 0) {
        ssize_t n;

        if (poll(&p, 1, WAIT_STEP_MS) != 1 || !(p.revents & POLLOUT))
            continue;
        n = send_some(buf, len);
        if (n < 0)
            return;
        buf += n;
        len -= (size_t)n;
    }
}

/* In the background the modes are somebody else's (a shell's), who will set them. */
static void give_back(int steps)
{
    int saved = errno;

    if (atomic_exchange(&taken, 0)) {
        send_or_give_up(GIVE_BACK, sizeof(GIVE_BACK) - 1, steps);
        if (in_foreground())
            tcsetattr(term.fd, TCSANOW, &term.found);
    }
    errno = saved;
}

void term_restore_async(void)
{
    give_back(ASYNC_STEPS);
}

static int set_raw(void)
{
    struct termios raw = term.found;

    raw.c_iflag &= ~(tcflag_t)(BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
    /* NOFLSH: a signal key must not throw away half a frame. */
    raw.c_lflag |= ISIG | NOFLSH;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    while (tcsetattr(term.fd, TCSANOW, &raw))
        if (errno != EINTR)
            return -errno;
    return 0;
}

int term_resume(void)
{
    bool had_it = atomic_load(&taken);
    int err;

    if (term.fd < 0)
        return -EBADF;
    err = set_raw();
    if (err)
        return err;
    atomic_store(&taken, 1);
    /* Asked for again, ?1049 would save the cursor of the wrong screen. */
    err = write_string(had_it ? ALTERNATE MODES : ALTERNATE_SAVING_CURSOR MODES);
    if (!err && term.mouse)
        err = write_string(MOUSE_ON);
    return err;
}

static bool can_be_driven(const char *name)
{
    return name && *name && strcmp(name, "dumb") && strcmp(name, "unknown");
}

/* The terminal behind stdout by an open file of our own. /dev/tty where that is the same one: it
 * may be opened by whoever runs us, also after su(1). */
static void open_again(void)
{
    bool controlling = tcgetpgrp(STDOUT_FILENO) >= 0;

    term.fd = open(controlling ? "/dev/tty" : "/proc/self/fd/1",
                   O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    term.opened = term.fd >= 0;
    if (!term.opened)
        term.fd = STDOUT_FILENO;
}

static void forget(void)
{
    if (term.opened)
        close(term.fd);
    free(term.kept);
    memset(&term, 0, sizeof(term));
    term.fd = -1;
}

int term_open(bool mouse)
{
    int err = 0;

    if (!isatty(STDOUT_FILENO))
        return -ENOTTY;
    if (!can_be_driven(getenv("TERM")))
        return -EINVAL;
    open_again();
    term.mouse = mouse;
    if (tcgetattr(term.fd, &term.found))
        err = -errno;
    if (!err)
        err = term_resume();
    if (err) {
        give_back(CLOSE_STEPS);
        forget();
    }
    return err;
}

void term_close(void)
{
    if (term.fd < 0)
        return;
    give_back(CLOSE_STEPS);
    forget();
}

int term_suspend(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    struct sigaction old_action;
    sigset_t stop, old_mask;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    give_back(CLOSE_STEPS);
    term.start = term.len = 0;
    /* Raised while blocked, it is one signal together with one that waits already. */
    pthread_sigmask(SIG_BLOCK, &stop, &old_mask);
    sigaction(SIGTSTP, &action, &old_action);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    sigaction(SIGTSTP, &old_action, NULL);
    pthread_sigmask(SIG_SETMASK, &old_mask, NULL);
    return term_resume();
}

int term_set_mouse(bool on)
{
    if (term.fd < 0)
        return -EBADF;
    term.mouse = on;
    return write_string(on ? MOUSE_ON : MOUSE_OFF);
}

/* ---- size and bytes in */

static int clamp(long n, int fallback, int max)
{
    if (n < 1)
        return fallback;
    return n < max ? (int)n : max;
}

static long number_of(const char *name)
{
    const char *value = getenv(name);

    return value ? strtol(value, NULL, 10) : 0;
}

void term_size(int *rows, int *cols)
{
    struct winsize size = {0};

    if (ioctl(term.fd < 0 ? STDOUT_FILENO : term.fd, TIOCGWINSZ, &size))
        memset(&size, 0, sizeof(size));
    *rows = clamp(size.ws_row ? size.ws_row : number_of("LINES"), 24, TERM_ROWS_MAX);
    *cols = clamp(size.ws_col ? size.ws_col : number_of("COLUMNS"), 80, TERM_COLS_MAX);
}

int term_fd(void)
{
    return term.fd;
}

ssize_t term_read(char *buf, size_t cap)
{
    struct pollfd p = {.fd = term.fd, .events = POLLIN};
    ssize_t n;

    if (term.fd < 0)
        return -EBADF;
    if (poll(&p, 1, 0) != 1)
        return 0;
    n = read(term.fd, buf, cap);
    if (n > 0)
        return n;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return n == 0 ? -EIO : -errno;
}
