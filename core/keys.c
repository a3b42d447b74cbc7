/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of keys. */
#include "core/keys.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "core/cell.h"
#include "core/format.h"
#include "core/page_detail.h"
#include "core/page_help.h"
#include "core/page_menu.h"
#include "core/prompt.h"
#include "core/render.h"
#include "core/save.h"
#include "core/str.h"
#include "core/term.h"

#define MOVE_PAGE 1000000       /* by the height of the table */

static struct view *view_of(struct ui *ui)
{
    return ui->session->view;
}

/* ---- actions ---- */

static void quit(struct ui *ui, int arg)
{
    (void)arg;
    ui->quit = true;
}

static void move(struct ui *ui, int arg)
{
    int page = ui->height > 1 ? (int)ui->height - 1 : 1;

    view_move(view_of(ui), arg == MOVE_PAGE ? page : arg == -MOVE_PAGE ? -page : arg);
}

static void go(struct ui *ui, int last)
{
    view_go(view_of(ui), last ? UINT32_MAX : 0);
}

static void freeze(struct ui *ui, int arg)
{
    (void)arg;
    pace_freeze(&ui->pace);
}

static bool limit_typed(struct ui *ui, const char *text, bool done)
{
    uint64_t limit;

    if (!done)
        return true;
    if (!str_u64(text, &limit) || limit > UINT32_MAX) {
        ui_message(ui, true, "'%s' is not a number of rows (0: all)", text);
        return false;
    }
    ui->session->limit = limit;
    ui_refresh_view(ui);
    return true;
}

static void ask_limit(struct ui *ui, int arg)
{
    char text[24];

    (void)arg;
    snprintf(text, sizeof text, "%" PRIu64, ui->session->limit);
    prompt_open(ui, "Rows to show (0: all): ", text, limit_typed, NULL);
}

static bool interval_typed(struct ui *ui, const char *text, bool done)
{
    double seconds;

    if (!done)
        return true;
    if (!str_double(text, &seconds) || seconds < 0.1 || seconds > 3600) {
        ui_message(ui, true, "'%s' is not a number of seconds from 0.1 to 3600", text);
        return false;
    }
    ui->session->interval = seconds;
    ui_prime(ui);
    return true;
}

static void ask_interval(struct ui *ui, int arg)
{
    char text[FORMAT_BUF];

    (void)arg;
    format_seconds(text, ui->session->interval);
    prompt_open(ui, "Seconds between refreshes: ", text, interval_typed, NULL);
}

static bool filter_typed(struct ui *ui, const char *text, bool done)
{
    view_set_filter(view_of(ui), text);
    if (done)
        ui_view_changed(ui);
    else
        ui_refresh_view(ui);
    return true;
}

static void filter_cancelled(struct ui *ui, const char *before)
{
    filter_typed(ui, before, true);
}

static void ask_filter(struct ui *ui, int arg)
{
    (void)arg;
    prompt_open(ui, "Filter: ", view_of(ui)->filter_text, filter_typed, filter_cancelled);
}

static void sort_by(struct ui *ui, uint32_t column)
{
    view_sort_by(view_of(ui), column);
    ui_view_changed(ui);
}

static void sort_digit(struct ui *ui, int digit)
{
    const struct table *table = view_of(ui)->feed->table;

    for (uint32_t i = 0; i < table->ncolumns; i++)
        if (table->columns[i].def.digit == digit) {
            sort_by(ui, i);
            return;
        }
    ui_message(ui, true, "no column of this view has the key %d", digit);
}

/* The next of all columns, those shown first, and round; its order is the one it starts with. */
static void sort_beside(struct ui *ui, int step)
{
    struct view *view = view_of(ui);
    uint32_t *list = arena_alloc(&ui->arena, view->feed->table->ncolumns * sizeof *list);
    uint32_t n = view_choice(view, list), at = 0;

    while (at < n && list[at] != view->sort)
        at++;
    if (at == n)                /* of threads alone, in a view without */
        at = step > 0 ? n - 1 : 0;
    at = (at + n + (uint32_t)step) % n;
    if (list[at] != view->sort)
        sort_by(ui, list[at]);
}

