/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the fake host: as the plugin under test makes and fills them, and to look at. */
#include "fake_host_own.h"

#include <stdlib.h>

/* Cells begin here, so that a plugin that forgets row->at[] is found out. */
enum { FIRST_CELL = 5 };

/* ---- what a plugin may call ---- */

unsigned fake_cell_of(struct fake_host *fake, const char *column)
{
    unsigned i = FIRST_CELL;

    for (; i < FAKE_CELLS && fake->columns[i] != NULL; i++)
        if (strcmp(fake->columns[i], column) == 0)
            return i;
    if (i == FAKE_CELLS)
        fake_die("too many columns");
    fake->columns[i] = column;
    return i;
}

static struct fake_row *row_by_ref(struct fake_host *fake, uint32_t ref)
{
    for (size_t i = 0; i < fake->nrows; i++)
        if (fake->rows[i]->ref == ref)
            return fake->rows[i];
    fake_die("no row has ref %u", ref);
}

static void row_free(struct fake_row *row)
{
    for (size_t i = 0; i < FAKE_CELLS; i++)
        free(row->text[i]);
    free(row->hint_platform);
    free(row->hint_id);
    free(row);
}

/* Take the rows out that the test says, keeping the order of the others. */
void fake_drop_rows(struct fake_host *fake, bool (*gone)(struct fake_host *, struct fake_row *))
{
    size_t kept = 0;

    for (size_t i = 0; i < fake->nrows; i++) {
        if (gone(fake, fake->rows[i]))
            row_free(fake->rows[i]);
        else
            fake->rows[kept++] = fake->rows[i];
    }
    fake->nrows = kept;
}

struct fake_row *fake_row(struct fake_host *fake, const char *table, uint32_t kind, uint64_t id)
{
    struct fake_row *found = NULL;

    for (size_t i = 0; i < fake->nrows; i++) {
        struct fake_row *row = fake->rows[i];
        if (row->kind == kind && row->id == id && strcmp(row->table, table) == 0)
            found = row;        /* of two births, the later made */
    }
    return found;
}

struct fake_row *fake_add_row(struct fake_host *fake, const char *table, uint32_t kind,
                              uint64_t id, uint64_t birth)
{
    static uint32_t refs;
    struct fake_row *row = fake_need(calloc(1, sizeof *row));

    row->table = table;
    row->kind = kind;
    row->id = id;
    row->birth = birth;
    row->ref = ++refs;
    row->process.pid = (int32_t)id;
    row->process.birth = birth;
    row->process.uid = UINT32_MAX;
    fake->rows = fake_append(fake->rows, &fake->nrows, row);
    return row;
}

static void lend(struct fake_host *fake, struct fake_row *from, struct kvmtop_row *to)
{
    bool process = from->kind == 0 && strcmp(from->table, "process") == 0;

    to->cells = from->cells;
    to->set = from->set;
    to->at = fake->at;
    to->flags = &from->flags;
    to->time = &from->time;
    to->ref = from->ref;
    to->kind = from->kind;
    to->id = from->id;
    to->birth = from->birth;
    to->process = fake->source->fill != NULL && process ? &from->process : NULL;
}

static void clear_cells(struct fake_host *fake, struct fake_row *row)
{
    for (size_t i = 0; fake->source->columns[i] != NULL; i++) {
        unsigned cell = fake->at[i];
        if (row->text[cell] == NULL)
            row->set[cell / 64] &= ~((uint64_t)1 << cell % 64);
    }
}

static bool left_out(const struct fake_host *fake, uint32_t kind, uint64_t id)
{
    for (uint32_t i = 0; i < fake->nonly; i++)
        if (fake->only[i] == id)
            return false;
    return kind == 0 && fake->nonly > 0;
}

static void begin_row(struct fake_host *fake, struct fake_row *row, uint32_t parent)
{
    if (row->round == fake->round)
        fake_die("row %u/%llu is made twice in one round", row->kind, (unsigned long long)row->id);
    if (parent != 0)
        row_by_ref(fake, parent);
    row->parent = parent;
    row->round = fake->round;
    row->changed = false;
    row->kept = false;
    row->time = fake_host_now(&fake->host, KVMTOP_CLOCK_MONOTONIC);
}

static bool host_row(struct kvmtop_sample *sample, uint32_t kind, uint64_t id, uint64_t birth,
                     uint32_t parent, struct kvmtop_row *out)
{
    struct fake_host *fake = fake_of(sample->host);
    struct fake_row *row;

    if (left_out(fake, kind, id))
        return false;
    row = fake_row(fake, fake->source->table, kind, id);
    if (row == NULL || row->birth != birth)
        row = fake_add_row(fake, fake->source->table, kind, id, birth);
    begin_row(fake, row, parent);
    row->flags = 0;
    clear_cells(fake, row);
    lend(fake, row, out);
    return true;
}

