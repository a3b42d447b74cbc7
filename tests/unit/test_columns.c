/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns in groups: in the order of the groups' first columns, none left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/columns.h"

static struct table *table_of(const struct kvmtop_column *columns, size_t n)
{
    static const struct kvmtop_table def = { .name = "t" };
    struct table *table = table_new(&def);

    for (size_t i = 0; i < n; i++)
        table_add_column(table, &columns[i], MADE_BY_PLUGIN);
    table_seal(table);
    return table;
}

static void test_groups(void **state)
{
    /* Equal texts at other addresses, as of two plugins. */
    static const char cpu[] = "CPU", other_cpu[] = "CPU";
    static const struct kvmtop_column columns[] = {
        { .name = "pid", .kind = KVMTOP_ID, .group = "Identity" },
        { .name = "cpu", .kind = KVMTOP_COUNTER, .group = cpu },
        { .name = "old", .kind = KVMTOP_GAUGE },
        { .name = "name", .kind = KVMTOP_TEXT, .group = "Identity" },
        { .name = "steal", .kind = KVMTOP_COUNTER, .group = other_cpu },
        { .name = "site", .kind = KVMTOP_GAUGE, .group = "" },
    };
    static const uint32_t order[] = { 0, 3, 1, 4, 2, 5 };
    struct table *table = table_of(columns, KVMTOP_COUNT(columns));
    uint32_t list[KVMTOP_COUNT(columns)];

    (void)state;
    columns_by_group(table, list);
    assert_memory_equal(list, order, sizeof order);
    assert_string_equal(columns_group(&table->columns[1]), "CPU");
    assert_string_equal(columns_group(&table->columns[2]), "Other");
    assert_string_equal(columns_group(&table->columns[5]), "Other");
    assert_true(columns_same_group(&table->columns[1], &table->columns[4]));
    assert_false(columns_same_group(&table->columns[1], &table->columns[2]));
    table_free(table);
}

static void test_with(void **state)
{
    static const struct kvmtop_column columns[] = {
        { .name = "a", .kind = KVMTOP_ID, .flags = KVMTOP_OPTIONAL },
        { .name = "b", .kind = KVMTOP_ID, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY },
        { .name = "c", .kind = KVMTOP_ID },
        { .name = "d", .kind = KVMTOP_ID, .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY },
    };
    struct table *table = table_of(columns, KVMTOP_COUNT(columns));

    (void)state;
    assert_int_equal(columns_with(table, KVMTOP_OPTIONAL, 0), 0);
    assert_int_equal(columns_with(table, KVMTOP_OPTIONAL | KVMTOP_COSTLY, 0), 1);
    assert_int_equal(columns_with(table, KVMTOP_OPTIONAL | KVMTOP_COSTLY, 2), 3);
    assert_int_equal(columns_with(table, KVMTOP_COSTLY, 4), NONE);
    assert_int_equal(columns_with(table, KVMTOP_HISTORY, 0), NONE);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups), cmocka_unit_test(test_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