static void hide(struct ui *ui, int arg)
{
    struct view *view = view_of(ui);

    (void)arg;
    view->show_hidden = !view->show_hidden;
    ui_message(ui, false, "%s are %s",
               view->feed->table->def.flags & KVMTOP_TABLE_PROCESSES ? "Kernel threads"
                                                                     : "Rows hidden by default",
               view->show_hidden ? "shown" : "hidden");
    ui_refresh_view(ui);
}

static void change_view(struct ui *ui, struct view *view)
{
    ui->session->view = view;
    ui_refresh_view(ui);
    ui_prime(ui);
}

static void toggle_tree(struct ui *ui, int arg)
{
    struct view *tree = session_find_view(ui->session, "tree");

    (void)arg;
    if (!tree)
        return;
    if (view_of(ui) == tree)
        change_view(ui, session_find_view(ui->session, tree->feed->table->def.name));
    else
        change_view(ui, tree);
}

static void help(struct ui *ui, int arg)
{
    (void)arg;
    ui_open_page(ui, &page_help);
}

static void repaint(struct ui *ui, int arg)
{
    (void)arg;
    screen_invalidate(ui->screen);
}

static void thread_names(struct ui *ui, int arg)
{
    (void)arg;
    view_of(ui)->command = !view_of(ui)->command;
    ui_refresh_view(ui);
}

static void fold(struct ui *ui, int arg)
{
    struct view *view = view_of(ui);

    if (!view->tree)
        return;
    if (arg)
        view_fold_all(view, arg < 0);
    else
        view_toggle_fold(view);
    ui_refresh_view(ui);
}

static void mirror(struct ui *ui, int arg)
{
    struct view *view = view_of(ui);

    (void)arg;
    if (!view->feed->table->def.mirror_side)
        return;
    view->mirror = !view->mirror;
    ui_refresh_view(ui);
}

static void menu(struct ui *ui, int columns)
{
    ui_open_page(ui, columns ? &page_columns : &page_sort);
}

static void details(struct ui *ui, int arg)
{
    (void)arg;
    page_detail_open(ui);
}

static void follow(struct ui *ui, int arg)
{
    struct view *view = view_of(ui);

    (void)arg;
    view_follow(view);
    ui_message(ui, false, view->follow ? "Following this row" : "Following no row");
}

static bool search_typed(struct ui *ui, const char *text, bool done)
{
    struct view *view = view_of(ui);

    snprintf(ui->search, sizeof ui->search, "%s", text);
    ui->searching = view_search(view, text, true);
    if (!ui->searching && *text && done)
        ui_message(ui, true, "no row holds '%s'", text);
    return true;
}

static void search(struct ui *ui, int again)
{
    if (!again)
        prompt_open(ui, "Search: ", "", search_typed, NULL);
    else if (!ui->search[0])
        ui_message(ui, true, "nothing has been searched for yet (\\)");
    else if (!(ui->searching = view_search(view_of(ui), ui->search, false)))
        ui_message(ui, true, "no row holds '%s'", ui->search);
}

static void mouse(struct ui *ui, int arg)
{
    (void)arg;
    ui->mouse = !ui->mouse;
    term_set_mouse(ui->mouse);
    ui_message(ui, false, ui->mouse ? "The mouse is kvmtop's" : "The mouse is the terminal's");
}

static void write_settings(struct ui *ui, int arg)
{
    char text[180];
    bool ok = save_settings(ui->session, ui->mouse, text, sizeof text);

    (void)arg;
    ui_message(ui, !ok, "%s", text);
}

