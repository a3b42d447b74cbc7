/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal's loop: keys, signals, the clock. */
#include "core/ui.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/groups.h"
#include "core/keys.h"
#include "core/log.h"
#include "core/prompt.h"
#include "core/render.h"
#include "core/term.h"
#include "core/watchdog.h"

void ui_message(struct ui *ui, bool error, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(ui->message, sizeof ui->message, fmt, ap);
    va_end(ap);
    ui->message_is_error = error;
    ui->dirty = true;
}

void ui_open_page(struct ui *ui, const struct page *page)
{
    if (ui->page && ui->page->leave)
        ui->page->leave(ui);
    ui->page = page;
    ui->page_at = ui->page_top = ui->page_lines = 0;
    ui->dirty = true;
    if (page && page->enter)
        page->enter(ui);
}

/* SIGHUP, which may have told of it first, has a status of its own. */
static void terminal_gone(struct ui *ui)
{
    if (!ui->exit_status)
        ui->exit_status = EXIT_FAILURE;
    ui->quit = true;
}

void ui_spot(struct ui *ui, int row, int from, int to, uint32_t code)
{
    if (ui->nspots < UI_SPOTS)
        ui->spot[ui->nspots++] = (struct spot){ row, from, to, code };
}

/* ---- drawing ---- */

/* The row of the process that runs a guest. */
static uint32_t process_of(const struct feed *processes, const struct feed *guests, uint32_t row)
{
    const struct row *guest = table_at(guests->table, row);

    return table_find(processes->table, 0, guest->id, guest->birth);
}

/* Rows that have just come into sight may lack what is filled for visible rows alone. */
static void fill_visible(struct ui *ui)
{
    struct session *session = ui->session;
    struct view *view = session->view;
    uint32_t rows[TERM_ROWS_MAX], n = 0;
    int body = screen_rows(ui->screen) - RENDER_ABOVE - RENDER_BELOW;

    struct feed *processes = groups_processes(view->feed);

    view_scroll(view, body > 0 ? (uint32_t)body : 0);
    for (int i = 0; i < body && view->top + (uint32_t)i < view->nlines; i++) {
        uint32_t row = view_line(view, view->top + (uint32_t)i)->row;

        row = processes ? process_of(processes, view->feed, row) : row;
        if (row != NONE)
            rows[n++] = row;
    }
    if (session->sched.phase != SCHED_COLLECT)
        sched_fill_rows(&session->sched, processes ? processes : view->feed, rows, n);
}

void ui_draw(struct ui *ui)
{
    struct session *session = ui->session;
    uint64_t before;
    size_t len;

    if (view_stale(session->view))
        session_update(session);
    if (!ui->pace.frozen)
        fill_visible(ui);
    before = sched_cpu_now();
    arena_reset(&ui->arena);
    ui->nspots = 0;
    screen_clear(ui->screen);
    if (ui->page)
        ui->page->draw(ui);
    else
        render_table(ui);
    if (ui->prompt.label)
        prompt_draw(ui, screen_rows(ui->screen) - 1);
    else
        keys_draw_bar(ui, screen_rows(ui->screen) - 1);
    const char *bytes = screen_flush(ui->screen, &len);
    session->sched.running[STAGE_RENDER] += sched_cpu_now() - before;
    ui->dirty = false;
    if (len && term_write(bytes, len))
        terminal_gone(ui);
}

void ui_refresh_view(struct ui *ui)
{
    session_update(ui->session);
    ui->dirty = true;
}

/* ---- the clock ---- */

void ui_prime(struct ui *ui)
{
    pace_prime(&ui->pace);
}

void ui_view_changed(struct ui *ui)
{
    ui_refresh_view(ui);
    if (view_lacks(ui->session->view))
        ui_prime(ui);
}

/* Milliseconds from now until then, begun ones in full. */
static int64_t ms_until(uint64_t then)
{
    uint64_t now = pace_now();

    return now < then ? (int64_t)((then - now) / 1000000 + 1) : 0;
}

/* How long the rest of a key or a paste may still take, ms; -1: none has been begun. */
static int64_t patience_for_rest(const struct ui *ui)
{
    int pending = input_pending_ms(&ui->input);

    return pending < 0 ? -1 : ms_until(ui->typed + (uint64_t)pending * 1000000);
}

/* How long to wait for keys, ms. */
static int patience(const struct ui *ui)
{
    uint64_t due = pace_due(&ui->pace);
    int64_t wait = due == UINT64_MAX ? -1 : ms_until(due), rest = patience_for_rest(ui);

    if (rest >= 0 && (wait < 0 || rest < wait))
        wait = rest;
    return (int)(wait > 3600000 ? 3600000 : wait);
}

/* ---- events ---- */

static void resize(struct ui *ui)
{
    int rows, cols;

    term_size(&rows, &cols);
    if (rows != screen_rows(ui->screen) || cols != screen_cols(ui->screen))
        screen_resize(ui->screen, rows, cols);
    ui->dirty = true;
}

