/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel says so: AT_SECURE in the auxiliary vector, getauxval(3). */
#include "core/secure.h"

#include <sys/auxv.h>

bool secure_execution(void)
{
    return getauxval(AT_SECURE) != 0;
}
