/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of guests: what their columns are made of. */
#include "core/groups.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"
#include "core/xalloc.h"

/* ---- columns ---- */

static bool belongs_to_guests(const struct feed *feed)
{
    return !groups_is(feed) &&
           (feed->table->def.flags & KVMTOP_TABLE_PROCESSES || feed->table->def.iface);
}

/* Is there a column of that name, or one that says as much under another? */
static bool has_total(const struct table *table, const char *name, const char *of)
{
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct kvmtop_column *def = &table->columns[i].def;

        if (!strcmp(def->name, name) ||
            (def->of && !strcmp(def->of, of) && !def->where && !def->per))
            return true;
    }
    return false;
}

static void add_total(struct feed *feed, const struct table *from, const struct column *column)
{
    struct kvmtop_column def = column->def;
    char of[100];

    snprintf(of, sizeof of, "%s.%s", from->def.name, def.name);
    if (has_total(feed->table, def.name, of))
        return;
    string_list_add(&feed->own_texts, of);
    def.of = feed->own_texts.item[feed->own_texts.count - 1];
    def.where = def.per = def.num = def.den = def.mirror = NULL;
    def.kind = KVMTOP_GAUGE;
    def.number = KVMTOP_F64;
    def.scale = 1;
    def.digit = 0;
    def.flags = KVMTOP_OPTIONAL | (def.flags & (KVMTOP_COSTLY | KVMTOP_PER_INTERVAL));
    table_add_column(feed->table, &def, MADE_BY_PLUGIN);
}

/* Every column that has a total elsewhere has one for each guest. */
void groups_add_columns(struct model *model, struct feed *feed)
{
    for (size_t i = 0; i < model->nfeeds; i++) {
        const struct table *from = model->feeds[i]->table;

        for (uint32_t c = 0; belongs_to_guests(model->feeds[i]) && c < from->ncolumns; c++) {
            uint8_t aggregate = from->columns[c].def.aggregate;

            if (aggregate == KVMTOP_SUM || aggregate == KVMTOP_MAX)
                add_total(feed, from, &from->columns[c]);
        }
    }
}

/* ---- binding ---- */

static struct feed *find_feed(const struct model *model, const char *of)
{
    const char *dot = strchr(of, '.');

    for (size_t i = 0; dot && i < model->nfeeds; i++) {
        const char *name = model->feeds[i]->table->def.name;

        if (strlen(name) == (size_t)(dot - of) && !memcmp(name, of, strlen(name)))
            return model->feeds[i];
    }
    return NULL;
}

static void bind_where(struct group *group, const char *where)
{
    const char *equals = where ? strchr(where, '=') : NULL;

    group->where = NONE;
    if (!where)
        return;
    if (equals)
        group->where = table_column(group->feed->table, where, (size_t)(equals - where));
    if (group->where == NONE)
        group->feed = NULL;
    else
        group->value = text_get(equals + 1, strlen(equals + 1));
}

static void bind(struct model *model, struct table *table, struct group *group)
{
    struct column *column = &table->columns[group->column];
    const struct kvmtop_column *def = &column->def;

    group->feed = find_feed(model, def->of);
    if (!group->feed)
        return;
    const char *name = strchr(def->of, '.') + 1;
    group->of = table_column(group->feed->table, name, strlen(name));
    group->per = def->per ? table_column(table, def->per, strlen(def->per)) : NONE;
    if (group->of == NONE || (def->per && group->per == NONE)) {
        group->feed = NULL;
        return;
    }
    bind_where(group, def->where);
    groups_check(model, table, group);
    if (!group->feed)
        return;
    const struct column *of = &group->feed->table->columns[group->of];
    column->den = group->per;   /* what its total is to be weighed by */
    column->seen_alone = of->fill != NONE && !of->lasting;
}

void groups_bind(struct model *model, struct feed *feed)
{
    struct table *table = feed->table;
    struct groups *groups = feed->groups = xcalloc(1, sizeof *groups);

    groups->item = xcalloc(table->ncolumns, sizeof *groups->item);
    groups->list = xcalloc(table->ncolumns, sizeof *groups->list);
    for (uint32_t c = 0; c < table->ncolumns; c++) {
        if (table->columns[c].made_by != MADE_BY_PLUGIN || !table->columns[c].def.of)
            continue;
        groups->item[groups->count].column = c;
        bind(model, table, &groups->item[groups->count++]);
    }
}

void groups_free(struct feed *feed)
{
    struct groups *groups = feed->groups;

    if (!groups)
        return;
    for (uint32_t i = 0; i < groups->count; i++)
        text_unref(groups->item[i].value);
    free(groups->item);
    free(groups->list);
    free(groups->sum);
    free(groups->row_of);
    free(groups);
    feed->groups = NULL;
}

/* ---- wants ---- */

static void want(const struct group *group, bool of_all)
{
    struct feed *feed = group->feed;
    uint32_t mirror = feed->table->columns[group->of].mirror;

    feed->active = feed->claims = feed->grouped = true;
    feed_want(feed, group->of, of_all);
    if (mirror != NONE)
        feed_want(feed, mirror, of_all);
    if (group->where == NONE)
        return;
    feed_want(feed, group->where, true);
    feed->children = true;
    feed->children_of = 0;
}

/* Such a column is read for all rows only where the guests' own is sorted or filtered by. */
static bool is_brought_by_fill(const struct group *group)
{
    return group->feed->table->columns[group->of].fill != NONE;
}

void groups_want(struct feed *feed)
{
    const struct groups *groups = feed->groups;

    for (uint32_t i = 0; groups && i < groups->count; i++)
        if (groups->item[i].feed && bit_get(feed->wanted, groups->item[i].column))
            want(&groups->item[i], !is_brought_by_fill(&groups->item[i]) ||
                                       bit_get(feed->wanted_of_all, groups->item[i].column));
}

struct feed *groups_processes(const struct feed *feed)
{
    const struct groups *groups = feed->groups;

    for (uint32_t i = 0; groups && i < groups->count; i++) {
        struct feed *of = groups->item[i].feed;

        if (of && of->table->def.flags & KVMTOP_TABLE_PROCESSES)
            return of;
    }
    return NULL;
}

void groups_want_given(struct feed *feed)
{
    const struct groups *groups = feed->groups;

    for (uint32_t i = 0; groups && i < groups->count; i++) {
        const struct group *group = &groups->item[i];
        const struct column *column = &feed->table->columns[group->column];

        if (column->def.flags & (KVMTOP_GIVES_CPUS | KVMTOP_GIVES_MEMORY) && group->feed &&
            group->where == NONE &&
            !(group->feed->table->columns[group->of].def.flags & KVMTOP_COSTLY))
            feed_want(feed, group->column, true);
    }
}

static bool is_filled(const struct group *group)
{
    return group->feed && group->where == NONE &&
           group->feed->table->columns[group->of].fill != NONE &&
           bit_get(group->feed->wanted, group->of);
}

void groups_want_filled(struct model *model)
{
    for (size_t i = 0; i < model->nfeeds; i++) {
        const struct feed *feed = model->feeds[i];

        for (uint32_t g = 0; feed->groups && g < feed->groups->count; g++)
            if (feed->active && is_filled(&feed->groups->item[g]))
                bit_set(feed->wanted, feed->groups->item[g].column);
    }
}

bool groups_want_claims(const struct feed *feed)
{
    for (uint32_t i = 0; groups_is(feed) && i < feed->table->ncolumns; i++)
        if (feed->table->columns[i].made_by >= MADE_BY_GUEST_IFACES && bit_get(feed->wanted, i))
            return true;
    return false;
}
