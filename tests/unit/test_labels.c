/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the screen says beside figures: the title, and what stands in a text's place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "core/cell.h"
#include "core/render_text.h"
#include "fake_plugin.h"

/* ---- the title ---- */

static void expect_title(const struct world *world, const char *expected)
{
    char line[RENDER_LINE];

    render_title(&world->session, NULL, line);
    assert_string_equal(line, expected);
}

static void test_title(void **state)
{
    static const struct fake_item items[] = { { .id = 1, .cpu = 5 } };
    struct world world;
    char err[100];

    (void)state;
    world_open(&world, NULL);
    world_round(&world, items, 1);
    struct view *view = world.session.view;
    expect_title(&world, "kvmtop " PACKAGE_VERSION "  Processes  every 5.0 s");
    world.session.interval = 1.25;
    expect_title(&world, "kvmtop " PACKAGE_VERSION "  Processes  every 1.25 s");
    world.session.interval = 3600;
    view_sort_by(view, world_column(&world, "process", "mem"));
    view->show_hidden = false;
    view->follow = true;
    assert_true(view_set_columns(view, "pid cpu", err, sizeof err));
    view_set_filter(view, "a\033b");
    expect_title(&world, "kvmtop " PACKAGE_VERSION "  Processes  every 3600.0 s  sort: mem▼"
                         "  kernel threads hidden  following  filter: a\\x1bb");
    world.session.view = session_find_view(&world.session, "network");
    world.session.view->show_hidden = true;
    expect_title(&world, "kvmtop " PACKAGE_VERSION "  Network  every 3600.0 s  host's side"
                         "  hidden ones shown");
    world_close(&world);
}

/* ---- labels ---- */

static const char *label(struct world *world, const char *table, uint64_t id, const char *column)
{
    static char text[CELL_BUF + 1];
    char buf[CELL_BUF];
    struct span span = cell_label(&world->session.model, world_table(world, table),
                                  world_row(world, table, id),
                                  world_column(world, table, column), false, buf);

    snprintf(text, sizeof text, "%.*s", span.bytes ? (int)span.len : 1,
             span.bytes ? span.bytes : "-");
    return text;
}

/* It has ended before its command line was read. */
static void test_no_command(void **state)
{
    static const struct fake_item items[] = {
        { .id = 1, .comm = "sh", .command = "sh -c x" }, { .id = 2, .comm = "sh" }, { .id = 3 },
    };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    world_round(&world, items, KVMTOP_COUNT(items));
    assert_string_equal(label(&world, "process", 1, "command"), "sh -c x");
    assert_string_equal(label(&world, "process", 2, "command"), "[sh]");
    assert_string_equal(label(&world, "process", 3, "command"), "-");
    world_close(&world);
}

static const struct kvmtop_host *host;

/* Process 10 has a name, 20 an id, 30 neither. */
static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    (void)state;
    host->guest_set(guest, KVMTOP_PLATFORM, "qemu", 4);
    if (process->pid == 10)
        host->guest_set(guest, KVMTOP_GUEST_NAME, "web", 3);
    if (process->pid == 20)
        host->guest_set(guest, KVMTOP_GUEST_ID, "7", 1);
    return 0;
}

static int open_guests(const struct kvmtop_host *given, void **state)
{
    *state = NULL;
    host = given;
    return 0;
}

static void test_nameless_guest(void **state)
{
    static const struct kvmtop_column columns[] = {
        { .name = "load", .title = "Load", .help = "help", .kind = KVMTOP_GAUGE,
          .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.cpu" },
    };
    static const struct kvmtop_table tables[] = {
        { .name = "guests", .title = "Guests", .hotkey = 'v', .sort = "load", .columns = columns,
          .ncolumns = 1, .flags = KVMTOP_TABLE_GUESTS },
    };
    static const struct kvmtop_resolver resolvers[] = {
        { .name = "r", .rank = 1, .flags = KVMTOP_ALL_PROCESSES, .resolve = resolve },
    };
    static const struct fake_item items[] = { { .id = 10 }, { .id = 20 }, { .id = 30 } };
    struct world world;

    (void)state;
    fake_plugins[0] = (struct kvmtop_plugin){
        KVMTOP_PLUGIN_HEAD, .name = "guests", .version = "1", .license = "MIT",
        .summary = "guests", .tables = tables, .ntables = 1, .resolvers = resolvers,
        .nresolvers = 1, .open = open_guests,
    };
    world_open(&world, NULL);
    world.session.view = session_find_view(&world.session, "guests");
    world_round(&world, items, KVMTOP_COUNT(items));
    assert_string_equal(label(&world, "guests", 10, "vm"), "web");
    assert_string_equal(label(&world, "guests", 20, "vm"), "-");
    assert_string_equal(label(&world, "guests", 30, "vm"), "[PID 30]");
    assert_null(world_text(&world, "guests", 30, "vm"));
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_title),
        cmocka_unit_test(test_no_command),
        cmocka_unit_test(test_nameless_guest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
