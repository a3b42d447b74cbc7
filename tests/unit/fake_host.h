/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A host for unit tests of any plugin: the test sets options, files, processes and the time; the
 * plugin's rows, texts, guests, claims and messages are recorded in plain arrays to be looked at.
 * A folder of its own under $TMPDIR stands for proc, sys and etc.  Whatever goes wrong inside the
 * fake itself (no memory, no temporary folder, misuse by the plugin) aborts with a message.
 *
 *     struct fake_host *fake = fake_host_new();
 *     fake_file(fake, KVMTOP_DIR_PROC, "42/stat", "42 (a b) S 1 …");
 *     fake_open(fake, &kvmtop_plugin_proc);
 *     fake_collect(fake, &kvmtop_plugin_proc.sources[0]);
 *     assert_int_equal(fake_u64(fake_row(fake, "process", 0, 42), "threads"), 3);
 *     fake_host_free(fake);           // closes the plugin and removes the folder
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include <kvmtop/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAKE_CELLS = 128, FAKE_MESSAGE = 512 };

/* One row of some table, as the plugin made it or the test gave it to fill. */
struct fake_row {
    const char *table;
    uint32_t kind;
    uint64_t id, birth;
    uint32_t ref, parent;       /* parent: ref of another row, 0 none */
    uint32_t flags;
    uint64_t time;
    union kvmtop_cell cells[FAKE_CELLS];
    uint64_t set[FAKE_CELLS / 64];
    char *text[FAKE_CELLS];     /* NUL-terminated copies, where host->text() stored one */
    size_t text_len[FAKE_CELLS];
    char *hint_platform, *hint_id;
    int32_t owner;              /* by host->belongs(); 0: none */
    struct kvmtop_process process;
    unsigned round;             /* the last round of collect that mentioned it */
    bool kept;                  /* by keep(), in that round */
    bool changed;               /* by host->changed(), in that round */
    bool filled;                /* a FILL_ONCE source had it */
};

/* What resolvers say of a process. */
struct kvmtop_guest {
    char *field[KVMTOP_GUEST_UUID + 1]; /* by enum kvmtop_field; NULL: not set */
    bool override;
};

/* What a process's claims() named. */
struct kvmtop_claims {
    struct {
        enum kvmtop_claim what;
        char *name;
    } item[64];
    size_t count;
};

/* What detail told. */
struct kvmtop_page {
    struct {
        char *name, *value;     /* value NULL: a heading */
    } line[1024];
    size_t count;
};

struct fake_option {
    char *name, *value;
};

struct fake_process {
    struct kvmtop_process process;
    char *fact[KVMTOP_FACT_CMDLINE + 1];
    char **argv;
    size_t argc;
};

struct fake_host {
    struct kvmtop_host host;    /* first: the pointer handed to plugins; set .live for live tests */
    const struct kvmtop_plugin *plugin;
    void *state;

    /* Set by the test. */
    uint64_t monotonic, boottime; /* ns; fake_live() takes the real clocks instead */
    uint64_t deadline;          /* of each call of collect; default: never */
    bool children;
    uint64_t children_of;
    const uint64_t *only;
    uint32_t nonly;
    bool (*wants)(const char *column); /* NULL: all columns are wanted */

    /* Left by the plugin. */
    unsigned fails;             /* calls of host->fail() */
    int error;                  /* and the last one's errno value and message */
    char message[FAKE_MESSAGE];
    unsigned calls;             /* calls that the last fake_collect() took */
    struct fake_row **rows;
    size_t nrows;

    /* Its own. */
    char *folder;
    int dirs[KVMTOP_DIR_ETC + 1];
    bool real_clocks;
    unsigned round;
    const struct kvmtop_source *source;
    size_t next;                /* for host->next() */
    uint16_t at[FAKE_CELLS];
    const char *columns[FAKE_CELLS];
    char *reasons[FAKE_CELLS];
    struct fake_option options[64];
    size_t noptions;
    struct fake_process **processes;
    size_t nprocesses;
    char **users;
    size_t nusers;
};

struct fake_host *fake_host_new(void);
void fake_host_free(struct fake_host *fake);

