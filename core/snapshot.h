/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables: their schema, and the rows of the current sample with what the previous one counted.
 *
 * A row is one block of memory: its head, a bitmap of the cells that are known now and one of
 * those known before, the cells, and the counters of the sample before.  Rows never move while a
 * round of sampling goes on; they are named by their index.  Rates are made on demand from the two samples (rate.h), so a round stores nothing
 * twice.
 */
#ifndef KVMTOP_CORE_SNAPSHOT_H
#define KVMTOP_CORE_SNAPSHOT_H

#include <kvmtop/plugin.h>

struct text;

#define NONE UINT32_MAX         /* no row, no column, no guest */

enum column_made_by {           /* where a column's value comes from */
    MADE_BY_PLUGIN,
    MADE_BY_GUEST_ID,           /* vmid: of the row's guest */
    MADE_BY_GUEST_NAME,
    MADE_BY_GUEST_PLATFORM,
    MADE_BY_GUEST_LIST,         /* the ids of all guests that claim the row */
    MADE_BY_GUEST_IFACES,       /* what the row's guest claims, */
    MADE_BY_GUEST_DEVICES,
    MADE_BY_GUEST_PASSTHROUGH,
};

struct column {
    struct kvmtop_column def;
    enum column_made_by made_by;
    uint32_t cell;              /* index of its cell, among the collector's or among those that
                                 * fills bring; NONE: RATIO and the core's own */
    uint32_t prev;              /* index of the previous sample's cell; NONE: not a COUNTER */
    uint32_t num, den, mirror;  /* column indices or NONE */
    uint32_t fill;              /* which of the table's fills brings it; NONE: collect */
    bool seen_alone;            /* of guests: made of what is filled for rows that are seen */
    bool lasting;               /* a cell holds until it is filled again (fill ONCE, ROTATE) */
    char *missing;              /* why nobody brings it; NULL: somebody does */
    char *reason;               /* why cells of it are unknown; NULL: no reason given */
    uint32_t reason_round;
};

/* When and in which round a fill last reached a row. */
struct fill_state {
    uint64_t time, prev_time;   /* CLOCK_MONOTONIC ns */
    uint32_t round;             /* 0: never */
    uint32_t counted;           /* row_counted() then; of fills that rotate */
};

enum row_mark {                 /* the core's own flags of a row */
    ROW_NEW = 1,                /* not named or filled once yet */
    ROW_CHANGED = 2,            /* exec: to be named and filled anew */
    ROW_FIRST = 4,              /* this round is its first */
    ROW_CHILD = 8,              /* made as a child: it has no cells of PARENT_ONLY columns */
};

struct row {
    uint64_t id, birth;         /* the key, with kind */
    uint64_t time, prev_time;   /* CLOCK_MONOTONIC ns; prev_time 0: no sample before */
    uint32_t kind;
    uint32_t flags;             /* enum kvmtop_row_flag */
    uint32_t marks;             /* enum row_mark */
    uint32_t parent;            /* index or NONE */
    uint32_t chain;             /* next of the same hash */
    uint32_t round;             /* last seen; 0: a free slot */
    uint32_t guest;             /* index into guests, or NONE; of child rows: their parent's */
    uint32_t hint;              /* the guest hinted at by the collector, or NONE */
    uint32_t served;            /* the guest that its process works for, or NONE */
    uint32_t owner;             /* PID of what that guest runs in; 0: works for none */
    uint32_t child_count;       /* live child rows, counted when a round ends */
    uint32_t fingerprint;       /* of what a process was named by; identity.c */
    /* Cells that fills bring stand apart: of many rows (threads) there are none.  NULL, or one
     * block: [nfills], then like data. */
    struct fill_state *fills;
    union kvmtop_cell data[];   /* the two bitmaps, the collector's cells, its previous counters */
};

/* How many cells a part of a row has: the collector's, or those that fills bring. */
struct layout {
    uint32_t ncells, nprev, nwords; /* nwords: of a bitmap */
};

