/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a table stands on the screen: filter, order, limit, tree, totals, and the cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "fake_plugin.h"

/* 10 has threads 10, 11, 12; 20 has one; 30 is a kernel thread; 40 stands on others. */
static struct fake_item items[] = {
    { .id = 10, .command = "kvm", .mem = 100 },
    { .kind = 1, .id = 10, .parent = 1, .comm = "kvm", .mem = FAKE_UNKNOWN },
    { .kind = 1, .id = 12, .parent = 1, .comm = "CPU 1/KVM", .mem = FAKE_UNKNOWN },
    { .kind = 1, .id = 11, .parent = 1, .comm = "CPU 0/KVM", .mem = FAKE_UNKNOWN },
    { .id = 20, .command = "sshd", .mem = 30 },
    { .kind = 1, .id = 20, .parent = 5, .comm = "sshd", .mem = FAKE_UNKNOWN },
    { .id = 30, .command = "[kworker]", .flags = KVMTOP_ROW_HIDDEN, .mem = 0 },
    { .id = 40, .command = "dm", .flags = KVMTOP_ROW_UNCOUNTED, .mem = 5000 },
};

static void use_tree(struct settings *settings)
{
    free(settings->view);
    settings->view = strdup("tree");
}

static struct world *open_world(bool tree)
{
    static struct world world;

    world_open(&world, tree ? use_tree : NULL);
    assert_int_equal(world.session.view->tree, tree);
    assert_true(view_set_sort(world.session.view, "pid", world.mistake, sizeof world.mistake));
    return &world;
}

/* The lines as "10 .10 .11 .12 20": a point before each thread, the last of them with a comma. */
static const char *lines(struct world *world)
{
    static char text[400];
    struct view *view = world->session.view;
    size_t len = 0;

    text[0] = 0;
    for (uint32_t i = 0; i < view->nlines; i++) {
        const struct row *row = table_at(view->feed->table, view_line(view, i)->row);
        const char *mark = !row->kind ? "" : view_line(view, i)->last ? "," : ".";

        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%u", i ? " " : "", mark,
                                (unsigned)row->id);
    }
    return text;
}

static void update(struct world *world)
{
    session_update(&world->session);
}

static void filter(struct world *world, const char *text)
{
    view_set_filter(world->session.view, text);
    update(world);
}

static void test_flat(void **state)
{
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    assert_string_equal(lines(world), "10 20 30 40");
    view->show_hidden = false;
    update(world);
    assert_string_equal(lines(world), "10 20 40");
    view_sort_by(view, view->sort);
    update(world);
    assert_string_equal(lines(world), "40 20 10");
    view_sort_by(view, world_column(world, "process", "mem"));
    assert_true(view->descending);
    update(world);
    assert_string_equal(lines(world), "40 10 20");
    filter(world, "s");
    assert_string_equal(lines(world), "20");
    filter(world, "cpu>");      /* half typed: all, and what is missing */
    assert_string_equal(lines(world), "40 10 20");
    assert_string_equal(view->filter_error, "at character 5: something to look for is missing");
    filter(world, "");
    assert_string_equal(view->filter_error, "");
    world_close(world);
}

static void test_limit(void **state)
{
    struct world *world = open_world(true);

    (void)state;
    world->session.limit = 2;
    world_round(world, items, KVMTOP_COUNT(items));
    /* Of processes: threads don't count. */
    assert_string_equal(lines(world), "10 .10 .11 ,12 20");
    assert_int_equal(world->session.view->passed, 4);
    world->session.limit = 1;
    filter(world, "!kvm");
    assert_string_equal(lines(world), "20");
    assert_int_equal(world->session.view->passed, 3);
    world_close(world);
}

static void test_tree(void **state)
{
    struct world *world = open_world(true);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    /* Threads in the order of the view; a lone one is the process itself. */
    assert_string_equal(lines(world), "10 .10 .11 ,12 20 30 40");
    view_sort_by(view, view->sort);
    update(world);
    assert_string_equal(lines(world), "40 30 20 10 .12 .11 ,10");
    world_close(world);
}

