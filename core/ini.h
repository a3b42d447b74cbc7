/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading INI text by inih, with line numbers and every mistake reported. */
#ifndef KVMTOP_CORE_INI_H
#define KVMTOP_CORE_INI_H

#include <stdbool.h>
#include <stddef.h>

/* One key and its value, continuation lines joined by one blank.  Lent for the call. */
struct ini_pair {
    const char *key, *value;
    bool add;                   /* key += value */
    unsigned line;              /* of the key */
};

/* Called in the order of the text.  After a section line that is in error nothing is called but
 * error(), until the next good one. */
struct ini_handler {
    void (*section)(void *ctx, const char *name, unsigned line);
    void (*pair)(void *ctx, const struct ini_pair *pair);
    void (*error)(void *ctx, const char *what, unsigned line);
};

/* Any bytes; a byte order mark and CRLF are fine. */
void ini_read(const char *text, size_t len, const struct ini_handler *handler, void *ctx);

/* The whole file, to be freed, with its length without the NUL put behind it; at most 1 MiB.
 * 0 or -errno. */
int ini_load(const char *path, char **text, size_t *len);

#endif
