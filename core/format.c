/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text, without any locale. */
#include "core/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/utf8.h"

static const double power10[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };

#define U64_END 18446744073709551616.0

/* What no 64-bit integer holds: a number still, in JSON as well. */
static size_t format_huge(char buf[FORMAT_BUF], double value)
{
    return (size_t)snprintf(buf, FORMAT_BUF, "%.0e", value);
}

/* printf's %f asks the locale for its point, so the two halves are printed as integers. */
size_t format_fixed(char buf[FORMAT_BUF], double value, int decimals)
{
    const char *sign = value < 0 ? "-" : "";
    double magnitude = fabs(value), scaled = magnitude * power10[decimals] + 0.5;

    if (!(magnitude < U64_END))
        return format_huge(buf, value);
    if (!(scaled < U64_END)) {
        decimals = 0;
        scaled = magnitude;
    }
    uint64_t whole = (uint64_t)scaled, unit = (uint64_t)power10[decimals];
    if (!whole)
        sign = "";
    int n = decimals ? snprintf(buf, FORMAT_BUF, "%s%" PRIu64 ".%0*" PRIu64, sign, whole / unit,
                                decimals, whole % unit)
                     : snprintf(buf, FORMAT_BUF, "%s%" PRIu64, sign, whole);
    return (size_t)n;
}

/* Without the zeros at the end, but for the first `least` decimals. */
static size_t trim(char *buf, size_t n, size_t least)
{
    const char *point = memchr(buf, '.', n);

    if (!point)
        return n;
    while (n > (size_t)(point - buf) + 1 + least && buf[n - 1] == '0')
        n--;
    if (buf[n - 1] == '.')
        n--;
    buf[n] = 0;
    return n;
}

static size_t with_suffix(char buf[FORMAT_BUF], double value, int width)
{
    static const char suffix[] = "kMGTPE";
    size_t n = 0;

    for (unsigned i = 0; suffix[i]; i++) {
        value /= 1000;
        if (fabs(value) >= 999.5 && suffix[i + 1])
            continue;
        for (int decimals = 1; decimals >= 0; decimals--) {
            n = format_fixed(buf, value, decimals);
            if ((int)n + 1 <= width) {
                buf[n] = suffix[i];
                buf[n + 1] = 0;
                return n + 1;
            }
        }
    }
    return n;
}

size_t format_age(char buf[FORMAT_BUF], double seconds)
{
    uint64_t s = seconds > 0 ? (uint64_t)seconds : 0;
    uint64_t days = s / 86400;
    int n;

    if (!days)
        n = snprintf(buf, FORMAT_BUF, "%02u:%02u:%02u", (unsigned)(s / 3600),
                     (unsigned)(s / 60 % 60), (unsigned)(s % 60));
    else if (days < 10000)
        n = snprintf(buf, FORMAT_BUF, "%ud%02uh", (unsigned)days, (unsigned)(s / 3600 % 24));
    else
        n = snprintf(buf, FORMAT_BUF, "%" PRIu64 "d", days);
    return (size_t)n;
}

size_t format_value(char buf[FORMAT_BUF], const struct column *column, double value, int width)
{
    if (column->def.kind == KVMTOP_AGE)
        return format_age(buf, value);
    if (column->def.kind == KVMTOP_ID)
        return format_fixed(buf, value, 0);
    for (int decimals = column->def.precision; decimals >= 0; decimals--) {
        size_t n = format_fixed(buf, value, decimals);

        if ((int)n <= width)
            return n;
    }
    return with_suffix(buf, value, width);
}

double format_least(const struct column *column)
{
    return 0.5 / power10[column->def.precision];
}

size_t format_exact(char buf[FORMAT_BUF], const struct column *column, double value)
{
    int decimals = column->def.kind == KVMTOP_ID ? 0 : 6;

    if (column->def.kind == KVMTOP_GAUGE && column->def.scale == 0 &&
        column->def.number != KVMTOP_F64)
        decimals = 0;
    return trim(buf, format_fixed(buf, value, decimals), 0);
}

size_t format_seconds(char buf[FORMAT_BUF], double seconds)
{
    return trim(buf, format_fixed(buf, seconds, 9), 1);
}

int format_width(const struct column *column)
{
    int title = (int)utf8_columns(column->def.title, strlen(column->def.title));

    if (column->def.digit)
        title++;
    return title > column->def.width ? title : column->def.width;
}