static void test_folds(void **state)
{
    struct world *world = open_world(true);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    view_go(view, 2);
    view_toggle_fold(view);             /* on a thread: its process, and the cursor goes there */
    update(world);
    assert_string_equal(lines(world), "10 20 30 40");
    assert_int_equal(view->at, 0);
    assert_true(view_folded(view, world_row(world, "process", 10)));
    view_fold_all(view, true);
    update(world);
    assert_string_equal(lines(world), "10 20 30 40");
    view_toggle_fold(view);             /* one open among the folded */
    update(world);
    assert_string_equal(lines(world), "10 .10 .11 ,12 20 30 40");
    view_fold_all(view, false);
    view_go(view, 4);
    view_toggle_fold(view);
    update(world);
    assert_int_equal(view->nfolds, 1);
    world_round(world, items, 4);       /* 20 ends: nothing remembers its fold */
    assert_int_equal(view->nfolds, 0);
    assert_string_equal(lines(world), "10 .10 .11 ,12");
    world_close(world);
}

/* A thread that passes keeps its process, and of its process the threads that pass. */
static void test_filter_tree(void **state)
{
    struct world *world = open_world(true);

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    filter(world, "comm:cpu");
    assert_string_equal(lines(world), "10 .11 ,12");
    filter(world, "\"CPU 1\"");
    assert_string_equal(lines(world), "10 ,12");
    filter(world, "command:kvm");       /* the process passes: with all of it */
    assert_string_equal(lines(world), "10 .10 .11 ,12");
    filter(world, "command:sshd");
    assert_string_equal(lines(world), "20");
    filter(world, "nothing");
    assert_string_equal(lines(world), "");
    assert_int_equal(view_cursor_row(world->session.view), NONE);
    world_close(world);
}

static double total(struct world *world, const char *column)
{
    const struct view *view = world->session.view;
    uint32_t index = world_column(world, "process", column);
    double value;

    return rate_total(&view->totals[index], &view->feed->table->columns[index], &value) ? value
                                                                                        : -1;
}

/* Each process once, whatever the limit; not what stands on others, nor threads. */
static void test_totals(void **state)
{
    struct world *world = open_world(true);
    struct fake_item more[KVMTOP_COUNT(items)];

    (void)state;
    memcpy(more, items, sizeof items);
    for (size_t i = 0; i < KVMTOP_COUNT(items); i++)
        more[i].mem = more[i].mem == FAKE_UNKNOWN ? 1 << 30 : more[i].mem << 20;
    world->session.limit = 1;
    world_round(world, more, KVMTOP_COUNT(more));
    assert_float_equal(total(world, "mem"), 130, 0);
    assert_float_equal(total(world, "cpu"), -1, 0); /* no second sample: not 0 */
    assert_float_equal(total(world, "uptime"), -1, 0);
    filter(world, "!kvm");
    assert_float_equal(total(world, "mem"), 30, 0);
    world->session.view->show_hidden = false;
    filter(world, "kworker");
    assert_float_equal(total(world, "mem"), -1, 0);
    /* Of what was read for the visible rows alone there is no total. */
    assert_true(view_set_columns(world->session.view, "pid extra", world->mistake, 100));
    world_round(world, more, KVMTOP_COUNT(more));
    assert_float_equal(total(world, "extra"), -1, 0);
    world_close(world);
}

/* ---- the cursor ---- */

static uint64_t cursor_id(struct world *world)
{
    struct view *view = world->session.view;
    uint32_t row = view_cursor_row(view);

    return row == NONE ? 0 : table_at(view->feed->table, row)->id;
}

static void test_cursor(void **state)
{
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    assert_int_equal(cursor_id(world), 10);
    view_sort_by(view, view->sort);
    update(world);
    assert_int_equal(cursor_id(world), 40);     /* not moved yet: it stays at the top */
    view_move(view, 1);
    assert_int_equal(cursor_id(world), 30);
    view_sort_by(view, view->sort);
    update(world);
    assert_int_equal(cursor_id(world), 30);     /* it goes with its row */
    assert_int_equal(view->at, 2);
    filter(world, "!kworker");
    assert_int_equal(cursor_id(world), 40);     /* gone: what stands there now */
    view_move(view, 100);
    assert_int_equal(cursor_id(world), 40);
    view_move(view, INT32_MIN);
    assert_int_equal(cursor_id(world), 10);
    view_go(view, UINT32_MAX);
    assert_int_equal(cursor_id(world), 40);
    world_round(world, items, 1);
    assert_int_equal(cursor_id(world), 10);
    world_round(world, NULL, 0);
    assert_int_equal(view_cursor_row(view), NONE);
    view_move(view, 1);
    view_toggle_fold(view);
    world_close(world);
}

