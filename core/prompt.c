/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line typed at the bottom of the screen. */
#include "core/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/xalloc.h"

void prompt_open(struct ui *ui, const char *label, const char *text,
                 bool (*changed)(struct ui *ui, const char *text, bool done),
                 void (*cancelled)(struct ui *ui, const char *before))
{
    struct prompt *p = &ui->prompt;
    size_t len = strlen(text);

    *p = (struct prompt){ .label = label, .changed = changed, .cancelled = cancelled };
    p->len = len;
    p->cap = len + PROMPT_MAX;
    p->text = xmalloc(p->cap);
    memcpy(p->text, text, len + 1);
    p->before = xstrdup(text);
}

void prompt_close(struct ui *ui)
{
    free(ui->prompt.text);
    free(ui->prompt.before);
    ui->prompt = (struct prompt){ 0 };
}

static void insert(struct prompt *p, const char *bytes, size_t len)
{
    if (p->len + len >= p->cap)
        return;
    memcpy(p->text + p->len, bytes, len);
    p->len += len;
    p->text[p->len] = 0;
}

static void cut_to(struct prompt *p, size_t len)
{
    p->len = len;
    p->text[len] = 0;
}

static void delete_char(struct prompt *p)
{
    size_t len = p->len;

    while (len && ((unsigned char)p->text[--len] & 0xc0) == 0x80)
        ;
    cut_to(p, len);
}

static void delete_word(struct prompt *p)
{
    size_t len = p->len;

    while (len && p->text[len - 1] == ' ')
        len--;
    while (len && p->text[len - 1] != ' ')
        len--;
    cut_to(p, len);
}

static void cancel(struct ui *ui)
{
    const struct prompt *p = &ui->prompt;

    if (p->cancelled)
        p->cancelled(ui, p->before);
    prompt_close(ui);
}

/* False: the event changes no text. */
static bool edit(struct prompt *p, const struct input_event *event)
{
    char bytes[4];

    if (event->type == INPUT_TEXT) {
        insert(p, event->text, event->len);
        return true;
    }
    if (event->type != INPUT_KEY)
        return false;
    if (event->code == KEY_BACKSPACE)
        delete_char(p);
    else if (event->mods & MOD_CTRL && event->code == 'u')
        cut_to(p, 0);
    else if (event->mods & MOD_CTRL && event->code == 'w')
        delete_word(p);
    else if (!(event->mods & (MOD_CTRL | MOD_ALT)) && event->code < KEY_ESC)
        insert(p, bytes, utf8_encode(bytes, event->code));
    else
        return false;
    return true;
}

void prompt_event(struct ui *ui, const struct input_event *event)
{
    struct prompt *p = &ui->prompt;
    bool (*changed)(struct ui *, const char *, bool) = p->changed;

    if (event->type == INPUT_KEY && event->code == KEY_ESC) {
        cancel(ui);
    } else if (event->type == INPUT_KEY && event->code == KEY_ENTER) {
        if (changed(ui, p->text, true))
            prompt_close(ui);
    } else if (edit(p, event)) {
        changed(ui, p->text, false);
    }
    ui->dirty = true;
}

/* Of a line longer than the screen its end is shown. */
void prompt_draw(struct ui *ui, int row)
{
    const struct prompt *p = &ui->prompt;
    uint16_t attr = theme_attr(&ui->theme, THEME_PROMPT);
    int cols = screen_cols(ui->screen);
    int at = screen_puts(ui->screen, row, 0, attr, p->label);
    size_t width = utf8_columns(p->text, p->len), skip = 0, used;

    if ((int)width > cols - at - 1 && cols > at + 1)
        skip = utf8_skip(p->text, p->len, width - (size_t)(cols - at - 1), &used);
    at += screen_puts(ui->screen, row, at, attr, p->text + skip);
    screen_fill(ui->screen, row, at, cols - at, attr);
    screen_cursor(ui->screen, row, at);
}