/* The schema and the rows.  Made by plugin.c, rows by sched.c. */
struct table {
    struct kvmtop_table def;
    struct column *columns;
    uint32_t ncolumns;
    struct layout own, filled;
    uint32_t nchild, nchild_prev; /* of own, the first so many stand in rows made as children */
    uint32_t nfills;
    uint32_t iface, block;      /* column indices or NONE */
    bool serves;                /* some rows have an owner */
    uint64_t *counter_mask;     /* bitmaps over own cells: counters */
    uint64_t *text_mask;        /* texts: what a new sample leaves set */
    uint32_t *prev_cell;        /* [own.nprev] the cell of each previous counter */

    struct row_block *block_of; /* [nslots / ROWS_A_BLOCK] */
    uint32_t nslots, nrows;
    uint32_t free_slot[2];      /* lists of slots for [child] rows, */
    uint32_t expected[2];       /* and where the next one of each is looked for first */
    uint32_t *bucket, nbuckets;

    uint32_t round;             /* current; 1 is the first */
    uint32_t trim_until;        /* the round up to which what is freed goes back to the system */
    bool open;                  /* it is under way: what the one before complained of still holds */
    uint32_t version;           /* grows when a round ends: rows may have gone or moved */
    uint64_t time, boottime;    /* when the current round began; ns */
    uint64_t prev_time, prev_boottime; /* prev_time 0: no interval to speak of */
    uint32_t *fill_round;       /* [nfills] the rounds each fill last ran in, */
    uint32_t *fill_prev_round;  /* and before that; 0: never */
};

#define ROWS_A_BLOCK 256u

struct row_block {              /* of rows made as children, or of others */
    char *rows;
    uint32_t stride;            /* bytes of a row */
    bool child;
};

/* An empty schema; columns are added, then it is sealed, then rows may come.  def's strings
 * must outlive the table (a plugin's). */
struct table *table_new(const struct kvmtop_table *def);
uint32_t table_add_column(struct table *table, const struct kvmtop_column *def,
                          enum column_made_by made_by);
uint32_t table_add_fill(struct table *table);
void table_seal(struct table *table);
void table_free(struct table *table);

/* A KVMTOP_TEXT or a KVMTOP_STATE: no number. */
static inline bool kind_is_text(unsigned kind)
{
    return kind == KVMTOP_TEXT || kind == KVMTOP_STATE;
}

/* Has it cells, or is it a RATIO or the core's own? */
bool column_has_cell(const struct column *column);
/* The index of a column, or NONE. */
uint32_t table_column(const struct table *table, const char *name, size_t len);

/* Begin a round at this time; then each row is begun or kept; then the round ends: rows not seen
 * in it go, unless `partial` (the collector failed midway). */
void table_begin(struct table *table, uint64_t now, uint64_t boottime);
void table_end(struct table *table, bool partial);

/* Begin a row in the current round: its counters become the previous ones.  Returns its index. */
uint32_t table_row(struct table *table, uint32_t kind, uint64_t id, uint64_t birth,
                   uint32_t parent);
/* All cells of the last sample hold.  NONE: no such row. */
uint32_t table_keep(struct table *table, uint32_t kind, uint64_t id, uint64_t birth);

uint32_t table_find(const struct table *table, uint32_t kind, uint64_t id, uint64_t birth);

/* A fill runs in the current round; then it reaches a row: the counters it brought become
 * previous ones.  False: it has reached the row in this round already. */
void table_fill_begin(struct table *table, uint32_t fill);
bool table_fill(struct table *table, uint32_t row, uint32_t fill, uint64_t now);

/* A number that changes when one of the collector's counters does. */
uint32_t row_counted(const struct table *table, const struct row *row);

/* Forget the samples of the columns of one source (bitmap over cells): another source takes
 * over, and its counters may start elsewhere. */
void table_rebase(struct table *table, const uint64_t *cells);

void table_set_text(struct table *table, struct row *row, uint32_t column, const char *bytes,
                    size_t len);

