/* SPDX-License-Identifier: GPL-3.0-or-later */
/* User names by number, from etc/passwd alone: a name service might ask a daemon, and wait. */
#ifndef KVMTOP_CORE_USERS_H
#define KVMTOP_CORE_USERS_H

#include <stdint.h>

struct root;
struct users;

struct users *users_new(const struct root *root);
void users_free(struct users *users);

/* The name, else the number in digits.  Lives until users_free().  The file is read when first
 * asked, and again for an unknown number, at most once a minute. */
const char *users_name(struct users *users, uint32_t uid);

#endif
