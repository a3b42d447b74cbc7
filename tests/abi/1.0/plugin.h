/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kvmtop plugin contract: all that a plugin needs, and all that it may know of the program.
 *
 * A plugin is data: one const descriptor named kvmtop_plugin_<name> after its file <name>.so
 * (letters, digits, underscores).  It resolves no symbol from the executable; it is handed a
 * table of host functions.  It never makes a rate: it hands over what the kernel counts, and the
 * host subtracts, divides, totals, sorts and formats.
 *
 *  - Memory: strings handed to the host are copied; strings lent by the host live for the
 *    callback they were lent in, unless the function says otherwise.  Nothing is handed over the
 *    border to be freed on the other side.
 *  - Errors: 0 or a negative errno value, best the one that host->fail() returned.
 *  - Threads: callbacks of one plugin never overlap and always come from the same thread.  A
 *    plugin keeps its state behind the pointer that open() gave, never in mutable globals.
 *  - Unknown: a cell that is not set is unknown.  Never store 0 for what could not be read.
 *  - Growth: structures only ever grow at their ends.  The host copies min(stride, its own size)
 *    bytes of each into zeroed ones, so an older plugin loads in a newer host.  Only a cell and a
 *    row keep their sizes: they stand in memory that the plugin sized.
 */
#ifndef KVMTOP_PLUGIN_H
#define KVMTOP_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KVMTOP_ABI_MAJOR 1u
#define KVMTOP_ABI_MINOR 0u
#define KVMTOP_ABI ((KVMTOP_ABI_MAJOR << 16) | KVMTOP_ABI_MINOR)

#if defined(__GNUC__)
#define KVMTOP_EXPORT __attribute__((visibility("default")))
#define KVMTOP_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define KVMTOP_EXPORT
#define KVMTOP_PRINTF(f, a)
#endif

struct kvmtop_host;
struct kvmtop_sample;
struct kvmtop_guest;
struct kvmtop_claims;
struct kvmtop_page;

/* ---- cells and rows ---- */

union kvmtop_cell {
    uint64_t u64;
    int64_t i64;
    double f64;
    const void *text;           /* the host's: set by host->text(), never stored directly */
};

enum kvmtop_row_flag {
    KVMTOP_ROW_HIDDEN = 1,      /* noise by default: shown after key h (kernel threads, lo, …) */
    KVMTOP_ROW_UNCOUNTED = 2,   /* stands on other rows: left out of totals (a partition, dm-N) */
    KVMTOP_ROW_MIRRORED = 4,    /* seen from the other end the columns change places (a tap) */
    KVMTOP_ROW_UNCLAIMED = 8,   /* of a sort that no guest claims: nobody is asked whose it is
                                 * when it appears (a bridge, a veth) */
};

/* A row on loan: by host->row() to collect, by host->next() to fill.  Valid until the next call
 * of either or the end of the callback. */
struct kvmtop_row {
    union kvmtop_cell *cells;   /* the table's cells, see kvmtop_set_*() */
    uint64_t *set;              /* bitmap of the cells that are known */
    const uint16_t *at;         /* at[i]: the cell of the source's column i */
    uint32_t *flags;            /* enum kvmtop_row_flag; zeroed by host->row() */
    uint64_t *time;             /* CLOCK_MONOTONIC ns of the reading; set by the host to now */
    uint32_t ref;               /* names this row as a parent, within one refresh */
    uint32_t kind;              /* the key: kind, id and birth, as given to host->row() */
    uint64_t id;
    uint64_t birth;
    const struct kvmtop_process *process; /* in fill, where rows are processes; else NULL */
    void *reserved[2];
};

/* Store into column i of the source's own column list. */
static inline void kvmtop_set_u64(const struct kvmtop_row *row, unsigned i, uint64_t v)
{
    unsigned at = row->at[i];
    row->cells[at].u64 = v;
    row->set[at / 64] |= (uint64_t)1 << at % 64;
}

static inline void kvmtop_set_i64(const struct kvmtop_row *row, unsigned i, int64_t v)
{
    kvmtop_set_u64(row, i, (uint64_t)v);
}

static inline void kvmtop_set_f64(const struct kvmtop_row *row, unsigned i, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    kvmtop_set_u64(row, i, bits);
}

/* ---- tables and columns ---- */

