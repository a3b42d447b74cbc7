/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help page: warnings, keys, filter, plugins, kvmtop's own cost, the columns of the view. */
#ifndef KVMTOP_CORE_PAGE_HELP_H
#define KVMTOP_CORE_PAGE_HELP_H

#include "core/ui.h"

extern const struct page page_help;

#endif
