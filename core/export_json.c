/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as JSON: one object on one line (RFC 8259). */
#include "core/export.h"

#include "core/cell.h"
#include "core/format.h"
#include "core/overcommit.h"
#include "core/utf8.h"

/* What must not stand raw in a terminal is escaped, and what is no UTF-8 becomes \xNN text. */
static void put_char(struct str_buf *out, const char **at, const char *end)
{
    uint32_t cp;
    int n = utf8_decode(*at, (size_t)(end - *at), &cp);

    if (n < 0) {
        export_printf(out, "\\\\x%02x", (unsigned)(unsigned char)**at);
        ++*at;
        return;
    }
    if (cp == '"' || cp == '\\')
        export_printf(out, "\\%c", (char)cp);
    else if (utf8_width(cp) >= 0)
        str_put(out, *at, (size_t)n);
    else if (cp < 0x10000)
        export_printf(out, "\\u%04x", cp);
    else
        export_printf(out, "\\u%04x\\u%04x", 0xd800 + ((cp - 0x10000) >> 10),
                      0xdc00 + ((cp - 0x10000) & 0x3ff));
    *at += n;
}

static void put_string(struct str_buf *out, struct span text)
{
    const char *at = text.bytes, *end = text.bytes + text.len;

    str_puts(out, "\"");
    while (at < end)
        put_char(out, &at, end);
    str_puts(out, "\"");
}

static void put_number(struct str_buf *out, const char *name, double value, int decimals)
{
    char buf[FORMAT_BUF];

    if (value < 0) {
        export_printf(out, "\"%s\":null", name);
        return;
    }
    format_fixed(buf, value, decimals);
    export_printf(out, "\"%s\":%s", name, buf);
}

static void put_host(const struct session *session, struct str_buf *out)
{
    const struct hostinfo *host = &session->host;
    struct overcommit given;

    overcommit_read(&given, &session->model);
    const struct {
        const char *name;
        double value;
        int decimals;
    } fields[] = {
        { "cpu", host->cpu, 2 }, { "cpus", (double)host->cpus, 0 },
        { "threads", (double)host->threads, 0 }, { "mem_total", host->mem_total, 1 },
        { "mem_used", host->mem_used, 1 }, { "swap_total", host->swap_total, 1 },
        { "swap_used", host->swap_used, 1 },
        { "guests", (double)guests_running(&session->model.guests), 0 },
        { "vcpus_given", given.cpus.whole ? given.cpus.value : -1, 0 },
        { "mem_given", given.memory.whole ? given.memory.value : -1, 1 },
    };

    str_puts(out, "\"host\":{");
    for (size_t i = 0; i < KVMTOP_COUNT(fields); i++) {
        str_puts(out, i ? "," : "");
        put_number(out, fields[i].name, fields[i].value, fields[i].decimals);
    }
    str_puts(out, "}");
}

static void put_row(struct session *session, struct str_buf *out, const struct row *row,
                    const uint32_t *columns, uint32_t n)
{
    const struct table *table = session->view->feed->table;
    char buf[CELL_BUF];

    str_puts(out, "{");
    for (uint32_t c = 0; c < n; c++) {
        const struct column *column = &table->columns[columns[c]];
        struct span text = export_cell(session, row, columns[c], buf);

        export_printf(out, "%s\"%s\":", c ? "," : "", column->def.name);
        if (!text.bytes)
            str_puts(out, "null");
        else if (cell_is_text(column))
            put_string(out, text);
        else
            str_put(out, text.bytes, text.len);
    }
    str_puts(out, "}");
}

static void put_self(const struct session *session, struct str_buf *out)
{
    char buf[FORMAT_BUF];

    str_puts(out, "\"self\":{");
    put_number(out, "cpu", session->sched.self_cpu, 3);
    for (unsigned i = 0; i < STAGES; i++) {
        format_fixed(buf, (double)session->sched.cost[i] / 1e6, 3);
        export_printf(out, ",\"%s_ms\":%s", sched_stage_name[i], buf);
    }
    str_puts(out, "}");
}

struct warnings {
    struct str_buf *out;
    bool any;
};

static void put_warning(void *ctx, const char *line)
{
    struct warnings *w = ctx;

    str_puts(w->out, w->any ? "," : "");
    put_string(w->out, (struct span){ line, strlen(line) });
    w->any = true;
}

void export_json(struct session *session, struct str_buf *out, bool first)
{
    struct view *view = session->view;
    uint32_t *columns = arena_alloc(&session->view->arena,
                                    view->feed->table->ncolumns * sizeof *columns);
    uint32_t n = export_columns(view, columns);
    struct warnings warnings = { out, false };
    char time[EXPORT_TIME_BUF], buf[FORMAT_BUF];

    (void)first;
    export_time(session, time);
    format_fixed(buf, session_interval(session), 6);
    export_printf(out, "{\"time\":\"%s\",\"interval\":%s,", time, buf);
    put_host(session, out);
    export_printf(out, ",\"view\":\"%s\",\"rows\":[", view->name);
    for (uint32_t i = 0; i < view->nlines; i++) {
        str_puts(out, i ? "," : "");
        put_row(session, out, table_at(view->feed->table, view_line(view, i)->row), columns, n);
    }
    str_puts(out, "],\"warnings\":[");
    session_warnings(session, put_warning, &warnings);
    str_puts(out, "],");
    put_self(session, out);
    str_puts(out, "}\n");
}
