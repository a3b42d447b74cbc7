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
#include "core/paper.h"
#include "core/sort.h"
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

        if (!history_line(history, m, line, &most))
            continue;
        format_value(peak, column, most, 10);
        paper_printf(paper, THEME_BAR_KEY, column->def.title, "%s  most %s", line, peak);
    }
}

/* The figures of a row that its view shows by default: `Title value  Title value …`. */
static char *figures(const struct table *table, const struct row *row)
{
    struct str_buf line = { 0 };

    for (uint32_t i = 0; i < table->ncolumns; i++) {
        const struct column *column = &table->columns[i];
        char number[FORMAT_BUF];
        double value;

        if (column->def.flags & KVMTOP_OPTIONAL || column->def.kind == KVMTOP_ID ||
            !rate_value(table, row, i, &value))
            continue;
        format_value(number, column, value, 9);
        str_puts(&line, column->def.title);
        str_puts(&line, " ");
        str_puts(&line, number);
        str_puts(&line, "  ");
    }
    return line.text;
}

static void put_row(struct paper *paper, const struct feed *feed, const struct row *row,
                    uint32_t label)
{
    char buf[CELL_BUF], key[CELL_BUF];
    struct span name = cell_text(&paper->ui->session->model, feed->table, row, label, buf);
    char *line = figures(feed->table, row);

    utf8_printable(key, sizeof key, name.bytes ? name.bytes : "-", name.bytes ? name.len : 1);
    paper_put(paper, THEME_GUEST, key, line);
    free(line);
}

static void put_now(struct paper *paper, const struct table *table, const struct row *row)
{
    char *line = figures(table, row);

    paper_heading(paper, "Now");
    if (line)
        paper_put(paper, THEME_ROW, "figures", line);
    free(line);
}

static bool starts(const struct text *name, const char *with)
{
    return name && !strncmp(name->bytes, with, strlen(with));
}

/* QEMU's thread names: `CPU 0/KVM`, `IO iothread0`, anything else. */
static unsigned thread_group(const struct text *name)
{
    return starts(name, "CPU ") ? 0 : starts(name, "IO ") || starts(name, "iou-") ? 1 : 2;
}

static void put_threads(struct paper *paper, const struct feed *feed, uint32_t parent)
{
    static const char *const heading[] = { "vCPUs", "I/O threads", "Other threads" };
    struct ui *ui = paper->ui;
    const struct table *table = feed->table;
    uint32_t *rows = arena_alloc(&ui->arena, (table->nrows + 1) * sizeof *rows), n = 0;
    uint32_t comm = table_column(table, "comm", 4), cpu = table_column(table, "cpu", 3);

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1))
        if (table_at(table, i)->parent == parent)
            rows[n++] = i;
    if (comm == NONE || cpu == NONE || n < 2)
        return;
    sort_rows(rows, n, &ui->session->model, table, cpu, true, &ui->arena);
    for (unsigned group = 0; group < 3; group++) {
        bool any = false;

        for (uint32_t i = 0; i < n; i++) {
            const struct row *row = table_at(table, rows[i]);

            if (thread_group(row_text(table, row, comm)) != group)
                continue;
            if (!any)
                paper_heading(paper, heading[group]);
            any = true;
            put_row(paper, feed, row, comm);
        }
    }
}

static void put_interfaces(struct paper *paper, const struct feed *feed, uint32_t guest)
{
    const struct table *table = feed->table;
    bool any = false;

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        if (table_at(table, i)->guest != guest)
            continue;
        char heading[100];

        snprintf(heading, sizeof heading, "%s%s%s", table->def.title,
                 table->def.side ? ", " : "", table->def.side ? table->def.side : "");
        if (!any)
            paper_heading(paper, heading);
        any = true;
        put_row(paper, feed, table_at(table, i), table->iface);
    }
}

static bool claims_device(struct guests *guests, uint32_t guest, const struct text *name)
{
    uint32_t cursor = NONE, who;

    while (name && (who = guests_claiming(guests, KVMTOP_CLAIM_BLOCK, name, &cursor)) != NONE)
        if (who == guest)
            return true;
    return false;
}

static void put_devices(struct paper *paper, const struct feed *feed, uint32_t guest)
{
    const struct table *table = feed->table;
    bool any = false;

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        const struct row *row = table_at(table, i);

        if (!claims_device(&paper->ui->session->model.guests, guest,
                           row_text(table, row, table->block)))
            continue;
        if (!any)
            paper_heading(paper, feed->table->def.title);
        any = true;
        put_row(paper, feed, row, 0);
    }
}

/* What the guest owns in the tables of interfaces and devices. */
static void put_owned(struct paper *paper, uint32_t guest)
{
    const struct model *model = &paper->ui->session->model;

    for (size_t i = 0; i < model->nfeeds; i++) {
        if (model->feeds[i]->table->iface != NONE)
            put_interfaces(paper, model->feeds[i], guest);
        if (model->feeds[i]->table->block != NONE)
            put_devices(paper, model->feeds[i], guest);
    }
}

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
        paper_put(paper, THEME_ROW, line.text, NULL);
        free(line.text);
    }
}

/* ---- the page ---- */

static void draw(struct ui *ui)
{
    struct session *session = ui->session;
    const struct feed *feed = process_feed(session);
    uint32_t index = table_find(feed->table, session->detail.kind, session->detail.id,
                                session->detail.birth);
    char label[CELL_BUF], title[CELL_BUF + 60];
    struct paper paper;
    struct facts facts;

    if (index == NONE) {
        paper_begin(&paper, ui, "Details   (ESC goes back)");
        paper_put(&paper, THEME_ERROR, "It has ended.", NULL);
        paper_end(&paper);
        return;
    }
    const struct row *row = table_at(feed->table, index);
    struct span name = row->guest == NONE ? (struct span){ NULL, 0 }
                                          : cell_guest_label(&session->model.guests, row->guest,
                                                             label);
    snprintf(title, sizeof title, "Details of %.*s (PID %" PRIu64 ")   (arrows scroll, ESC goes "
             "back)", name.bytes ? (int)name.len : 9, name.bytes ? name.bytes : "a process",
             row->id);
    facts_init(&facts, &session->model.root, row->id, row->birth);
    paper_begin(&paper, ui, title);
    put_identity(&paper, row, &facts);
    put_history(&paper, row);
    put_now(&paper, feed->table, row);
    put_threads(&paper, feed, index);
    if (row->guest != NONE)
        put_owned(&paper, row->guest);
    put_plugins_lines(&paper);
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
    return paper_event(ui, event) || (event->code != KEY_F10 && event->code != 'f');
}

const struct page page_detail = {
    .name = "detail", .draw = draw, .event = event, .leave = leave,
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
