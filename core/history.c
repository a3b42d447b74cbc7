/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last values, for each guest. */
#include "core/history.h"

#include <math.h>
#include <stdlib.h>

#include "core/xalloc.h"

uint32_t history_metrics(const struct session *session,
                         struct history_metric metric[HISTORY_METRICS])
{
    uint32_t n = 0;

    for (size_t i = 0; i < session->model.nfeeds; i++) {
        const struct feed *feed = session->model.feeds[i];

        for (uint32_t c = 0; c < feed->table->ncolumns && n < HISTORY_METRICS; c++)
            if (feed->table->columns[c].def.flags & KVMTOP_HISTORY)
                metric[n++] = (struct history_metric){ feed, c };
    }
    return n;
}

static void begin_value(struct history **history)
{
    struct history *h = *history;

    if (!h)
        h = *history = xcalloc(1, sizeof *h);
    for (uint32_t m = 0; m < HISTORY_METRICS; m++)
        h->value[m][h->next] = NAN;
    h->next = (h->next + 1) % HISTORY_LENGTH;
    if (h->count < HISTORY_LENGTH)
        h->count++;
}

static void add_value(struct history *history, uint32_t metric, double value)
{
    float *at = &history->value[metric][(history->next + HISTORY_LENGTH - 1) % HISTORY_LENGTH];

    *at = (isnan(*at) ? 0 : *at) + (float)value;
}

static bool is_detail(const struct session *session, const struct feed *feed,
                      const struct row *row)
{
    return session->detail.set && feed->table->def.flags & KVMTOP_TABLE_PROCESSES &&
           session->detail.id == row->id && session->detail.birth == row->birth && !row->kind;
}

static struct history *target(struct session *session, const struct feed *feed,
                              const struct row *row)
{
    if (row->parent == NONE && row->guest != NONE)
        return session->model.guests.item[row->guest].history;
    return is_detail(session, feed, row) ? session->detail_history : NULL;
}

static void add_rows(struct session *session, const struct history_metric *metric, uint32_t m)
{
    const struct table *table = metric->feed->table;

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        const struct row *row = table_at(table, i);
        struct history *history = target(session, metric->feed, row);
        double value;

        if (history && rate_value(table, row, metric->column, &value))
            add_value(history, m, value);
    }
}

void history_update(struct session *session)
{
    struct history_metric metric[HISTORY_METRICS];
    struct guests *guests = &session->model.guests;
    uint32_t n = history_metrics(session, metric);

    for (uint32_t i = 0; i < guests->count; i++)
        if (guests->item[i].used && guests->item[i].pid)
            begin_value(&guests->item[i].history);
    if (session->detail.set)
        begin_value(&session->detail_history);
    for (uint32_t m = 0; m < n; m++)
        if (metric[m].feed->active)
            add_rows(session, &metric[m], m);
}

const struct history *history_of(const struct session *session, const struct row *row)
{
    if (row->guest != NONE)
        return session->model.guests.item[row->guest].history;
    return session->detail_history;
}

float history_at(const struct history *history, uint32_t metric, uint32_t i)
{
    uint32_t oldest = (history->next + HISTORY_LENGTH - history->count) % HISTORY_LENGTH;

    return history->value[metric][(oldest + i) % HISTORY_LENGTH];
}

void history_line(const struct history *history, uint32_t metric,
                  char line[HISTORY_LINE_BYTES], double *most)
{
    static const char *const block[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    size_t len = 0;

    *most = 0;
    for (uint32_t i = 0; i < history->count; i++)
        if (history_at(history, metric, i) > (float)*most)
            *most = (double)history_at(history, metric, i);
    for (uint32_t i = 0; i < history->count; i++) {
        float value = history_at(history, metric, i);
        const char *piece = " ";

        if (!isnan(value))
            piece = block[*most > 0 ? (unsigned)((double)value / *most * 7) : 0];
        memcpy(line + len, piece, strlen(piece));
        len += strlen(piece);
    }
    line[len] = 0;
}
