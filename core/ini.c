/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader for inih: it hands over only lines that inih takes as they are meant, and knows their
 * numbers. */
#include "core/ini.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ini_line.h"
#include "core/str.h"
#include "core/xalloc.h"

#define FILE_BYTES ((size_t)1 << 20)

struct reader {
    const char *at, *end;
    const struct ini_handler *handler;
    void *ctx;
    struct ini_line line;       /* the one inih is at */
    unsigned number;
    bool in_value;
    bool lost_section;          /* after a bad section line: pairs belong nowhere */
    bool lost_value;            /* after a bad line: what continues it continues nothing */
    struct ini_pair pending;    /* a pair whose value may go on; its texts are in the buffers */
    bool has_pending;
    struct str_buf key, value;
};

static void flush(struct reader *reader)
{
    if (!reader->has_pending)
        return;
    reader->has_pending = false;
    reader->pending.key = reader->key.text;
    reader->pending.value = reader->value.text;
    reader->handler->pair(reader->ctx, &reader->pending);
}

/* Tells what inih won't: sections and mistakes.  False: inih is to see a blank line instead. */
static bool admit(struct reader *reader, const char *text)
{
    const struct ini_line *line = &reader->line;

    switch (line->kind) {
    case INI_BAD_SECTION:
    case INI_BAD:
        flush(reader);
        reader->handler->error(reader->ctx, line->error, reader->number);
        reader->lost_value = true;
        reader->lost_section |= line->kind == INI_BAD_SECTION;
        return false;
    case INI_SECTION:
        flush(reader);
        char *name = xstrndup(text + line->name.at, line->name.len);
        reader->handler->section(reader->ctx, name, reader->number);
        free(name);
        reader->lost_section = reader->lost_value = false;
        return true;
    case INI_PAIR:
        reader->lost_value = false;
        return !reader->lost_section;
    case INI_MORE:
        return !reader->lost_section && !reader->lost_value;
    default:
        return false;
    }
}

/* An fgets(3) for inih.  It gets a section or a pair without blanks before it, lest it take it for
 * a continuation of what came before a mistake; and a continuation without its comment, which inih
 * before version 56 takes for text. */
static char *next_line(char *buf, int size, void *stream)
{
    struct reader *reader = stream;
    const char *text = reader->at;
    size_t len = ini_line_length(text, (size_t)(reader->end - text));
    size_t from = 0, to = 0;

    if (len == 0)
        return NULL;
    reader->at += len;
    reader->number++;
    ini_line_parse(&reader->line, text, len, reader->in_value);
    reader->in_value = ini_line_opens(&reader->line, reader->in_value);
    if (admit(reader, text)) {
        bool more = reader->line.kind == INI_MORE;
        from = strspn(text, " \t") - more;
        to = more ? reader->line.value.at + reader->line.value.len : ini_line_trimmed(text, len);
    }
    if (to - from + 2 > (size_t)size)
        to = from;
    memcpy(buf, text + from, to - from);
    memcpy(buf + to - from, "\n", 2);
    return buf;
}

static int on_pair(void *stream, const char *section, const char *name, const char *value)
{
    struct reader *reader = stream;

    (void)section;
    if (reader->line.kind == INI_MORE) {
        if (reader->value.len > 0)
            str_puts(&reader->value, " ");
        str_puts(&reader->value, value);
        return 1;
    }
    flush(reader);
    reader->key.len = reader->value.len = 0;
    str_put(&reader->key, name, reader->line.name.len);
    str_puts(&reader->value, value);
    reader->pending.add = reader->line.add;
    reader->pending.line = reader->number;
    reader->has_pending = true;
    return 1;
}

void ini_read(const char *text, size_t len, const struct ini_handler *handler, void *ctx)
{
    struct reader reader = {
        .at = text + ini_mark_length(text, len),
        .end = text + len,
        .handler = handler,
        .ctx = ctx,
    };

    ini_parse_stream(next_line, &reader, on_pair, &reader);
    flush(&reader);
    free(reader.key.text);
    free(reader.value.text);
}

static int read_all(int fd, struct str_buf *buf)
{
    char block[16384];
    ssize_t got;

    for (;;) {
        got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : 0;
        str_put(buf, block, (size_t)got);
        if (buf->len > FILE_BYTES)
            return -EFBIG;
    }
}

int ini_load(const char *path, char **text, size_t *len)
{
    struct str_buf buf = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int err;

    if (fd < 0)
        return -errno;
    str_puts(&buf, "");
    err = read_all(fd, &buf);
    close(fd);
    if (err < 0) {
        free(buf.text);
        return err;
    }
    *text = buf.text;
    *len = buf.len;
    return 0;
}
