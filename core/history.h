/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last values of the columns flagged so, for each guest: of its process, or summed over what
 * it owns in other tables. */
#ifndef KVMTOP_CORE_HISTORY_H
#define KVMTOP_CORE_HISTORY_H

#include "core/session.h"

#define HISTORY_LENGTH 60u
#define HISTORY_METRICS 8u

/* Rings of the upper halves of floats: what is drawn eight steps high needs no more digits, and
 * a full host has many guests.  NAN: unknown.  One block of memory, to be given to free(3). */
struct history {
    uint32_t next, count;
    uint16_t value[][HISTORY_LENGTH]; /* [history_metrics()] */
};

struct history_metric {
    const struct feed *feed;
    uint32_t column;
};

/* The metrics of this session, in the order of the tables.  Returns their number. */
uint32_t history_metrics(const struct session *session,
                         struct history_metric metric[HISTORY_METRICS]);

/* A finished round: put its values at the end of each guest's history, and of the process's whose
 * details are shown. */
void history_update(struct session *session);

/* The history of a row of processes: its guest's, else the details' own; NULL: none. */
const struct history *history_of(const struct session *session, const struct row *row);

/* A line of blocks, one a value, the highest as high as a character, those below `least` (which is
 * more than 0) as low as 0 is; UTF-8, NUL-terminated.  False: all are unknown. */
#define HISTORY_LINE_BYTES (HISTORY_LENGTH * 3 + 1)
bool history_line(const struct history *history, uint32_t metric, double least,
                  char line[HISTORY_LINE_BYTES], double *most);

#endif
