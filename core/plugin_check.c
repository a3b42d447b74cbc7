/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a plugin's descriptor what the contract says? */
#include "core/plugin_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
    char *err;
    size_t cap;
};

static bool wrong(const struct check *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(const struct check *c, const char *fmt, ...)
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
    return wrong(&c, "made for plugin ABI %u.%u, this kvmtop has %u.%u", major, minor,
                 KVMTOP_ABI_MAJOR, KVMTOP_ABI_MINOR);
}

static bool is_name(const char *name, const char *more)
{
    if (!name || !*name)
        return false;
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' ||
              strchr(more, *p)))
            return false;
    return strlen(name) < 40;
}

static const struct kvmtop_column *find(const struct kvmtop_column *columns, uint32_t n,
                                        const char *name)
{
    for (uint32_t i = 0; name && i < n; i++)
        if (columns[i].name && !strcmp(columns[i].name, name))
            return &columns[i];
    return NULL;
}

static bool check_ratio(const struct check *c, const struct kvmtop_table *table,
                        const struct kvmtop_column *columns, const struct kvmtop_column *column)
{
    const char *part[2] = { column->num, column->den };

    for (unsigned i = 0; i < 2; i++) {
        const struct kvmtop_column *of = find(columns, table->ncolumns, part[i]);

        if (!of || of->kind != KVMTOP_COUNTER)
            return wrong(c, "table %s: column %s: a ratio's %s must be a counter of the table, "
                         "not '%s'", table->name, column->name, i ? "den" : "num",
                         part[i] ? part[i] : "(none)");
    }
    return true;
}

/* Columns that the host adds to tables whose rows can belong to guests (model.c). */
static bool is_hosts(const struct kvmtop_table *table, const char *name)
{
    static const char *const of_rows[] = { "vmid", "vm", "platform" };
    static const char *const of_guests[] = { "ifaces", "devices", "passthrough" };
    bool guests = table->flags & KVMTOP_TABLE_GUESTS;
    bool rows = guests || table->flags & KVMTOP_TABLE_PROCESSES || table->iface;

    for (unsigned i = 0; i < 3; i++)
        if ((rows && !strcmp(name, of_rows[i])) || (guests && !strcmp(name, of_guests[i])))
            return true;
    return table->block && !strcmp(name, "guests");
}

static bool check_column(const struct check *c, const struct kvmtop_table *table,
                         const struct kvmtop_column *columns, uint32_t i)
{
    const struct kvmtop_column *column = &columns[i];

    if (!is_name(column->name, "%"))
        return wrong(c, "table %s: column %u has no valid name", table->name, i + 1);
    if (!column->title || !column->help)
        return wrong(c, "table %s: column %s lacks a title or help", table->name,
                     column->name);
    if (find(columns, i, column->name))
        return wrong(c, "table %s: column %s is there twice", table->name, column->name);
    if (is_hosts(table, column->name))
        return wrong(c, "table %s: the column %s is kvmtop's own", table->name, column->name);
    if (column->kind < KVMTOP_TEXT || column->kind > KVMTOP_AGE)
        return wrong(c, "table %s: column %s: unknown kind %u", table->name, column->name,
                     column->kind);
    if (column->number > KVMTOP_F64 || column->aggregate > KVMTOP_OWN || column->digit > 9 ||
        column->precision > 9)
        return wrong(c, "table %s: column %s: number, aggregate, digit or precision out of range",
                     table->name, column->name);
    if (column->kind == KVMTOP_RATIO)
        return check_ratio(c, table, columns, column);
    return true;
}

/* A device's column is looked up by its text. */
static bool check_device(const struct check *c, const struct kvmtop_table *table,
                         const struct kvmtop_column *columns, const char *name)
{
    const struct kvmtop_column *column = find(columns, table->ncolumns, name);

    if (!column || column->kind == KVMTOP_TEXT)
        return true;
    return wrong(c, "table %s: column %s names a device: it must be text", table->name, name);
}

static bool check_table(const struct check *c, const struct kvmtop_table *table,
                        const struct kvmtop_column *columns)
{
    const char *named[3] = { table->sort, table->iface, table->block };

    if (!is_name(table->name, ""))
        return wrong(c, "a table has no valid name");
    if (table->ncolumns && !table->columns)
        return wrong(c, "table %s: no columns", table->name);
    if (table->ncolumns > PLUGIN_COLUMNS_MAX)
        return wrong(c, "table %s: more than %u columns", table->name, PLUGIN_COLUMNS_MAX);
    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (!check_column(c, table, columns, i))
            return false;
    if (!table->hotkey)
        return true;
    if (table->hotkey <= ' ' || table->hotkey > '~')
        return wrong(c, "table %s: the hotkey is no printable character", table->name);
    if (!table->title || !table->sort)
        return wrong(c, "table %s: a view needs a title and a sort column", table->name);
    for (unsigned i = 0; i < 3; i++)
        if (named[i] && !find(columns, table->ncolumns, named[i]))
            return wrong(c, "table %s: names the column '%s', which it doesn't have", table->name,
                         named[i]);
    return check_device(c, table, columns, table->iface) &&
           check_device(c, table, columns, table->block);
}

static bool check_source(const struct check *c, const struct kvmtop_source *source, uint32_t i)
{
    if (!is_name(source->table, ""))
        return wrong(c, "source %u names no table", i + 1);
    if (!source->columns || !source->columns[0])
        return wrong(c, "source %u (table %s) brings no columns", i + 1, source->table);
    if (!source->collect == !source->fill)
        return wrong(c, "source %u (table %s) has %s collect and fill: exactly one is needed",
                     i + 1, source->table, source->collect ? "both" : "neither");
    return true;
}

static bool check_option(const struct check *c, const struct kvmtop_option *option, uint32_t i)
{
    if (!is_name(option->name, ""))
        return wrong(c, "option %u has no valid name", i + 1);
    if (option->type < KVMTOP_OPTION_STRING || option->type > KVMTOP_OPTION_NUMBER)
        return wrong(c, "option %s: unknown type %u", option->name, option->type);
    return true;
}

bool plugin_check(const struct kvmtop_plugin *desc, const char *name,
                  struct kvmtop_column *const *columns, char *err, size_t cap)
{
    struct check c = { err, cap };

    if (!desc->name || strcmp(desc->name, name))
        return wrong(&c, "its descriptor is named '%s'", desc->name ? desc->name : "(null)");
    if (!desc->version || !desc->license || !desc->summary)
        return wrong(&c, "its descriptor lacks a version, license or summary");
    for (uint32_t i = 0; i < desc->noptions; i++)
        if (!check_option(&c, &desc->options[i], i))
            return false;
    for (uint32_t i = 0; i < desc->ntables; i++)
        if (!check_table(&c, &desc->tables[i], columns[i]))
            return false;
    for (uint32_t i = 0; i < desc->nsources; i++)
        if (!check_source(&c, &desc->sources[i], i))
            return false;
    for (uint32_t i = 0; i < desc->nresolvers; i++)
        if (!desc->resolvers[i].name ||
            (!desc->resolvers[i].resolve && !desc->resolvers[i].claims))
            return wrong(&c, "resolver %u has no name or no callback", i + 1);
    return true;
}
