/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help page. */
#include "core/page_help.h"

#include "core/format.h"
#include "core/keys.h"
#include "core/list.h"
#include "core/paper.h"

static void put_keys(struct paper *paper)
{
    const struct session *session = paper->ui->session;

    paper_heading(paper, "Keys");
    for (size_t i = 0; i < session->nviews; i++) {
        const struct kvmtop_table *table = &session->views[i]->feed->table->def;
        char key[2] = { table->hotkey, 0 };

        if (table->hotkey && !session->views[i]->tree)
            paper_printf(paper, THEME_BAR_KEY, key, "View: %s", table->title);
    }
    for (size_t i = 0; i < keys_count; i++)
        if (keys_table[i].label)
            paper_put(paper, THEME_BAR_KEY, keys_table[i].label, keys_table[i].help);
}

static void put_warning(void *ctx, const char *line)
{
    paper_text(ctx, THEME_WARN, line);
}

/* What README.md says in a table, as short as it can be. */
static const struct {
    const char *term, *meaning;
} filter_terms[] = {
    { "web", "any text of the row, or its PID, holds it, in any case" },
    { "vm:web", "the column vm holds it; columns by the names below" },
    { "user=root", "the column is it; != is not" },
    { "cpu>50", "the number is greater; also < >= <= = !=" },
    { "!vm:web", "! before any of these: it must not match" },
    { "/^kvm|qemu/", "any text matches the POSIX extended regular expression" },
    { "vm=\"db 01\"", "quotes hold blanks together" },
    { "cpu>50 !vm:web", "terms with blanks between them must all match" },
};

static void put_filter(struct paper *paper)
{
    paper_heading(paper, "Filter");
    for (size_t i = 0; i < KVMTOP_COUNT(filter_terms); i++)
        paper_put(paper, THEME_BAR_KEY, filter_terms[i].term, filter_terms[i].meaning);
}

static void put_columns(struct paper *paper)
{
    const struct table *table = paper->ui->session->view->feed->table;

    paper_heading(paper, "Columns of this view");
    for (uint32_t i = 0; i < table->ncolumns; i++)
        paper_put(paper, THEME_BAR_KEY, table->columns[i].def.name, table->columns[i].def.help);
}

static void put_plugins(struct paper *paper)
{
    const struct model *model = &paper->ui->session->model;

    paper_heading(paper, "Plugins");
    for (size_t i = 0; i < model->nplugins; i++) {
        const struct plugin *plugin = model->plugins[i];

        char role[600];

        list_role(model, plugin, role, sizeof role);
        paper_put(paper, plugin->opened ? THEME_BAR_KEY : THEME_ERROR, plugin->name, role);
    }
}

static void put_cost(struct paper *paper)
{
    const struct sched *sched = &paper->ui->session->sched;
    char number[FORMAT_BUF];

    paper_heading(paper, "kvmtop's own cost");
    if (sched->self_cpu >= 0) {
        format_fixed(number, sched->self_cpu, 2);
        paper_printf(paper, THEME_BAR_KEY, "CPU", "%s%% since the refresh before", number);
    }
    for (unsigned i = 0; i < STAGES; i++) {
        format_fixed(number, (double)sched->cost[i] / 1e6, 2);
        paper_printf(paper, THEME_BAR_KEY, sched_stage_name[i], "%s ms of CPU in the last refresh",
                     number);
    }
}

static void draw(struct ui *ui)
{
    struct paper paper;

    paper_begin(&paper, ui, "kvmtop " PACKAGE_VERSION "  Help");
    session_warnings(ui->session, put_warning, &paper);
    put_keys(&paper);
    put_filter(&paper);
    put_plugins(&paper);
    put_cost(&paper);
    put_columns(&paper); /* of which there are many: last */
    paper_end(&paper);
}

static bool event(struct ui *ui, const struct input_event *event)
{
    if (event->type == INPUT_KEY && (event->code == '?' || event->code == KEY_F1)) {
        ui_open_page(ui, NULL);
        return true;
    }
    paper_event(ui, event);
    return true;
}

static const struct bar_key bar[] = {
    { "ESC", "Back", KEY_ESC },    { "PgDn", "Next", KEY_PGDN }, { "PgUp", "Before", KEY_PGUP },
    { "Home", "Top", KEY_HOME },   { "End", "Bottom", KEY_END }, { "F10", "Quit", KEY_F10 },
    { NULL, NULL, 0 },
};

const struct page page_help = {
    .name = "help", .bar = bar, .draw = draw, .event = event,
};
