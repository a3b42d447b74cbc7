/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of details: threads, interfaces, devices. */
#ifndef KVMTOP_CORE_PAGE_DETAIL_TABLES_H
#define KVMTOP_CORE_PAGE_DETAIL_TABLES_H

#include "core/paper_table.h"

/* The threads of a process by what they do, and those of the kernel that work for its guest. */
void page_detail_threads(struct paper *paper, const struct row *row);

/* What the guest owns in the tables of interfaces and devices. */
void page_detail_owned(struct paper *paper, uint32_t guest);

#endif
