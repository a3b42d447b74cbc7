/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the checks of a descriptor's parts have in common. */
#ifndef KVMTOP_CORE_PLUGIN_CHECK_PARTS_H
#define KVMTOP_CORE_PLUGIN_CHECK_PARTS_H

#include <kvmtop/plugin.h>

struct check {
    char *err;                  /* the line that says what is wrong */
    size_t cap;
};

/* False, with this line. */
bool check_wrong(const struct check *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* [a-z0-9_]+ and the bytes of `more`, fewer than 40. */
bool check_is_name(const char *name, const char *more);

/* Every text stands on one line, beside others.  NULL is fine. */
#define CHECK_HEAD_BYTES 60u
#define CHECK_LINE_BYTES 500u
bool check_is_line(const char *text, size_t most);

struct check_line {
    const char *what, *text;    /* NULL: there is none */
    size_t most;
};

/* Which of them is no line?  NULL: all are. */
const struct check_line *check_lines(const struct check_line *line, size_t n);

/* The column of this name (NULL: none) among the first n, or NULL. */
const struct kvmtop_column *check_find(const struct kvmtop_column *columns, uint32_t n,
                                       const char *name);

/* Column i of the table, whose columns those are. */
bool check_column(const struct check *c, const struct kvmtop_table *table,
                  const struct kvmtop_column *columns, uint32_t i);

#endif
