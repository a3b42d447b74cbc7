/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help page. */
#include "core/page_help.h"

#include <stdio.h>

#include "core/format.h"
#include "core/keys.h"

/* Lines are counted while they are put; those in the window are drawn. */
struct help {
    struct ui *ui;
    uint32_t line;
};

static void put(struct help *help, enum theme_role role, const char *key, const char *text)
{
    struct ui *ui = help->ui;
    int row = (int)help->line - (int)ui->page_top + 1;

    help->line++;
    if (row < 1 || row >= screen_rows(ui->screen) - 1)
        return;
    int at = screen_puts(ui->screen, row, 1, theme_attr(&ui->theme, role), key);
    if (text)
        screen_puts(ui->screen, row, at < 15 ? 16 : at + 2, theme_attr(&ui->theme, THEME_ROW),
                    text);
}

static void put_keys(struct help *help)
{
    const struct session *session = help->ui->session;

    put(help, THEME_HEAD_SORTED, "Keys", NULL);
    for (size_t i = 0; i < session->nviews; i++) {
        const struct kvmtop_table *table = &session->views[i]->feed->table->def;
        char key[2] = { table->hotkey, 0 }, text[100];

        if (!table->hotkey || session->views[i]->tree)
            continue;
        snprintf(text, sizeof text, "The view %s", table->title);
        put(help, THEME_BAR_KEY, key, text);
    }
    for (size_t i = 0; i < keys_count; i++)
        if (keys_table[i].label)
            put(help, THEME_BAR_KEY, keys_table[i].label, keys_table[i].help);
}

static void put_warning(void *ctx, const char *line)
{
    put(ctx, THEME_WARN, line, NULL);
}

static void put_columns(struct help *help)
{
    const struct table *table = help->ui->session->view->feed->table;

    put(help, THEME_ROW, "", NULL);
    put(help, THEME_HEAD_SORTED, "Columns of this view", NULL);
    for (uint32_t i = 0; i < table->ncolumns; i++)
        put(help, THEME_BAR_KEY, table->columns[i].def.name, table->columns[i].def.help);
}

static void put_plugins(struct help *help)
{
    const struct model *model = &help->ui->session->model;

    put(help, THEME_ROW, "", NULL);
    put(help, THEME_HEAD_SORTED, "Plugins", NULL);
    for (size_t i = 0; i < model->nplugins; i++) {
        const struct plugin *plugin = model->plugins[i];
        char text[600];

        snprintf(text, sizeof text, "%s",
                 plugin->error ? plugin->error : plugin->desc.summary);
        put(help, plugin->opened ? THEME_BAR_KEY : THEME_ERROR, plugin->name, text);
    }
}

static void put_cost(struct help *help)
{
    static const char *const names[STAGES] = { "sample", "resolve", "rate", "filter+sort",
                                               "render" };
    const struct sched *sched = &help->ui->session->sched;

    put(help, THEME_ROW, "", NULL);
    put(help, THEME_HEAD_SORTED, "kvmtop's own CPU time in the last refresh", NULL);
    for (unsigned i = 0; i < STAGES; i++) {
        char number[FORMAT_BUF], text[FORMAT_BUF + 4];

        format_fixed(number, (double)sched->cost[i] / 1e6, 2);
        snprintf(text, sizeof text, "%s ms", number);
        put(help, THEME_BAR_KEY, names[i], text);
    }
}

static void draw(struct ui *ui)
{
    struct help help = { ui, 0 };
    uint16_t title = theme_attr(&ui->theme, THEME_TITLE);

    screen_fill(ui->screen, 0, 0, screen_cols(ui->screen), title);
    screen_puts(ui->screen, 0, 0, title,
                "kvmtop " PACKAGE_VERSION "  Help   (arrows scroll, ESC or ? goes back)");
    session_warnings(ui->session, put_warning, &help);
    if (help.line)
        put(&help, THEME_ROW, "", NULL);
    put_keys(&help);
    put_columns(&help);
    put_plugins(&help);
    put_cost(&help);
    ui->page_at = help.line;
}

static void scroll(struct ui *ui, int by)
{
    int window = screen_rows(ui->screen) - 2;
    int most = (int)ui->page_at > window ? (int)ui->page_at - window : 0;
    int top = (int)ui->page_top + by;

    ui->page_top = (uint32_t)(top < 0 ? 0 : top > most ? most : top);
}

static bool event(struct ui *ui, const struct input_event *event)
{
    int page = screen_rows(ui->screen) - 3;

    if (event->type == INPUT_MOUSE) {
        scroll(ui, event->code == MOUSE_WHEEL_UP ? -3 : event->code == MOUSE_WHEEL_DOWN ? 3 : 0);
        return true;
    }
    if (event->type != INPUT_KEY)
        return true;
    switch (event->code) {
    case KEY_ESC:
    case '?':
    case KEY_F1:
    case 'q':
        ui_open_page(ui, NULL);
        return true;
    case KEY_UP:
    case 'k':
        scroll(ui, -1);
        return true;
    case KEY_DOWN:
    case 'j':
        scroll(ui, 1);
        return true;
    case KEY_PGUP:
        scroll(ui, -page);
        return true;
    case KEY_PGDN:
    case ' ':
        scroll(ui, page);
        return true;
    case KEY_HOME:
    case 'g':
        scroll(ui, -100000);
        return true;
    case KEY_END:
    case 'G':
        scroll(ui, 100000);
        return true;
    default:
        return event->code != KEY_F10 && !(event->mods & MOD_CTRL);
    }
}

const struct page page_help = { "help", draw, event };
