/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table's columns by their flags and in groups. */
#include "core/columns.h"

uint32_t columns_with(const struct table *table, uint32_t flags, uint32_t from)
{
    for (; from < table->ncolumns; from++)
        if ((table->columns[from].def.flags & flags) == flags)
            return from;
    return NONE;
}

const char *columns_group(const struct column *column)
{
    return column->def.group && *column->def.group ? column->def.group : "Other";
}

bool columns_same_group(const struct column *a, const struct column *b)
{
    return !strcmp(columns_group(a), columns_group(b));
}

/* Is there none of its group before it? */
static bool is_first(const struct table *table, uint32_t column)
{
    for (uint32_t i = 0; i < column; i++)
        if (columns_same_group(&table->columns[i], &table->columns[column]))
            return false;
    return true;
}

void columns_by_group(const struct table *table, uint32_t *list)
{
    uint32_t n = 0;

    for (uint32_t first = 0; first < table->ncolumns; first++) {
        if (!is_first(table, first))
            continue;
        for (uint32_t i = first; i < table->ncolumns; i++)
            if (columns_same_group(&table->columns[i], &table->columns[first]))
                list[n++] = i;
    }
}
