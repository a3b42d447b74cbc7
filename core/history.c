/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last values, for each guest. */
#include "core/history.h"

#include <math.h>
#include <stdlib.h>

#include "core/xalloc.h"

static uint16_t pack(double value)
{
    float narrow = (float)value;
    uint32_t bits;

    memcpy(&bits, &narrow, sizeof bits);
    return (uint16_t)(bits >> 16);
}

static float unpack(uint16_t packed)
{
    uint32_t bits = (uint32_t)packed << 16;
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

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

static void begin_value(struct history **history, uint32_t metrics)
{
    struct history *h = *history;

    if (!h)
        h = *history = xcalloc(1, sizeof *h + metrics * sizeof h->value[0]);
    for (uint32_t m = 0; m < metrics; m++)
        h->value[m][h->next] = pack(NAN);
    h->next = (h->next + 1) % HISTORY_LENGTH;
    if (h->count < HISTORY_LENGTH)
        h->count++;
}

static void add_value(struct history *history, uint32_t metric, double value)
{
    uint16_t *at =
        &history->value[metric][(history->next + HISTORY_LENGTH - 1) % HISTORY_LENGTH];
    float before = unpack(*at);

    *at = pack(isnan(before) ? value : (double)before + value);
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

    for (uint32_t i = table_next_whole(table, 0); i != NONE; i = table_next_whole(table, i + 1)) {
        const struct row *row = table_at(table, i);
        struct history *history = target(session, metric->feed, row);
        double value;

        if (history && rate_value(table, row, row_column(table, row, metric->column, true), &value))
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
            begin_value(&guests->item[i].history, n);
    if (session->detail.set)
        begin_value(&session->detail_history, n);
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

/* Value i, from 0, the oldest, within 1 %.  i < count. */
static float value_at(const struct history *history, uint32_t metric, uint32_t i)
{
    uint32_t oldest = (history->next + HISTORY_LENGTH - history->count) % HISTORY_LENGTH;

    return unpack(history->value[metric][(oldest + i) % HISTORY_LENGTH]);
}

/* 0 to 7.  What no float holds, such as a sum of several, is infinite. */
static unsigned height_of(double value, double most)
{
    double height = value / most * 7;

    return height < 7 ? (unsigned)height : 7;
}

bool history_line(const struct history *history, uint32_t metric, double least,
                  char line[HISTORY_LINE_BYTES], double *most)
{
    static const char *const block[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    bool known = false;
    size_t len = 0;

    *most = 0;
    for (uint32_t i = 0; i < history->count; i++) {
        double value = (double)value_at(history, metric, i);

        known |= !isnan(value);
        if (value >= least && value > *most)
            *most = value;
    }
    for (uint32_t i = 0; i < history->count; i++) {
        double value = (double)value_at(history, metric, i);
        unsigned height = value >= least ? height_of(value, *most) : 0;
        const char *piece = isnan(value) ? " " : block[height];

        memcpy(line + len, piece, strlen(piece));
        len += strlen(piece);
    }
    line[len] = 0;
    return known;
}
