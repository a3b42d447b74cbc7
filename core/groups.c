/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of guests: the rows of other tables, grouped. */
#include "core/groups.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/rate.h"
#include "core/text.h"
#include "core/xalloc.h"

/* What a column of the table of guests is made of. */
struct group {
    uint32_t column;            /* of the table of guests */
    struct feed *feed;          /* whose rows; NULL: there is none */
    uint32_t of;                /* column of that */
    uint32_t where;             /* column of text, or NONE */
    const struct text *value;   /* that `where` must be */
    uint32_t per;               /* column of the table of guests, or NONE */
};

struct groups {
    struct group *item;
    uint32_t count;
    struct total *total;        /* [rows_cap] */
    uint32_t *row_of;           /* [rows_cap] row of a guest's index */
    uint32_t *rows;             /* [rows_cap] how many rows went in */
    uint32_t cap;
};

/* ---- columns ---- */

static bool belongs_to_guests(const struct feed *feed)
{
    return !groups_is(feed) &&
           (feed->table->def.flags & KVMTOP_TABLE_PROCESSES || feed->table->def.iface);
}

/* Every column that has a total elsewhere has one for each guest, unless it is there already. */
void groups_add_columns(struct model *model, struct feed *feed)
{
    struct table *table = feed->table;

    for (size_t i = 0; i < model->nfeeds; i++) {
        const struct table *from = model->feeds[i]->table;

        for (uint32_t c = 0; belongs_to_guests(model->feeds[i]) && c < from->ncolumns; c++) {
            struct kvmtop_column def = from->columns[c].def;
            char of[100];

            if (def.aggregate != KVMTOP_SUM && def.aggregate != KVMTOP_MAX)
                continue;
            if (table_column(table, def.name, strlen(def.name)) != NONE)
                continue;
            snprintf(of, sizeof of, "%s.%s", from->def.name, def.name);
            string_list_add(&feed->own_texts, of);
            def.of = feed->own_texts.item[feed->own_texts.count - 1];
            def.where = def.per = def.num = def.den = def.mirror = NULL;
            def.kind = KVMTOP_GAUGE;
            def.number = KVMTOP_F64;
            def.scale = 1;
            def.digit = 0;
            def.flags = KVMTOP_OPTIONAL | (def.flags & KVMTOP_COSTLY);
            table_add_column(table, &def, MADE_BY_PLUGIN);
        }
    }
}

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
    const struct kvmtop_column *def = &table->columns[group->column].def;

    group->feed = find_feed(model, def->of);
    if (!group->feed)
        return;
    const char *name = strchr(def->of, '.') + 1;
    group->of = table_column(group->feed->table, name, strlen(name));
    group->per = def->per ? table_column(table, def->per, strlen(def->per)) : NONE;
    if (group->of == NONE || (def->per && group->per == NONE))
        group->feed = NULL;
    else
        bind_where(group, def->where);
}

void groups_bind(struct model *model, struct feed *feed)
{
    struct table *table = feed->table;
    struct groups *groups = feed->groups = xcalloc(1, sizeof *groups);

    groups->item = xcalloc(table->ncolumns, sizeof *groups->item);
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
    free(groups->total);
    free(groups->row_of);
    free(groups->rows);
    free(groups);
    feed->groups = NULL;
}

/* ---- wants ---- */

void groups_want(struct feed *feed)
{
    const struct groups *groups = feed->groups;

    for (uint32_t i = 0; groups && i < groups->count; i++) {
        const struct group *group = &groups->item[i];

        if (!group->feed || !bit_get(feed->wanted, group->column))
            continue;
        group->feed->active = group->feed->claims = true;
        feed_want(group->feed, group->of, true);
        uint32_t mirror = group->feed->table->columns[group->of].mirror;
        if (mirror != NONE)
            feed_want(group->feed, mirror, true);
        if (group->where == NONE)
            continue;
        feed_want(group->feed, group->where, true);
        group->feed->children = true;
        group->feed->children_of = 0;
    }
}

/* ---- rows ---- */

static void reserve(struct groups *groups, uint32_t guests)
{
    if (guests <= groups->cap)
        return;
    groups->cap = guests;
    groups->total = xreallocarray(groups->total, guests, sizeof *groups->total);
    groups->row_of = xreallocarray(groups->row_of, guests, sizeof *groups->row_of);
    groups->rows = xreallocarray(groups->rows, guests, sizeof *groups->rows);
}

static void make_rows(struct model *model, struct table *table, struct groups *groups)
{
    for (uint32_t g = 0; g < model->guests.count; g++) {
        const struct guest *guest = &model->guests.item[g];

        groups->row_of[g] = NONE;
        if (!guest->used || !guest->pid)
            continue;
        groups->row_of[g] = table_row(table, 0, guest->pid, guest->birth, NONE);
        table_at(table, groups->row_of[g])->guest = g;
    }
}