/* The order is that of the help page, and of the bar: what matters most stands first. */
const struct key_binding keys_table[] = {
    { { 'q', KEY_F10 }, "F10 q", "Quit", 0, "Quit", quit, 0 },
    { { '?', KEY_F1 }, "F1 ?", "Help", 0, "This help", help, 0 },
    { { '/', KEY_F4 }, "F4 /", "Filter", 0,
      "Filter, live while typing; an empty text clears it", ask_filter, 0 },
    { { 't', KEY_F5 }, "F5 t", "Tree", 0, "Processes with their threads, and back",
      toggle_tree, 0 },
    { { ' ' }, "Space", "Fold", BAR_TREE, "Tree: fold and unfold a process", fold, 0 },
    { { 'x' }, "x", "Side", BAR_SIDES, "Network: from the host's side, or from the guest's",
      mirror, 0 },
    { { KEY_F6 }, "F6", "Sort", 0, "Menu of columns to sort by", menu, 0 },
    { { KEY_ENTER }, "Enter", "Details", 0, "Details of the guest or process", details, 0 },
    { { 'a' }, "a", "Names", BAR_TREE, "Tree: threads by name, or by the command line",
      thread_names, 0 },
    { { '-' }, "-", NULL, 0, "Tree: fold all", fold, -1 },
    { { '+' }, "+", NULL, 0, "Tree: unfold all", fold, 1 },
    { { '\\' }, "\\", "Search", 0, "Search: go to the next row that holds a text", search, 0 },
    { { KEY_F3 }, "F3", "Next", BAR_SEARCHED, "Next match of the search", search, 1 },
    { { 'o' }, "o", "Columns", 0, "Choose and order the columns of this view", menu, 1 },
    { { 'f' }, "f", "Freeze", 0, "Stop the clock and the screen, to copy text; again: go on",
      freeze, 0 },
    { { 'h' }, "h", "Hide", 0,
      "Hide and show kernel threads, or what a view hides by default", hide, 0 },
    { { 'l' }, "l", "Limit", 0, "How many rows are shown (0: all)", ask_limit, 0 },
    { { 'r' }, "r", "Interval", 0, "Seconds between refreshes", ask_interval, 0 },
    { { '=' }, "=", "Follow", 0, "Follow the selected row: it stays in sight", follow, 0 },
    { { 'm' }, "m", NULL, 0, "Mouse on, or off to select text", mouse, 0 },
    { { 'W' }, "W", NULL, 0, "Write the settings to the user's file", write_settings, 0 },
    { { '<' }, "<", NULL, 0,
      "Sort by the column on the left; left of the first are those not shown", sort_beside, -1 },
    { { '>' }, ">", NULL, 0,
      "Sort by the column on the right; right of the last are those not shown", sort_beside, 1 },
    { { '1' }, "1-9", NULL, 0, "Sort by the column with this digit in its head; again: turn",
      sort_digit, 1 },
    { { '2' }, NULL, NULL, 0, NULL, sort_digit, 2 },
    { { '3' }, NULL, NULL, 0, NULL, sort_digit, 3 },
    { { '4' }, NULL, NULL, 0, NULL, sort_digit, 4 },
    { { '5' }, NULL, NULL, 0, NULL, sort_digit, 5 },
    { { '6' }, NULL, NULL, 0, NULL, sort_digit, 6 },
    { { '7' }, NULL, NULL, 0, NULL, sort_digit, 7 },
    { { '8' }, NULL, NULL, 0, NULL, sort_digit, 8 },
    { { '9' }, NULL, NULL, 0, NULL, sort_digit, 9 },
    { { KEY_UP, 'k' }, "Up k", NULL, 0, "One row up", move, -1 },
    { { KEY_DOWN, 'j' }, "Down j", NULL, 0, "One row down", move, 1 },
    { { KEY_PGUP }, "PgUp", NULL, 0, "One page up", move, -MOVE_PAGE },
    { { KEY_PGDN }, "PgDn", NULL, 0, "One page down", move, MOVE_PAGE },
    { { KEY_HOME, 'g' }, "Home g", NULL, 0, "First row", go, 0 },
    { { KEY_END, 'G' }, "End G", NULL, 0, "Last row", go, 1 },
    { { KEYS_CTRL('l') }, "Ctrl-L", NULL, 0, "Paint the screen anew", repaint, 0 },
};

