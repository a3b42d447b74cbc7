/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of one guest or process: who it is, its threads, interfaces, disks, history, options. */
#ifndef KVMTOP_CORE_PAGE_DETAIL_H
#define KVMTOP_CORE_PAGE_DETAIL_H

#include "core/ui.h"

extern const struct page page_detail;

/* Open it for the row under the cursor: a process, a thread's process, an interface's guest. */
void page_detail_open(struct ui *ui);

#endif
