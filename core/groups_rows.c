/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of guests: their rows, from one walk over those of each other table. */
#include "core/groups.h"

#include <stdio.h>

#include "core/rate.h"
#include "core/text.h"
#include "core/xalloc.h"

/* A column of a guest in the making. */
struct sum {
    double value, den;          /* den: of ratios */
    uint32_t rows;              /* that went in */
    bool known;                 /* one of them had a value */
    bool told;                  /* some child row has a text in `where` */
};

/* ---- rows ---- */

static void reserve(struct groups *groups, uint32_t guests)
{
    if (guests <= groups->cap)
        return;
    groups->cap = guests;
    groups->sum = xreallocarray(groups->sum, (size_t)guests * groups->count, sizeof *groups->sum);
    groups->row_of = xreallocarray(groups->row_of, guests, sizeof *groups->row_of);
}

/* One for each guest, with empty sums. */
static void make_rows(const struct guests *guests, struct table *table, struct groups *groups)
{
    for (uint32_t g = 0; g < guests->count; g++) {
        const struct guest *guest = &guests->item[g];

        groups->row_of[g] = NONE;
        if (!guest->used || !guest->pid)
            continue;
        groups->row_of[g] = table_row(table, 0, guest->pid, guest->birth, NONE);
        table_at(table, groups->row_of[g])->guest = g;
        memset(groups->sum + (size_t)g * groups->stride, 0,
               groups->stride * sizeof *groups->sum);
    }
}

/* ---- what a row adds ---- */

/* Seconds between a row's two samples.  Of a thread that began between those of its process its
 * process's: its rate would weigh as if it had been there all the time. */
static double span_of(const struct table *from, const struct row *row, double seconds)
{
    if (row->parent == NONE || !(row->marks & ROW_FIRST))
        return seconds;
    const struct row *whole = table_at(from, row->parent);
    if (!whole->prev_time || whole->time <= whole->prev_time)
        return seconds;
    double span = (double)(whole->time - whole->prev_time) / 1e9;
    return span > seconds ? span : seconds;
}

static bool change_of(const struct table *from, const struct row *row, uint32_t of,
                      bool per_second, double *value)
{
    const struct kvmtop_column *def = &from->columns[of].def;
    double seconds;

    if (!rate_change(from, row, of, value, &seconds))
        return false;
    if (def->scale != 0)
        *value *= def->scale;
    if (per_second)
        *value /= span_of(from, row, seconds);
    return true;
}

static bool value_of(const struct table *table, const struct group *group, const struct row *row,
                     uint32_t of, double *value)
{
    const struct table *from = group->feed->table;
    bool per_second = !(table->columns[group->column].def.flags & KVMTOP_PER_INTERVAL);

    if (from->columns[of].def.kind == KVMTOP_COUNTER)
        return change_of(from, row, of, per_second, value);
    return rate_value(from, row, of, value);
}

/* Of summed ratios the parts add up. */
static bool add_ratio(const struct group *group, const struct row *row, struct sum *sum)
{
    const struct table *from = group->feed->table;
    const struct column *column = &from->columns[group->of];
    double num, den, seconds;

    if (column->num == NONE || column->den == NONE ||
        !rate_change(from, row, column->num, &num, &seconds) ||
        !rate_change(from, row, column->den, &den, &seconds))
        return false;
    sum->value += num * (column->def.scale != 0 ? column->def.scale : 1);
    sum->den += den;
    return true;
}

static bool is_ratio(const struct table *table, const struct group *group)
{
    return table->columns[group->column].def.aggregate == KVMTOP_SUM &&
           group->feed->table->columns[group->of].def.kind == KVMTOP_RATIO;
}

static void add(const struct table *table, const struct group *group, const struct row *row,
                struct sum *sum)
{
    uint8_t aggregate = table->columns[group->column].def.aggregate;
    /* From the guest's side what it sends is what the host receives. */
    uint32_t of = row_column(group->feed->table, row, group->of, true);
    double value;

