/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last line of the screen: what can be pressed. */
#include "core/keys.h"

#include "core/render.h"

/* `F10qQuit': the keys of the label without the blanks between them, and the text.  What doesn't fit
 * is left to the help. */
static int draw_item(struct ui *ui, int row, int at, const char *label, const char *text,
                     uint32_t code)
{
    char keys[24];
    size_t len = 0;
    int from = at;

    for (; *label && len < sizeof keys - 1; label++)
        if (*label != ' ')
            keys[len++] = *label;
    keys[len] = 0;
    if (at && at + (int)(len + strlen(text)) > screen_cols(ui->screen))
        return at;
    at += screen_puts(ui->screen, row, at, theme_attr(&ui->theme, THEME_BAR_KEY), keys);
    at += screen_puts(ui->screen, row, at, theme_attr(&ui->theme, THEME_BAR_TEXT), text);
    ui_spot(ui, row, from, at, code);
    return at + 1;
}

static int draw_views(struct ui *ui, int row)
{
    const struct session *session = ui->session;
    int at = 0;

    for (size_t i = 0; i < session->nviews; i++) {
        const struct kvmtop_table *table = &session->views[i]->feed->table->def;
        char key[2] = { table->hotkey, 0 };

        if (table->hotkey && !session->views[i]->tree)
            at = draw_item(ui, row, at, key, table->title, (uint32_t)table->hotkey);
    }
    return at;
}

static unsigned bar_holds(const struct ui *ui)
{
    const struct view *view = ui->session->view;

    return (view->tree ? BAR_TREE : 0u) |
           (view->feed->table->def.mirror_side ? BAR_SIDES : 0u) |
           (ui->search[0] ? BAR_SEARCHED : 0u);
}

/* Views by their keys first, then what the table says. */
static void draw_view_bar(struct ui *ui, int row)
{
    unsigned holds = bar_holds(ui);
    int at = draw_views(ui, row);

    for (size_t i = 0; i < keys_count; i++) {
        const struct key_binding *binding = &keys_table[i];

        if (binding->bar && !(binding->bar_when & ~holds))
            at = draw_item(ui, row, at, binding->label, binding->bar, binding->code[0]);
    }
}

static void draw_page_bar(struct ui *ui, int row)
{
    int at = 0;

    if (ui->message[0]) {
        screen_puts(ui->screen, row, 0,
                    theme_attr(&ui->theme, ui->message_is_error ? THEME_ERROR : THEME_GOOD),
                    ui->message);
        return;
    }
    for (const struct bar_key *key = ui->page->bar; key->label; key++)
        at = draw_item(ui, row, at, key->label, key->text, key->code);
}

void keys_draw_bar(struct ui *ui, int row)
{
    screen_fill(ui->screen, row, 0, screen_cols(ui->screen),
                theme_attr(&ui->theme, THEME_BAR_TEXT));
    if (ui->page)
        draw_page_bar(ui, row);
    else
        draw_view_bar(ui, row);
}