const size_t keys_count = sizeof keys_table / sizeof *keys_table;

/* ---- dispatch ---- */

static const struct key_binding *find(uint32_t code)
{
    for (size_t i = 0; i < keys_count; i++)
        for (unsigned k = 0; k < 3; k++)
            if (keys_table[i].code[k] && keys_table[i].code[k] == code)
                return &keys_table[i];
    return NULL;
}

void keys_refuse_hotkeys(const struct session *session)
{
    for (size_t i = 0; i < session->model.nfeeds; i++) {
        struct feed *feed = session->model.feeds[i];
        struct kvmtop_table *def = &feed->table->def;

        if (!find((unsigned char)def->hotkey))
            continue;
        plugin_set_error(feed->owner, "table %s: the key %c is kvmtop's own: it has none",
                         def->name, def->hotkey);
        def->hotkey = 0;
    }
}

static bool press(struct ui *ui, uint32_t code)
{
    const struct key_binding *binding = find(code);

    if (binding) {
        binding->run(ui, binding->arg);
        return true;
    }
    struct view *view = session_view_by_key(ui->session, code);
    if (view)
        change_view(ui, view);
    return view;
}

/* A key's code as the table has it; 0: it is none. */
static uint32_t code_of(const struct input_event *event)
{
    if (event->type != INPUT_KEY || event->mods & MOD_ALT)
        return 0;
    return event->mods & MOD_CTRL ? KEYS_CTRL(event->code) : event->code;
}

bool keys_everywhere(struct ui *ui, const struct input_event *event)
{
    static const uint32_t codes[] = { KEY_F10, KEYS_CTRL('l') };
    uint32_t code = code_of(event);

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return press(ui, code);
    return false;
}

/* Upper case works as lower case, where it has no meaning of its own. */
static void press_any_case(struct ui *ui, uint32_t code)
{
    if (!press(ui, code) && code < 128 && isupper((int)code))
        press(ui, (uint32_t)tolower((int)code));
}

/* ---- the mouse ---- */

static const struct spot *spot_at(const struct ui *ui, const struct input_event *event)
{
    for (unsigned i = 0; i < ui->nspots; i++) {
        const struct spot *spot = &ui->spot[i];

        if (event->row == spot->row && event->col >= spot->from && event->col < spot->to)
            return spot;
    }
    return NULL;
}

bool keys_clicked(const struct ui *ui, const struct input_event *event, struct input_event *key)
{
    if (event->type != INPUT_MOUSE || event->code != MOUSE_LEFT)
        return false;
    const struct spot *spot = spot_at(ui, event);
    if (!spot || spot->code & RENDER_SPOT_COLUMN)
        return false;
    *key = (struct input_event){ .type = INPUT_KEY, .code = spot->code };
    return true;
}

static void click(struct ui *ui, const struct input_event *event)
{
    const struct spot *spot = spot_at(ui, event);
    int line = event->row - RENDER_ABOVE;

    if (spot) {
        sort_by(ui, spot->code & ~RENDER_SPOT_COLUMN);
        return;
    }
    if (line >= 0 && (uint32_t)line < ui->height)
        view_go(view_of(ui), view_of(ui)->top + (uint32_t)line);
}

static void mouse_event(struct ui *ui, const struct input_event *event)
{
    if (event->code == MOUSE_LEFT)
        click(ui, event);
    else if (event->code == MOUSE_WHEEL_UP)
        view_move(view_of(ui), -3);
    else if (event->code == MOUSE_WHEEL_DOWN)
        view_move(view_of(ui), 3);
}

void keys_event(struct ui *ui, const struct input_event *event)
{
    uint32_t code = code_of(event);

    if (event->type == INPUT_MOUSE)
        mouse_event(ui, event);
    if (code)
        press_any_case(ui, code);
}
