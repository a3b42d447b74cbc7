/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the column COMMAND says of a process. */
#ifndef KVMTOP_PROC_COMMAND_H
#define KVMTOP_PROC_COMMAND_H

#include <stddef.h>

/* The arguments joined by spaces, as much of them as goes into cap bytes; where there are none,
 * or empty ones alone, `[comm]`.  Returns the length, 0: nothing is known (comm may be NULL).
 * Not NUL-terminated; any bytes. */
size_t proc_command(char *line, size_t cap, const char *const *argv, size_t argc,
                    const char *comm);

#endif
