/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running kvmtop without its face: the model, its clockwork and the views.  The terminal and
 * the batch reports drive it alike. */
#ifndef KVMTOP_CORE_SESSION_H
#define KVMTOP_CORE_SESSION_H

#include "core/detail.h"
#include "core/hostinfo.h"
#include "core/model.h"
#include "core/sched.h"
#include "core/view.h"

struct session {
    const struct settings *settings;
    struct model model;
    struct sched sched;
    struct hostinfo host;
    struct view **views;        /* in the order of the tables; the tree after its table */
    size_t nviews;
    struct view *view;          /* the current one */
    double interval;            /* seconds; the settings' until it is changed */
    uint64_t limit;
    struct row_key detail;      /* the process whose details are shown; not set: none */
    struct history *detail_history; /* its own, where it is no guest */
    struct kvmtop_page detail_page; /* and what plugins tell of it */
    bool hasty;                 /* what takes long is left out of a table's first round */
    bool export;                /* what is shown is all rows and columns, not a screen */
    bool ended;                 /* a recorded host has no further step */
};

/* Open what model_load() has loaded, and make the views as the settings have them.  Mistakes in
 * the settings go to report().  0; -EINVAL: there were mistakes; -ENOENT: nothing to show; other
 * -errno with a line reported.  session_close() in any case. */
int session_open(struct session *session, const struct settings *settings,
                 void (*report)(void *ctx, const char *line), void *ctx);
void session_close(struct session *session);

struct view *session_find_view(const struct session *session, const char *name);
/* The view with this hotkey; NULL: none. */
struct view *session_view_by_key(const struct session *session, uint32_t key);

/* Start a round for what the current view needs, go on with it, and bring the view up to date. */
void session_begin(struct session *session);
bool session_step(struct session *session);
void session_update(struct session *session);

/* Wall-clock time of the current sample: seconds since the epoch and ns. */
void session_time(const struct session *session, int64_t *seconds, uint32_t *ns);

/* The measured length of the current view's last interval in seconds; 0: no two samples yet. */
double session_interval(const struct session *session);

/* What is unknown in this table, or in this row of it, and why, one line for each reason. */
void session_reasons(const struct feed *feed, const struct row *row,
                     void (*line)(void *ctx, const char *line), void *ctx);
/* Why there is nothing, what is unknown in the current view and why, and what plugins fail at, one line each. */
void session_warnings(const struct session *session, void (*line)(void *ctx, const char *line),
                      void *ctx);

#endif
