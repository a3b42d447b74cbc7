/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a plugin's descriptor what the contract says? */
#include "core/plugin_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plugin.h"
#include "core/plugin_check_parts.h"

bool check_wrong(const struct check *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(c->err, c->cap, fmt, ap);
    va_end(ap);
    return false;
}

bool plugin_check_abi(uint32_t abi, char *err, size_t cap)
{
    struct check c = { err, cap };
    uint32_t major = abi >> 16, minor = abi & 0xffff;

    if (major == KVMTOP_ABI_MAJOR && minor <= KVMTOP_ABI_MINOR)
        return true;
    return check_wrong(&c, "made for plugin ABI %u.%u, this kvmtop has %u.%u", major, minor,
                       KVMTOP_ABI_MAJOR, KVMTOP_ABI_MINOR);
}

bool check_is_name(const char *name, const char *more)
{
    if (!name || !*name)
        return false;
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' ||
              strchr(more, *p)))
            return false;
    return strlen(name) < 40;
}

bool check_is_line(const char *text, size_t most)
{
    size_t len = 0;

    for (; text && text[len]; len++)
        if (len == most || (unsigned char)text[len] < ' ' || text[len] == 0x7f)
            return false;
    return true;
}

const struct check_line *check_lines(const struct check_line *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!check_is_line(line[i].text, line[i].most))
            return &line[i];
    return NULL;
}

const struct kvmtop_column *check_find(const struct kvmtop_column *columns, uint32_t n,
                                       const char *name)
{
    for (uint32_t i = 0; name && i < n; i++)
        if (columns[i].name && !strcmp(columns[i].name, name))
            return &columns[i];
    return NULL;
}

/* A device's column is looked up by its text. */
static bool check_device(const struct check *c, const struct kvmtop_table *table,
                         const struct kvmtop_column *columns, const char *name)
{
    const struct kvmtop_column *column = check_find(columns, table->ncolumns, name);

    if (!column || column->kind == KVMTOP_TEXT)
        return true;
    return check_wrong(c, "table %s: column %s names a device: it must be text", table->name, name);
}

/* The rows of guests are kvmtop's own. */
static bool check_guests(const struct check *c, const struct kvmtop_table *table)
{
    uint32_t others = KVMTOP_TABLE_PROCESSES | KVMTOP_TABLE_CHILDREN;

    if (!(table->flags & KVMTOP_TABLE_GUESTS) ||
        (!(table->flags & others) && !table->iface && !table->block))
        return true;
    return check_wrong(c, "table %s: its rows are guests: no processes, children or devices",
                       table->name);
}

static bool shows_any(const struct kvmtop_table *table, const struct kvmtop_column *columns)
{
    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (!(columns[i].flags & (KVMTOP_OPTIONAL | KVMTOP_CHILD_ONLY)))
            return true;
    return false;
}

/* What it needs besides its columns. */
static bool check_view(const struct check *c, const struct kvmtop_table *table,
                       const struct kvmtop_column *columns)
{
    const char *named[3] = { table->sort, table->iface, table->block };
    const struct check_line lines[] = {
        { "title", table->title, CHECK_HEAD_BYTES }, { "side", table->side, CHECK_HEAD_BYTES },
        { "mirror_side", table->mirror_side, CHECK_HEAD_BYTES },
    };
    const struct check_line *bad = check_lines(lines, KVMTOP_COUNT(lines));

    if (table->hotkey <= ' ' || table->hotkey > '~')
        return check_wrong(c, "table %s: the hotkey is no printable character", table->name);
    if (!table->title || !table->sort)
        return check_wrong(c, "table %s: a view needs a title and a sort column", table->name);
    if (bad)
        return check_wrong(c, "table %s: its %s is no line of at most %zu bytes", table->name,
                           bad->what, bad->most);
    for (unsigned i = 0; i < 3; i++)
        if (named[i] && !check_find(columns, table->ncolumns, named[i]))
            return check_wrong(c, "table %s: names the column '%s', which it doesn't have",
                               table->name, named[i]);
    if (!shows_any(table, columns))
        return check_wrong(c, "table %s: no column of it is shown by default", table->name);
    return check_guests(c, table) && check_device(c, table, columns, table->iface) &&
           check_device(c, table, columns, table->block);
}

static bool check_table(const struct check *c, const struct kvmtop_table *table,
                        const struct kvmtop_column *columns)
{
    if (!check_is_name(table->name, ""))
        return check_wrong(c, "a table has no valid name");
    if (table->ncolumns && !table->columns)
        return check_wrong(c, "table %s: no columns", table->name);
    if (table->ncolumns > PLUGIN_COLUMNS_MAX)
        return check_wrong(c, "table %s: more than %u columns", table->name, PLUGIN_COLUMNS_MAX);
    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (!check_column(c, table, columns, i))
            return false;
    return !table->hotkey || check_view(c, table, columns);
}

/* ---- the rest ---- */

