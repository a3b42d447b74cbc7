/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the screen and of text reports. */
#include "core/render_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/format.h"
#include "core/overcommit.h"
#include "core/utf8.h"

static const struct span dash = { "-", 1 };

/* The first column that shows the row's label carries the tree. */
static size_t put_branch(const struct session *session, const struct line *line,
                         const struct row *row, char *buf)
{
    const struct view *view = session->view;
    const char *branch = "";

    if (row->parent != NONE)
        branch = line->last ? "└─ " : "├─ ";
    else if (row->child_count > 1 && view_folded(view, row))
        branch = "+ ";
    size_t len = strlen(branch);
    memcpy(buf, branch, len);
    return len;
}

static struct span label(struct session *session, const struct line *line, const struct row *row,
                         uint32_t column, char *buf)
{
    const struct view *view = session->view;
    char text[CELL_BUF];
    struct span cell = cell_label(&session->model, view->feed->table, row, column, view->command,
                                  text);
    size_t len;

    if (!cell.bytes)
        cell = dash;
    if (!view->tree || !(view->feed->table->columns[column].def.flags & KVMTOP_GUEST_LABEL)) {
        if (cell.bytes != text)
            return cell;
        len = 0;
    } else {
        len = put_branch(session, line, row, buf);
        if (!len && cell.bytes != text)
            return cell;
    }
    if (cell.len > CELL_BUF - 1)
        cell.len = CELL_BUF - 1;
    memcpy(buf + len, cell.bytes, cell.len);
    return (struct span){ buf, len + cell.len };
}

struct span render_cell(struct session *session, const struct line *line, const struct row *row,
                        uint32_t column, int width, char buf[CELL_BUF + RENDER_TREE_BYTES])
{
    const struct view *view = session->view;
    const struct table *table = view->feed->table;
    double value;

    if (cell_is_text(&table->columns[column]))
        return label(session, line, row, column, buf);
    if (!rate_value(table, row, view_column_of(view, row, column), &value))
        return dash;
    return (struct span){ buf, format_value(buf, &table->columns[column], value, width) };
}

static struct span count_of_rows(const struct view *view, char buf[CELL_BUF])
{
    int n = snprintf(buf, CELL_BUF, "%" PRIu32 " row%s", view->passed,
                     view->passed == 1 ? "" : "s");

    return (struct span){ buf, (size_t)n };
}

struct span render_total(const struct view *view, uint32_t c, int width, char buf[CELL_BUF])
{
    uint32_t index = view->columns[c];
    const struct column *column = &view->feed->table->columns[index];
    double value;

    if (column->def.flags & KVMTOP_GUEST_LABEL)
        return count_of_rows(view, buf);
    if (column->def.aggregate == KVMTOP_NONE || column->def.aggregate == KVMTOP_OWN)
        return (struct span){ "", 0 };
    if (!rate_total(&view->totals[index], column, &value))
        return dash;
    return (struct span){ buf, format_value(buf, column, value, width) };
}

static size_t put(char line[RENDER_LINE], size_t len, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static size_t put(char line[RENDER_LINE], size_t len, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(line + len, RENDER_LINE - len, fmt, ap);
    va_end(ap);
    if (n < 0)
        return len;
    return len + (size_t)n < RENDER_LINE ? len + (size_t)n : RENDER_LINE - 1;
}

/* What the heads can't show: the sorted column is none of those that were chosen. */
static size_t put_sort(const struct view *view, char line[RENDER_LINE], size_t len)
{
    if (view_place(view, view->sort) != NONE)
        return len;
    return put(line, len, "  sort: %s%s", view->feed->table->columns[view->sort].def.name,
               view->descending ? "▼" : "▲");
}

static size_t put_hidden(const struct view *view, char line[RENDER_LINE], size_t len)
{
    bool processes = view->feed->table->def.flags & KVMTOP_TABLE_PROCESSES;

    if (view->show_hidden == processes)
        return len;
    return put(line, len, "  %s", processes ? "kernel threads hidden" : "hidden ones shown");
}

void render_title(const struct session *session, const char *state, char line[RENDER_LINE])
{
    const struct view *view = session->view;
    const struct kvmtop_table *table = &view->feed->table->def;
    char number[FORMAT_BUF];
    size_t len;

    format_seconds(number, session->interval);
    len = put(line, 0, "kvmtop " PACKAGE_VERSION "  %s  every %s s",
              view->tree ? "Tree" : table->title, number);
    if (table->side)
        len = put(line, len, "  %s",
                  view->mirror && table->mirror_side ? table->mirror_side : table->side);
    len = put_sort(view, line, len);
    len = put_hidden(view, line, len);
    if (view->follow)
        len = put(line, len, "  following");
    if (*view->filter_text) {
        char text[200];

        utf8_printable(text, sizeof text, view->filter_text, strlen(view->filter_text));
        len = put(line, len, "  filter: %s", text);
    }
    if (state)
        put(line, len, "  [%s]", state);
}

static size_t put_memory(char line[RENDER_LINE], size_t len, const char *name, double used,
                         double total)
{
    char u[FORMAT_BUF], t[FORMAT_BUF];

    if (used < 0 || total < 0)
        return put(line, len, "  %s -", name);
    format_fixed(u, used, 0);
    format_fixed(t, total, 0);
    return put(line, len, "  %s %s/%s MiB", name, u, t);
}

/* Given : what there is; `≥` where some guests' part is unknown. */
static size_t put_given(char line[RENDER_LINE], size_t len, const char *name,
                        const struct given *given, double there_is, const char *unit)
{
    char g[FORMAT_BUF], t[FORMAT_BUF] = "-";

    if (given->value < 0)
        return len;
    format_fixed(g, given->value, 0);
    if (there_is >= 0)
        format_fixed(t, there_is, 0);
    return put(line, len, "  %s %s%s:%s%s", name, given->whole ? "" : "≥", g, t, unit);
}

static size_t put_guests(const struct session *session, char line[RENDER_LINE], size_t len)
{
    const struct hostinfo *host = &session->host;
    struct overcommit given;

    len = put(line, len, "  Guests %" PRIu32, guests_running(&session->model.guests));
    if (!(session->view->feed->table->def.flags & KVMTOP_TABLE_GUESTS))
        return len;
    overcommit_read(&given, &session->model);
    len = put_given(line, len, "vCPUs", &given.cpus, (double)host->cpus, "");
    return put_given(line, len, "Mem", &given.memory, host->mem_total, " MiB");
}

/* Beside its guests what the host has given them comes first: the rest may be cut. */
void render_host(const struct session *session, char line[RENDER_LINE])
{
    const struct hostinfo *host = &session->host;
    bool guests = session->view->feed->table->def.flags & KVMTOP_TABLE_GUESTS;
    char number[FORMAT_BUF] = "-";
    size_t len;

    if (host->cpu >= 0)
        format_fixed(number, host->cpu, 1);
    len = put(line, 0, "CPU %s%s", number, host->cpu >= 0 ? "%" : "");
    if (host->cpus > 0)
        len = put(line, len, " of %" PRId64, host->cpus);
    if (guests)
        len = put_guests(session, line, len);
    if (host->threads >= 0)
        len = put(line, len, "  Threads %" PRId64, host->threads);
    len = put_memory(line, len, "RAM", host->mem_used, host->mem_total);
    len = put_memory(line, len, "Swap", host->swap_used, host->swap_total);
    if (!guests)
        put_guests(session, line, len);
}
