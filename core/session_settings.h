/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the settings say of the views: applied to those that there are. */
#ifndef KVMTOP_CORE_SESSION_SETTINGS_H
#define KVMTOP_CORE_SESSION_SETTINGS_H

#include "core/session.h"

/* Mistakes go to report(), and their number is returned.  What a file says of something that a
 * plugin not in use would bring is none: it is left out, and report() is told of that too. */
unsigned session_apply(struct session *session, void (*report)(void *ctx, const char *line),
                       void *ctx);

#endif