enum kvmtop_kind {
    KVMTOP_TEXT = 1,            /* text, by host->text(); set once it stays for the row's life */
    KVMTOP_STATE,               /* one ASCII character in u64, such as R, S, D */
    KVMTOP_ID,                  /* an integer that names something: never shortened or summed */
    KVMTOP_GAUGE,               /* a level, shown as it is */
    KVMTOP_COUNTER,             /* only grows; shown as its change per second */
    KVMTOP_RATIO,               /* change of counter `num` / change of counter `den`; no cell */
    KVMTOP_AGE,                 /* u64: CLOCK_BOOTTIME ns of a beginning; shown as time since */
};

enum kvmtop_number {            /* how a GAUGE's or COUNTER's cell is to be read */
    KVMTOP_U64 = 0,
    KVMTOP_I64,
    KVMTOP_F64,
};

enum kvmtop_aggregate {
    KVMTOP_NONE = 0,
    KVMTOP_SUM,
    KVMTOP_MAX,
    KVMTOP_ROWS,                /* in a table of guests: how many rows there are; 0 is unknown */
    KVMTOP_OWN,                 /* in a table of guests: the value of its process's own row */
};

enum kvmtop_column_flag {
    KVMTOP_OPTIONAL = 1,        /* hidden by default */
    KVMTOP_COSTLY = 2,          /* read only while shown, sorted, filtered by or named for export */
    KVMTOP_IDENTITY = 4,        /* in every export, whatever columns were asked for */
    KVMTOP_PER_INTERVAL = 8,    /* COUNTER shown as its change in the interval, not per second */
    KVMTOP_GUEST_LABEL = 16,    /* TEXT shown as `id - name` where the row belongs to a guest */
    KVMTOP_CHILD_LABEL = 32,    /* TEXT shown in the GUEST_LABEL column of child rows */
    KVMTOP_CHILD_ONLY = 64,     /* child rows alone have it (a thread's class) */
    KVMTOP_HISTORY = 128,       /* its last values are kept for each guest and drawn as a line */
    KVMTOP_PARENT_ONLY = 256,   /* child rows never have it, nor room for it */
    KVMTOP_GIVES_CPUS = 512,    /* in a table of guests: how many of the host's CPUs, and MiB of */
    KVMTOP_GIVES_MEMORY = 1024, /* its memory, a guest is given: summed beside what there is */
    KVMTOP_CHILD_DETAIL = 2048, /* shown of child rows on the page of details; TEXT that is
                                 * CHILD_ONLY too: they stand under its texts as headings */
};

struct kvmtop_column {
    const char *name;           /* stable: configuration, filter, sort, JSON: [a-z0-9_%]+ */
    const char *title;          /* the head on screen */
    const char *help;           /* one line: meaning and source */
    const char *unit;           /* of the value shown: "MiB", "ms", "%"; NULL: none */
    uint8_t kind;               /* enum kvmtop_kind */
    uint8_t number;             /* enum kvmtop_number */
    uint8_t aggregate;          /* enum kvmtop_aggregate; of RATIO: SUM = Σnum/Σden */
    uint8_t precision;          /* digits after the point */
    uint8_t width;              /* least width on screen; 0: the title's */
    uint8_t digit;              /* 1..9: the key that sorts by it; 0: none */
    uint8_t importance;         /* columns give way in a narrow window, least important first */
    uint8_t reserved;
    uint32_t flags;             /* enum kvmtop_column_flag */
    double scale;               /* shown = cell * scale; 0 counts as 1 */
    const char *num, *den;      /* RATIO: names of two COUNTER columns of this table */
    const char *mirror;         /* for MIRRORED rows: the column to change places with */
    double warn, crit;          /* highlighted from here on; 0: no threshold */
    /* In a table of guests: what is aggregated.  A device's row belongs to all guests that claim
     * it.  `where` leaves only child rows in; of a PER_INTERVAL counter the change per second is
     * taken unless this column has the flag too; the result is divided by the value of `per`. */
    const char *of;             /* "TABLE.COLUMN" of rows that belong to the guest */
    const char *where;          /* "COLUMN=TEXT" of the same table, or NULL */
    const char *per;            /* a column of this table that stands before this one, or NULL */
    double child_warn, child_crit; /* the thresholds of child rows; 0: none */
    /* The heading that it stands under where columns are listed; kvmtop's own: Identity, CPU,
     * Pressure, Memory, Disk, Network, KVM.  NULL: Other. */
    const char *group;
};

enum kvmtop_table_flag {
    KVMTOP_TABLE_PROCESSES = 1, /* kind 0 rows are processes, id = PID: the host names guests */
    KVMTOP_TABLE_CHILDREN = 2,  /* rows may have child rows: the table has a tree view */
    KVMTOP_TABLE_GUESTS = 4,    /* one row a guest, made by the host: its columns have `of`, and
                                 * those that aggregate in tables of processes and interfaces are
                                 * added to them */
};

