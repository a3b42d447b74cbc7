/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host for unit tests of any plugin; see fake_host.h. */
#include "fake_host_own.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Cells begin here, so that a plugin that forgets row->at[] is found out. */
enum { FIRST_CELL = 5 };

const char *const fake_dir_names[] = {
    [KVMTOP_DIR_PROC] = "proc",
    [KVMTOP_DIR_SYS] = "sys",
    [KVMTOP_DIR_ETC] = "etc",
};

/* ---- the fake's own troubles ---- */

void fake_die(const char *fmt, ...)
{
    va_list args;

    fputs("fake host: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

static void *need(void *p)
{
    if (p == NULL)
        fake_die("no memory");
    return p;
}

static char *copy(const char *text, size_t len)
{
    char *p = need(malloc(len + 1));

    if (len > 0)
        memcpy(p, text, len);
    p[len] = '\0';
    return p;
}

void fake_replace(char **p, const char *text)
{
    free(*p);
    *p = text != NULL ? copy(text, strlen(text)) : NULL;
}

/* Add an element to an array of pointers. */
static void *append(void *array, size_t *count, void *element)
{
    void **p = need(realloc(array, (*count + 1) * sizeof *p));

    p[(*count)++] = element;
    return p;
}

static struct fake_host *of(const struct kvmtop_host *host)
{
    return (struct fake_host *)host;
}

/* ---- what a plugin may call: messages, options, folders, clocks, users ---- */

static int KVMTOP_PRINTF(3, 4)
host_fail(const struct kvmtop_host *host, int err, const char *fmt, ...)
{
    struct fake_host *fake = of(host);
    va_list args;

    fake->fails++;
    fake->error = err;
    va_start(args, fmt);
    vsnprintf(fake->message, sizeof fake->message, fmt, args);
    va_end(args);
    return err;
}

const struct kvmtop_option *fake_plugin_option(const struct fake_host *fake, const char *name)
{
    for (uint32_t i = 0; i < fake->plugin->noptions; i++)
        if (strcmp(fake->plugin->options[i].name, name) == 0)
            return &fake->plugin->options[i];
    fake_die("plugin %s has no option %s", fake->plugin->name, name);
}

static const char *host_option(const struct kvmtop_host *host, const char *name, size_t n)
{
    const struct fake_host *fake = of(host);
    const struct kvmtop_option *option = fake_plugin_option(fake, name);
    const char *last = option->value;
    size_t seen = 0;

    for (size_t i = 0; i < fake->noptions; i++) {
        if (strcmp(fake->options[i].name, name) != 0)
            continue;
        if (option->repeatable && seen == n)
            return fake->options[i].value;
        last = fake->options[i].value;
        seen++;
    }
    return n == 0 && (seen == 0 || !option->repeatable) ? last : NULL;
}

static int host_dir(const struct kvmtop_host *host, enum kvmtop_dir dir)
{
    return of(host)->dirs[dir];
}

static uint64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t fake_host_now(const struct kvmtop_host *host, enum kvmtop_clock clock)
{
    const struct fake_host *fake = of(host);

    if (clock == KVMTOP_CLOCK_MONOTONIC)
        return fake->real_clocks ? read_clock(CLOCK_MONOTONIC) : fake->monotonic;
    return fake->real_clocks ? read_clock(CLOCK_BOOTTIME) : fake->boottime;
}

static const char *host_user(const struct kvmtop_host *host, uint32_t uid)
{
    struct fake_host *fake = of(host);
    char name[16];

    snprintf(name, sizeof name, uid == 0 ? "root" : "%u", uid);
    for (size_t i = 0; i < fake->nusers; i++)
        if (strcmp(fake->users[i], name) == 0)
            return fake->users[i];
    fake->users = append(fake->users, &fake->nusers, copy(name, strlen(name)));
    return fake->users[fake->nusers - 1];
}

/* ---- columns and rows ---- */

unsigned fake_cell_of(struct fake_host *fake, const char *column)
{
    unsigned i = FIRST_CELL;

    for (; i < FAKE_CELLS && fake->columns[i] != NULL; i++)
        if (strcmp(fake->columns[i], column) == 0)
            return i;
    if (i == FAKE_CELLS)
        fake_die("too many columns");
    fake->columns[i] = column;
    return i;
}

static struct fake_row *row_by_ref(struct fake_host *fake, uint32_t ref)
{
    for (size_t i = 0; i < fake->nrows; i++)
        if (fake->rows[i]->ref == ref)
            return fake->rows[i];
    fake_die("no row has ref %u", ref);
}

static void row_free(struct fake_row *row)
{
    for (size_t i = 0; i < FAKE_CELLS; i++)
        free(row->text[i]);
    free(row->hint_platform);
    free(row->hint_id);
    free(row);
}

/* Take the rows out that the test says, keeping the order of the others. */
void fake_drop_rows(struct fake_host *fake, bool (*gone)(struct fake_host *, struct fake_row *))
{
    size_t kept = 0;

    for (size_t i = 0; i < fake->nrows; i++) {
        if (gone(fake, fake->rows[i]))
            row_free(fake->rows[i]);
        else
            fake->rows[kept++] = fake->rows[i];
    }
    fake->nrows = kept;
}

struct fake_row *fake_row(struct fake_host *fake, const char *table, uint32_t kind, uint64_t id)
{
    struct fake_row *found = NULL;

    for (size_t i = 0; i < fake->nrows; i++) {
        struct fake_row *row = fake->rows[i];
        if (row->kind == kind && row->id == id && strcmp(row->table, table) == 0)
            found = row;        /* of two births, the later made */
    }
    return found;
}

struct fake_row *fake_add_row(struct fake_host *fake, const char *table, uint32_t kind,
                              uint64_t id, uint64_t birth)
{
    static uint32_t refs;
    struct fake_row *row = need(calloc(1, sizeof *row));

    row->table = table;
    row->kind = kind;
    row->id = id;
    row->birth = birth;
    row->ref = ++refs;
    row->process.pid = (int32_t)id;
    row->process.birth = birth;
    row->process.uid = UINT32_MAX;
    fake->rows = append(fake->rows, &fake->nrows, row);
    return row;
}

static void lend(struct fake_host *fake, struct fake_row *from, struct kvmtop_row *to)
{
    bool process = from->kind == 0 && strcmp(from->table, "process") == 0;

    to->cells = from->cells;
    to->set = from->set;
    to->at = fake->at;
    to->flags = &from->flags;
    to->time = &from->time;
    to->ref = from->ref;
    to->kind = from->kind;
    to->id = from->id;
    to->birth = from->birth;
    to->process = fake->source->fill != NULL && process ? &from->process : NULL;
}

static void clear_cells(struct fake_host *fake, struct fake_row *row)
{
    for (size_t i = 0; fake->source->columns[i] != NULL; i++) {
        unsigned cell = fake->at[i];
        if (row->text[cell] == NULL)
            row->set[cell / 64] &= ~((uint64_t)1 << cell % 64);
    }
}

static bool left_out(const struct fake_host *fake, uint32_t kind, uint64_t id)
{
    for (uint32_t i = 0; i < fake->nonly; i++)
        if (fake->only[i] == id)
            return false;
    return kind == 0 && fake->nonly > 0;
}

static void begin_row(struct fake_host *fake, struct fake_row *row, uint32_t parent)
{
    if (row->round == fake->round)
        fake_die("row %u/%llu is made twice in one round", row->kind, (unsigned long long)row->id);
    if (parent != 0)
        row_by_ref(fake, parent);
    row->parent = parent;
    row->round = fake->round;
    row->changed = false;
    row->kept = false;
    row->time = fake_host_now(&fake->host, KVMTOP_CLOCK_MONOTONIC);
}

static bool host_row(struct kvmtop_sample *sample, uint32_t kind, uint64_t id, uint64_t birth,
                     uint32_t parent, struct kvmtop_row *out)
{
    struct fake_host *fake = of(sample->host);
    struct fake_row *row;

    if (left_out(fake, kind, id))
        return false;
    row = fake_row(fake, fake->source->table, kind, id);
    if (row == NULL || row->birth != birth)
        row = fake_add_row(fake, fake->source->table, kind, id, birth);
    begin_row(fake, row, parent);
    row->flags = 0;
    clear_cells(fake, row);
    lend(fake, row, out);
    return true;
}

static bool host_keep(struct kvmtop_sample *sample, uint32_t kind, uint64_t id, uint64_t birth,
                      struct kvmtop_row *out)
{
    struct fake_host *fake = of(sample->host);
    struct fake_row *row = fake_row(fake, fake->source->table, kind, id);

    if (row == NULL || row->birth != birth)
        return false;
    begin_row(fake, row, row->parent);
    row->kept = true;
    lend(fake, row, out);
    return true;
}

static bool host_next(struct kvmtop_sample *sample, struct kvmtop_row *out)
{
    struct fake_host *fake = of(sample->host);
    bool once = (fake->source->flags & KVMTOP_FILL_ONCE) != 0;

    while (fake->next < fake->nrows) {
        struct fake_row *row = fake->rows[fake->next++];
        if (row->kind != fake->source->kind || strcmp(row->table, fake->source->table) != 0)
            continue;
        if (once && row->filled && !row->changed)
            continue;
        row->filled = row->filled || once;
        clear_cells(fake, row);
        lend(fake, row, out);
        return true;
    }
    return false;
}

void fake_store_text(struct fake_row *row, unsigned cell, const char *text, size_t len)
{
    free(row->text[cell]);
    row->text[cell] = copy(text, len);
    row->text_len[cell] = len;
    row->cells[cell].text = row->text[cell];
    row->set[cell / 64] |= (uint64_t)1 << cell % 64;
}

static void host_text(struct kvmtop_sample *sample, const struct kvmtop_row *row, unsigned i,
                      const char *text, size_t len)
{
    fake_store_text(row_by_ref(of(sample->host), row->ref), row->at[i], text, len);
}

static void host_changed(struct kvmtop_sample *sample, const struct kvmtop_row *row)
{
    row_by_ref(of(sample->host), row->ref)->changed = true;
}

static void host_hint(struct kvmtop_sample *sample, const struct kvmtop_row *row,
                      const char *platform, const char *id)
{
    struct fake_row *to = row_by_ref(of(sample->host), row->ref);

    fake_replace(&to->hint_platform, platform);
    fake_replace(&to->hint_id, id);
}

static void host_belongs(struct kvmtop_sample *sample, const struct kvmtop_row *row, int32_t pid)
{
    row_by_ref(of(sample->host), row->ref)->owner = pid;
}

static void host_unknown(struct kvmtop_sample *sample, unsigned i, const char *reason)
{
    struct fake_host *fake = of(sample->host);

    fake_replace(&fake->reasons[fake->at[i]], reason);
}

/* ---- facts, guests, claims ---- */

static struct fake_process *find_process(const struct fake_host *fake, int32_t pid)
{
    for (size_t i = 0; i < fake->nprocesses; i++)
        if (fake->processes[i]->process.pid == pid)
            return fake->processes[i];
    return NULL;
}

static const char *host_fact(const struct kvmtop_host *host, const struct kvmtop_process *process,
                             enum kvmtop_fact fact)
{
    const struct fake_process *found = find_process(of(host), process->pid);

    return found != NULL ? found->fact[fact] : NULL;
}

static const char *const *host_argv(const struct kvmtop_host *host,
                                    const struct kvmtop_process *process, size_t *argc)
{
    const struct fake_process *found = find_process(of(host), process->pid);

    *argc = found != NULL ? found->argc : 0;
    return found != NULL ? (const char *const *)found->argv : NULL;
}

static const char *host_guest_get(const struct kvmtop_guest *guest, enum kvmtop_field field)
{
    return guest->field[field];
}

static void host_guest_set(struct kvmtop_guest *guest, enum kvmtop_field field, const char *text,
                           size_t len)
{
    if (guest->field[field] != NULL && !guest->override)
        return;
    free(guest->field[field]);
    guest->field[field] = copy(text, len);
}

static void host_claim(struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name)
{
    if (claims->count == KVMTOP_COUNT(claims->item))
        fake_die("too many claims");
    claims->item[claims->count].what = what;
    claims->item[claims->count++].name = copy(name, strlen(name));
}

static void add_line(struct kvmtop_page *page, const char *name, const char *value)
{
    if (page->count == KVMTOP_COUNT(page->line))
        fake_die("too many lines of details");
    page->line[page->count].name = copy(name, strlen(name));
    page->line[page->count++].value = value ? copy(value, strlen(value)) : NULL;
}

static void host_heading(struct kvmtop_page *page, const char *title)
{
    add_line(page, title, NULL);
}

static void host_line(struct kvmtop_page *page, const char *name, const char *value)
{
    add_line(page, name, value ? value : "-");
}

static const struct kvmtop_host functions = {
    .abi = KVMTOP_ABI,
    .size = sizeof(struct kvmtop_host),
    .clock_ticks = 100,
    .page_size = 4096,
    .fail = host_fail,
    .option = host_option,
    .dir = host_dir,
    .now = fake_host_now,
    .user = host_user,
    .row = host_row,
    .keep = host_keep,
    .next = host_next,
    .text = host_text,
    .changed = host_changed,
    .hint = host_hint,
    .unknown = host_unknown,
    .fact = host_fact,
    .argv = host_argv,
    .guest_get = host_guest_get,
    .guest_set = host_guest_set,
    .claim = host_claim,
    .heading = host_heading,
    .line = host_line,
    .belongs = host_belongs,
};

/* ---- making and unmaking ---- */

static int open_folder(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        fake_die("%s: %s", path, strerror(errno));
    return fd;
}

static void make_folders(struct fake_host *fake)
{
    const char *tmp = getenv("TMPDIR");
    char path[4096];
    int top;

    snprintf(path, sizeof path, "%s/kvmtop-fake-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(path) == NULL)
        fake_die("%s: %s", path, strerror(errno));
    fake->folder = copy(path, strlen(path));
    top = open_folder(AT_FDCWD, path);
    for (unsigned i = KVMTOP_DIR_PROC; i <= KVMTOP_DIR_ETC; i++) {
        if (mkdirat(top, fake_dir_names[i], 0755) < 0)
            fake_die("%s: %s", fake_dir_names[i], strerror(errno));
        fake->dirs[i] = open_folder(top, fake_dir_names[i]);
    }
    close(top);
}

struct fake_host *fake_host_new(void)
{
    struct fake_host *fake = need(calloc(1, sizeof *fake));

    fake->host = functions;
    fake->dirs[0] = -1;
    fake->monotonic = 1000000000000u;
    fake->boottime = 2000000000000u;
    fake->deadline = UINT64_MAX;
    make_folders(fake);
    return fake;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void fake_remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void process_free(struct fake_process *process)
{
    for (size_t i = 0; i < KVMTOP_COUNT(process->fact); i++)
        free(process->fact[i]);
    for (size_t i = 0; i < process->argc; i++)
        free(process->argv[i]);
    free(process->argv);
    free(process);
}

static bool any_row(struct fake_host *fake, struct fake_row *row)
{
    (void)fake;
    (void)row;
    return true;
}

void fake_host_free(struct fake_host *fake)
{
    if (fake == NULL)
        return;
    fake_close(fake);
    fake_drop_rows(fake, any_row);
    free(fake->rows);
    for (size_t i = 0; i < fake->nprocesses; i++)
        process_free(fake->processes[i]);
    free(fake->processes);
    for (size_t i = 0; i < fake->nusers; i++)
        free(fake->users[i]);
    free(fake->users);
    for (size_t i = 0; i < fake->noptions; i++) {
        free(fake->options[i].name);
        free(fake->options[i].value);
    }
    for (size_t i = 0; i < FAKE_CELLS; i++)
        free(fake->reasons[i]);
    for (unsigned i = KVMTOP_DIR_PROC; i <= KVMTOP_DIR_ETC; i++)
        if (fake->dirs[i] >= 0)
            close(fake->dirs[i]);
    fake_remove_tree(fake->folder);
    free(fake->folder);
    free(fake);
}

void fake_live(struct fake_host *fake)
{
    for (unsigned i = KVMTOP_DIR_PROC; i <= KVMTOP_DIR_ETC; i++) {
        char path[8];
        fake_no_dir(fake, i);
        snprintf(path, sizeof path, "/%s", fake_dir_names[i]);
        fake->dirs[i] = open_folder(AT_FDCWD, path);
    }
    fake->host.live = true;
    fake->host.clock_ticks = (uint32_t)sysconf(_SC_CLK_TCK);
    fake->host.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
    fake->real_clocks = true;
}

void fake_option(struct fake_host *fake, const char *name, const char *value)
{
    if (fake->noptions == KVMTOP_COUNT(fake->options))
        fake_die("too many options");
    fake->options[fake->noptions].name = copy(name, strlen(name));
    fake->options[fake->noptions++].value = copy(value, strlen(value));
}

/* ---- processes ---- */

struct fake_process *fake_some_process(struct fake_host *fake, int32_t pid)
{
    struct fake_process *process = find_process(fake, pid);

    if (process != NULL)
        return process;
    process = need(calloc(1, sizeof *process));
    process->process.pid = pid;
    process->process.uid = UINT32_MAX;
    fake->processes = append(fake->processes, &fake->nprocesses, process);
    return process;
}

struct kvmtop_process *fake_process(struct fake_host *fake, int32_t pid)
{
    return &fake_some_process(fake, pid)->process;
}

void fake_fact(struct fake_host *fake, int32_t pid, enum kvmtop_fact fact, const char *text)
{
    fake_replace(&fake_some_process(fake, pid)->fact[fact], text);
}

void fake_argv(struct fake_host *fake, int32_t pid, const char *const *argv, size_t argc)
{
    struct fake_process *process = fake_some_process(fake, pid);
    char **args = need(calloc(argc + 1, sizeof *args));

    for (size_t i = 0; i < argc; i++)
        args[i] = copy(argv[i], strlen(argv[i]));
    for (size_t i = 0; i < process->argc; i++)
        free(process->argv[i]);
    free(process->argv);
    process->argv = args;
    process->argc = argc;
    fake_fact(fake, pid, KVMTOP_FACT_CMDLINE, argc > 0 ? argv[0] : NULL);
}