/* Keep the reason why cells of the column are unknown in this round. */
void table_set_reason(struct table *table, uint32_t column, const char *reason);
/* Why nobody brings the column, or the reason given in the current round (while it is open, or in
 * the one before), of a lasting column in the last rounds; NULL: none. */
const char *table_reason(const struct table *table, uint32_t column);

static inline struct row *table_at(const struct table *table, uint32_t row)
{
    const struct row_block *block = &table->block_of[row / ROWS_A_BLOCK];

    return (struct row *)(void *)(block->rows + row % ROWS_A_BLOCK * block->stride);
}

/* The part of the row that a column stands in: bitmaps, cells, previous counters.  Of a fill's
 * column only where a fill has reached the row. */
static inline union kvmtop_cell *row_filled(const struct table *table, const struct row *row)
{
    void *after = row->fills + table->nfills;

    return after;
}

static inline union kvmtop_cell *row_part(const struct table *table, const struct row *row,
                                          const struct column *column, struct layout *layout)
{
    if (column->fill != NONE) {
        *layout = table->filled;
        return row_filled(table, row);
    }
    *layout = table->own;
    if (row->marks & ROW_CHILD)
        layout->ncells = table->nchild + 1;
    return (union kvmtop_cell *)(uintptr_t)row->data;
}

static inline bool bit_get(const uint64_t *map, uint32_t i)
{
    return map[i / 64] >> i % 64 & 1;
}

static inline void bit_set(uint64_t *map, uint32_t i)
{
    map[i / 64] |= (uint64_t)1 << i % 64;
}

/* A column's cell, and of a COUNTER its previous one. */
static inline union kvmtop_cell *row_cell(const struct table *table, const struct row *row,
                                          const struct column *column)
{
    struct layout layout;
    union kvmtop_cell *part = row_part(table, row, column, &layout);

    return part + 2 * layout.nwords + column->cell;
}

static inline union kvmtop_cell *row_prev(const struct table *table, const struct row *row,
                                          const struct column *column)
{
    struct layout layout;
    union kvmtop_cell *part = row_part(table, row, column, &layout);

    return part + 2 * layout.nwords + layout.ncells + column->prev;
}

/* Is there room for the column's cell? */
static inline bool row_has(const struct table *table, const struct row *row,
                           const struct column *column)
{
    if (column->cell == NONE)
        return false;
    if (column->fill != NONE)
        return row->fills;
    return column->cell < table->nchild || !(row->marks & ROW_CHILD);
}

/* Is the column's cell known now?  RATIO and the core's own columns have none: false. */
bool row_known(const struct table *table, const struct row *row, uint32_t column);
/* Was the previous counter known? */
bool row_prev_known(const struct table *table, const struct row *row, uint32_t column);
/* Store what isn't text; it is known then.  The row has room for it. */
void row_put(const struct table *table, struct row *row, const struct column *column,
             union kvmtop_cell cell);
/* The text of a TEXT column made by a plugin; NULL: unknown. */
const struct text *row_text(const struct table *table, const struct row *row, uint32_t column);

/* The guest the row belongs to, or NONE. */
static inline uint32_t row_guest(const struct table *table, const struct row *row)
{
    const struct row *whole = row->parent == NONE ? row : table_at(table, row->parent);

    return whole->guest != NONE ? whole->guest : whole->served;
}

/* The column that speaks for this one: from the other side (`mirror`) a MIRRORED row's columns
 * change places. */
static inline uint32_t row_column(const struct table *table, const struct row *row,
                                  uint32_t column, bool mirror)
{
    uint32_t other = table->columns[column].mirror;

    return mirror && row->flags & KVMTOP_ROW_MIRRORED && other != NONE ? other : column;
}

/* All rows of the table, in no order:
 * for (i = table_next(t, 0); i != NONE; i = table_next(t, i + 1)) */
static inline uint32_t table_next(const struct table *table, uint32_t from)
{
    for (; from < table->nslots; from++)
        if (table_at(table, from)->round)
            return from;
    return NONE;
}

/* Those not made as children: a sixteenth of all where each has fifteen threads. */
uint32_t table_next_whole(const struct table *table, uint32_t from);

#endif
