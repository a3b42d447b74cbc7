/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last words of a program that crashes or hangs. */
#include "core/crash.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/term.h"
#include "core/watchdog.h"

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* A stack that has run over is no place for its own handler. */
static char stack[65536];

static void say(const char *text)
{
    ssize_t n = write(STDERR_FILENO, text, strlen(text));

    (void)n;
}

static const char *name_of(int sig)
{
    switch (sig) {
    case SIGSEGV:
        return "SIGSEGV";
    case SIGBUS:
        return "SIGBUS";
    case SIGFPE:
        return "SIGFPE";
    case SIGILL:
        return "SIGILL";
    default:
        return "SIGABRT";
    }
}

static void say_what_helps(const char *plugin)
{
    say("; start with --without ");
    say(plugin);
    say(" to do without it");
}

static void on_fatal(int sig)
{
    const char *plugin = watchdog_who();

    term_restore_async();
    say("kvmtop: ended by ");
    say(name_of(sig));
    if (plugin) {
        say(" in the plugin ");
        say(plugin);
        say_what_helps(plugin);
    }
    say("\n");
    /* SA_RESETHAND has put the default action back: the core dump is the fault's own. */
    raise(sig);
}

void crash_init(void)
{
    struct sigaction action = { .sa_handler = on_fatal, .sa_flags = SA_RESETHAND | SA_ONSTACK };
    stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };

    sigaltstack(&own, NULL);
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &action, NULL);
}

void crash_hung(const char *plugin, double seconds)
{
    char text[64];

    term_restore_async();
    snprintf(text, sizeof text, " has not returned for %g s", seconds);
    say("kvmtop: ended: the plugin ");
    say(plugin);
    say(text);
    say_what_helps(plugin);
    say("\n");
    _exit(EXIT_FAILURE);
}