/* A schema.  With a hotkey it is a view.  Another plugin that names the same table without a
 * hotkey extends it by columns of its own; a column that is there already is refused. */
struct kvmtop_table {
    const char *name;
    const char *title;
    const char *sort;           /* default sort: a column's name; numbers start descending */
    const struct kvmtop_column *columns;
    uint32_t ncolumns;
    uint32_t flags;             /* enum kvmtop_table_flag */
    const char *iface;          /* the column that is an interface's name, or NULL */
    const char *block;          /* the column that is a block device's kernel name, or NULL */
    const char *side;           /* which side MIRRORED rows speak for: "host's side", or NULL */
    const char *mirror_side;    /* and after key x: "guest's side" */
    char hotkey;                /* a printable character that neither kvmtop nor another view uses:
                                 * else the view is there without a key */
};

/* ---- processes, guests, resolvers ---- */

/* A process to be named or filled.  Lent. */
struct kvmtop_process {
    uint64_t birth;             /* CLOCK_BOOTTIME ns, in whole clock ticks */
    int32_t pid;
    uint32_t uid;               /* effective; UINT32_MAX where unknown */
};

enum kvmtop_fact {
    KVMTOP_FACT_COMM = 1,       /* /proc/PID/comm without the newline */
    KVMTOP_FACT_EXE,            /* link text of /proc/PID/exe */
    KVMTOP_FACT_CGROUP,         /* path of the v2 line, else of the name=systemd or first line */
    KVMTOP_FACT_CMDLINE,        /* the first argument; see host->argv() for all */
};

enum kvmtop_field {
    KVMTOP_PLATFORM = 1,        /* proxmox, libvirt, openstack, …, qemu */
    KVMTOP_GUEST_ID,            /* the VMID: what the platform calls the guest by */
    KVMTOP_GUEST_NAME,
    KVMTOP_GUEST_UUID,
};

enum kvmtop_claim {
    KVMTOP_CLAIM_IFACE = 1,     /* a network interface of the host, by name */
    KVMTOP_CLAIM_BLOCK,         /* a block device of the host, by kernel name (sda1, dm-3) */
    KVMTOP_CLAIM_PASSTHROUGH,   /* a device that no host counter sees (vfio, vhost-user) */
};

enum kvmtop_resolver_flag {
    KVMTOP_OVERRIDE = 1,        /* may replace fields that an earlier resolver set */
    KVMTOP_ALL_PROCESSES = 2,   /* asked of every process, not only of [core] vmm */
    KVMTOP_NO_IFACES = 4,       /* claims() names no interfaces, or no block devices: it isn't */
    KVMTOP_NO_BLOCKS = 8,       /* called when one appears */
};

/* Resolvers are asked in the order of rank, once per process, and again after an exec.  Each
 * sees what earlier ones set and adds to it.  claims() is called for a new guest and again when
 * an unclaimed interface or device appears; what it names replaces what it named before.  Of an
 * interface that several guests claim the claim of the resolver asked first counts. */
struct kvmtop_resolver {
    const char *name;
    uint32_t rank;              /* lower is asked first; kvmtop's own: 100 to 900 */
    uint32_t flags;             /* enum kvmtop_resolver_flag */
    /* Returns 0, whether or not it knew the process, or a negative errno.  May be NULL. */
    int (*resolve)(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest);
    /* May be NULL. */
    int (*claims)(void *state, const struct kvmtop_process *process, struct kvmtop_claims *claims);
};

/* ---- sources ---- */

/* One round of sampling, as collect and fill see it.  Lent. */
struct kvmtop_sample {
    const struct kvmtop_host *host;
    uint64_t now;               /* CLOCK_MONOTONIC ns at the start of the round */
    uint64_t boottime;          /* CLOCK_BOOTTIME ns at the same moment */
    uint64_t deadline;          /* CLOCK_MONOTONIC ns: past it collect had better return MORE */
    const uint64_t *wanted;     /* bitmap over the source's columns: which are needed now */
    const uint64_t *only;       /* the ids that -p asks for, ascending; others may be left out */
    uint32_t nonly;             /* 0: all */
    bool children;              /* child rows are wanted, */
    uint64_t children_of;       /* of the row of this id alone; 0: of all */
};

static inline bool kvmtop_wants(const struct kvmtop_sample *sample, unsigned i)
{
    return sample->wanted[i / 64] >> i % 64 & 1;
}

#define KVMTOP_MORE 1           /* collect: not finished, call again after the keys */

