/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a column of a descriptor what the contract says? */
#include <string.h>

#include "core/plugin_check_parts.h"
#include "core/snapshot.h"

static bool check_texts(const struct check *c, const struct kvmtop_table *table,
                        const struct kvmtop_column *column)
{
    const struct check_line lines[] = {
        { "title", column->title, CHECK_HEAD_BYTES }, { "help", column->help, CHECK_LINE_BYTES },
        { "unit", column->unit, CHECK_HEAD_BYTES },   { "group", column->group, CHECK_HEAD_BYTES },
        { "of", column->of, CHECK_LINE_BYTES },       { "where", column->where, CHECK_LINE_BYTES },
    };
    const struct check_line *bad = check_lines(lines, KVMTOP_COUNT(lines));

    if (!column->title || !column->help)
        return check_wrong(c, "table %s: column %s lacks a title or help", table->name,
                           column->name);
    if (!bad)
        return true;
    return check_wrong(c, "table %s: column %s: its %s is no line of at most %zu bytes",
                       table->name, column->name, bad->what, bad->most);
}

static bool check_ratio(const struct check *c, const struct kvmtop_table *table,
                        const struct kvmtop_column *columns, const struct kvmtop_column *column)
{
    const char *part[2] = { column->num, column->den };

    for (unsigned i = 0; i < 2; i++) {
        const struct kvmtop_column *of = check_find(columns, table->ncolumns, part[i]);

        if (!of || of->kind != KVMTOP_COUNTER)
            return check_wrong(c, "table %s: column %s: a ratio's %s must be a counter of the "
                               "table, not '%s'", table->name, column->name, i ? "den" : "num",
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

/* Flags and totals that can't be of a column of this kind, or not together. */
static const char *contradiction(const struct kvmtop_column *column)
{
    bool totals = column->aggregate == KVMTOP_SUM || column->aggregate == KVMTOP_MAX;
    uint32_t flags = column->flags;

    if (!column->of && column->aggregate > KVMTOP_MAX)
        return "it has nothing to aggregate (`of`)";
    if (totals && (kind_is_text(column->kind) || column->kind == KVMTOP_ID))
        return "text and ids have no total";
    if (flags & (KVMTOP_GUEST_LABEL | KVMTOP_CHILD_LABEL) && column->kind != KVMTOP_TEXT)
        return "a label must be text";
    if (flags & KVMTOP_HISTORY && kind_is_text(column->kind))
        return "text has no history that can be drawn";
    if (flags & KVMTOP_PARENT_ONLY &&
        flags & (KVMTOP_CHILD_ONLY | KVMTOP_CHILD_LABEL | KVMTOP_CHILD_DETAIL))
        return "it is of parents only and of children as well";
    return NULL;
}

/* A figure of guests, as far as this plugin alone tells; the rest is groups_check.c's. */
static const char *misfit(const struct kvmtop_table *table, const struct kvmtop_column *columns,
                          uint32_t i)
{
    const struct kvmtop_column *column = &columns[i];
    const struct kvmtop_column *per = check_find(columns, table->ncolumns, column->per);

    if (!column->of)
        return NULL;
    if (column->kind == KVMTOP_RATIO)
        return "a ratio has no cell for what is aggregated";
    if (column->aggregate != KVMTOP_OWN &&
        (column->kind != KVMTOP_GAUGE || column->number != KVMTOP_F64))
        return "what is aggregated must be a GAUGE of F64";
    if (per && (per >= column || per->kind == KVMTOP_RATIO || kind_is_text(per->kind)))
        return "`per` must name a number that stands before it";
    return NULL;
}

static const char *wrong_mirror(const struct kvmtop_table *table,
                                const struct kvmtop_column *columns, uint32_t i)
{
    const struct kvmtop_column *mirror = check_find(columns, table->ncolumns, columns[i].mirror);

    if (columns[i].mirror && !mirror && table->hotkey)
        return "`mirror` names a column that there is not";
    if (mirror && mirror->kind != columns[i].kind)
        return "`mirror` must name a column of its kind";
    return NULL;
}

static bool check_roles(const struct check *c, const struct kvmtop_table *table,
                        const struct kvmtop_column *columns, uint32_t i)
{
    const char *what = contradiction(&columns[i]);

    if (!what)
        what = misfit(table, columns, i);
    if (!what)
        what = wrong_mirror(table, columns, i);
    if (what)
        return check_wrong(c, "table %s: column %s: %s", table->name, columns[i].name, what);
    return true;
}

bool check_column(const struct check *c, const struct kvmtop_table *table,
                  const struct kvmtop_column *columns, uint32_t i)
{
    const struct kvmtop_column *column = &columns[i];

    if (!check_is_name(column->name, "%"))
        return check_wrong(c, "table %s: column %u has no valid name", table->name, i + 1);
    if (!check_texts(c, table, column))
        return false;
    if (check_find(columns, i, column->name))
        return check_wrong(c, "table %s: column %s is there twice", table->name, column->name);
    if (is_hosts(table, column->name))
        return check_wrong(c, "table %s: the column %s is kvmtop's own", table->name, column->name);
    if (column->kind < KVMTOP_TEXT || column->kind > KVMTOP_AGE)
        return check_wrong(c, "table %s: column %s: unknown kind %u", table->name, column->name,
                           column->kind);
    if (column->number > KVMTOP_F64 || column->aggregate > KVMTOP_OWN || column->digit > 9 ||
        column->precision > 9)
        return check_wrong(c, "table %s: column %s: number, aggregate, digit or precision out of "
                           "range", table->name, column->name);
    if (column->kind == KVMTOP_RATIO && !check_ratio(c, table, columns, column))
        return false;
    return check_roles(c, table, columns, i);
}
