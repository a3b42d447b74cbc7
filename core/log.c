/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages to standard error. */
#include "core/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/utf8.h"

#define LINE_MAX_BYTES 1024
#define HELD_LINES 8

static char held[HELD_LINES][LINE_MAX_BYTES];
static unsigned nheld;
static bool holding;

static void put(const char *line)
{
    fprintf(stderr, "kvmtop: %s\n", line);
}

void log_error(const char *fmt, ...)
{
    char raw[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    utf8_printable(line, sizeof line, raw, strlen(raw));
    if (!holding) {
        put(line);
        return;
    }
    if (nheld == HELD_LINES) {
        memmove(held[0], held[1], sizeof held[0] * (HELD_LINES - 1));
        nheld--;
    }
    memcpy(held[nheld++], line, sizeof line);
}

void log_hold(void)
{
    holding = true;
}

void log_release(void)
{
    holding = false;
    for (unsigned i = 0; i < nheld; i++)
        put(held[i]);
    nheld = 0;
}