/* A PID used again is another row. */
static void test_cursor_birth(void **state)
{
    static const struct fake_item before[] = { { .id = 1, .birth = 1 }, { .id = 2, .birth = 1 } };
    static const struct fake_item after[] = { { .id = 1, .birth = 9 }, { .id = 2, .birth = 1 } };
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, before, 2);
    view_go(view, 0);
    assert_true(view->cursor.set);
    world_round(world, after, 2);
    assert_int_equal(view->cursor.birth, 9);
    world_close(world);
}

static void test_follow(void **state)
{
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    view_go(view, 3);
    view_follow(view);
    world->session.limit = 2;
    update(world);
    assert_string_equal(lines(world), "10 40"); /* beyond the limit it stands last */
    assert_int_equal(cursor_id(world), 40);
    world_round(world, items, 7);
    assert_false(view->follow);
    assert_string_equal(lines(world), "10 20");
    world_close(world);
}

/* A thread that is followed keeps its process in sight. */
static void test_follow_thread(void **state)
{
    struct world *world = open_world(true);
    struct view *view = world->session.view;

    (void)state;
    world->session.limit = 1;
    world_round(world, items, KVMTOP_COUNT(items));
    view_move(view, 2);
    assert_int_equal(cursor_id(world), 11);
    view_follow(view);
    view_sort_by(view, view->sort);
    update(world);
    assert_string_equal(lines(world), "10 .12 .11 ,10");
    assert_true(view->follow);
    assert_int_equal(cursor_id(world), 11);
    world_close(world);
}

static void test_scroll(void **state)
{
    struct world *world = open_world(true);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    assert_int_equal(view->nlines, 7);
    view_go(view, 6);
    view_scroll(view, 3);
    assert_int_equal(view->top, 4);
    view_go(view, 2);
    view_scroll(view, 3);
    assert_int_equal(view->top, 2);
    view_scroll(view, 6);               /* a taller window shows no void below */
    assert_int_equal(view->top, 1);
    view_scroll(view, 100);
    assert_int_equal(view->top, 0);
    view_scroll(view, 0);
    world_close(world);
}

static void test_search(void **state)
{
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    world_round(world, items, KVMTOP_COUNT(items));
    assert_true(view_search(view, "W", true));
    assert_int_equal(cursor_id(world), 30);
    assert_true(view_search(view, "m", false));
    assert_int_equal(cursor_id(world), 40);
    assert_true(view_search(view, "m", false));
    assert_int_equal(cursor_id(world), 10);     /* round the end */
    assert_false(view_search(view, "x", true));
    assert_false(view_search(view, "", true));
    assert_int_equal(cursor_id(world), 10);
    world_close(world);
}

/* Keys come while a round goes on: rows have gone and others have moved, and the lines are still
 * those of before.  Nothing may be read through them then. */
static void test_stale(void **state)
{
    enum { MANY = 5000 };
    static struct fake_item many[MANY];
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        many[i] = (struct fake_item){ .id = i + 1 };
    world_round(world, many, MANY);
    view_go(view, 4000);
    fake_script.item = many + MANY - 3;
    fake_script.nitems = 3;
    session_begin(&world->session);
    while (!session_step(&world->session))
        ;
    assert_true(view_stale(view));
    view_move(view, 5);
    view_go(view, 4999);
    view_follow(view);
    assert_false(view_search(view, "9", true));
    assert_int_equal(view_cursor_row(view), NONE);
    view_toggle_fold(view);
    update(world);
    assert_string_equal(lines(world), "4998 4999 5000");
    assert_int_equal(cursor_id(world), 5000);
    world_close(world);
}

/* From the guest's side a tap's columns change places: for the eye, the order, the filter and the
 * totals alike. */
