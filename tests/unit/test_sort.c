/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders: natural for texts, the unknown last either way, ties by id. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "core/sort.h"
#include "fake_plugin.h"

#define MOST 16

/* The ids in the order of a column. */
static const char *ordered(struct world *world, const char *column, bool descending)
{
    static char ids[MOST * 8];
    struct table *table = world_table(world, "process");
    uint32_t rows[MOST], n = 0;
    struct arena arena = { 0 };
    size_t len = 0;

    ids[0] = 0;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        rows[n++] = i;
    sort_rows(rows, n, &world->session.model, table, world_column(world, "process", column),
              descending, &arena);
    for (uint32_t i = 0; i < n; i++)
        len += (size_t)snprintf(ids + len, sizeof ids - len, "%s%u", i ? " " : "",
                                (unsigned)table_at(table, rows[i])->id);
    arena_free(&arena);
    return ids;
}

/* Rows with these commands, ids from 1 in the order given. */
static void with_commands(struct world *world, const char *const *command, size_t n)
{
    struct fake_item items[MOST] = { 0 };

    for (size_t i = 0; i < n; i++)
        items[i] = (struct fake_item){ .id = i + 1, .command = command[i] };
    world_round(world, items, n);
}

static void test_numbers(void **state)
{
    static const struct fake_item items[] = {
        { .id = 1, .mem = 50 }, { .id = 2, .mem = FAKE_UNKNOWN }, { .id = 3, .mem = 7 },
        { .id = 4, .mem = 50 }, { .id = 5, .mem = 0 }, { .id = 6, .mem = FAKE_UNKNOWN },
    };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    world_round(&world, items, KVMTOP_COUNT(items));
    assert_string_equal(ordered(&world, "mem", true), "1 4 3 5 2 6");
    assert_string_equal(ordered(&world, "mem", false), "5 3 1 4 2 6");
    assert_string_equal(ordered(&world, "pid", true), "6 5 4 3 2 1");
    world_close(&world);
}

static void test_natural(void **state)
{
    static const char *const command[] = {
        "web10", "web9", "Web2", "web", NULL, "web010", "", "web2b", "db", "web2a",
        "web99999999999999999999998", "web99999999999999999999999",
    };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    with_commands(&world, command, KVMTOP_COUNT(command));
    /* "" db web Web2 web2a web2b web9 web10 web010 …98 …99, then what is unknown */
    assert_string_equal(ordered(&world, "command", false), "7 9 4 3 10 8 2 1 6 11 12 5");
    assert_string_equal(ordered(&world, "command", true), "12 11 1 6 2 8 10 3 4 9 7 5");
    world_close(&world);
}

/* Bytes of any kind, and texts that are the beginning of others. */
static void test_bytes(void **state)
{
    static const char *const command[] = { "\xff", "a\x01", "a", "\xc3\xa9", "a0", "a00", "a" };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    with_commands(&world, command, KVMTOP_COUNT(command));
    assert_string_equal(ordered(&world, "command", false), "3 7 2 5 6 4 1");
    world_close(&world);
}

static void test_states(void **state)
{
    static const struct fake_item items[] = {
        { .id = 1, .state = 'S' }, { .id = 2, .state = 'D' }, { .id = 3 },
        { .id = 4, .state = 'R' }, { .id = 5, .state = 'D' },
    };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    world_round(&world, items, KVMTOP_COUNT(items));
    assert_string_equal(ordered(&world, "state", false), "2 5 4 1 3");
    world_close(&world);
}

/* COMMAND is sorted by what it shows: the label of a guest, else the command line. */
static int name(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    const struct kvmtop_host *host = state;

    if (process->pid >= 3)
        return 0;
    host->guest_set(guest, KVMTOP_GUEST_ID, process->pid == 1 ? "10" : "9",
                    process->pid == 1 ? 2 : 1);
    host->guest_set(guest, KVMTOP_GUEST_NAME, "vm", 2);
    return 0;
}

static int open_namer(const struct kvmtop_host *host, void **state)
{
    *state = (void *)(uintptr_t)host;
    return 0;
}

static void test_labels(void **state)
{
    static const struct kvmtop_resolver namer = { .name = "namer", .rank = 1, .resolve = name,
                                                  .flags = KVMTOP_ALL_PROCESSES };
    static const char *const command[] = { "zzz", "aaa", "10 - w", "9" };
    struct world world;

    (void)state;
    fake_plugins[0] = (struct kvmtop_plugin){
        KVMTOP_PLUGIN_HEAD, .name = "namer", .version = "1", .license = "GPL-3.0-or-later",
        .summary = "names", .resolvers = &namer, .nresolvers = 1, .open = open_namer,
    };
    world_open(&world, NULL);
    with_commands(&world, command, KVMTOP_COUNT(command));
    /* 9, `9 - vm`, `10 - vm`, `10 - w` */
    assert_string_equal(ordered(&world, "command", false), "4 2 1 3");
    assert_string_equal(ordered(&world, "vmid", false), "2 1 3 4");
    world_close(&world);
}

static void test_few(void **state)
{
    static const struct fake_item items[] = { { .id = 1 } };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    world_round(&world, NULL, 0);
    assert_string_equal(ordered(&world, "mem", true), "");
    world_round(&world, items, 1);
    assert_string_equal(ordered(&world, "mem", true), "1");
    world_close(&world);
}

/* Against a plain check of all neighbours, on many rows with many ties. */
static void test_many(void **state)
{
    enum { MANY = 3000 };
    static struct fake_item items[MANY];
    struct world world;
    uint32_t rows[MANY];
    struct arena arena = { 0 };

    (void)state;
    srand(1);
    for (unsigned i = 0; i < MANY; i++)
        items[i] = (struct fake_item){ .id = i + 1, .mem = (uint64_t)(rand() % 100) };
    world_open(&world, NULL);
    world_round(&world, items, MANY);
    struct table *table = world_table(&world, "process");
    const struct column *mem = &table->columns[world_column(&world, "process", "mem")];
    uint32_t n = 0;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        rows[n++] = i;
    sort_rows(rows, n, &world.session.model, table, world_column(&world, "process", "mem"), true,
              &arena);
    for (uint32_t i = 1; i < n; i++) {
        const struct row *a = table_at(table, rows[i - 1]), *b = table_at(table, rows[i]);

        uint64_t more = row_cell(table, a, mem)->u64, less = row_cell(table, b, mem)->u64;
        assert_true(more > less || (more == less && a->id < b->id));
    }
    arena_free(&arena);
    world_close(&world);
}

static void test_starts(void **state)
{
    static const struct {
        uint8_t kind;
        bool descending;
    } table[] = {
        { KVMTOP_TEXT, false }, { KVMTOP_STATE, false }, { KVMTOP_ID, false },
        { KVMTOP_GAUGE, true }, { KVMTOP_COUNTER, true }, { KVMTOP_RATIO, true },
        { KVMTOP_AGE, true },
    };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(table); i++) {
        struct column column = { .def.kind = table[i].kind };

        assert_int_equal(sort_starts_descending(&column), table[i].descending);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_natural),
        cmocka_unit_test(test_bytes),   cmocka_unit_test(test_states),
        cmocka_unit_test(test_labels),  cmocka_unit_test(test_few),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
