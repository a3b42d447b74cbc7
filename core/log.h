/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages to standard error: one line each, beginning with the program's name. */
#ifndef KVMTOP_CORE_LOG_H
#define KVMTOP_CORE_LOG_H

#include <stdarg.h>
#include <stddef.h>

/* Prints "kvmtop: " and the message; bytes that a terminal might obey are escaped. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* While a terminal is in use messages are kept instead of printed (the last 8); log_release()
 * prints them.  Safe to call in any order. */
void log_hold(void);
void log_release(void);

#endif
