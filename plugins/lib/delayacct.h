/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is the kernel's delay accounting on, and for which tasks?
 *
 * Before Linux 5.14 it was on wherever it was compiled in, unless `nodelayacct` stood on the
 * kernel's command line.  Since 5.14 it is off unless `delayacct` stands there or the sysctl
 * kernel.task_delayacct turns it on, and then only for tasks that begin afterwards
 * (Documentation/accounting/delay-accounting.rst): others keep the 0 they were born with.  So of a
 * thread a wait other than 0 is a fact; of a process it may be that of its younger threads alone.
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
    bool moved;                 /* `since` has, after the last update */
    uint64_t off;               /* CLOCK_BOOTTIME ns of the update that last saw it off; 0: none */
    uint64_t since;             /* it was on by then: tasks begun later are counted */
};

/* Look again; procfd is the folder proc, boottime the present.  True: what was known of tasks, or
 * was not, may have changed. */
bool delayacct_update(struct delayacct *acct, int procfd, uint64_t boottime);

/* A task begun at `birth` (CLOCK_BOOTTIME ns) has waited: it was on when that began, and is taken
 * to have been so ever since. */
void delayacct_witness(struct delayacct *acct, uint64_t birth);

/* Why no wait is known; NULL: it is on. */
const char *delayacct_reason(const struct delayacct *acct);

/* Is this wait of a thread, begun at `birth`, a fact?  With a wait of 0: are all threads counted
 * that began then or later? */
bool delayacct_known(const struct delayacct *acct, uint64_t wait, uint64_t birth);

#endif
