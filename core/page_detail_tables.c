/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of details: threads, interfaces, devices. */
#include "core/page_detail_tables.h"

#include <stdio.h>

#include "core/columns.h"
#include "core/sort.h"
#include "core/text.h"

/* Begin a table of all rows that fit; the columns: those with this flag, or (0) all that are
 * shown by default. */
static void begin_table(struct paper *paper, struct paper_table *t, const struct table *table,
                        uint32_t flag)
{
    struct arena *arena = &paper->ui->arena;

    *t = (struct paper_table){
        .table = table, .columns = arena_alloc(arena, table->ncolumns * sizeof *t->columns),
    };
    for (uint32_t i = 0; i < table->ncolumns; i++) {
        uint32_t flags = table->columns[i].def.flags;

        if (flag ? flags & flag : !(flags & KVMTOP_OPTIONAL))
            t->columns[t->ncolumns++] = i;
    }
}

static bool is_thread_of(const struct row *row, uint32_t process)
{
    return row->parent == process;
}

/* A process that works for the guest without being it (a kernel thread of vhost). */
static bool is_servant_of(const struct row *row, uint32_t guest)
{
    return row->parent == NONE && row->guest == NONE && row->served == guest;
}

static bool is_iface_of(const struct row *row, uint32_t guest)
{
    return row->guest == guest;
}

static void find_rows(struct paper *paper, struct paper_table *t,
                      bool (*fits)(const struct row *row, uint32_t of), uint32_t of)
{
    const struct table *table = t->table;
    uint32_t *rows = arena_alloc(&paper->ui->arena, (table->nrows + 1) * sizeof *rows);

    t->nrows = 0;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        if (fits(table_at(table, i), of))
            rows[t->nrows++] = i;
    t->rows = rows;
}

static void sort_by(struct paper *paper, struct paper_table *t, uint32_t column)
{
    struct ui *ui = paper->ui;

    if (column != NONE)
        sort_rows((uint32_t *)(uintptr_t)t->rows, t->nrows, &ui->session->model, t->table, column,
                  false, &ui->arena);
}

/* ---- threads ---- */

/* The text that threads are told apart by. */
static uint32_t class_column(const struct table *table)
{
    const uint32_t flags = KVMTOP_CHILD_DETAIL | KVMTOP_CHILD_ONLY;
    uint32_t column = columns_with(table, flags, 0);

    while (column != NONE && table->columns[column].def.kind != KVMTOP_TEXT)
        column = columns_with(table, flags, column + 1);
    return column;
}

/* What threads do, by the column that they are told apart by. */
static const struct {
    const char *text, *heading;
} kinds[] = {
    { "vcpu", "vCPUs" },
    { "io", "I/O threads" },
    { "vhost", "vhost threads" },
    { NULL, "Other threads" },  /* and those that nothing tells of */
};

static size_t kind_of(const struct table *table, const struct row *row, uint32_t class)
{
    const struct text *text = class == NONE ? NULL : row_text(table, row, class);
    size_t i = 0;

    while (kinds[i].text && !(text && !strcmp(text->bytes, kinds[i].text)))
        i++;
    return i;
}

static void put_kind(struct paper *paper, const struct paper_table *all, uint32_t class,
                     size_t kind)
{
    uint32_t *rows = arena_alloc(&paper->ui->arena, (all->nrows + 1) * sizeof *rows);
    struct paper_table t;

    begin_table(paper, &t, all->table, KVMTOP_CHILD_DETAIL);
    t.label = all->label;
    t.heading = kinds[kind].heading;
    t.rows = rows;
    for (uint32_t i = 0; i < all->nrows; i++)
        if (kind_of(all->table, table_at(all->table, all->rows[i]), class) == kind)
            rows[t.nrows++] = all->rows[i];
    if (t.nrows == all->nrows)
        t.heading = "Threads";
    paper_table(paper, &t);
}

void page_detail_threads(struct paper *paper, const struct row *row)
{
    const struct model *model = &paper->ui->session->model;
    const struct table *table = model_feed_with(model, KVMTOP_TABLE_PROCESSES)->table;
    uint32_t class = class_column(table);
    struct paper_table t;

    begin_table(paper, &t, table, KVMTOP_CHILD_DETAIL);
    t.label = columns_with(table, KVMTOP_CHILD_LABEL, 0);
    if (t.label == NONE)
        return;
    find_rows(paper, &t, is_thread_of, table_find(table, row->kind, row->id, row->birth));
    sort_by(paper, &t, class == NONE ? t.label : class); /* equal ones by TID */
    for (size_t kind = 0; t.nrows > 1 && kind < KVMTOP_COUNT(kinds); kind++)
        put_kind(paper, &t, class, kind);
    if (row->guest == NONE)
        return;
    find_rows(paper, &t, is_servant_of, row->guest);
    t.heading = "Kernel threads";
    paper_table(paper, &t);
}

/* ---- what the guest owns ---- */

static void put_interfaces(struct paper *paper, const struct table *table, uint32_t guest)
{
    const char *side = table->def.mirror_side ? table->def.mirror_side : table->def.side;
    char heading[100];
    struct paper_table t;

    snprintf(heading, sizeof heading, "%s%s%s", table->def.title, side ? ", " : "",
             side ? side : "");
    begin_table(paper, &t, table, 0);
    t.heading = heading;
    t.label = table->iface;
    t.mirror = true;
    find_rows(paper, &t, is_iface_of, guest);
    sort_by(paper, &t, t.label);
    paper_table(paper, &t);
}

static bool claims_device(struct guests *guests, uint32_t guest, const struct text *name)
{
    uint32_t cursor = NONE, who;

    while (name && (who = guests_claiming(guests, KVMTOP_CLAIM_BLOCK, name, &cursor)) != NONE)
        if (who == guest)
            return true;
    return false;
}

/* What a device is called by: the kernel's name, or where that is hidden the first text. */
static uint32_t name_column(const struct table *table)
{
    const struct column *columns = table->columns;
    bool hidden = columns[table->block].def.flags & KVMTOP_OPTIONAL;

    for (uint32_t i = 0; hidden && i < table->ncolumns; i++)
        if (columns[i].def.kind == KVMTOP_TEXT && !(columns[i].def.flags & KVMTOP_OPTIONAL))
            return i;
    return table->block;
}

static void put_devices(struct paper *paper, const struct table *table, uint32_t guest)
{
    struct guests *guests = &paper->ui->session->model.guests;
    uint32_t *rows = arena_alloc(&paper->ui->arena, (table->nrows + 1) * sizeof *rows);
    struct paper_table t;

    begin_table(paper, &t, table, 0);
    t.heading = table->def.title;
    t.label = name_column(table);
    t.rows = rows;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        if (claims_device(guests, guest, row_text(table, table_at(table, i), table->block)))
            rows[t.nrows++] = i;
    sort_by(paper, &t, t.label);
    paper_table(paper, &t);
}

void page_detail_owned(struct paper *paper, uint32_t guest)
{
    const struct model *model = &paper->ui->session->model;

    for (size_t i = 0; i < model->nfeeds; i++) {
        if (model->feeds[i]->table->iface != NONE)
            put_interfaces(paper, model->feeds[i]->table, guest);
        if (model->feeds[i]->table->block != NONE)
            put_devices(paper, model->feeds[i]->table, guest);
    }
}