/* A sort or filter by what no round has been asked for, or for the rows in sight alone. */
static void test_lacks(void **state)
{
    struct world *world = open_world(false);
    struct view *view = world->session.view;

    (void)state;
    assert_true(view_set_columns(view, "pid cpu extra rss", world->mistake, 100));
    world_round(world, items, KVMTOP_COUNT(items));
    assert_false(view_lacks(view));
    view_sort_by(view, world_column(world, "process", "cpu"));
    assert_false(view_lacks(view));
    view_sort_by(view, world_column(world, "process", "ops"));
    assert_true(view_lacks(view));
    view_sort_by(view, world_column(world, "process", "rss")); /* rotates: all rows have it */
    assert_false(view_lacks(view));
    view_sort_by(view, world_column(world, "process", "extra"));
    assert_true(view_lacks(view));
    world_round(world, items, KVMTOP_COUNT(items));
    assert_false(view_lacks(view));
    view_set_filter(view, "mem>1");
    assert_true(view_lacks(view));
    world_round(world, items, KVMTOP_COUNT(items));
    assert_false(view_lacks(view));
    view_set_filter(view, "");
    assert_false(view_lacks(view));
    world_close(world);
}

static void test_mirror(void **state)
{
    static struct fake_item net[] = {
        { .table = FAKE_NETWORK, .id = 1, .user = "tap0", .flags = KVMTOP_ROW_MIRRORED },
        { .table = FAKE_NETWORK, .id = 2, .user = "eth0" },
    };
    struct world *world = open_world(false);
    struct view *view = session_find_view(&world->session, "network");
    uint32_t rx = world_column(world, "network", "rx");
    double value;

    (void)state;
    world->session.view = view;
    for (unsigned round = 0; round < 2; round++) {
        net[0].ops = round * 10;
        net[0].busy = round * 100;
        net[1].ops = net[1].busy = round * 50;
        world_round(world, net, 2);
    }
    assert_int_equal(view->sort, rx);
    assert_string_equal(lines(world), "2 1");
    view->mirror = true;
    update(world);
    assert_string_equal(lines(world), "1 2");
    assert_int_equal(view_column_of(view, world_row(world, "network", 1), rx), rx + 1);
    assert_int_equal(view_column_of(view, world_row(world, "network", 2), rx), rx);
    assert_true(rate_total(&view->totals[rx], &view->feed->table->columns[rx], &value));
    assert_float_equal(value, 150, 0);
    filter(world, "rx>60");
    assert_string_equal(lines(world), "1");
    view->mirror = false;
    filter(world, "rx>20");
    assert_string_equal(lines(world), "2");
    world_close(world);
}

/* ---- columns and sort by name ---- */

static void test_set(void **state)
{
    struct world *world = open_world(false);
    struct view *view = world->session.view;
    char err[200];

    (void)state;
    assert_true(view_set_columns(view, "command, pid cpu", err, sizeof err));
    assert_int_equal(view->ncolumns, 3);
    assert_false(view_set_columns(view, "pid,nope", err, sizeof err));
    assert_string_equal(err, "view process: column 'nope' doesn't exist "
                             "(--list-columns process lists them)");
    assert_false(view_set_columns(view, "pid cpu pid", err, sizeof err));
    assert_non_null(strstr(err, "'pid' stands twice"));
    assert_false(view_set_columns(view, " ,", err, sizeof err));
    assert_int_equal(view->ncolumns, 3);        /* none of that changed anything */
    assert_true(view_set_sort(view, "user:desc", err, sizeof err));
    assert_true(view->descending);
    assert_true(view_set_sort(view, "mem", err, sizeof err));
    assert_true(view->descending);
    assert_false(view_set_sort(view, "mem:up", err, sizeof err));
    assert_false(view_set_sort(view, "memory", err, sizeof err));
    assert_false(view_set_sort(view, "", err, sizeof err));
    assert_int_equal(view->sort, world_column(world, "process", "mem"));
    world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat),   cmocka_unit_test(test_limit),
        cmocka_unit_test(test_tree),   cmocka_unit_test(test_folds),
        cmocka_unit_test(test_filter_tree), cmocka_unit_test(test_totals),
        cmocka_unit_test(test_cursor), cmocka_unit_test(test_cursor_birth),
        cmocka_unit_test(test_follow), cmocka_unit_test(test_follow_thread),
        cmocka_unit_test(test_scroll),
        cmocka_unit_test(test_search), cmocka_unit_test(test_stale),
        cmocka_unit_test(test_lacks),  cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
