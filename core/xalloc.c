/* SPDX-License-Identifier: GPL-3.0-or-later */
/* malloc(3) and its like, with the one answer a monitor has to a lack of memory. */
#include "core/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>
#include <unistd.h>

static _Noreturn void out_of_memory(void)
{
    static const char message[] = "kvmtop: out of memory\n";

    /* Nothing can be done about a message that fails. */
    (void)!write(STDERR_FILENO, message, sizeof(message) - 1);
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p)
        out_of_memory();
    return p;
}

void *xcalloc(size_t n, size_t size)
{
    void *p = n && size ? calloc(n, size) : calloc(1, 1);

    if (!p)
        out_of_memory();
    return p;
}

void *xrealloc(void *ptr, size_t size)
{
    void *p = realloc(ptr, size ? size : 1);

    if (!p)
        out_of_memory();
    return p;
}

void *xreallocarray(void *ptr, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory();
    return xrealloc(ptr, n * size);
}

static char *copy_of(const char *s, size_t len)
{
    char *copy = xmalloc(len + 1);

    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *xstrdup(const char *s)
{
    return copy_of(s, strlen(s));
}

char *xstrndup(const char *s, size_t max)
{
    return copy_of(s, strnlen(s, max));
}

void xtrim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
