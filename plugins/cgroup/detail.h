/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for the page of details: limits and pressure of a process's control group. */
#ifndef KVMTOP_CGROUP_DETAIL_H
#define KVMTOP_CGROUP_DETAIL_H

#include "cgroup/reading.h"

void cgroup_detail(struct cgroup *s, const struct kvmtop_process *process,
                   struct kvmtop_page *page);

#endif