static void on_signal(struct ui *ui, uint32_t sig)
{
    switch (sig) {
    case SIGWINCH:
        resize(ui);
        break;
    case SIGTSTP:
        if (term_suspend())
            terminal_gone(ui);
        screen_invalidate(ui->screen);
        resize(ui);
        break;
    case SIGCONT:
        if (term_resume())
            terminal_gone(ui);
        screen_invalidate(ui->screen);
        resize(ui);
        break;
    case SIGINT:
        ui->quit = true;
        break;
    default:                    /* as a shell tells of a program that a signal ended */
        ui->exit_status = 128 + (int)sig;
        ui->quit = true;
    }
}

static void read_signals(struct ui *ui, int fd)
{
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof info) == sizeof info)
        on_signal(ui, info.ssi_signo);
}

static void dispatch(struct ui *ui, const struct input_event *event)
{
    struct input_event key;

    if (keys_everywhere(ui, event))
        return;
    if (ui->prompt.label) {
        prompt_event(ui, event);
        return;
    }
    if (keys_clicked(ui, event, &key)) {
        dispatch(ui, &key);
        return;
    }
    if (ui->page && ui->page->event(ui, event))
        return;
    keys_event(ui, event);
}

static void on_event(struct ui *ui, const struct input_event *event)
{
    if (event->type == INPUT_MOUSE && event->code == MOUSE_RELEASE) /* the end of a click */
        return;
    ui->dirty = true;
    if (view_stale(ui->session->view)) /* a round is under way: rows may have gone or moved */
        session_update(ui->session);
    if (event->type != INPUT_TEXT)
        ui->message[0] = 0;
    if (!ui->prompt.label)
        ui->searching = false;
    dispatch(ui, event);
}

static void read_keys(struct ui *ui)
{
    char buf[4096];
    ssize_t n = term_read(buf, sizeof buf);
    struct input_event event;

    if (n < 0)
        terminal_gone(ui);
    ui->typed = pace_now();
    for (ssize_t i = 0; i < n && !ui->quit; i++)
        if (input_byte(&ui->input, (unsigned char)buf[i], &event))
            on_event(ui, &event);
}

/* Once nothing has come for as long as its rest may take. */
static void end_unfinished_key(struct ui *ui)
{
    struct input_event event;

    if (!patience_for_rest(ui) && input_timeout(&ui->input, &event))
        on_event(ui, &event);
}

static void wait_for_events(struct ui *ui, int sigfd)
{
    struct pollfd fds[2] = {
        { .fd = term_fd(), .events = (short)(POLLIN | (term_pending() ? POLLOUT : 0)) },
        { .fd = sigfd, .events = POLLIN },
    };
    int wait = patience(ui);

    if (wait)
        watchdog_rest();
    int n = poll(fds, 2, wait);

    if (n == 0)
        end_unfinished_key(ui);
    if (n <= 0)
        return;
    if (fds[1].revents & POLLIN)
        read_signals(ui, sigfd);
    if (fds[0].revents & POLLOUT && term_flush())
        terminal_gone(ui);
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
        read_keys(ui);
}

static void loop(struct ui *ui, int sigfd)
{
    pace_start(&ui->pace, ui->session, ui->session->settings->iterations);
    while (!ui->quit) {
        ui->dirty |= pace_run(&ui->pace);
        ui->quit |= ui->pace.over;
        if (ui->dirty && ui->pace.shown && !ui->pace.thawing && !term_pending())
            ui_draw(ui);
        if (!ui->quit)
            wait_for_events(ui, sigfd);
    }
}

/* ---- set-up ---- */

/* From here on they wait to be read.  A descriptor; -1: told of. */
static int open_signals(void)
{
    static const int wanted[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT };
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        sigaddset(&set, wanted[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        log_error("signals: %s", strerror(errno));
    return fd;
}

static void set_theme(struct ui *ui)
{
    const struct settings *s = ui->session->settings;
    char err[200];

    theme_init(&ui->theme, s->theme);
    for (size_t i = 0; i < s->ncolors; i++)
        theme_set(&ui->theme, s->colors[i].role, s->colors[i].spec, err, sizeof err);
}

static int open_terminal(struct ui *ui)
{
    int err = term_open(ui->mouse);
    const char *term = getenv("TERM");

    if (!err)
        return 0;
    if (err == -EINVAL)
        log_error("TERM is %s%s%s: no screen can be drawn there; -b writes reports instead",
                  term && *term ? "'" : "not set", term && *term ? term : "",
                  term && *term ? "'" : "");
    else
        log_error("the terminal: %s; -b writes reports instead", strerror(-err));
    return err;
}

/* While the terminal is ours. */
static void run(struct ui *ui, int sigfd)
{
    int rows, cols;

    term_size(&rows, &cols);
    ui->screen = screen_new(rows, cols);
    log_hold();
    loop(ui, sigfd);
    ui_open_page(ui, NULL);
    prompt_close(ui);
    term_close();
    log_release();
    screen_free(ui->screen);
    arena_free(&ui->arena);
}

/* Signals come first: one that ended us right after the terminal was taken would leave it so. */
int ui_run(struct session *session)
{
    struct ui ui = { .session = session, .mouse = session->settings->mouse };
    int sigfd = open_signals();

    if (sigfd < 0)
        return 2;
    set_theme(&ui);
    if (open_terminal(&ui))
        ui.exit_status = 2;
    else
        run(&ui, sigfd);
    close(sigfd);
    return ui.exit_status;
}
