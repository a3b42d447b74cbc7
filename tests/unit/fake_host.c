/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host for unit tests of any plugin, made and unmade; see fake_host.h. */
#include "fake_host_own.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *const fake_dir_names[] = {
    [KVMTOP_DIR_PROC] = "proc",
    [KVMTOP_DIR_SYS] = "sys",
    [KVMTOP_DIR_ETC] = "etc",
};

/* ---- the fake's own troubles ---- */

void fake_die(const char *fmt, ...)
{
    va_list args;

    fputs("fake host: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

void *fake_need(void *p)
{
    if (p == NULL)
        fake_die("no memory");
    return p;
}

char *fake_copy(const char *text, size_t len)
{
    char *p = fake_need(malloc(len + 1));

    if (len > 0)
        memcpy(p, text, len);
    p[len] = '\0';
    return p;
}

void fake_replace(char **p, const char *text)
{
    free(*p);
    *p = text != NULL ? fake_copy(text, strlen(text)) : NULL;
}

void *fake_append(void *array, size_t *count, void *element)
{
    void **p = fake_need(realloc(array, (*count + 1) * sizeof *p));

    p[(*count)++] = element;
    return p;
}

struct fake_host *fake_of(const struct kvmtop_host *host)
{
    return (struct fake_host *)host;
}

/* ---- what a plugin may call: messages, options, folders, clocks, users ---- */

static int KVMTOP_PRINTF(3, 4)
host_fail(const struct kvmtop_host *host, int err, const char *fmt, ...)
{
    struct fake_host *fake = fake_of(host);
    va_list args;

    fake->fails++;
    fake->error = err;
    va_start(args, fmt);
    vsnprintf(fake->message, sizeof fake->message, fmt, args);
    va_end(args);
    return err;
}

const struct kvmtop_option *fake_plugin_option(const struct fake_host *fake, const char *name)
{
    for (uint32_t i = 0; i < fake->plugin->noptions; i++)
        if (strcmp(fake->plugin->options[i].name, name) == 0)
            return &fake->plugin->options[i];
    fake_die("plugin %s has no option %s", fake->plugin->name, name);
}

static const char *host_option(const struct kvmtop_host *host, const char *name, size_t n)
{
    const struct fake_host *fake = fake_of(host);
    const struct kvmtop_option *option = fake_plugin_option(fake, name);
    const char *last = option->value;
    size_t seen = 0;

    for (size_t i = 0; i < fake->noptions; i++) {
        if (strcmp(fake->options[i].name, name) != 0)
            continue;
        if (option->repeatable && seen == n)
            return fake->options[i].value;
        last = fake->options[i].value;
        seen++;
    }
    return n == 0 && (seen == 0 || !option->repeatable) ? last : NULL;
}

static int host_dir(const struct kvmtop_host *host, enum kvmtop_dir dir)
{
    return fake_of(host)->dirs[dir];
}

static uint64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t fake_host_now(const struct kvmtop_host *host, enum kvmtop_clock clock)
{
    const struct fake_host *fake = fake_of(host);

    if (clock == KVMTOP_CLOCK_MONOTONIC)
        return fake->real_clocks ? read_clock(CLOCK_MONOTONIC) : fake->monotonic;
    return fake->real_clocks ? read_clock(CLOCK_BOOTTIME) : fake->boottime;
}

static const char *host_user(const struct kvmtop_host *host, uint32_t uid)
{
    struct fake_host *fake = fake_of(host);
    char name[16];

    snprintf(name, sizeof name, uid == 0 ? "root" : "%u", uid);
    for (size_t i = 0; i < fake->nusers; i++)
        if (strcmp(fake->users[i], name) == 0)
            return fake->users[i];
    fake->users = fake_append(fake->users, &fake->nusers, fake_copy(name, strlen(name)));
    return fake->users[fake->nusers - 1];
}

static const struct kvmtop_host functions = {
    .abi = KVMTOP_ABI,
    .size = sizeof(struct kvmtop_host),
    .clock_ticks = 100,
    .page_size = 4096,
    .fail = host_fail,
    .option = host_option,
    .dir = host_dir,
    .now = fake_host_now,
    .user = host_user,
};

/* ---- making and unmaking ---- */

static int open_folder(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        fake_die("%s: %s", path, strerror(errno));
    return fd;
}

static void make_folders(struct fake_host *fake)
{
    const char *tmp = getenv("TMPDIR");
    char path[4096];
    int top;

    snprintf(path, sizeof path, "%s/kvmtop-fake-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(path) == NULL)
        fake_die("%s: %s", path, strerror(errno));
    fake->folder = fake_copy(path, strlen(path));
    top = open_folder(AT_FDCWD, path);
    for (unsigned i = KVMTOP_DIR_PROC; i <= KVMTOP_DIR_ETC; i++) {
        if (mkdirat(top, fake_dir_names[i], 0755) < 0)
            fake_die("%s: %s", fake_dir_names[i], strerror(errno));
        fake->dirs[i] = open_folder(top, fake_dir_names[i]);
    }
    close(top);
}

struct fake_host *fake_host_new(void)
{
    struct fake_host *fake = fake_need(calloc(1, sizeof *fake));

    fake->host = functions;
    fake_host_rows(&fake->host);
    fake_host_guests(&fake->host);
    fake->dirs[0] = -1;
    fake->monotonic = 1000000000000u;
    fake->boottime = 2000000000000u;
    fake->deadline = UINT64_MAX;
    make_folders(fake);
    return fake;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void fake_remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool any_row(struct fake_host *fake, struct fake_row *row)
{
    (void)fake;
    (void)row;
    return true;
}

void fake_host_free(struct fake_host *fake)
{
    if (fake == NULL)
        return;
    fake_close(fake);
    fake_drop_rows(fake, any_row);
    free(fake->rows);
    fake_free_processes(fake);
    for (size_t i = 0; i < fake->nusers; i++)
        free(fake->users[i]);
    free(fake->users);
    for (size_t i = 0; i < fake->noptions; i++) {
        free(fake->options[i].name);
        free(fake->options[i].value);
    }
    for (size_t i = 0; i < FAKE_CELLS; i++)
        free(fake->reasons[i]);
    for (unsigned i = KVMTOP_DIR_PROC; i <= KVMTOP_DIR_ETC; i++)
        if (fake->dirs[i] >= 0)
            close(fake->dirs[i]);
    fake_remove_tree(fake->folder);
    free(fake->folder);
    free(fake);
}

void fake_live(struct fake_host *fake)
{
    for (unsigned i = KVMTOP_DIR_PROC; i <= KVMTOP_DIR_ETC; i++) {
        char path[8];
        fake_no_dir(fake, i);
        snprintf(path, sizeof path, "/%s", fake_dir_names[i]);
        fake->dirs[i] = open_folder(AT_FDCWD, path);
    }
    fake->host.live = true;
    fake->host.clock_ticks = (uint32_t)sysconf(_SC_CLK_TCK);
    fake->host.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
    fake->real_clocks = true;
}

void fake_option(struct fake_host *fake, const char *name, const char *value)
{
    if (fake->noptions == KVMTOP_COUNT(fake->options))
        fake_die("too many options");
    fake->options[fake->noptions].name = fake_copy(name, strlen(name));
    fake->options[fake->noptions++].value = fake_copy(value, strlen(value));
}
