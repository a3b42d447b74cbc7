/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults on demand, as a library for LD_PRELOAD (glibc).  INJECT in the environment says which:
 *
 *     CALL:EFFECT:WHEN[:WHERE]
 *
 * CALL is malloc (and calloc, realloc, reallocarray), openat, read, readdir, recv (and recvmsg) or
 * bpf: running a program by bpf(2).
 * EFFECT is the name of an error, or says what comes of the data: `short`: a read of half as much
 * as was asked for, of a message its first half alone; `garbage`: bytes changed here and there;
 * `lost`: none, as if nothing had come (EAGAIN), which nobody should wait for.  WHEN is N: every Nth call; =N: the Nth alone; +N:
 * the Nth and all after it.  WHERE: only calls from objects with this text in their path.
 *
 * At its end the program writes the number of such calls to the file that INJECT_COUNT names.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

enum call { CALL_NONE, CALL_MALLOC, CALL_OPENAT, CALL_READ, CALL_READDIR, CALL_RECV, CALL_BPF };
enum { EFFECT_SHORT = -1, EFFECT_GARBAGE = -2, EFFECT_LOST = -3 };

static const struct name {
    const char *name;
    int value;
} calls[] = {
    { "malloc", CALL_MALLOC }, { "openat", CALL_OPENAT }, { "read", CALL_READ },
    { "readdir", CALL_READDIR }, { "recv", CALL_RECV }, { "bpf", CALL_BPF },
    { NULL, 0 },
}, effects[] = {
    { "EACCES", EACCES }, { "EINTR", EINTR }, { "EIO", EIO }, { "EMFILE", EMFILE },
    { "ENFILE", ENFILE }, { "ENOBUFS", ENOBUFS }, { "ENOENT", ENOENT }, { "ENOMEM", ENOMEM },
    { "EPERM", EPERM }, { "ESRCH", ESRCH }, { "short", EFFECT_SHORT }, { "garbage", EFFECT_GARBAGE },
    { "lost", EFFECT_LOST }, { NULL, 0 },
};

static enum call rule_call;
static int rule_effect;
static char rule_kind;          /* '=', '+' or 0 */
static unsigned long rule_n, count;
static char rule_where[64];

/* What stands behind the names that this library takes. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *ptr, size_t size);
static int (*next_openat)(int dir, const char *path, int flags, ...);
static ssize_t (*next_read)(int fd, void *buf, size_t size);
static struct dirent *(*next_readdir)(DIR *dir);
static ssize_t (*next_recv)(int fd, void *buf, size_t size, int flags);
static ssize_t (*next_recvmsg)(int fd, struct msghdr *message, int flags);
static long (*next_syscall)(long number, ...);

static int value_of(const struct name *names, const char *name)
{
    for (; names->name; names++)
        if (!strcmp(names->name, name))
            return names->value;
    fprintf(stderr, "inject: what is %s?\n", name);
    _exit(2);
}

static void find(void *function, const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    memcpy(function, &symbol, sizeof symbol);
}

__attribute__((constructor)) static void begin(void)
{
    const char *rule = getenv("INJECT");
    char call[16], effect[16];
    int at = 0;

    find(&next_openat, "openat");
    find(&next_read, "read");
    find(&next_readdir, "readdir");
    find(&next_recv, "recv");
    find(&next_recvmsg, "recvmsg");
    find(&next_syscall, "syscall");
    if (!rule)
        return;
    if (sscanf(rule, "%15[^:]:%15[^:]:%n", call, effect, &at) != 2 || !at) {
        fprintf(stderr, "inject: %s?\n", rule);
        _exit(2);
    }
    rule += at;
    if (*rule == '=' || *rule == '+')
        rule_kind = *rule++;
    if (sscanf(rule, "%lu:%63s", &rule_n, rule_where) < 1 || !rule_n)
        _exit(2);
    rule_effect = value_of(effects, effect);
    rule_call = (enum call)value_of(calls, call);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("INJECT_COUNT");
    FILE *file = path ? fopen(path, "we") : NULL;

    if (!file)
        return;
    fprintf(file, "%lu\n", count);
    fclose(file);
}

/* Is it this call's turn? */
static bool turn(enum call call, const void *caller)
{
    Dl_info object;

    if (call != rule_call)
        return false;
    if (*rule_where && (!dladdr(caller, &object) || !strstr(object.dli_fname, rule_where)))
        return false;
    count++;
    return rule_kind == '=' ? count == rule_n : rule_kind ? count >= rule_n : !(count % rule_n);
}

