/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process whose details are shown: what is sampled for them beyond what the views want. */
#ifndef KVMTOP_CORE_SESSION_DETAIL_H
#define KVMTOP_CORE_SESSION_DETAIL_H

#include "core/session.h"

/* Show the details of this process from the next round on; NULL: of none any more. */
void session_detail(struct session *session, const struct row_key *process);

/* Its row, and the table whose figures are to be shown for it, that of guests for a guest.
 * NULL: there is none. */
const struct row *session_detail_row(const struct session *session);
const struct feed *session_detail_figures(const struct session *session, const struct row **row);

/* For session.c: before a round, and after it. */
void session_detail_want(struct session *session);
void session_detail_ask(struct session *session);

#endif
