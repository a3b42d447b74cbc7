/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports to standard output, one an interval. */
#ifndef KVMTOP_CORE_BATCH_H
#define KVMTOP_CORE_BATCH_H

struct session;

/* Run until the last of --iterations, a recorded host's last step, a signal, or the reader's end.
 * Returns the exit status. */
int batch_run(struct session *session);

#endif