enum kvmtop_source_flag {
    KVMTOP_FILL_ONCE = 1,       /* fill: once per row and again after host->changed(): TEXT … */
    KVMTOP_FILL_ROTATE = 2,     /* fill: visible rows each round, the others now and then; cells
                                 * hold in between.  For levels that change slowly (GAUGE) */
    KVMTOP_FILL_GUESTS = 4,     /* fill: only rows that belong to a guest */
};

/* Who fills a table.  Exactly one of collect and fill is set. */
struct kvmtop_source {
    const char *table;
    const char *const *columns; /* NULL-terminated names: those it brings, in its own order */
    uint32_t flags;             /* enum kvmtop_source_flag */
    uint32_t kind;              /* fill: of rows of this kind alone */
    /* Makes the rows: every row that exists, each time.  A row not mentioned has ended.
     * 0, KVMTOP_MORE, or a negative errno: then the rows given stay and those missing too. */
    int (*collect)(void *state, struct kvmtop_sample *sample);
    /* Adds cells to rows of another source: those that host->next() lends. */
    int (*fill)(void *state, struct kvmtop_sample *sample);
    /* None of its columns is wanted any more: let go of what costs.  May be NULL. */
    void (*idle)(void *state);
};

/* ---- options ---- */

enum kvmtop_option_type {
    KVMTOP_OPTION_STRING = 1,
    KVMTOP_OPTION_BOOL,         /* yes/no, true/false, on/off, 1/0; given to plugins as "1" "0" */
    KVMTOP_OPTION_NUMBER,       /* decimal, within min and max where they differ */
};

struct kvmtop_option {
    const char *name;
    const char *help;
    const char *value;          /* the default; NULL: none */
    uint32_t type;              /* enum kvmtop_option_type */
    bool repeatable;            /* several values, in the order of the file */
    double min, max;
    /* Is this value acceptable?  0, or what host->fail() returned with the reason; the host adds
     * file and line.  Called before open(), with a NULL state.  May be NULL. */
    int (*check)(const struct kvmtop_host *host, const char *value);
};

/* ---- the host ---- */

enum kvmtop_dir { KVMTOP_DIR_PROC = 1, KVMTOP_DIR_SYS, KVMTOP_DIR_ETC };

enum kvmtop_clock { KVMTOP_CLOCK_MONOTONIC = 1, KVMTOP_CLOCK_BOOTTIME };

/* Functions of the host.  `host` is the pointer given to open(); it lives until after close(). */
struct kvmtop_host {
    uint32_t abi;               /* KVMTOP_ABI of the host */
    uint32_t size;              /* sizeof this structure in the host */
    /* The running host itself, or (false) a folder given by --root: then only files under
     * dir() tell the truth, not clocks of processes, netlink or system calls about PIDs. */
    bool live;
    uint32_t clock_ticks;       /* per second, of /proc: sysconf(_SC_CLK_TCK) */
    uint32_t page_size;         /* bytes */

    /* Keep a message as the plugin's last error and return err (a negative errno). */
    int (*fail)(const struct kvmtop_host *host, int err, const char *fmt, ...) KVMTOP_PRINTF(3, 4);
    /* The n-th value of an option (0 for all that are not repeatable), its default where the
     * files say nothing, NULL past the last.  Lives as long as the plugin. */
    const char *(*option)(const struct kvmtop_host *host, const char *name, size_t n);
    /* A folder's descriptor for openat(2); the host's, not to be closed, and to be asked for in
     * each callback: a recorded host changes it from step to step.  -1: there is none. */
    int (*dir)(const struct kvmtop_host *host, enum kvmtop_dir dir);
    /* Nanoseconds of a clock, of the recorded one under --root. */
    uint64_t (*now)(const struct kvmtop_host *host, enum kvmtop_clock clock);
    /* The user's name from etc/passwd, else the number.  Lives until close(). */
    const char *(*user)(const struct kvmtop_host *host, uint32_t uid);

