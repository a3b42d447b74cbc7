/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in a callback, and an end to one that does not return.
 *
 * The watchdog is a thread, not a signal's handler: what hangs in practice is a read from a file
 * system whose server is gone (NFS, FUSE), and while a thread waits there the kernel runs no
 * handler in it; the end of the whole process is let through (wait_event_killable()).  It sleeps
 * until a timer of CLOCK_MONOTONIC, which stands still while the machine is suspended, and counts
 * ticks, not time: of a stopped process that goes on, all that were missed come as one.
 */
#ifndef KVMTOP_CORE_WATCHDOG_H
#define KVMTOP_CORE_WATCHDOG_H

/* From now on a callback that runs for longer than this, or up to a tenth more, has hung() called
 * with what watchdog_enter() was given: in the watchdog's thread, while it still runs.  0 or
 * -errno. */
int watchdog_start(double seconds, void (*hung)(const char *who, double seconds));
/* Does nothing where it wasn't started. */
void watchdog_stop(void);

/* Around every callback; all come from one thread and none within another. */
void watchdog_enter(const char *who);
void watchdog_leave(void);

/* The program is about to wait: until the next callback there is nothing to watch, and no tick
 * wakes the machine. */
void watchdog_rest(void);

/* Who is in a callback; NULL: nobody.  Async-signal-safe. */
const char *watchdog_who(void);

#endif
