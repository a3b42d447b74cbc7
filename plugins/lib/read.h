/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading small files and link texts relative to a folder's descriptor, as host->dir() gives it.
 *
 * All functions return a length, or a negative errno.  What was read is followed by a NUL that
 * the length does not count; it may hold NULs of its own.  Nothing here can block on a pipe that
 * stands where a file should.
 */
#ifndef KVMTOP_LIB_READ_H
#define KVMTOP_LIB_READ_H

#include <stddef.h>
#include <sys/types.h>

/* A buffer that read_file_grow() enlarges and the next call uses again; begin with {0}. */
struct read_buffer {
    char *data;                 /* owned by the buffer: free it by read_buffer_free() */
    size_t cap;
};

/* The first cap - 1 bytes of a file, read up to its end. */
ssize_t read_file_at(int dirfd, const char *path, char *buf, size_t cap);

/* What a single read(2) gives: saves the call that would only say "end of file", for those
 * files of proc(5) that the kernel hands over whole (stat, io, schedstat, ...). */
ssize_t read_once_at(int dirfd, const char *path, char *buf, size_t cap);

/* A whole file of up to max bytes; a longer one is -EFBIG, and one that takes the kernel more than
 * half a second of CPU time -ETIME. */
ssize_t read_file_grow(int dirfd, const char *path, struct read_buffer *buf, size_t max);
void read_buffer_free(struct read_buffer *buf);

/* The text of a symbolic link; -ENAMETOOLONG where it does not fit. */
ssize_t read_link_at(int dirfd, const char *path, char *buf, size_t cap);

#endif
