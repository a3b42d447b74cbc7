/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns a window holds: from 40 columns to 500 they give way by importance, the last text
 * column takes what is left, and nothing stands beyond the edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/format.h"
#include "core/render.h"
#include "fake_plugin.h"

static int setup(void **state)
{
    static struct world world;

    world_open(&world, NULL);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

static const struct column *column_of(const struct view *view, uint32_t i)
{
    return &view->feed->table->columns[i];
}

/* The end of the last column. */
static int end_of(const struct placed *placed, uint32_t n)
{
    return n ? placed[n - 1].at + placed[n - 1].width : 0;
}

static bool holds(const struct placed *placed, uint32_t n, uint32_t column)
{
    for (uint32_t i = 0; i < n; i++)
        if (placed[i].column == column)
            return true;
    return false;
}

static void check(const struct view *view, int cols)
{
    struct placed placed[RENDER_COLUMNS];
    uint32_t n = render_layout(view, cols, placed);
    int least = 256;

    assert_in_range(n, 1, view->ncolumns);
    for (uint32_t i = 0; i < n; i++) {
        const struct column *column = column_of(view, placed[i].column);

        assert_int_equal(placed[i].at, i ? placed[i - 1].at + placed[i - 1].width + 1 : 0);
        assert_true(placed[i].width >= format_width(column) ||
                    column->def.kind == KVMTOP_TEXT);
        if (placed[i].column != view->sort && column->def.importance < least)
            least = column->def.importance;
    }
    if (n > 1)
        assert_true(end_of(placed, n) <= cols);
    /* What has given way is not more important than what stands there. */
    for (uint32_t i = 0; i < view->ncolumns; i++)
        if (!holds(placed, n, view->columns[i]))
            assert_true(column_of(view, view->columns[i])->def.importance <= least);
}

static void test_widths(void **state)
{
    struct world *world = *state;

    for (int cols = 40; cols <= 500; cols++)
        check(world->session.view, cols);
}

/* The sorted column gives way to none, however unimportant. */
static void test_sorted(void **state)
{
    struct world *world = *state;
    struct placed placed[RENDER_COLUMNS];
    struct view *view = view_new(world->session.view->feed, false);
    char err[100];

    for (uint32_t i = 0; i < view->ncolumns; i++) {
        assert_true(view_set_sort(view, column_of(view, view->columns[i])->def.name, err,
                                  sizeof err));
        for (int cols = 40; cols <= 200; cols++)
            assert_true(holds(placed, render_layout(view, cols, placed), view->sort));
    }
    view_free(view);
}

/* A wider window holds all that a narrower one does, in the same order. */
static void test_grows(void **state)
{
    const struct view *view = ((struct world *)*state)->session.view;
    struct placed before[RENDER_COLUMNS], placed[RENDER_COLUMNS];
    uint32_t n = render_layout(view, 40, before);

    for (int cols = 41; cols <= 300; cols++) {
        uint32_t more = render_layout(view, cols, placed);

        for (uint32_t i = 0; i < n; i++)
            assert_true(holds(placed, more, before[i].column));
        memcpy(before, placed, sizeof before);
        n = more;
    }
    assert_int_equal(n, view->ncolumns);
}

/* Two columns of one importance, and no more, come and go together. */
static void test_pairs(void **state)
{
    struct world *world = *state;
    struct view *network = session_find_view(&world->session, "network");
    struct column *columns = network->feed->table->columns;
    struct placed placed[RENDER_COLUMNS];
    char err[100];

    assert_true(view_set_columns(network, "name rx tx vmid", err, sizeof err));
    assert_true(view_set_sort(network, "name", err, sizeof err));
    uint32_t rx = network->columns[1], tx = network->columns[2], vmid = network->columns[3];
    uint8_t before = columns[tx].def.importance;
    columns[tx].def.importance = columns[rx].def.importance;
    columns[vmid].def.importance = 99;
    for (int cols = 1; cols < 80; cols++) {
        uint32_t n = render_layout(network, cols, placed);

        assert_int_equal(holds(placed, n, rx), holds(placed, n, tx));
    }
    columns[vmid].def.importance = columns[rx].def.importance;
    uint32_t n = 4;
    for (int cols = 79; n == 4; cols--)
        n = render_layout(network, cols, placed);
    assert_int_equal(n, 3);
    columns[tx].def.importance = before;
}

/* COMMAND, the last text column, takes what the others leave, and keeps 20 while they give way. */
static void test_rest(void **state)
{
    struct world *world = *state;
    const struct view *view = world->session.view;
    uint32_t command = world_column(world, "process", "command");
    struct placed placed[RENDER_COLUMNS];

    for (int cols = 40; cols <= 500; cols++) {
        uint32_t n = render_layout(view, cols, placed);

        assert_int_equal(placed[n - 1].column, command);
        assert_int_equal(end_of(placed, n), cols);
        assert_true(placed[n - 1].width >= 20);
    }
}

/* A text column that isn't the last is as wide as its texts, not wider; others grow where the last
 * has all it needs. */
static void test_texts(void **state)
{
    struct world *world = *state;
    struct view *view = world->session.view;
    struct view *network = session_find_view(&world->session, "network");
    uint32_t user = world_column(world, "process", "user");
    uint32_t command = world_column(world, "process", "command");
    struct placed placed[RENDER_COLUMNS];
    char err[100];

    assert_true(view_set_columns(network, "name rx tx", err, sizeof err));
    assert_int_equal(render_layout(network, 200, placed), 3);
    assert_int_equal(placed[0].width, 20);
    network->text_width[placed[0].column] = 31;
    render_layout(network, 200, placed);
    assert_int_equal(placed[0].width, 31);
    view->text_width[user] = 16;
    view->text_width[command] = 60;
    uint32_t n = render_layout(view, 200, placed);
    assert_int_equal(placed[1].column, user);
    assert_int_equal(placed[1].width, 16);
    assert_int_equal(end_of(placed, n), 200);
    view->text_width[command] = 200;
    n = render_layout(view, 200, placed);
    assert_int_equal(placed[1].width, 8);
    assert_int_equal(end_of(placed, n), 200);
    view->text_width[user] = view->text_width[command] = 0;
}

/* Numbers alone, one column alone, and windows far too small. */
static void test_odd(void **state)
{
    struct world *world = *state;
    struct placed placed[RENDER_COLUMNS];
    struct view *view = view_new(world->session.view->feed, false);
    char err[100];

    assert_true(view_set_columns(view, "pid mem cpu", err, sizeof err));
    for (int cols = 1; cols < 100; cols++)
        check(view, cols);
    assert_int_equal(render_layout(view, 80, placed), 3);
    assert_int_equal(placed[2].width, 6);       /* numbers stay narrow */
    assert_true(view_set_columns(view, "command", err, sizeof err));
    for (int cols = 0; cols < 100; cols++) {
        assert_int_equal(render_layout(view, cols, placed), 1);
        assert_int_equal(placed[0].width, cols < 1 ? 1 : cols);
    }
    view_free(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_odd),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
