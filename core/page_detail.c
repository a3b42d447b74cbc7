/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of one guest or process. */
#include "core/page_detail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/cell.h"
#include "core/facts.h"
#include "core/format.h"
#include "core/history.h"
#include "core/page_detail_tables.h"
#include "core/paper_table.h"
#include "core/session_detail.h"
#include "core/str.h"
#include "core/text.h"
#include "core/utf8.h"

static struct feed *process_feed(const struct session *session)
{
    return model_feed_with(&session->model, KVMTOP_TABLE_PROCESSES);
}

/* ---- pieces ---- */

static void put_field(struct paper *paper, const char *name, const char *value)
{
    if (value && *value)
        paper_put(paper, THEME_BAR_KEY, name, value);
}

static void put_identity(struct paper *paper, const struct row *row, struct facts *facts)
{
    static const char *const name[GUEST_FIELDS] = { "platform", "vmid", "name", "uuid" };
    const struct guests *guests = &paper->ui->session->model.guests;

    paper_heading(paper, "Identity");
    for (unsigned i = 0; row->guest != NONE && i < GUEST_FIELDS; i++) {
        const struct text *text = guests->item[row->guest].field[i];

        put_field(paper, name[i], text ? text->bytes : NULL);
    }
    paper_printf(paper, THEME_BAR_KEY, "pid", "%" PRIu64, row->id);
    put_field(paper, "comm", facts_get(facts, KVMTOP_FACT_COMM));
    put_field(paper, "exe", facts_get(facts, KVMTOP_FACT_EXE));
    put_field(paper, "cgroup", facts_get(facts, KVMTOP_FACT_CGROUP));
    if (row->guest != NONE && guests->item[row->guest].passthrough)
        put_field(paper, "passthrough", "has devices that no counter of the host sees");
}

static void put_history(struct paper *paper, const struct row *row)
{
    const struct session *session = paper->ui->session;
    const struct history *history = history_of(session, row);
    struct history_metric metric[HISTORY_METRICS];
    uint32_t n = history_metrics(session, metric);

    if (!history || !history->count)
        return;
    paper_heading(paper, "History");
    for (uint32_t m = 0; m < n; m++) {
        const struct column *column = &metric[m].feed->table->columns[metric[m].column];
        char line[HISTORY_LINE_BYTES], peak[FORMAT_BUF];
        double most;

        if (!history_line(history, m, format_least(column), line, &most))
            continue;
        format_value(peak, column, most, 10);
        paper_printf(paper, THEME_BAR_KEY, column->def.title, "%s  most %s", line, peak);
    }
}

/* ---- figures ---- */

static void put_now(struct paper *paper)
{
    const struct row *row;
    const struct feed *feed = session_detail_figures(paper->ui->session, &row);
    char heading[100];

    if (!row)
        return;
    snprintf(heading, sizeof heading, "Now%s%s", feed->table->def.side ? ", " : "",
             feed->table->def.side ? feed->table->def.side : "");
    paper_heading(paper, heading);
    paper_figures(paper, feed->table, row);
}

/* ---- why some are missing ---- */

struct unknown {
    struct paper *paper;
    bool begun;
};

static void put_line(void *ctx, const char *line)
{
    struct unknown *unknown = ctx;

    if (!unknown->begun)
        paper_heading(unknown->paper, "Unknown");
    unknown->begun = true;
    paper_text(unknown->paper, THEME_WARN, line);
}

static void put_unknown(struct paper *paper)
{
    const struct row *row;
    const struct feed *feed = session_detail_figures(paper->ui->session, &row);
    struct unknown unknown = { paper, false };

    if (row)
        session_reasons(feed, row, put_line, &unknown);
}

/* ---- what plugins and the command line say ---- */

static void put_plugins_lines(struct paper *paper)
{
    const struct kvmtop_page *page = &paper->ui->session->detail_page;

    for (uint32_t i = 0; i < page->count; i++) {
        if (page->line[i].value)
            paper_put(paper, THEME_BAR_KEY, page->line[i].name, page->line[i].value);
        else
            paper_heading(paper, page->line[i].name);
    }
}

