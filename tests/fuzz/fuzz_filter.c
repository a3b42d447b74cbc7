/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A filter of any bytes, on rows of any bytes: it is parsed or says what is wrong and where, and
 * matches without a crash. */
#include <stdio.h>
#include <stdlib.h>

#include "core/filter.h"
#include "core/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kvmtop_column columns[] = {
    { .name = "pid", .kind = KVMTOP_ID }, { .name = "cpu", .kind = KVMTOP_COUNTER },
    { .name = "mem", .kind = KVMTOP_GAUGE, .number = KVMTOP_F64 },
    { .name = "state", .kind = KVMTOP_STATE }, { .name = "command", .kind = KVMTOP_TEXT },
    { .name = "user", .kind = KVMTOP_TEXT },
};

enum { PID, CPU, MEM, STATE, COMMAND };

static struct table *make_table(void)
{
    static const struct kvmtop_table def = { .name = "t" };
    static const struct kvmtop_column vmid = { .name = "vmid", .kind = KVMTOP_TEXT };
    struct table *table = table_new(&def);

    for (size_t i = 0; i < KVMTOP_COUNT(columns); i++)
        table_add_column(table, &columns[i], MADE_BY_PLUGIN);
    table_add_column(table, &vmid, MADE_BY_GUEST_ID);
    table_seal(table);
    return table;
}

static void set(struct table *table, struct row *row, unsigned column, uint64_t value)
{
    row_put(table, row, &table->columns[column], (union kvmtop_cell){ .u64 = value });
}

/* The text of the row is the second half of the input. */
static struct row *put_row(struct table *table, const char *text, size_t len)
{
    struct row *row;

    for (uint64_t round = 1; round < 3; round++) {
        table_begin(table, round * 1000000000u, round * 1000000000u);
        row = table_at(table, table_row(table, 0, 42, 0, NONE));
        set(table, row, PID, 42);
        set(table, row, CPU, round * 30);
        set(table, row, STATE, 'R');
        table_set_text(table, row, table->columns[COMMAND].cell, text, len);
        table_end(table, false);
    }
    return row;
}

static void check_error(const char *err, size_t len)
{
    unsigned at;

    if (sscanf(err, "at character %u: ", &at) != 1 || at < 1 || at > len + 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model model;
    size_t half = size / 2;
    char *text = malloc(half + 1), err[160];
    struct table *table = make_table();

    memcpy(text, data, half);
    text[half] = 0;
    struct row *row = put_row(table, (const char *)data + half, size - half);
    struct filter *filter = filter_parse(text, table, err, sizeof err);
    if (filter && err[0])
        abort();
    if (filter)
        filter_match(filter, &model, table, row, size % 2);
    else if (err[0])
        check_error(err, half);
    filter_row_holds(text, &model, table, row);
    filter_free(filter);
    table_free(table);
    free(text);
    return 0;
}
