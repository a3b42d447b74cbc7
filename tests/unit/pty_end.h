/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real pseudo-terminal: a child owns it and uses term.h, the test sits at the other end and sees
 * what a terminal would. */
#ifndef PTY_END_H
#define PTY_END_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/* In a child a failed check ends it; its line is the exit status. */
#define CHECK(condition) ((condition) ? (void)0 : child_failed(__LINE__))
_Noreturn void child_failed(int line);

struct end {
    int master;
    pid_t child;
    int errors; /* the child's stderr */
};

#define SEEN_MAX (1 << 20)
extern char seen[SEEN_MAX];     /* what the child wrote */
extern size_t seen_len;

/* A child that runs this on a terminal of its own. */
struct end start(void (*run)(void));
/* Reads what the child wrote until `wanted` came, or nothing more comes for two seconds. */
bool see(const struct end *e, const char *wanted);
/* How often it stands in what was seen. */
size_t count(const char *what);
void assert_ended_well(struct end *e);

/* For the child: of its standard output. */
struct termios modes(void);
bool same_modes(const struct termios *a, const struct termios *b);
bool is_raw(void);

#endif
