/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the plugin under test has told of: rows, cells, claims. */
#include "fake_host_own.h"

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
