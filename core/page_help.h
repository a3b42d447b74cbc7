/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help page: keys, the columns of the view, warnings, plugins, kvmtop's own cost. */
#ifndef KVMTOP_CORE_PAGE_HELP_H
#define KVMTOP_CORE_PAGE_HELP_H

#include "core/ui.h"

extern const struct page page_help;

#endif
