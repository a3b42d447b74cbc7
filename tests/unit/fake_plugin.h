/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plugins in memory for unit tests of the core: a plugin `fake` whose rows the test writes down,
 * places for plugins of the test's own, and a session over them with a clock that stands still
 * until it is told to go on.  A folder of its own under $TMPDIR stands for proc, sys and etc.
 *
 *     struct world world;
 *     struct fake_item items[] = { { .id = 10, .user = "root", .cpu = 5 } };
 *     world_open(&world, NULL);
 *     world_round(&world, items, 1);          // the first sample
 *     items[0].cpu += 500000000;
 *     world_round(&world, items, 1);          // 1 s later: 50 %
 *     world_value(&world, "process", 10, "cpu", &value);
 *     world_close(&world);
 *
 * It brings three tables.  `process`: pid, user, uptime, mem, cpu, ops, busy, lat, peak, state,
 * command, comm by collect; extra (a plain fill), tag (ONCE), rss (ROTATE).  `network`: name, rx,
 * tx, mirrored.  `storage`: name, ops.
 */
#ifndef FAKE_PLUGIN_H
#define FAKE_PLUGIN_H

#include <kvmtop/plugin.h>

#include "core/session.h"

#define FAKE_SECOND UINT64_C(1000000000)
#define FAKE_START (1000 * FAKE_SECOND) /* the clocks of the first round */
#define FAKE_UNKNOWN UINT64_MAX /* a number that is not stored */

enum fake_table { FAKE_PROCESS, FAKE_NETWORK, FAKE_STORAGE };

/* A row as collect reports it.  Texts: NULL is not stored. */
struct fake_item {
    enum fake_table table;
    uint32_t kind;
    uint64_t id, birth;
    size_t parent;              /* place of the parent in the array, from 1; 0: none */
    uint32_t flags;             /* enum kvmtop_row_flag */
    bool keep;                  /* by keep() instead of row() */
    bool changed;               /* the process has changed its image */
    const char *user;           /* of a network or storage row: its name */
    const char *command, *comm;
    const char *hint_platform, *hint_id;
    int32_t owner;              /* the process that it works for; 0: none */
    uint64_t mem, cpu, ops, busy; /* network: ops is rx, busy is tx */
    double peak;
    char state;                 /* 0: not stored */
    uint64_t extra, rss;        /* by the fills */
    const char *tag;
};

/* Places of the test's own plugins: set name and the rest before world_open(). */
#define FAKE_PLUGINS 3
extern struct kvmtop_plugin fake_plugins[FAKE_PLUGINS];

struct world {
    struct settings settings;
    struct session session;
    char *folder;
    unsigned mistakes;          /* reported while opening */
    char mistake[512];          /* the last of them */
};

/* What the fake plugin does; world_open() sets it back. */
struct fake_script {
    const struct fake_item *item;
    size_t nitems;
    int error;                  /* collect of `process` fails with this after `until` rows */
    size_t until;
    const char *message;        /* told by host->fail() before; NULL: silently */
    size_t a_call;              /* rows a call of collect before it asks for more; 0: all */
    int fill_error;             /* the fill of `extra` fails with this before any row */
    const char *reason;         /* why `extra` is unknown; NULL: nothing is said */
    unsigned collects, extras, idles; /* calls; of the fill of `extra` */
    unsigned fills, onces, rotates; /* rows filled */
};
extern struct fake_script fake_script;

/* Open a session over `fake` and the plugins set in fake_plugins[]; configure (may be NULL)
 * changes the settings before.  Aborts when that fails, but for mistakes in the settings. */
void world_open(struct world *world, void (*configure)(struct settings *settings));
void world_close(struct world *world);

/* One round, a second after the one before, and the view brought up to date. */
void world_round(struct world *world, const struct fake_item *item, size_t n);
/* The same after `ns`. */
void world_round_after(struct world *world, uint64_t ns, const struct fake_item *item,
                            size_t n);

/* A file of the world: path is "proc/10/comm" or the like; folders on the way are made. */
void world_write(const struct world *world, const char *path, const void *bytes,
                     size_t len);
void world_write_text(const struct world *world, const char *path, const char *text);

/* Look at a row of kind 0; NULL: there is none. */
struct table *world_table(struct world *world, const char *table);
struct row *world_row(struct world *world, const char *table, uint64_t id);
struct row *world_row_of(struct world *world, const char *table, uint32_t kind, uint64_t id,
                        uint64_t birth);
uint32_t world_column(struct world *world, const char *table, const char *column);
/* The value of a number's column in a row; false: unknown. */
bool world_value(struct world *world, const char *table, uint64_t id, const char *column,
                double *value);
/* The text of a column in a row; NULL: unknown.  Lives until the next call. */
const char *world_text(struct world *world, const char *table, uint64_t id,
                      const char *column);

#endif
