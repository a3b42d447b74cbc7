/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc tells of one process, each fact read once, when first asked for. */
#ifndef KVMTOP_CORE_FACTS_H
#define KVMTOP_CORE_FACTS_H

#include <kvmtop/plugin.h>

struct root;

/* Zeroed but for process and root it is ready; facts_free() when done. */
struct facts {
    struct kvmtop_process process; /* lent to plugins */
    const struct root *root;
    char *text[3];              /* comm, exe, cgroup */
    bool tried[3], tried_argv;
    char *args;                 /* the bytes that argv points into, */
    size_t args_len;            /* and their number */
    const char **argv;
    size_t argc;
};

void facts_init(struct facts *facts, const struct root *root, uint64_t pid, uint64_t birth);
void facts_free(struct facts *facts);

/* Set the process's uid: the running host's, as a recorded one's files belong to who keeps it. */
void facts_read_uid(struct facts *facts);

/* The facts that hold this process, as lent to a plugin. */
struct facts *facts_of(const struct kvmtop_process *process);

/* NULL: could not be read. */
const char *facts_get(struct facts *facts, enum kvmtop_fact fact);
const char *const *facts_argv(struct facts *facts, size_t *argc);

/* A hash of what a process is named by: its arguments, and the cgroup of one that has any. */
uint32_t facts_fingerprint(struct facts *facts);

/* The part after the last '/'. */
const char *facts_basename(const char *path);

#endif
