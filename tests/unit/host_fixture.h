/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fake host of a test whose set_up() makes it: its end, and cells by their columns. */
#ifndef HOST_FIXTURE_H
#define HOST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"

static struct fake_host *fake;

static inline int tear_down(void **state)
{
    (void)state;
    fake_host_free(fake);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static inline uint64_t value(const struct fake_row *row, const char *column)
{
    return fake_u64(fake, row, column);
}

static inline bool known(const struct fake_row *row, const char *column)
{
    return fake_known(fake, row, column);
}

#endif
