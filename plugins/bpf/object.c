/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How compiled BPF programs come into the kernel. */
#include "bpf/object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES 65536u

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
    (void)level;
    (void)fmt;
    (void)args;
    return 0;
}

/* The verifier's log ends with what is wrong, and statistics. */
static void take_last_words(char *log, char *why, size_t cap)
{
    for (;;) {
        char *line = strrchr(log, '\n');
        const char *text = line != NULL ? line + 1 : log;

        if (text[0] != '\0' && strncmp(text, "processed ", 10) != 0) {
            snprintf(why, cap, "%s", text);
            return;
        }
        if (line == NULL)
            return;
        *line = '\0';
    }
}

static bool is_chosen(const struct object_choice *choice, const char *name)
{
    for (const char *const *chosen = choice->programs; *chosen != NULL; chosen++)
        if (strcmp(*chosen, name) == 0)
            return true;
    return false;
}

static int load(struct bpf_object *object, const struct object_choice *choice, char *log)
{
    struct bpf_program *program;
    int r = 0;

    bpf_object__for_each_program(program, object) {
        bool chosen = is_chosen(choice, bpf_program__name(program));

        bpf_program__set_autoload(program, chosen);
        if (chosen)
            bpf_program__set_log_buf(program, log, LOG_BYTES);
    }
    if (choice->prepare != NULL)
        r = choice->prepare(object, choice->arg);
    return r < 0 ? r : bpf_object__load(object);
}

int object_load(struct bpf_object **object, const struct object_choice *choice, char *why,
                size_t cap)
{
    char *log = calloc(1, LOG_BYTES);
    struct bpf_object *opened = NULL;
    int r = -ENOMEM;

    why[0] = '\0';
    if (log == NULL)
        return r;
    libbpf_set_print(quiet);
    opened = bpf_object__open_mem(choice->elf, choice->size, NULL);
    r = opened == NULL ? -errno : load(opened, choice, log);
    if (r == 0) {
        *object = opened;
    } else {
        take_last_words(log, why, cap);
        bpf_object__close(opened);
    }
    free(log);
    return r;
}
