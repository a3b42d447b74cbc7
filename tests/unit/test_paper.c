/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages as lines: what doesn't fit goes on below or is cut, however narrow the screen is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/paper_table.h"
#include "fake_plugin.h"

#define ROWS 12

static struct paper paper;
static struct ui ui;

static void begin(int cols)
{
    ui = (struct ui){ .screen = screen_new(ROWS, cols) };
    paper_begin(&paper, &ui, "title");
}

static void end(void)
{
    paper_end(&paper);
    screen_free(ui.screen);
}

/* A line of the page, from 0, without the blanks at its end. */
static const char *line_at(int line)
{
    static char text[400];
    size_t len = 0, end = 0;

    for (int col = 0; col < screen_cols(ui.screen); col++) {
        size_t n;
        const char *cell = screen_cell(ui.screen, line + 1, col, &n, NULL);

        memcpy(text + len, cell, n);
        len += n;
        if (n && *cell != ' ')
            end = len;
    }
    text[end] = 0;
    return text;
}

/* An escape may be wider than what is left beside the key. */
static void test_narrow(void **state)
{
    (void)state;
    for (int cols = 1; cols < 30; cols++) {
        begin(cols);
        paper_put(&paper, THEME_ROW, "key", "\xf4\x8f\xbf\xbd\xf4\x8f\xbf\xbd");
        assert_in_range(paper.line, 1, 2);
        end();
    }
    begin(40);
    paper_put(&paper, THEME_ROW, "key", "\xf4\x8f\xbf\xbd");
    assert_string_equal(line_at(0), " key            \\u{10fffd}");
    end();
}

/* Options of a command line go on indented, behind a comma where there is one; nothing is lost. */
static void test_wrap(void **state)
{
    (void)state;
    begin(40);
    paper_text(&paper, THEME_ROW, "-drive file=/dev/pve/vm-100-disk-0,if=none,id=drive-scsi0");
    paper_text(&paper, THEME_ROW, "-kernel /boot/a/path/that/has/no/place/to/be/broken/at");
    paper_text(&paper, THEME_ROW, "-m 4096");
    assert_string_equal(line_at(0), " -drive file=/dev/pve/vm-100-disk-0,");
    assert_string_equal(line_at(1), "     if=none,id=drive-scsi0");
    assert_string_equal(line_at(2), " -kernel /boot/a/path/that/has/no/place/");
    assert_string_equal(line_at(3), "     to/be/broken/at");
    assert_string_equal(line_at(4), " -m 4096");
    assert_int_equal(paper.line, 5);
    end();
}

static void test_cut(void **state)
{
    (void)state;
    begin(24);
    paper.one_line = true;
    paper_put(&paper, THEME_ROW, "key", "as wide8");
    paper_put(&paper, THEME_ROW, "key", "not so wide");
    paper_put(&paper, THEME_ROW, "key", "wide: \xe6\x97\xa5\xe6\x9c\xac");
    assert_string_equal(line_at(0), " key            as wide8");
    assert_string_equal(line_at(1), " key            not so +");
    assert_string_equal(line_at(2), " key            wide:  +");
    end();
    for (int cols = 1; cols < 20; cols++) {
        begin(cols);
        paper.one_line = true;
        paper_put(&paper, THEME_ROW, "a key that is longer than most", "and what it means");
        assert_int_equal(paper.line, 1);
        end();
    }
}

/* A table's names, too. */
static void test_labels(void **state)
{
    static const struct fake_item items[] = {
        { .id = 10, .birth = 5, .command = "a-name-of-thirty-columns-fits." },
        { .id = 20, .birth = 6, .command = "a-name-of-some-more-columns-is-cut" },
    };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    world_round(&world, items, KVMTOP_COUNT(items));
    const struct table *table = world_table(&world, "process");
    const uint32_t rows[] = { table_find(table, 0, 10, 5), table_find(table, 0, 20, 6) };
    struct paper_table t = {
        .heading = "Names", .table = table, .rows = rows, .nrows = KVMTOP_COUNT(rows),
        .label = world_column(&world, "process", "command"),
    };

    begin(80);
    ui.session = &world.session;
    paper_table(&paper, &t);
    assert_string_equal(line_at(0), " Names");
    assert_string_equal(line_at(1), " a-name-of-thirty-columns-fits.");
    assert_string_equal(line_at(2), " a-name-of-some-more-columns-i+");
    end();
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