    sum->rows++;
    if (aggregate == KVMTOP_ROWS)
        return;
    if (is_ratio(table, group)) {
        sum->known |= add_ratio(group, row, sum);
        return;
    }
    if (!value_of(table, group, row, of, &value))
        return;
    if (aggregate == KVMTOP_SUM)
        sum->value += value;
    else if (!sum->known || value > sum->value)
        sum->value = value;
    sum->known = true;
}

/* The value itself: an AGE stays the moment of a beginning, an ID a whole number. */
static void copy_own(struct table *table, struct row *to, const struct group *group,
                     const struct row *row)
{
    const struct table *from = group->feed->table;
    const struct column *column = &table->columns[group->column];
    const struct text *text;
    double value;

    if (column->def.kind == KVMTOP_TEXT) {
        if ((text = row_text(from, row, group->of)))
            table_set_text(table, to, group->column, text->bytes, text->len);
        return;
    }
    if (column->def.number == KVMTOP_F64) {
        if (rate_value(from, row, group->of, &value))
            row_put(table, to, column, (union kvmtop_cell){ .f64 = value });
    } else if (row_known(from, row, group->of)) {
        row_put(table, to, column, *row_cell(from, row, &from->columns[group->of]));
    }
}

/* ---- the walk ---- */

static bool fits(const struct group *group, const struct row *row, struct sum *sum)
{
    const struct text *text = row_text(group->feed->table, row, group->where);

    sum->told |= text != NULL;
    return text == group->value;
}

static void add_row(struct table *table, const struct groups *groups, const struct row *row,
                    uint32_t guest)
{
    bool child = row->parent != NONE;
    struct sum *sums = groups->sum + (size_t)guest * groups->stride;
    uint32_t end = child ? groups->nlist : groups->nwhole;

    if (groups->row_of[guest] == NONE)
        return;
    for (uint32_t i = child ? groups->nwhole : 0; i < end; i++) {
        const struct group *group = groups->list[i];

        if (child && !fits(group, row, &sums[group->slot]))
            continue;
        if (table->columns[group->column].def.aggregate != KVMTOP_OWN)
            add(table, group, row, &sums[group->slot]);
        else if (row->guest == guest)
            copy_own(table, table_at(table, groups->row_of[guest]), group, row);
    }
}

/* A device is every guest's that claims it; any other row is of one guest. */
static void add_device(struct model *model, struct table *table, const struct groups *groups,
                       const struct table *from, const struct row *row)
{
    const struct text *name = row_text(from, row, from->block);
    uint32_t cursor = NONE, guest;

    while (name && (guest = guests_claiming(&model->guests, KVMTOP_CLAIM_BLOCK, name,
                                            &cursor)) != NONE)
        add_row(table, groups, row, guest);
}

static void walk(struct model *model, struct table *table, const struct groups *groups,
                 const struct table *from)
{
    for (uint32_t i = table_next(from, 0); i != NONE; i = table_next(from, i + 1)) {
        const struct row *row = table_at(from, i);

        if (from->block != NONE) {
            add_device(model, table, groups, from, row);
            continue;
        }
        uint32_t guest = row->flags & KVMTOP_ROW_UNCOUNTED ? NONE : row_guest(from, row);
        if (guest != NONE)
            add_row(table, groups, row, guests_real(&model->guests, guest));
    }
}

/* What is wanted of this table's rows; false: nothing. */
static bool list_groups(const struct feed *feed, struct groups *groups, const struct feed *from)
{
    groups->nlist = 0;
    for (unsigned child = 0; child < 2; child++) {
        for (uint32_t i = 0; i < groups->count; i++) {
            const struct group *group = &groups->item[i];

            if (group->feed == from && bit_get(feed->wanted, group->column) &&
                (group->where != NONE) == child)
                groups->list[groups->nlist++] = group;
        }
        if (!child)
            groups->nwhole = groups->nlist;
    }
    return groups->nlist;
}

/* ---- results ---- */

/* False: unknown. */
static bool result(const struct table *table, const struct row *row, const struct group *group,
                   const struct sum *sum, double *value)
{
    double per;

    *value = sum->value;
    if (table->columns[group->column].def.aggregate == KVMTOP_ROWS) {
        *value = sum->rows;
        return sum->rows > 0;
    }
    /* No thread of this sort among those that are told apart: they use nothing. */
    if (!sum->known && (sum->rows || !sum->told))
        return false;
    if (is_ratio(table, group)) {
        if (sum->den <= 0)
            return false;
        *value /= sum->den;
    }
    if (group->per == NONE)
        return true;
    if (!rate_value(table, row, group->per, &per) || per <= 0)
        return false;
    *value /= per;
    return true;
}

