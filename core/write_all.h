/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to the end. */
#ifndef KVMTOP_CORE_WRITE_ALL_H
#define KVMTOP_CORE_WRITE_ALL_H

#include <stddef.h>

/* Writes all of it; while the descriptor takes no more it waits, also where whoever shares the open
 * file has made it O_NONBLOCK.  0 or -errno. */
int write_all(int fd, const char *text, size_t len);

#endif
