/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text, without any locale. */
#ifndef KVMTOP_CORE_FORMAT_H
#define KVMTOP_CORE_FORMAT_H

#include <stddef.h>

#include "core/snapshot.h"

#define FORMAT_BUF 32

/* A column's value in at most `width` columns: fewer decimals, then a suffix (1234567 -> 1.2M),
 * never more.  An ID is never shortened: it stands in full, however wide.  Returns the length. */
size_t format_value(char buf[FORMAT_BUF], const struct column *column, double value, int width);

/* The least value of the column that isn't shown as 0. */
double format_least(const struct column *column);

/* For export: the value with all the digits that mean something, and no suffix. */
size_t format_exact(char buf[FORMAT_BUF], const struct column *column, double value);

/* Seconds as HH:MM:SS, from a day on 5d03h, from 10000 days on 10000d. */
size_t format_age(char buf[FORMAT_BUF], double seconds);

/* An interval as it was given: 5.0, 0.25. */
size_t format_seconds(char buf[FORMAT_BUF], double seconds);

/* A fixed number of decimals, a point whatever the locale. */
size_t format_fixed(char buf[FORMAT_BUF], double value, int decimals);

/* The least width a column takes: its own, its title's and its sort digit's. */
int format_width(const struct column *column);

#endif
