/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to the end. */
#ifndef KVMTOP_CORE_WRITE_ALL_H
#define KVMTOP_CORE_WRITE_ALL_H

#include <stddef.h>

/* Writes all of it, and waits where the descriptor takes no more for now, be it O_NONBLOCK (which
 * whoever shares the open file may have set).  0 or -errno. */
int write_all(int fd, const char *text, size_t len);

#endif