static void store(const struct table *table, struct row *row, const struct group *group,
                  const struct sum *sum)
{
    const struct column *column = &table->columns[group->column];
    double value;

    if (!result(table, row, group, sum, &value))
        return;
    row_put(table, row, column, (union kvmtop_cell){ .f64 = value });
}

/* True: the figures of one guest or another are unknown. */
static bool store_all(const struct table *table, const struct groups *groups,
                      const struct group *group, uint32_t nguests)
{
    bool own = table->columns[group->column].def.aggregate == KVMTOP_OWN, missing = false;

    for (uint32_t g = 0; g < nguests; g++) {
        if (groups->row_of[g] == NONE)
            continue;
        struct row *row = table_at(table, groups->row_of[g]);
        if (!own)
            store(table, row, group, &groups->sum[(size_t)g * groups->stride + group->slot]);
        missing |= !row_known(table, row, group->column);
    }
    return missing;
}

/* A guest whose figures are unknown: are its threads told apart, does it have devices of its own
 * that the host doesn't count? */
static const char *reason_of_guest(const struct model *model, const struct groups *groups,
                                   const struct group *group, uint32_t guest)
{
    const struct sum *sum = &groups->sum[(size_t)guest * groups->stride + group->slot];

    if (group->where != NONE && !sum->told)
        return "the threads of some guests bear no names to tell them apart";
    if (group->feed->table->iface != NONE && model->guests.item[guest].passthrough)
        return "devices handed through to a guest are seen by no counter of the host";
    return NULL;
}

static const char *reason_of(const struct model *model, const struct table *table,
                             const struct groups *groups, const struct group *group)
{
    const char *why = table_reason(group->feed->table, group->of);

    if (!why && group->where != NONE)
        why = table_reason(group->feed->table, group->where);
    for (uint32_t g = 0; !why && g < model->guests.count; g++)
        if (groups->row_of[g] != NONE &&
            !row_known(table, table_at(table, groups->row_of[g]), group->column))
            why = reason_of_guest(model, groups, group, g);
    return why;
}

static void explain(const struct model *model, struct table *table, const struct groups *groups,
                    const struct group *group)
{
    const struct kvmtop_column *def = &table->columns[group->column].def;
    char reason[300];
    const char *why = reason;

    if (group->feed)
        why = reason_of(model, table, groups, group);
    else
        snprintf(reason, sizeof reason, "no plugin brings %s%s%s", def->of,
                 def->where ? " with " : "", def->where ? def->where : "");
    if (why)
        table_set_reason(table, group->column, why);
}

/* ---- a round ---- */

static void number_sums(const struct feed *feed, struct groups *groups)
{
    groups->stride = 0;
    for (uint32_t i = 0; i < groups->count; i++)
        if (bit_get(feed->wanted, groups->item[i].column))
            groups->item[i].slot = groups->stride++;
}

void groups_update(struct model *model, struct feed *feed)
{
    const struct feed *processes = model_feed_with(model, KVMTOP_TABLE_PROCESSES);
    struct table *table = feed->table;
    struct groups *groups = feed->groups;

    if (!processes)
        return;
    /* Its figures are of the moment when the processes were looked at. */
    table_begin(table, processes->table->time, processes->table->boottime);
    reserve(groups, model->guests.count);
    number_sums(feed, groups);
    make_rows(&model->guests, table, groups);
    for (size_t i = 0; i < model->nfeeds; i++)
        if (list_groups(feed, groups, model->feeds[i]))
            walk(model, table, groups, model->feeds[i]->table);
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->item[i];

        if (bit_get(feed->wanted, group->column) &&
            (!group->feed || store_all(table, groups, group, model->guests.count)))
            explain(model, table, groups, group);
    }
    table_end(table, false);
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        table_at(table, i)->marks = 0;
}