/* From the guest's side what it sends is what the host receives. */
static uint32_t guest_side(const struct table *from, const struct row *row, uint32_t column)
{
    uint32_t mirror = from->columns[column].mirror;

    return row->flags & KVMTOP_ROW_MIRRORED && mirror != NONE ? mirror : column;
}

static void copy_own(struct table *table, struct row *to, const struct group *group,
                     const struct row *row)
{
    const struct table *from = group->feed->table;
    const struct column *column = &table->columns[group->column];
    const struct text *text;
    double value;

    if (column->def.kind == KVMTOP_TEXT) {
        if ((text = row_text(from, row, group->of)))
            table_set_text(table, to, column->cell, text->bytes, text->len);
        return;
    }
    if (column->def.number == KVMTOP_F64) {
        if (!rate_value(from, row, group->of, &value))
            return;
        to->cells[column->cell].f64 = value;
    } else {
        if (!row_known(from, row, group->of))
            return;
        to->cells[column->cell] = row->cells[from->columns[group->of].cell];
    }
    bit_set(row_set(table, to), column->cell);
}

/* Sum up, or copy, what the source's rows say of one column. */
static void gather(struct model *model, struct table *table, struct groups *groups,
                   const struct group *group)
{
    const struct table *from = group->feed->table;
    bool own = table->columns[group->column].def.aggregate == KVMTOP_OWN;

    memset(groups->total, 0, model->guests.count * sizeof *groups->total);
    memset(groups->rows, 0, model->guests.count * sizeof *groups->rows);
    for (uint32_t i = table_next(from, 0); i != NONE; i = table_next(from, i + 1)) {
        const struct row *row = table_at(from, i);
        uint32_t guest = row_guest(from, row);

        if (guest == NONE || (group->where == NONE) != (row->parent == NONE))
            continue;
        guest = guests_real(&model->guests, guest);
        if (groups->row_of[guest] == NONE ||
            (group->where != NONE && row_text(from, row, group->where) != group->value))
            continue;
        groups->rows[guest]++;
        if (own)
            copy_own(table, table_at(table, groups->row_of[guest]), group, row);
        else
            rate_add(&groups->total[guest], from, row, guest_side(from, row, group->of));
    }
}

/* False: unknown. */
static bool result(const struct table *table, const struct row *row, const struct group *group,
                   const struct total *total, uint32_t rows, double *value)
{
    const struct kvmtop_column *def = &table->columns[group->column].def;
    double per;

    if (def->aggregate == KVMTOP_ROWS) {
        *value = rows;
        return rows > 0;
    }
    if (!rate_total(total, &group->feed->table->columns[group->of], value))
        return false;
    if (group->per == NONE)
        return true;
    if (!rate_value(table, row, group->per, &per) || per <= 0)
        return false;
    *value /= per;
    return true;
}

static void store(struct table *table, struct groups *groups, const struct group *group,
                  uint32_t nguests)
{
    const struct column *column = &table->columns[group->column];

    if (column->def.aggregate == KVMTOP_OWN)
        return;
    for (uint32_t g = 0; g < nguests; g++) {
        double value;

        if (groups->row_of[g] == NONE)
            continue;
        struct row *row = table_at(table, groups->row_of[g]);
        if (!result(table, row, group, &groups->total[g], groups->rows[g], &value))
            continue;
        row->cells[column->cell].f64 = value;
        bit_set(row_set(table, row), column->cell);
    }
}

static void explain(struct table *table, const struct group *group)
{
    char reason[300];

    if (!group->feed) {
        snprintf(reason, sizeof reason, "no plugin brings %s",
                 table->columns[group->column].def.of);
        table_set_reason(table, group->column, reason);
        return;
    }
    const char *why = table_reason(group->feed->table, group->of);
    if (why)
        table_set_reason(table, group->column, why);
}

void groups_update(struct model *model, struct feed *feed)
{
    struct table *table = feed->table;
    struct groups *groups = feed->groups;

    if (!groups)
        return;
    table_begin(table, root_now(&model->root, KVMTOP_CLOCK_MONOTONIC),
                root_now(&model->root, KVMTOP_CLOCK_BOOTTIME));
    reserve(groups, model->guests.count);
    make_rows(model, table, groups);
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->item[i];

        if (!bit_get(feed->wanted, group->column))
            continue;
        explain(table, group);
        if (!group->feed)
            continue;
        gather(model, table, groups, group);
        store(table, groups, group, model->guests.count);
    }
    table_end(table, false);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        table_at(table, i)->marks = 0;
}
