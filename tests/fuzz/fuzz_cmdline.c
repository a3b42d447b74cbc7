/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any arguments as a command line: never more bytes than there is room, nothing left over. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proc/command.h"

#define ARGS_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

/* Split on NUL, as the kernel's cmdline is. */
static size_t split(const char *text, size_t size, const char **argv)
{
    size_t argc = 0;

    for (size_t at = 0; at < size && argc < ARGS_MAX; at += strlen(text + at) + 1)
        argv[argc++] = text + at;
    return argc;
}

static void check(const char *const *argv, size_t argc, const char *comm, size_t cap)
{
    char *line = malloc(cap + 1);
    size_t len;

    if (line == NULL)
        return;
    len = proc_command(line, cap, argv, argc, comm);
    must(len <= cap);
    must(comm != NULL || len == 0 || line[len - 1] != ' ');
    must(comm == NULL || cap == 0 || len > 0);
    free(line);
}

/* The first byte is the room, what follows the arguments; the first of them is the name too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *argv[ARGS_MAX];
    char *text;
    size_t argc;

    if (size < 2)
        return 0;
    text = malloc(size);
    if (text == NULL)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    argc = split(text, size - 1, argv);
    check(argv, argc, NULL, data[0]);
    check(argv, argc, argv[0], data[0]);
    check(NULL, 0, argv[0], data[0]);
    free(text);
    return 0;
}
