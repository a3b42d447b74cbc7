/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is the kernel's delay accounting on, and for which tasks is a wait of 0 a fact?
 *
 * Before Linux 5.14 it was on wherever it was compiled in, unless `nodelayacct` stood on the
 * kernel's command line.  Since 5.14 it is off unless `delayacct` stands there or the sysctl
 * kernel.task_delayacct turns it on, and then only for tasks that begin afterwards
 * (Documentation/accounting/delay-accounting.rst): others keep the 0 they were born with.
 */
#ifndef KVMTOP_LIB_DELAYACCT_H
#define KVMTOP_LIB_DELAYACCT_H

#include <stdbool.h>
#include <stdint.h>

enum delayacct_mode {
    DELAYACCT_UNSEEN,           /* before the first update, or it can't be read */
    DELAYACCT_NONE,             /* the kernel hasn't got it, or was told so when it booted */
    DELAYACCT_OFF,
    DELAYACCT_ON,
};

struct delayacct {              /* begin with {0} */
    enum delayacct_mode mode;
    bool from_boot;             /* on, and for all tasks */
    uint64_t since;             /* CLOCK_BOOTTIME ns of the update that first saw it on */
};

/* Look again; procfd is the folder proc, boottime the present.  True: the mode has changed. */
bool delayacct_update(struct delayacct *acct, int procfd, uint64_t boottime);

/* Why no wait is known; NULL: it is on. */
const char *delayacct_reason(const struct delayacct *acct);

/* Is this wait of a task, begun at `birth` (CLOCK_BOOTTIME ns), a fact? */
bool delayacct_known(const struct delayacct *acct, uint64_t wait, uint64_t birth);

#endif