static bool check_brings(const struct check *c, const struct kvmtop_source *source, uint32_t i)
{
    const char *const *name = source->columns;

    for (uint32_t n = 0; name[n]; n++) {
        if (n == PLUGIN_COLUMNS_MAX)
            return check_wrong(c, "source %u (table %s) brings more than %u columns", i + 1,
                               source->table, PLUGIN_COLUMNS_MAX);
        if (!check_is_name(name[n], "%"))
            return check_wrong(c, "source %u (table %s): column %u has no valid name", i + 1,
                               source->table, n + 1);
        for (uint32_t before = 0; before < n; before++)
            if (!strcmp(name[before], name[n]))
                return check_wrong(c, "source %u (table %s) brings the column %s twice", i + 1,
                                   source->table, name[n]);
    }
    return true;
}

static bool check_source(const struct check *c, const struct kvmtop_source *source, uint32_t i)
{
    const uint32_t either = KVMTOP_FILL_ONCE | KVMTOP_FILL_ROTATE;

    if (!check_is_name(source->table, ""))
        return check_wrong(c, "source %u names no table", i + 1);
    if (!source->columns || !source->columns[0])
        return check_wrong(c, "source %u (table %s) brings no columns", i + 1, source->table);
    if (!source->collect == !source->fill)
        return check_wrong(c, "source %u (table %s) has %s collect and fill: exactly one is needed",
                           i + 1, source->table, source->collect ? "both" : "neither");
    if (source->collect && source->flags & (either | KVMTOP_FILL_GUESTS))
        return check_wrong(c, "source %u (table %s) collects, with flags of a fill", i + 1,
                           source->table);
    if ((source->flags & either) == either)
        return check_wrong(c, "source %u (table %s) fills once and in turn: either is needed",
                           i + 1, source->table);
    return check_brings(c, source, i);
}

static bool check_option(const struct check *c, const struct kvmtop_option *options, uint32_t i)
{
    const struct kvmtop_option *option = &options[i];
    char buf[100];

    if (!check_is_name(option->name, ""))
        return check_wrong(c, "option %u has no valid name", i + 1);
    for (uint32_t before = 0; before < i; before++)
        if (!strcmp(options[before].name, option->name))
            return check_wrong(c, "option %s is there twice", option->name);
    if (option->type < KVMTOP_OPTION_STRING || option->type > KVMTOP_OPTION_NUMBER)
        return check_wrong(c, "option %s: unknown type %u", option->name, option->type);
    if (!check_is_line(option->help, CHECK_LINE_BYTES) ||
        !check_is_line(option->value, CHECK_LINE_BYTES))
        return check_wrong(c, "option %s: its help or default is no line of at most %u bytes",
                           option->name, CHECK_LINE_BYTES);
    if (option->type == KVMTOP_OPTION_NUMBER && !(option->min <= option->max))
        return check_wrong(c, "option %s: no number lies from %g to %g", option->name, option->min,
                           option->max);
    const char *why = option->value ? plugin_type_error(option, option->value, buf, sizeof buf)
                                    : NULL;
    if (why)
        return check_wrong(c, "option %s: its default '%s' %s", option->name, option->value, why);
    return true;
}

static bool check_head(const struct check *c, const struct kvmtop_plugin *desc)
{
    const struct check_line lines[] = {
        { "version", desc->version, CHECK_HEAD_BYTES },
        { "license", desc->license, CHECK_HEAD_BYTES },
        { "summary", desc->summary, CHECK_LINE_BYTES },
    };
    const struct check_line *bad = check_lines(lines, KVMTOP_COUNT(lines));

    if (!desc->version || !desc->license || !desc->summary)
        return check_wrong(c, "its descriptor lacks a version, license or summary");
    if (bad)
        return check_wrong(c, "its %s is no line of at most %zu bytes", bad->what, bad->most);
    return true;
}

static bool check_resolver(const struct check *c, const struct kvmtop_resolver *resolver,
                           uint32_t i)
{
    if (!resolver->name || !check_is_line(resolver->name, CHECK_HEAD_BYTES) ||
        (!resolver->resolve && !resolver->claims))
        return check_wrong(c, "resolver %u has no name or no callback", i + 1);
    return true;
}

bool plugin_check(const struct kvmtop_plugin *desc, const char *name,
                  struct kvmtop_column *const *columns, char *err, size_t cap)
{
    struct check c = { err, cap };

    if (!desc->name || strcmp(desc->name, name))
        return check_wrong(&c, "its descriptor is named '%s'", desc->name ? desc->name : "(null)");
    if (!check_head(&c, desc))
        return false;
    for (uint32_t i = 0; i < desc->noptions; i++)
        if (!check_option(&c, desc->options, i))
            return false;
    for (uint32_t i = 0; i < desc->ntables; i++)
        if (!check_table(&c, &desc->tables[i], columns[i]))
            return false;
    for (uint32_t i = 0; i < desc->nsources; i++)
        if (!check_source(&c, &desc->sources[i], i))
            return false;
    for (uint32_t i = 0; i < desc->nresolvers; i++)
        if (!check_resolver(&c, &desc->resolvers[i], i))
            return false;
    return true;
}
