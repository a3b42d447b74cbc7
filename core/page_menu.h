/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two menus of columns: by which to sort, and which to show in which order. */
#ifndef KVMTOP_CORE_PAGE_MENU_H
#define KVMTOP_CORE_PAGE_MENU_H

#include "core/ui.h"

extern const struct page page_sort, page_columns;

#endif