/* One option a line: a word that begins with - and what follows up to the next. */
static void put_argv(struct paper *paper, struct facts *facts)
{
    size_t argc;
    const char *const *argv = facts_argv(facts, &argc);

    if (!argc)
        return;
    paper_heading(paper, "Command line");
    for (size_t i = 0; i < argc; i++) {
        struct str_buf line = { 0 };

        str_puts(&line, argv[i]);
        while (argv[i][0] == '-' && i + 1 < argc && argv[i + 1][0] != '-') {
            str_puts(&line, " ");
            str_puts(&line, argv[++i]);
        }
        paper_text(paper, THEME_ROW, line.text);
        free(line.text);
    }
}

/* ---- the page ---- */

static void put_title(struct paper *paper, struct ui *ui, const struct row *row)
{
    struct session *session = ui->session;
    char label[CELL_BUF], title[CELL_BUF + 60];
    struct span name = { "a process", 9 };

    if (row->guest != NONE)
        name = cell_guest_label(&session->model.guests, row->guest, label);
    snprintf(title, sizeof title, "Details of %.*s (PID %" PRIu64 ")%s",
             name.bytes ? (int)name.len : 7, name.bytes ? name.bytes : "a guest", row->id,
             ui->pace.frozen ? "  [frozen]" : "");
    paper_begin(paper, ui, title);
}

static void draw(struct ui *ui)
{
    struct session *session = ui->session;
    const struct row *row = session_detail_row(session);
    struct paper paper;
    struct facts facts;

    if (!row) {
        paper_begin(&paper, ui, "Details");
        paper_put(&paper, THEME_ERROR, "It has ended.", NULL);
        paper_end(&paper);
        return;
    }
    facts_init(&facts, &session->model.root, row->id, row->birth);
    put_title(&paper, ui, row);
    put_identity(&paper, row, &facts);
    put_now(&paper);
    put_history(&paper, row);
    page_detail_threads(&paper, row);
    if (row->guest != NONE)
        page_detail_owned(&paper, row->guest);
    put_plugins_lines(&paper);
    put_unknown(&paper);
    put_argv(&paper, &facts);
    paper_end(&paper);
    facts_free(&facts);
}

static void leave(struct ui *ui)
{
    session_detail(ui->session, NULL);
}

static bool event(struct ui *ui, const struct input_event *event)
{
    if (event->type == INPUT_KEY && event->code == KEY_ENTER) {
        ui_open_page(ui, NULL);
        return true;
    }
    return paper_event(ui, event) || event->code != 'f';
}

static const struct bar_key bar[] = {
    { "ESC", "Back", KEY_ESC },    { "PgDn", "Next", KEY_PGDN }, { "PgUp", "Before", KEY_PGUP },
    { "Home", "Top", KEY_HOME },   { "End", "Bottom", KEY_END }, { "f", "Freeze", 'f' },
    { "F10", "Quit", KEY_F10 },    { NULL, NULL, 0 },
};

const struct page page_detail = {
    .name = "detail", .bar = bar, .draw = draw, .event = event, .leave = leave,
};

static bool process_of(const struct session *session, const struct row *row,
                       struct row_key *key)
{
    const struct table *table = session->view->feed->table;

    if (table->def.flags & KVMTOP_TABLE_PROCESSES) {
        if (row->parent != NONE)
            row = table_at(table, row->parent);
        *key = (struct row_key){ row->id, row->birth, row->kind, true };
        return true;
    }
    if (row->guest == NONE || !session->model.guests.item[row->guest].pid)
        return false;
    const struct guest *guest = &session->model.guests.item[row->guest];
    *key = (struct row_key){ guest->pid, guest->birth, 0, true };
    return true;
}

void page_detail_open(struct ui *ui)
{
    struct session *session = ui->session;
    uint32_t index = view_cursor_row(session->view);
    struct row_key process;

    if (index == NONE || !process_feed(session) ||
        !process_of(session, table_at(session->view->feed->table, index), &process)) {
        ui_message(ui, true, "no guest is known for this row");
        return;
    }
    session_detail(session, &process);
    ui_open_page(ui, &page_detail);
    ui_prime(ui);
}
