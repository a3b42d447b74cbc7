/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc tells of one process. */
#include "core/facts.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/readfile.h"
#include "core/root.h"
#include "core/text.h"
#include "core/xalloc.h"

/* Of a longer command line the rest is not read: it holds no more names. */
#define CMDLINE_MAX (1u << 20)
#define FILE_MAX 65536u

enum { COMM, EXE, CGROUP };

void facts_init(struct facts *facts, const struct root *root, uint64_t pid, uint64_t birth)
{
    *facts = (struct facts){
        .process = { .pid = (int32_t)pid, .birth = birth, .uid = UINT32_MAX },
        .root = root,
    };
}

void facts_free(struct facts *facts)
{
    for (unsigned i = 0; i < 3; i++)
        free(facts->text[i]);
    free(facts->args);
    free(facts->argv);
}

/* The folder's owner is the effective user: proc(5). */
void facts_read_uid(struct facts *facts)
{
    char name[16];
    struct stat st;

    snprintf(name, sizeof name, "%d", facts->process.pid);
    if (facts->root->live &&
        !fstatat(root_dir(facts->root, KVMTOP_DIR_PROC), name, &st, AT_SYMLINK_NOFOLLOW))
        facts->process.uid = st.st_uid;
}

struct facts *facts_of(const struct kvmtop_process *process)
{
    return (struct facts *)((char *)(uintptr_t)process - offsetof(struct facts, process));
}

static char *read_own(const struct facts *facts, const char *name, size_t max, size_t *len)
{
    char path[48];

    snprintf(path, sizeof path, "%d/%s", facts->process.pid, name);
    return readfile_all(root_dir(facts->root, KVMTOP_DIR_PROC), path, max, len);
}

static char *read_comm(const struct facts *facts)
{
    size_t len;
    char *comm = read_own(facts, "comm", FILE_MAX, &len);

    if (comm && len && comm[len - 1] == '\n')
        comm[len - 1] = 0;
    return comm;
}

static char *read_exe(const struct facts *facts)
{
    char path[48], target[PATH_MAX];

    snprintf(path, sizeof path, "%d/exe", facts->process.pid);
    ssize_t n = readlinkat(root_dir(facts->root, KVMTOP_DIR_PROC), path, target, sizeof target);
    return n > 0 ? xstrndup(target, (size_t)n) : NULL;
}

/* cgroups(7): lines `id:controllers:path`.  The v2 line is `0::path`; on a hybrid host the
 * service manager's own hierarchy tells as much. */
static char *read_cgroup(const struct facts *facts)
{
    size_t len;
    char *file = read_own(facts, "cgroup", FILE_MAX, &len), *save = NULL;
    const char *best = NULL;
    int best_rank = -1;

    if (!file)
        return NULL;
    for (char *line = strtok_r(file, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *first = strchr(line, ':'), *path = first ? strchr(first + 1, ':') : NULL;
        if (!path)
            continue;
        int rank = first[1] == ':' ? 2 : !strncmp(first + 1, "name=systemd:", 13) ? 1 : 0;
        /* An unused v2 hierarchy says `/` while a v1 one knows better. */
        if (path[1] == '/' && !path[2])
            rank = -1;
        if (rank > best_rank || !best) {
            best = path + 1;
            best_rank = rank;
        }
    }
    char *found = best ? xstrdup(best) : NULL;
    free(file);
    return found;
}

static char *(*const reader[3])(const struct facts *) = { read_comm, read_exe, read_cgroup };

static void read_argv(struct facts *facts)
{
    size_t len, argc = 0;

    facts->tried_argv = true;
    facts->args = read_own(facts, "cmdline", CMDLINE_MAX, &len);
    if (!facts->args)
        return;
    /* A process that wrote over its arguments (setproctitle) leaves NULs behind them. */
    while (len && !facts->args[len - 1])
        len--;
    for (size_t i = 0; i < len; i++)
        argc += !facts->args[i];
    argc += len > 0;
    facts->argv = xreallocarray(NULL, argc + 1, sizeof *facts->argv);
    const char *at = facts->args;
    for (size_t i = 0; i < argc; i++, at += strlen(at) + 1)
        facts->argv[i] = at;
    facts->argv[argc] = NULL;
    facts->argc = argc;
    facts->args_len = len;
}

uint32_t facts_fingerprint(struct facts *facts)
{
    size_t argc;

    facts_argv(facts, &argc);
    if (!argc)
        return 0;
    const char *cgroup = facts_get(facts, KVMTOP_FACT_CGROUP);
    uint32_t hash = hash_bytes(facts->args, facts->args_len);
    return cgroup ? hash * 31 + hash_bytes(cgroup, strlen(cgroup)) : hash;
}

const char *const *facts_argv(struct facts *facts, size_t *argc)
{
    if (!facts->tried_argv)
        read_argv(facts);
    if (argc)
        *argc = facts->argc;
    return facts->argv;
}

const char *facts_get(struct facts *facts, enum kvmtop_fact fact)
{
    if (fact == KVMTOP_FACT_CMDLINE) {
        const char *const *argv = facts_argv(facts, NULL);
        return argv ? argv[0] : NULL;
    }
    if (fact < KVMTOP_FACT_COMM || fact > KVMTOP_FACT_CGROUP)
        return NULL;
    unsigned i = (unsigned)fact - KVMTOP_FACT_COMM;
    if (!facts->tried[i]) {
        facts->tried[i] = true;
        facts->text[i] = reader[i](facts);
    }
    return facts->text[i];
}

const char *facts_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}
