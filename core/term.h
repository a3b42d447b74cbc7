/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal as a device: modes, size, bytes in and out. There is one, so its state is the
 * module's.
 *
 * Plain ECMA-48 and xterm sequences; no terminfo. Signals are the caller's: the terminal's keys for
 * them stay on, so Ctrl-C, Ctrl-\ and Ctrl-Z come as SIGINT, SIGQUIT and SIGTSTP, not as bytes.
 *     SIGTSTP            term_suspend(); screen_invalidate(); draw
 *     SIGCONT            term_resume(); screen_invalidate(); draw     (stopped by SIGSTOP)
 *     SIGWINCH           term_size(); screen_resize(); draw
 *     poll on term_fd()  POLLIN | POLLHUP: term_read(); POLLOUT, while term_pending(): term_flush()
 * All but term_restore_async() belong to one thread.
 */
#ifndef KVMTOP_CORE_TERM_H
#define KVMTOP_CORE_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Takes the terminal behind stdout, for keys too (stdin may be anything): raw mode, alternate
 * screen, hidden cursor, no autowrap, bracketed paste, and mouse reports if `mouse`. 0, or with
 * nothing changed:
 *     -ENOTTY  stdout is no terminal    -EINVAL  TERM is unset, empty, dumb or unknown
 *     -errno   the terminal refused. */
int term_open(bool mouse);

/* Gives it back as it was found. Waits no more than a second for a terminal that takes nothing.
 * Does nothing when it is not open. */
void term_close(void);

/* As term_close(), for handlers of fatal signals and for other threads: async-signal-safe, waits
 * at most 0.2 s, may be called at any time and any number of times. The program must end
 * afterwards. */
void term_restore_async(void);

/* Gives the terminal back, stops the process by SIGTSTP's default action whatever its mask and
 * handler are, and takes the terminal again once it is continued. Returns what term_resume()
 * does. */
int term_suspend(void);

/* Sets all modes again; the screen's content is unknown afterwards. 0 or -errno. */
int term_resume(void);

/* Turns mouse reports on (the terminal's own selection then needs Shift) or off. 0 or -errno. */
int term_set_mouse(bool on);

#define TERM_ROWS_MAX 1000
#define TERM_COLS_MAX 1000

/* The size now: the terminal's, else LINES and COLUMNS, else 24 x 80; 1..TERM_*_MAX each. */
void term_size(int *rows, int *cols);

/* The descriptor to poll for input and output; -1 when not open. */
int term_fd(void);

/* Bytes typed: how many, 0 when there are none now, -EIO when the terminal is gone (the program
 * should end), else -errno. Never blocks. */
ssize_t term_read(char *buf, size_t cap);

/* Sends bytes, or keeps a copy of what a slow line does not take yet: none is lost, none is sent
 * out of order. 0, -EIO when the terminal is gone, else -errno. Never blocks where the terminal
 * could be opened a second time (O_NONBLOCK on stdout itself would be the shell's as well), else
 * until all is sent. */
int term_write(const char *buf, size_t len);

/* Bytes kept. While there are any, draw no new frame: poll for POLLOUT and call term_flush(). */
size_t term_pending(void);

/* Sends on what is kept. Returns as term_write(). */
int term_flush(void);

#endif
