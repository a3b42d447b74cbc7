/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the column COMMAND says of a process. */
#include "proc/command.h"

#include <stdbool.h>
#include <string.h>

static size_t append(char *line, size_t len, size_t cap, const char *text, size_t n)
{
    if (n > cap - len)
        n = cap - len;
    if (n > 0)
        memcpy(line + len, text, n);
    return len + n;
}

static size_t join(char *line, size_t cap, const char *const *argv, size_t argc)
{
    size_t len = 0;

    for (size_t i = 0; i < argc && len < cap; i++) {
        if (i > 0)
            len = append(line, len, cap, " ", 1);
        len = append(line, len, cap, argv[i], strlen(argv[i]));
    }
    /* A program that wrote its own title leaves empty arguments behind it. */
    while (len > 0 && line[len - 1] == ' ')
        len--;
    return len;
}

/* A worker's name goes on with what it works at in this moment (`kworker/0:1-events`, since
 * Linux 4.18): the text stays for the row's life, so it is left out.  A rescuer has one work queue
 * for good, and its name (`kworker/R-rcu_gp`). */
static size_t name_length(const char *comm)
{
    bool changes = strncmp(comm, "kworker/", 8) == 0 && strncmp(comm + 8, "R-", 2) != 0;

    return changes ? strcspn(comm, "-+") : strlen(comm);
}

size_t proc_command(char *line, size_t cap, const char *const *argv, size_t argc,
                    const char *comm)
{
    size_t len = join(line, cap, argv, argc);

    if (len > 0 || comm == NULL)
        return len;
    len = append(line, 0, cap, "[", 1);
    len = append(line, len, cap, comm, name_length(comm));
    return append(line, len, cap, "]", 1);
}
