/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages as lines: what doesn't fit goes on below or is cut, however narrow the screen is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/paper.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_narrow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
