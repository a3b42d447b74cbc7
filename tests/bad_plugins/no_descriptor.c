/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shared object, but no plugin. */
#include "bad.h"

KVMTOP_EXPORT const int kvmtop_plugin_of_another_name = sizeof bad_columns;
