/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of one task. */
#include "proc/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/parse.h"
#include "lib/read.h"

#define PATH_TEXT 40            /* an ID, a slash and the name of a file */
#define STATUS_TEXT 8192        /* a status file, unless its process is in hundreds of groups */

static ssize_t read_file_of(int dirfd, int32_t id, const char *file, char *buf, size_t cap)
{
    char path[PATH_TEXT];

    snprintf(path, sizeof path, "%d/%s", (int)id, file);
    return read_once_at(dirfd, path, buf, cap);
}

int proc_read_stat(int dirfd, int32_t id, struct proc_stat *stat)
{
    char text[PROC_STAT_TEXT];
    ssize_t len = read_file_of(dirfd, id, "stat", text, sizeof text);

    if (len < 0)
        return (int)len;
    return proc_stat_parse(text, (size_t)len, stat) ? 0 : -EBADMSG;
}

/* A process that is there, but has no such file: the kernel was built without. */
static int missing_or_gone(int dirfd, int32_t id, int err)
{
    char path[PATH_TEXT];

    snprintf(path, sizeof path, "%d/stat", (int)id);
    return proc_gone(err) && faccessat(dirfd, path, F_OK, 0) == 0 ? -ENOTSUP : err;
}

int proc_read_io(int dirfd, int32_t id, struct proc_io *io)
{
    static const char *const key[IO_VALUES] = {
        [IO_SYSCR] = "syscr", [IO_SYSCW] = "syscw",
        [IO_READ_BYTES] = "read_bytes", [IO_WRITE_BYTES] = "write_bytes",
    };
    char text[512];
    ssize_t len = read_file_of(dirfd, id, "io", text, sizeof text);

    io->known = 0;
    if (len < 0)
        return missing_or_gone(dirfd, id, (int)len);
    for (unsigned i = 0; i < IO_VALUES; i++)
        if (proc_key_u64(text, (size_t)len, key[i], &io->value[i]))
            io->known |= 1u << i;
    return io->known != 0 ? 0 : -EBADMSG;
}

int proc_read_sched(int dirfd, int32_t id, struct proc_sched *sched)
{
    char text[128];
    uint64_t number[3];         /* run, delay, how often it ran */
    ssize_t len = read_file_of(dirfd, id, "schedstat", text, sizeof text);

    if (len < 0)
        return (int)len;
    if (proc_numbers(text, (size_t)len, number, 3) < 3)
        return -EBADMSG;
    if (number[2] == 0)
        return -ENODATA;
    *sched = (struct proc_sched){ .run = number[0], .delay = number[1] };
    return 0;
}

/* The nth number, from 0, of a line of status. */
static int read_status(int dirfd, int32_t id, const char *key, unsigned nth, uint64_t *number)
{
    char text[STATUS_TEXT], path[PATH_TEXT];
    struct read_buffer whole = { 0 };
    const char *at = text;
    ssize_t len = read_file_of(dirfd, id, "status", text, sizeof text);
    int r;

    if (len == STATUS_TEXT - 1) {
        snprintf(path, sizeof path, "%d/status", (int)id);
        len = read_file_grow(dirfd, path, &whole, PROC_STATUS_MOST);
        at = whole.data;
    }
    if (len < 0)
        r = (int)len;
    else
        r = proc_key_nth(at, (size_t)len, key, nth, number) ? 0 : -EBADMSG;
    read_buffer_free(&whole);
    return r;
}

static int uid_of_status(int dirfd, int32_t id, uint32_t *uid)
{
    uint64_t number;
    int r = read_status(dirfd, id, "Uid", 1, &number);

    if (r < 0)
        return r;
    if (number >= UINT32_MAX)
        return -EBADMSG;
    *uid = (uint32_t)number;
    return 0;
}

int proc_read_uid(int dirfd, int32_t id, bool live, uint32_t *uid)
{
    char path[PATH_TEXT];
    struct stat st;

    if (!live)
        return uid_of_status(dirfd, id, uid);
    snprintf(path, sizeof path, "%d", (int)id);
    if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    *uid = st.st_uid;
    return 0;
}

int proc_read_memory(int dirfd, int32_t id, uint32_t page_size, uint64_t bytes[3])
{
    char text[256];
    ssize_t len = read_file_of(dirfd, id, "statm", text, sizeof text);

    if (len < 0)
        return (int)len;
    if (proc_numbers(text, (size_t)len, bytes, 3) < 3)
        return -EBADMSG;
    for (unsigned i = 0; i < 3; i++)
        if (__builtin_mul_overflow(bytes[i], page_size, &bytes[i]))
            return -EBADMSG;
    return 0;
}

static int read_status_kib(int dirfd, int32_t id, const char *key, uint64_t *bytes)
{
    uint64_t kib;
    int r = read_status(dirfd, id, key, 0, &kib);

    if (r < 0)                  /* -EBADMSG: a kernel thread or a zombie, no memory of its own */
        return r;
    return __builtin_mul_overflow(kib, 1024u, bytes) ? -EBADMSG : 0;
}

int proc_read_swap(int dirfd, int32_t id, uint64_t *bytes)
{
    return read_status_kib(dirfd, id, "VmSwap", bytes);
}

int proc_read_huge(int dirfd, int32_t id, uint64_t *bytes)
{
    return read_status_kib(dirfd, id, "HugetlbPages", bytes);
}

/* The number in a line `key number` of ksm_stat. */
static bool ksm_count(const char *text, size_t len, const char *key, uint64_t *count)
{
    const char *p = text, *end = text + len;
    struct span line;

    while (parse_line(&p, end, &line)) {
        const char *at = line.at;

        if (parse_text(&at, line.at + line.len, key) && parse_text(&at, end, " "))
            return proc_numbers(at, (size_t)(end - at), count, 1) == 1;
    }
    return false;
}

int proc_read_ksm(int dirfd, int32_t id, uint32_t page_size, uint64_t *bytes)
{
    char text[512];
    uint64_t merged, zero = 0;
    ssize_t len = read_file_of(dirfd, id, "ksm_stat", text, sizeof text);

    if (len < 0 || !ksm_count(text, (size_t)len, "ksm_merging_pages", &merged)) {
        len = read_file_of(dirfd, id, "ksm_merging_pages", text, sizeof text);
        if (len < 0)
            return missing_or_gone(dirfd, id, (int)len);
        if (proc_numbers(text, (size_t)len, &merged, 1) < 1)
            return -EBADMSG;
    } else {
        (void)ksm_count(text, (size_t)len, "ksm_zero_pages", &zero);
    }
    return __builtin_add_overflow(merged, zero, &merged) ||
           __builtin_mul_overflow(merged, page_size, bytes) ? -EBADMSG : 0;
}