/* The real /proc, /sys, /etc and clocks, and host.live. */
void fake_live(struct fake_host *fake);

/* Another value of an option; without one the plugin's default holds. */
void fake_option(struct fake_host *fake, const char *name, const char *value);

/* Files below proc, sys or etc; folders on the way are made.  A file's name is replaced, as the
 * kernel does it: a descriptor kept by the plugin still reads the old one. */
void fake_file(struct fake_host *fake, enum kvmtop_dir dir, const char *path, const char *text);
void fake_bytes(struct fake_host *fake, enum kvmtop_dir dir, const char *path, const void *data,
                size_t len);
void fake_link(struct fake_host *fake, enum kvmtop_dir dir, const char *path, const char *target);
void fake_folder(struct fake_host *fake, enum kvmtop_dir dir, const char *path);
void fake_remove(struct fake_host *fake, enum kvmtop_dir dir, const char *path);
/* Takes the whole folder away: host->dir() gives -1. */
void fake_no_dir(struct fake_host *fake, enum kvmtop_dir dir);

/* Processes whose facts can be asked for; made when first named, with nothing known. */
struct kvmtop_process *fake_process(struct fake_host *fake, int32_t pid);
void fake_fact(struct fake_host *fake, int32_t pid, enum kvmtop_fact fact, const char *text);
void fake_argv(struct fake_host *fake, int32_t pid, const char *const *argv, size_t argc);

/* open(), after the check callbacks of the options set; close() comes with fake_host_free() or
 * fake_close().  Returns what the plugin returned. */
int fake_open(struct fake_host *fake, const struct kvmtop_plugin *plugin);
void fake_close(struct fake_host *fake);

/* One round of a source.  fake_collect() calls again while MORE is returned; rows that a
 * successful round has not mentioned are gone after it. */
int fake_collect(struct fake_host *fake, const struct kvmtop_source *source);
int fake_fill(struct fake_host *fake, const struct kvmtop_source *source);
/* A row for fill.  Rows of the table `process` of kind 0 get a process. */
struct fake_row *fake_add_row(struct fake_host *fake, const char *table, uint32_t kind,
                              uint64_t id, uint64_t birth);

/* Looking at rows; NULL where there is none.  A cell asked for as a value has to be known. */
struct fake_row *fake_row(struct fake_host *fake, const char *table, uint32_t kind, uint64_t id);
size_t fake_count(struct fake_host *fake, const char *table, uint32_t kind);
bool fake_known(struct fake_host *fake, const struct fake_row *row, const char *column);
uint64_t fake_u64(struct fake_host *fake, const struct fake_row *row, const char *column);
int64_t fake_i64(struct fake_host *fake, const struct fake_row *row, const char *column);
double fake_f64(struct fake_host *fake, const struct fake_row *row, const char *column);
const char *fake_text(struct fake_host *fake, const struct fake_row *row, const char *column);
/* The reason given in the last round why cells of a column are unknown; NULL: none. */
const char *fake_reason(struct fake_host *fake, const char *column);
/* Set a cell, for fill to find. */
void fake_set_u64(struct fake_host *fake, struct fake_row *row, const char *column, uint64_t v);
void fake_set_text(struct fake_host *fake, struct fake_row *row, const char *column,
                   const char *text);

/* Ask a plugin's resolvers about a process.  A guest and claims begin as {0}, and are added to:
 * other plugins can be asked afterwards, each with a fake of its own for its options. */
int fake_resolve(struct fake_host *fake, int32_t pid, struct kvmtop_guest *guest);
int fake_claims(struct fake_host *fake, int32_t pid, struct kvmtop_claims *claims);
/* Ask for details, in the same way; the page begins as {0}. */
int fake_detail(struct fake_host *fake, int32_t pid, struct kvmtop_page *page);
/* The value beside the first line of this name under the heading; NULL: there is none. */
const char *fake_line(const struct kvmtop_page *page, const char *heading, const char *name);
void fake_page_free(struct kvmtop_page *page);
void fake_guest_free(struct kvmtop_guest *guest);
void fake_claims_free(struct kvmtop_claims *claims);
bool fake_claimed(const struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name);

#endif
