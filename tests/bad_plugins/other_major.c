/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For a host of another major version, whose descriptor is another. */
#include "bad.h"

extern KVMTOP_EXPORT const uint32_t kvmtop_plugin_other_major;
KVMTOP_EXPORT const uint32_t kvmtop_plugin_other_major = (KVMTOP_ABI_MAJOR + 1) << 16;