static bool host_keep(struct kvmtop_sample *sample, uint32_t kind, uint64_t id, uint64_t birth,
                      struct kvmtop_row *out)
{
    struct fake_host *fake = fake_of(sample->host);
    struct fake_row *row = fake_row(fake, fake->source->table, kind, id);

    if (row == NULL || row->birth != birth)
        return false;
    begin_row(fake, row, row->parent);
    row->kept = true;
    lend(fake, row, out);
    return true;
}

static bool host_next(struct kvmtop_sample *sample, struct kvmtop_row *out)
{
    struct fake_host *fake = fake_of(sample->host);
    bool once = (fake->source->flags & KVMTOP_FILL_ONCE) != 0;

    while (fake->next < fake->nrows) {
        struct fake_row *row = fake->rows[fake->next++];
        if (row->kind != fake->source->kind || strcmp(row->table, fake->source->table) != 0)
            continue;
        if (once && row->filled && !row->changed)
            continue;
        row->filled = row->filled || once;
        clear_cells(fake, row);
        lend(fake, row, out);
        return true;
    }
    return false;
}

void fake_store_text(struct fake_row *row, unsigned cell, const char *text, size_t len)
{
    free(row->text[cell]);
    row->text[cell] = fake_copy(text, len);
    row->text_len[cell] = len;
    row->cells[cell].text = row->text[cell];
    row->set[cell / 64] |= (uint64_t)1 << cell % 64;
}

static void host_text(struct kvmtop_sample *sample, const struct kvmtop_row *row, unsigned i,
                      const char *text, size_t len)
{
    fake_store_text(row_by_ref(fake_of(sample->host), row->ref), row->at[i], text, len);
}

static void host_changed(struct kvmtop_sample *sample, const struct kvmtop_row *row)
{
    row_by_ref(fake_of(sample->host), row->ref)->changed = true;
}

static void host_hint(struct kvmtop_sample *sample, const struct kvmtop_row *row,
                      const char *platform, const char *id)
{
    struct fake_row *to = row_by_ref(fake_of(sample->host), row->ref);

    fake_replace(&to->hint_platform, platform);
    fake_replace(&to->hint_id, id);
}

static void host_belongs(struct kvmtop_sample *sample, const struct kvmtop_row *row, int32_t pid)
{
    row_by_ref(fake_of(sample->host), row->ref)->owner = pid;
}

static void host_unknown(struct kvmtop_sample *sample, unsigned i, const char *reason)
{
    struct fake_host *fake = fake_of(sample->host);

    fake_replace(&fake->reasons[fake->at[i]], reason);
}

void fake_host_rows(struct kvmtop_host *host)
{
    host->row = host_row;
    host->keep = host_keep;
    host->next = host_next;
    host->text = host_text;
    host->changed = host_changed;
    host->hint = host_hint;
    host->unknown = host_unknown;
    host->belongs = host_belongs;
}

/* ---- what a test looks at and sets ---- */

size_t fake_count(struct fake_host *fake, const char *table, uint32_t kind)
{
    size_t count = 0;

    for (size_t i = 0; i < fake->nrows; i++)
        count += fake->rows[i]->kind == kind && strcmp(fake->rows[i]->table, table) == 0;
    return count;
}

bool fake_known(struct fake_host *fake, const struct fake_row *row, const char *column)
{
    unsigned cell = fake_cell_of(fake, column);

    return row->set[cell / 64] >> cell % 64 & 1;
}

static union kvmtop_cell known_cell(struct fake_host *fake, const struct fake_row *row,
                                    const char *column)
{
    if (row == NULL)
        fake_die("column %s asked of no row", column);
    if (!fake_known(fake, row, column))
        fake_die("column %s of row %u/%llu is unknown", column, row->kind,
            (unsigned long long)row->id);
    return row->cells[fake_cell_of(fake, column)];
}

uint64_t fake_u64(struct fake_host *fake, const struct fake_row *row, const char *column)
{
    return known_cell(fake, row, column).u64;
}

int64_t fake_i64(struct fake_host *fake, const struct fake_row *row, const char *column)
{
    return known_cell(fake, row, column).i64;
}

double fake_f64(struct fake_host *fake, const struct fake_row *row, const char *column)
{
    return known_cell(fake, row, column).f64;
}

const char *fake_text(struct fake_host *fake, const struct fake_row *row, const char *column)
{
    return known_cell(fake, row, column).text;
}

const char *fake_reason(struct fake_host *fake, const char *column)
{
    return fake->reasons[fake_cell_of(fake, column)];
}

void fake_set_u64(struct fake_host *fake, struct fake_row *row, const char *column, uint64_t v)
{
    unsigned cell = fake_cell_of(fake, column);

    row->cells[cell].u64 = v;
    row->set[cell / 64] |= (uint64_t)1 << cell % 64;
}

void fake_set_text(struct fake_host *fake, struct fake_row *row, const char *column,
                   const char *text)
{
    fake_store_text(row, fake_cell_of(fake, column), text, strlen(text));
}
