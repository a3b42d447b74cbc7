/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What plugins would bring that are not in use: left out by the settings, failed, or not there.
 * A file may speak of it all the same.  They are looked into, not opened; of one that can't be
 * looked into nobody knows, so it may bring anything.
 */
#ifndef KVMTOP_CORE_ABSENT_H
#define KVMTOP_CORE_ABSENT_H

#include "core/model.h"

/* Would one of them bring this view? */
bool absent_view(const struct model *model, const char *view);

/* Would one of them bring this column of the table?  What it is called goes to `name`. */
bool absent_column(const struct model *model, const struct table *table, const char *column,
                   size_t len, char *name, size_t cap);

#endif
