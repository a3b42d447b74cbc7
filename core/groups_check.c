/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of guests: can a column be made of what it names?  Each plugin alone has been looked at
 * (plugin_check_column.c); here are the columns of the others. */
#include <stdio.h>

#include "core/groups.h"
#include "core/xalloc.h"

/* A cell is copied as it is, but for a number that is made of another. */
static const char *misfit_own(const struct kvmtop_column *def, const struct column *of)
{
    if (def->kind == KVMTOP_GAUGE && def->number == KVMTOP_F64)
        return kind_is_text(of->def.kind) ? "is no number" : NULL;
    if (!column_has_cell(of) || of->def.kind != def->kind || of->def.number != def->number)
        return "is of another kind";
    return NULL;
}

static const char *misfit_of(const struct kvmtop_column *def, const struct column *of)
{
    if (def->aggregate == KVMTOP_OWN)
        return misfit_own(def, of);
    return kind_is_text(of->def.kind) && def->aggregate != KVMTOP_ROWS ? "is no number" : NULL;
}

/* What is wrong, in buf; NULL: nothing. */
static const char *misfit(const struct table *table, const struct group *group, char *buf,
                          size_t cap)
{
    const struct kvmtop_column *def = &table->columns[group->column].def;
    const struct column *from = group->feed->table->columns;
    const char *what = groups_is(group->feed) ? "is a guest's itself"
                                              : misfit_of(def, &from[group->of]);

    if (what)
        snprintf(buf, cap, "%s %s", def->of, what);
    else if (group->where != NONE && (from[group->where].def.kind != KVMTOP_TEXT ||
                                      !column_has_cell(&from[group->where])))
        snprintf(buf, cap, "`where` names %s, which is no text of its own",
                 from[group->where].def.name);
    else if (group->per != NONE && (group->per >= group->column ||
                                    !column_has_cell(&table->columns[group->per]) ||
                                    kind_is_text(table->columns[group->per].def.kind)))
        snprintf(buf, cap, "`per` names %s, which is no number that stands before it", def->per);
    else
        return NULL;
    return buf;
}

/* Has the plugin this very column? */
static bool has_column(const struct plugin *plugin, const struct kvmtop_column *column)
{
    for (uint32_t t = 0; plugin->opened && t < plugin->desc.ntables; t++)
        for (uint32_t c = 0; c < plugin->tables[t].ncolumns; c++)
            if (plugin->columns[t][c].of == column->of &&
                plugin->columns[t][c].name == column->name)
                return true;
    return false;
}

void groups_check(const struct model *model, struct table *table, struct group *group)
{
    struct column *column = &table->columns[group->column];
    char buf[400];

    if (!group->feed || !misfit(table, group, buf, sizeof buf))
        return;
    group->feed = NULL;
    column->missing = xstrdup(buf);
    for (size_t p = 0; p < model->nplugins; p++)
        if (has_column(model->plugins[p], &column->def))
            plugin_set_error(model->plugins[p], "table %s: column %s: %s", table->def.name,
                             column->def.name, buf);
}
