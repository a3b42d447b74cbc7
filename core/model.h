/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The model: plugins with what they offer bound together, the tables they fill, the guests.
 *
 * A feed is a table with those who fill it.  Of the sources that collect it the first that works
 * does it; each fill adds cells to its rows.
 */
#ifndef KVMTOP_CORE_MODEL_H
#define KVMTOP_CORE_MODEL_H

#include "core/guests.h"
#include "core/plugin.h"
#include "core/root.h"
#include "core/settings.h"
#include "core/snapshot.h"

struct groups;
struct users;

/* A source bound to its table. */
struct binding {
    struct plugin *plugin;
    const struct kvmtop_source *source;
    struct table *table;
    uint16_t *at;               /* [ncolumns] cells, in the source's order, */
    uint16_t *child_at;         /* and in rows that lack some: all those are one, never known */
    uint32_t *column;           /* [ncolumns] columns of the table */
    uint32_t ncolumns;
    uint64_t *wanted;           /* bitmap over the source's columns */
    uint64_t *cells;            /* bitmap over the cells it brings */
    uint32_t fill;              /* index among the table's fills; NONE: it collects */
    unsigned failures;          /* in a row, as far as they lengthen the rest */
    uint32_t retry_round;       /* not asked before this round */
    bool busy;                  /* asked since its last idle() */
};

struct focus {
    uint64_t pid, birth;
};

struct feed {
    struct table *table;
    struct plugin *owner;
    struct binding **collect;   /* in the order of the plugins */
    struct binding **fill;      /* [table->nfills] */
    uint32_t ncollect, current; /* which one collects */
    struct groups *groups;      /* of a table of guests; groups.c */
    struct string_list own_texts; /* names that its added columns point to */
    /* What the views want of it: */
    bool active;                /* to be sampled at all */
    bool children;
    uint64_t children_of;       /* the id of the only parent whose children are; 0: all */
    struct focus *focus;        /* [nfocus] processes whose rows are filled as if they were seen: */
    uint32_t nfocus, focus_cap; /* what is seen of them stands elsewhere */
    bool claims;                /* its rows are to be joined to guests by name */
    bool grouped;               /* a table of guests is made of its rows */
    uint64_t *wanted;           /* bitmap over columns */
    uint64_t *wanted_of_all;    /* … and of all rows, not only of those that are seen */
};

struct resolver {
    struct plugin *plugin;
    const struct kvmtop_resolver *def;
};

struct model {
    const struct settings *settings;
    struct root root;
    struct users *users;
    struct plugin **plugins;    /* in their order, also those that failed */
    size_t nplugins;
    struct feed **feeds;
    size_t nfeeds;
    struct resolver *resolvers; /* by rank */
    size_t nresolvers;
    struct guests guests;
};

/* Load and check the plugins that the settings name.  Mistakes in [plugin NAME] go to report();
 * returns their number. */
unsigned model_load(struct model *model, const struct settings *settings,
                    void (*report)(void *ctx, const char *line), void *ctx);

/* A plugin that is not in use, for what its descriptor says.  plugin_free() it. */
struct plugin *model_look_into(const struct model *model, const char *name);

/* Open the plugins, and bind those that opened to their tables. */
int model_open(struct model *model);
void model_close(struct model *model);

/* The table with this flag, or NULL. */
struct feed *model_feed_with(const struct model *model, enum kvmtop_table_flag flag);
struct feed *model_feed(const struct model *model, const char *table);

/* Zero what the views want; they say it anew. */
void model_want_nothing(struct model *model);
void feed_want(struct feed *feed, uint32_t column, bool of_all_rows);
/* What is wanted of the rows that are seen is wanted of this process's too. */
void feed_focus(struct feed *feed, uint64_t pid, uint64_t birth);

/* Host functions for this plugin. */
void host_init(struct plugin *plugin, struct model *model);

#endif
