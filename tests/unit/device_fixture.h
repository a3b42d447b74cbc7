/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded host for the plugins of what guests own: made for each test, with open descriptors. */
#ifndef DEVICE_FIXTURE_H
#define DEVICE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fake_host.h"

#include <stdio.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static inline int setup(void **state)
{
    *state = fake_host_new();
    return 0;
}

static inline int teardown(void **state)
{
    fake_host_free(*state);
    return 0;
}

static inline void set_fd(struct fake_host *fake, int pid, int fd, const char *link,
                          const char *info)
{
    char path[64];

    snprintf(path, sizeof path, "%d/fd/%d", pid, fd);
    fake_link(fake, KVMTOP_DIR_PROC, path, link);
    snprintf(path, sizeof path, "%d/fdinfo/%d", pid, fd);
    fake_file(fake, KVMTOP_DIR_PROC, path, info);
}

#endif
