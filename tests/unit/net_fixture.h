/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded host for the plugin `net`: its files of interfaces, a round, a row by its name. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include "device_fixture.h"

#include <stdio.h>

extern const struct kvmtop_plugin kvmtop_plugin_net;

#define HEADING                                                                                 \
    "Inter-|   Receive                                                |  Transmit\n"            \
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "  \
    "drop fifo colls carrier compressed\n"

#define LINE(name) name ": 100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n"

static inline void set_dev(struct fake_host *fake, const char *lines)
{
    fake_file(fake, KVMTOP_DIR_PROC, "net/dev", lines);
}

static inline void set_attribute(struct fake_host *fake, const char *name, const char *file,
                                 const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "class/net/%s/%s", name, file);
    fake_file(fake, KVMTOP_DIR_SYS, path, text);
}

#define TUN_INFO(name) "pos:\t0\nflags:\t0104002\nmnt_id:\t26\nino:\t142\niff:\t" name "\n"

static inline void collect(struct fake_host *fake)
{
    assert_int_equal(fake_collect(fake, &kvmtop_plugin_net.sources[0]), 0);
}

static inline void open_and_collect(struct fake_host *fake)
{
    assert_int_equal(fake_open(fake, &kvmtop_plugin_net), 0);
    collect(fake);
}

static inline struct fake_row *row_named(struct fake_host *fake, const char *name)
{
    for (size_t i = 0; i < fake->nrows; i++) {
        if (strcmp(fake_text(fake, fake->rows[i], "iface"), name) == 0)
            return fake->rows[i];
    }
    return NULL;
}

#endif
