/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is always there: each function returns it, or says so on stderr and aborts. */
#ifndef KVMTOP_CORE_XALLOC_H
#define KVMTOP_CORE_XALLOC_H

#include <stddef.h>

/* The caller owns what is returned and gives it to free(3). A size of 0 is taken as 1. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
/* Zeroed; n * size overflowing counts as out of memory. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *ptr, size_t size) __attribute__((returns_nonnull));
void *xreallocarray(void *ptr, size_t n, size_t size) __attribute__((returns_nonnull));

/* Hands memory that free(3) only put aside back to the system: after a burst. */
void xtrim(void);

char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull, nonnull));
/* At most max bytes of s, always ended by NUL; s need not be when it has max bytes. */
char *xstrndup(const char *s, size_t max) __attribute__((malloc, returns_nonnull, nonnull));

#endif
