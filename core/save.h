/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The present settings, written to the user's file. */
#ifndef KVMTOP_CORE_SAVE_H
#define KVMTOP_CORE_SAVE_H

#include <stdbool.h>
#include <stddef.h>

struct session;

/* Interval, limit, view, mouse, side, and the columns and sort of each view.  What was done, or why it
 * couldn't be, is put in message; false: it couldn't. */
bool save_settings(const struct session *session, bool mouse, char *message, size_t cap);

#endif