    /* collect: begin the row with this key, child of parent's ref (0: none), with all cells of
     * this source unknown but texts.  birth: CLOCK_BOOTTIME ns, 0 unknown; a row whose birth lies
     * in the interval gets its rates from its birth.  False: not wanted, or no memory; skip it. */
    bool (*row)(struct kvmtop_sample *sample, uint32_t kind, uint64_t id, uint64_t birth,
                uint32_t parent, struct kvmtop_row *row);
    /* collect: like row(), but all cells of the last sample still hold.  False: there is no
     * such row from the last sample; make it by row(). */
    bool (*keep)(struct kvmtop_sample *sample, uint32_t kind, uint64_t id, uint64_t birth,
                 struct kvmtop_row *row);
    /* fill: the next row to be filled; false: no more (for this call). */
    bool (*next)(struct kvmtop_sample *sample, struct kvmtop_row *row);
    /* Store text into column i; any bytes, they are made harmless where they are shown.  Cheap
     * when the row has this text already. */
    void (*text)(struct kvmtop_sample *sample, const struct kvmtop_row *row, unsigned i,
                 const char *text, size_t len);
    /* collect: the process has changed its image (exec): name it anew, fill ONCE again. */
    void (*changed)(struct kvmtop_sample *sample, const struct kvmtop_row *row);
    /* collect: where no claim tells the row's guest, it is the one of this id (and platform). */
    void (*hint)(struct kvmtop_sample *sample, const struct kvmtop_row *row, const char *platform,
                 const char *id);
    /* Cells of column i could not be read, for this reason (one line, no trailing dot). */
    void (*unknown)(struct kvmtop_sample *sample, unsigned i, const char *reason);

    /* resolve, claims, fill, detail: facts of a process, read once, when first asked for.  NULL:
     * could not be read.  argv: split on NUL, NULL-terminated. */
    const char *(*fact)(const struct kvmtop_host *host, const struct kvmtop_process *process,
                        enum kvmtop_fact fact);
    const char *const *(*argv)(const struct kvmtop_host *host,
                               const struct kvmtop_process *process, size_t *argc);
    /* resolve, claims: what is known of the guest so far; NULL: nothing. */
    const char *(*guest_get)(const struct kvmtop_guest *guest, enum kvmtop_field field);
    /* resolve: set a field.  One that is set already stays, unless the resolver overrides. */
    void (*guest_set)(struct kvmtop_guest *guest, enum kvmtop_field field, const char *text,
                      size_t len);
    /* claims: this interface or device belongs to the guest. */
    void (*claim)(struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name);
    /* collect, in a table of processes: the row's process works for that of this PID, and counts
     * for its guest without being it (a kernel thread of vhost). */
    void (*belongs)(struct kvmtop_sample *sample, const struct kvmtop_row *row, int32_t pid);
    /* detail: a heading, and a line under it of a name and what stands beside it; any bytes. */
    void (*heading)(struct kvmtop_page *page, const char *title);
    void (*line)(struct kvmtop_page *page, const char *name, const char *value);
};

/* ---- the descriptor ---- */

struct kvmtop_plugin {
    uint32_t abi;               /* KVMTOP_ABI; the first member for ever */
    uint32_t size;              /* sizeof(struct kvmtop_plugin) as compiled */
    uint16_t option_stride, table_stride, column_stride, source_stride, resolver_stride;
    uint16_t reserved[3];
    const char *name;           /* the file's name without .so */
    const char *version;
    const char *license;        /* SPDX */
    const char *summary;        /* one line */
    const struct kvmtop_option *options;
    const struct kvmtop_table *tables;
    const struct kvmtop_source *sources;
    const struct kvmtop_resolver *resolvers;
    uint32_t noptions, ntables, nsources, nresolvers;
    /* Get ready.  *state is handed to all other callbacks.  A negative errno: the plugin is
     * left out, with the message given to host->fail().  May be NULL. */
    int (*open)(const struct kvmtop_host *host, void **state);
    void (*close)(void *state); /* May be NULL. */
    /* More lines for the page of a process's details, asked for while that page is open and only
     * then, once a refresh: what is too dear or too long for a column.  0 or a negative errno.
     * May be NULL. */
    int (*detail)(void *state, const struct kvmtop_process *process, struct kvmtop_page *page);
};

#define KVMTOP_COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The beginning of every descriptor. */
#define KVMTOP_PLUGIN_HEAD                                                                        \
    .abi = KVMTOP_ABI, .size = sizeof(struct kvmtop_plugin),                                      \
    .option_stride = sizeof(struct kvmtop_option), .table_stride = sizeof(struct kvmtop_table),   \
    .column_stride = sizeof(struct kvmtop_column), .source_stride = sizeof(struct kvmtop_source), \
    .resolver_stride = sizeof(struct kvmtop_resolver)

/* Its definition: KVMTOP_PLUGIN(proc) = { KVMTOP_PLUGIN_HEAD, .name = "proc", … }; */
#define KVMTOP_PLUGIN(name)                                        \
    extern KVMTOP_EXPORT const struct kvmtop_plugin kvmtop_plugin_##name; \
    KVMTOP_EXPORT const struct kvmtop_plugin kvmtop_plugin_##name

#ifdef __cplusplus
}
#endif

#endif