/* True: an error, told by errno. */
static bool fails(enum call call, const void *caller)
{
    if (rule_effect <= 0 || !turn(call, caller))
        return false;
    errno = rule_effect;
    return true;
}

/* What has come of n bytes; flags: of recv(2). */
static ssize_t spoil(unsigned char *bytes, ssize_t n, int flags)
{
    if (rule_effect == EFFECT_LOST && !(flags & MSG_DONTWAIT)) {
        fputs("inject: waiting for what doesn't come\n", stderr);
        _exit(3);
    }
    if (rule_effect == EFFECT_SHORT)
        return n / 2;
    if (rule_effect == EFFECT_LOST) {
        errno = EAGAIN;
        return -1;
    }
    for (ssize_t i = 0; i < n; i += 1 + random() % 16)
        bytes[i] = (unsigned char)random();
    return n;
}

/* Is it to be spoiled, where n bytes have come? */
static bool spoils(enum call call, const void *caller, ssize_t n)
{
    return rule_effect < 0 && n > 0 && turn(call, caller);
}

static ssize_t read_for(const void *caller, int fd, void *buf, size_t size)
{
    if (fails(CALL_READ, caller))
        return -1;
    if (rule_effect == EFFECT_SHORT && turn(CALL_READ, caller))
        return next_read(fd, buf, (size + 1) / 2);
    ssize_t n = next_read(fd, buf, size);
    return rule_effect != EFFECT_SHORT && spoils(CALL_READ, caller, n) ? spoil(buf, n, 0) : n;
}

static ssize_t recv_for(const void *caller, int fd, void *buf, size_t size, int flags)
{
    if (fails(CALL_RECV, caller))
        return -1;
    ssize_t n = next_recv(fd, buf, size, flags);
    return spoils(CALL_RECV, caller, n) ? spoil(buf, n, flags) : n;
}

/* ---- the calls ---- */

EXPORT void *malloc(size_t size)
{
    return fails(CALL_MALLOC, CALLER) ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t n, size_t size)
{
    return fails(CALL_MALLOC, CALLER) ? NULL : __libc_calloc(n, size);
}

EXPORT void *realloc(void *ptr, size_t size)
{
    return fails(CALL_MALLOC, CALLER) ? NULL : __libc_realloc(ptr, size);
}

EXPORT void *reallocarray(void *ptr, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return fails(CALL_MALLOC, CALLER) ? NULL : __libc_realloc(ptr, bytes);
}

EXPORT int openat(int dir, const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list ap;

    va_start(ap, flags);
    if (flags & O_CREAT)
        mode = va_arg(ap, mode_t);
    va_end(ap);
    return fails(CALL_OPENAT, CALLER) ? -1 : next_openat(dir, path, flags, mode);
}

EXPORT ssize_t read(int fd, void *buf, size_t size)
{
    return read_for(CALLER, fd, buf, size);
}

EXPORT struct dirent *readdir(DIR *dir)
{
    return fails(CALL_READDIR, CALLER) ? NULL : next_readdir(dir);
}

EXPORT ssize_t recv(int fd, void *buf, size_t size, int flags)
{
    return recv_for(CALLER, fd, buf, size, flags);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    if (fails(CALL_RECV, CALLER))
        return -1;
    ssize_t n = next_recvmsg(fd, message, flags);
    if (!spoils(CALL_RECV, CALLER, n))
        return n;
    if (rule_effect == EFFECT_SHORT)
        message->msg_flags |= MSG_TRUNC;
    return spoil(message->msg_iov->iov_base, n, flags);
}

/* libbpf has no other way to bpf(2). */
EXPORT long syscall(long number, ...)
{
    long arg[6];
    va_list ap;

    va_start(ap, number);
    for (int i = 0; i < 6; i++)
        arg[i] = va_arg(ap, long);
    va_end(ap);
    if (number == SYS_bpf && arg[0] == BPF_PROG_TEST_RUN && fails(CALL_BPF, CALLER))
        return -1;
    return next_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

/* As a program calls them that was compiled with _FORTIFY_SOURCE. */
ssize_t __read_chk(int fd, void *buf, size_t size, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t size, size_t room, int flags);

EXPORT ssize_t __read_chk(int fd, void *buf, size_t size, size_t room)
{
    (void)room;
    return read_for(CALLER, fd, buf, size);
}

EXPORT ssize_t __recv_chk(int fd, void *buf, size_t size, size_t room, int flags)
{
    (void)room;
    return recv_for(CALLER, fd, buf, size, flags);
}
