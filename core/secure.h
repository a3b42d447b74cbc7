/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does kvmtop have rights that another user must not use? */
#ifndef KVMTOP_CORE_SECURE_H
#define KVMTOP_CORE_SECURE_H

#include <stdbool.h>

/* Secure-execution mode of ld.so(8): the program is set-user-ID or has file capabilities
 * (setcap(8)), and whoever started it isn't root.  That user may choose what is shown, but no code
 * to run and no file to read: both would be with rights that are not the user's. */
bool secure_execution(void);

/* False: this is root, and a folder or link on the way to the file belongs to another user, who
 * may lead root to any file by it.  HOME is such a way where sudo(8) keeps it. */
bool secure_way(const char *path);

#endif
