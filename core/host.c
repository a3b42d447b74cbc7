/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions that the host lends to plugins. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "core/detail.h"
#include "core/identity.h"
#include "core/sample.h"
#include "core/text.h"
#include "core/users.h"

static struct plugin *plugin_of(const struct kvmtop_host *host)
{
    return (struct plugin *)(uintptr_t)host;
}

static struct sample *sample_of(struct kvmtop_sample *sample)
{
    return (struct sample *)(void *)sample;
}

static int host_fail(const struct kvmtop_host *host, int err, const char *fmt, ...)
    KVMTOP_PRINTF(3, 4);

static int host_fail(const struct kvmtop_host *host, int err, const char *fmt, ...)
{
    char line[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    plugin_set_error(plugin_of(host), "%s", line);
    return err < 0 ? err : -EIO;
}

static const char *host_option(const struct kvmtop_host *host, const char *name, size_t n)
{
    const struct plugin *plugin = plugin_of(host);

    return plugin_option(plugin, plugin->model->settings, name, n);
}

static int host_dir(const struct kvmtop_host *host, enum kvmtop_dir dir)
{
    return root_dir(&plugin_of(host)->model->root, dir);
}

static uint64_t host_now(const struct kvmtop_host *host, enum kvmtop_clock clock)
{
    return root_now(&plugin_of(host)->model->root, clock);
}

static const char *host_user(const struct kvmtop_host *host, uint32_t uid)
{
    return users_name(plugin_of(host)->model->users, uid);
}

/* ---- rows ---- */

static void lend(const struct sample *sample, uint32_t index, struct kvmtop_row *row)
{
    const struct table *table = sample->feed->table;
    struct row *own = table_at(table, index);

    *row = (struct kvmtop_row){
        .cells = own->data + 2 * table->own.nwords, .set = &own->data->u64,
        .at = own->marks & ROW_CHILD ? sample->binding->child_at : sample->binding->at,
        .flags = &own->flags, .time = &own->time, .ref = index + 1,
        .kind = own->kind, .id = own->id, .birth = own->birth,
    };
}

static bool asked_for(const struct kvmtop_sample *sample, uint64_t id)
{
    uint32_t low = 0, high = sample->nonly;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (sample->only[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sample->nonly && sample->only[low] == id;
}

/* A parent is a row of this refresh, or none: a plugin may hand over anything. */
static uint32_t parent_row(const struct table *table, uint32_t ref)
{
    return ref && ref <= table->nslots && table_at(table, ref - 1)->round == table->round
               ? ref - 1 : NONE;
}

static bool host_row(struct kvmtop_sample *pub, uint32_t kind, uint64_t id, uint64_t birth,
                     uint32_t parent, struct kvmtop_row *row)
{
    struct sample *sample = sample_of(pub);
    struct table *table = sample->feed->table;

    if (!kind && pub->nonly && !asked_for(pub, id))
        return false;
    lend(sample, table_row(table, kind, id, birth, parent_row(table, parent)), row);
    return true;
}

static bool host_keep(struct kvmtop_sample *pub, uint32_t kind, uint64_t id, uint64_t birth,
                      struct kvmtop_row *row)
{
    struct sample *sample = sample_of(pub);
    uint32_t index = table_keep(sample->feed->table, kind, id, birth);

    if (index != NONE)
        lend(sample, index, row);
    return index != NONE;
}

/* What stands in a cell of another kind is no address of a text. */
static bool is_text_column(const struct sample *sample, unsigned i)
{
    const struct binding *binding = sample->binding;

    if (i < binding->ncolumns &&
        binding->table->columns[binding->column[i]].def.kind == KVMTOP_TEXT)
        return true;
    plugin_set_error(binding->plugin, "gives text to column %s of table %s, which has none",
                     i < binding->ncolumns ? binding->source->columns[i] : "(none)",
                     binding->table->def.name);
    return false;
}

static void host_text(struct kvmtop_sample *pub, const struct kvmtop_row *row, unsigned i,
                      const char *text, size_t len)
{
    struct sample *sample = sample_of(pub);
    struct table *table = sample->feed->table;

    if (!text || !is_text_column(sample, i))
        return;
    table_set_text(table, table_at(table, row->ref - 1), sample->binding->column[i], text, len);
}

static void host_changed(struct kvmtop_sample *pub, const struct kvmtop_row *row)
{
    table_at(sample_of(pub)->feed->table, row->ref - 1)->marks |= ROW_CHANGED;
}

static void host_hint(struct kvmtop_sample *pub, const struct kvmtop_row *row,
                      const char *platform, const char *id)
{
    struct sample *sample = sample_of(pub);

    if (platform && id)
        table_at(sample->feed->table, row->ref - 1)->hint =
            guests_hint(&sample->model->guests, platform, id);
}

static void host_belongs(struct kvmtop_sample *pub, const struct kvmtop_row *row, int32_t pid)
{
    struct table *table = sample_of(pub)->feed->table;

    table_at(table, row->ref - 1)->owner = (uint32_t)pid;
    table->serves = true;
}

static void host_unknown(struct kvmtop_sample *pub, unsigned i, const char *reason)
{
    struct sample *sample = sample_of(pub);

    if (i < sample->binding->ncolumns && reason)
        table_set_reason(sample->feed->table, sample->binding->column[i], reason);
}

/* ---- fill ---- */

static uint32_t candidate(struct sample *sample)
{
    if (sample->rows)
        return sample->at < sample->nrows ? sample->rows[sample->at++] : NONE;
    const struct table *table = sample->feed->table;
    bool processes = !sample->binding->source->kind && table->def.flags & KVMTOP_TABLE_PROCESSES;
    uint32_t index = processes ? table_next_whole(table, sample->at)
                               : table_next(table, sample->at);
    sample->at = index == NONE ? table->nslots : index + 1;
    return index;
}

#define GUESTS_EACH_ROUND 128u  /* few enough to rotate among none */

/* The rows of guests that are shown stand in another table. */
static bool is_seen_as_guest(const struct sample *sample, const struct row *row)
{
    return row->guest != NONE && sample->feed->grouped &&
           sample->model->guests.count <= GUESTS_EACH_ROUND;
}

/* Rows out of sight get a rotating fill once in so many rounds: those that have counted something
 * since it last reached them, and those that stand still (what changes them from outside, such as
 * reclaim, is rare). */
#define ROTATION_MOVED 16u
#define ROTATION_STILL 64u

/* Has it, where the table has anything that counts? */
static bool has_moved(const struct table *table, const struct row *row, uint32_t fill)
{
    return !table->own.nprev || row_counted(table, row) != row->fills[fill].counted;
}

/* Where figures of all rows are needed, those of one that has moved can't wait. */
static bool has_turn_unseen(const struct sample *sample, const struct row *row, uint32_t index)
{
    const struct table *table = sample->feed->table;
    uint32_t fill = sample->binding->fill, turn = index - table->round;
    uint32_t moved = sample->of_all ? 1 : ROTATION_MOVED;
    uint32_t still = sample->of_all ? ROTATION_MOVED : ROTATION_STILL;

    if (!row->fills || !row->fills[fill].round || turn % still == 0)
        return true;
    return turn % moved == 0 && has_moved(table, row, fill);
}

/* Of all rows a rotating fill gets a part each round. */
static bool has_turn(const struct sample *sample, const struct row *row, uint32_t index)
{
    const struct kvmtop_source *source = sample->binding->source;

    if (row->kind != source->kind ||
        (source->flags & KVMTOP_FILL_GUESTS && row->guest == NONE))
        return false;
    return sample->rows || !(source->flags & KVMTOP_FILL_ROTATE) ||
           is_seen_as_guest(sample, row) || has_turn_unseen(sample, row, index);
}

/* Instead of the collector's cells those that fills bring. */
static void lend_fills(const struct sample *sample, struct row *own, struct kvmtop_row *row)
{
    const struct table *table = sample->feed->table;
    union kvmtop_cell *part = row_filled(table, own);

    row->set = &part->u64;
    row->cells = part + 2 * table->filled.nwords;
    row->at = sample->binding->at;
    row->time = &own->fills[sample->binding->fill].time;
}

static void lend_process(struct sample *sample, struct kvmtop_row *row)
{
    if (row->kind || !(sample->feed->table->def.flags & KVMTOP_TABLE_PROCESSES))
        return;
    if (!sample->facts) {
        sample_done(sample);
        facts_init(&sample->own_facts, &sample->model->root, row->id, row->birth);
        sample->own_used = true;
    }
    row->process = sample->facts ? &sample->facts->process : &sample->own_facts.process;
}

static bool host_next(struct kvmtop_sample *pub, struct kvmtop_row *row)
{
    struct sample *sample = sample_of(pub);
    struct table *table = sample->feed->table;
    uint32_t index;

    uint64_t now = root_now(&sample->model->root, KVMTOP_CLOCK_MONOTONIC);
    if (sample->stop && now > sample->stop) {
        sample->stopped = true;
        return false;
    }
    while ((index = candidate(sample)) != NONE) {
        if (!has_turn(sample, table_at(table, index), index) ||
            !table_fill(table, index, sample->binding->fill, now))
            continue;
        if (sample->binding->source->flags & KVMTOP_FILL_ROTATE)
            table_at(table, index)->fills[sample->binding->fill].counted =
                row_counted(table, table_at(table, index));
        lend(sample, index, row);
        lend_fills(sample, table_at(table, index), row);
        lend_process(sample, row);
        return true;
    }
    return false;
}

/* ---- processes and guests ---- */

static const char *host_fact(const struct kvmtop_host *host, const struct kvmtop_process *process,
                             enum kvmtop_fact fact)
{
    (void)host;
    return facts_get(facts_of(process), fact);
}

static const char *const *host_argv(const struct kvmtop_host *host,
                                    const struct kvmtop_process *process, size_t *argc)
{
    (void)host;
    return facts_argv(facts_of(process), argc);
}

void host_init(struct plugin *plugin, struct model *model)
{
    plugin->model = model;
    plugin->host = (struct kvmtop_host){
        .abi = KVMTOP_ABI,
        .size = sizeof(struct kvmtop_host),
        .clock_ticks = (uint32_t)sysconf(_SC_CLK_TCK),
        .page_size = (uint32_t)sysconf(_SC_PAGESIZE),
        .fail = host_fail,
        .option = host_option,
        .dir = host_dir,
        .now = host_now,
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
        .guest_get = identity_guest_get,
        .guest_set = identity_guest_set,
        .claim = identity_claim,
        .belongs = host_belongs,
        .heading = detail_add_heading,
        .line = detail_add_line,
    };
}
