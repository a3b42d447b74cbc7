/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a process is, and what a guest owns. */
#include "core/identity.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "core/facts.h"
#include "core/sample.h"
#include "core/text.h"
#include "core/xalloc.h"

/* Rows looked at anew without a sign of change (a process may rewrite its arguments): one of
 * this many a round. */
#define ROTATION 64u

/* A VMM opens its taps and disks in its first moments: what it owns is asked each round until then
 * (ns). */
#define SETTLES UINT64_C(3000000000)

/* For a device that has come so many guests are asked in a round: each may have thousands of files
 * open, and one device may come after the other. */
#define OWED_A_ROUND 64u

struct kvmtop_guest {
    const struct text *field[GUEST_FIELDS];
    bool override;
};

struct kvmtop_claims {
    struct claim *item;         /* room for nslots / 2 */
    uint32_t count;
    uint32_t *slot;             /* items by hash; NONE: free */
    uint32_t nslots;            /* a power of two, or 0 */
    uint32_t by;                /* the resolver that is asked */
    bool passthrough;
};

/* ---- resolvers ---- */

const char *identity_guest_get(const struct kvmtop_guest *guest, enum kvmtop_field field)
{
    if (field < KVMTOP_PLATFORM || field > KVMTOP_GUEST_UUID)
        return NULL;
    return guest->field[field - 1] ? guest->field[field - 1]->bytes : NULL;
}

void identity_guest_set(struct kvmtop_guest *guest, enum kvmtop_field field, const char *text,
                        size_t len)
{
    if (field < KVMTOP_PLATFORM || field > KVMTOP_GUEST_UUID || !len)
        return;
    if (!guest->field[field - 1] || guest->override)
        text_set(&guest->field[field - 1], text, len);
}

static bool matches_any(const struct string_list *globs, const char *name)
{
    for (size_t i = 0; i < globs->count; i++)
        if (!fnmatch(globs->item[i], name, 0))
            return true;
    return false;
}

/* By what it was started as, else by what it runs (a wrapper may have changed argv[0]). */
static bool is_vmm(const struct model *model, struct facts *facts)
{
    const char *first = facts_get(facts, KVMTOP_FACT_CMDLINE);

    if (!first)
        return false;           /* a kernel thread, or gone */
    if (matches_any(&model->settings->vmm, facts_basename(first)))
        return true;
    const char *exe = facts_get(facts, KVMTOP_FACT_EXE);
    return exe && matches_any(&model->settings->vmm, facts_basename(exe));
}

static void ask(const struct resolver *resolver, struct facts *facts, struct kvmtop_guest *guest)
{
    struct plugin *plugin = resolver->plugin;

    guest->override = resolver->def->flags & KVMTOP_OVERRIDE;
    plugin_enter(plugin);
    int err = resolver->def->resolve(plugin->state, &facts->process, guest);
    plugin_leave();
    plugin_judge(plugin, NULL, err, "resolver", resolver->def->name);
}

static void resolve(struct model *model, struct row *row, struct facts *facts)
{
    struct kvmtop_guest found = { { 0 }, false };
    bool vmm = is_vmm(model, facts), any = false;

    for (size_t i = 0; i < model->nresolvers; i++) {
        const struct resolver *resolver = &model->resolvers[i];

        if (resolver->def->resolve && (vmm || resolver->def->flags & KVMTOP_ALL_PROCESSES))
            ask(resolver, facts, &found);
    }
    for (unsigned i = 0; i < GUEST_FIELDS; i++)
        any |= found.field[i] != NULL;
    if (any) {
        if (row->guest == NONE)
            row->guest = guests_add(&model->guests, row->id, row->birth);
        guests_take_fields(&model->guests, row->guest, found.field);
    } else if (row->guest != NONE) {
        guests_remove(&model->guests, row->guest);
        row->guest = NONE;
    }
}

/* ---- rows ---- */

static void fill_once(struct model *model, struct feed *feed, uint32_t index, struct facts *facts)
{
    for (uint32_t i = 0; i < feed->table->nfills; i++) {
        struct binding *binding = feed->fill[i];
        struct sample sample;

        if (!(binding->source->flags & KVMTOP_FILL_ONCE) ||
            binding->source->kind != table_at(feed->table, index)->kind)
            continue;
        sample_init(&sample, model, feed, binding);
        sample.rows = &index;
        sample.nrows = 1;
        sample.facts = facts;
        sample_fill(&sample);
    }
}

static bool is_process(const struct feed *feed, const struct row *row)
{
    return !row->kind && feed->table->def.flags & KVMTOP_TABLE_PROCESSES;
}

static void name_row(struct model *model, struct feed *feed, uint32_t index)
{
    struct row *row = table_at(feed->table, index);
    bool process = is_process(feed, row);
    struct facts facts;

    facts_init(&facts, &model->root, row->id, row->birth);
    if (process) {              /* first: a fill may be for guests alone */
        facts_read_uid(&facts);
        resolve(model, row, &facts);
        row->fingerprint = facts_fingerprint(&facts);
    }
    fill_once(model, feed, index, process ? &facts : NULL);
    facts_free(&facts);
    row->marks &= ~(uint32_t)(ROW_NEW | ROW_CHANGED);
}

/* Is the process, without any sign of it, another than it was named by? */
static bool has_changed(const struct model *model, const struct row *row)
{
    struct facts facts;

    facts_init(&facts, &model->root, row->id, row->birth);
    uint32_t fingerprint = facts_fingerprint(&facts);
    facts_free(&facts);
    return fingerprint != row->fingerprint;
}

static bool to_be_named(const struct model *model, const struct feed *feed, struct row *row,
                        uint32_t index)
{
    bool turn = is_process(feed, row) && index % ROTATION == feed->table->round % ROTATION;

    if (!(row->marks & ROW_NEW) && turn && has_changed(model, row))
        row->marks |= ROW_CHANGED;
    return row->marks & (ROW_NEW | ROW_CHANGED);
}

/* Processes are named; children are looked at where a fill brings something once for each. */
static uint32_t next_to_name(const struct feed *feed, uint32_t from)
{
    for (uint32_t i = 0; i < feed->table->nfills; i++)
        if (feed->fill[i]->source->flags & KVMTOP_FILL_ONCE && feed->fill[i]->source->kind)
            return table_next(feed->table, from);
    return table_next_whole(feed->table, from);
}

bool identity_rows(struct model *model, struct feed *feed, uint32_t *cursor, uint64_t stop)
{
    struct table *table = feed->table;

    for (uint32_t i = next_to_name(feed, *cursor); i != NONE; i = next_to_name(feed, i + 1)) {
        if (!to_be_named(model, feed, table_at(table, i), i))
            continue;
        name_row(model, feed, i);
        if (stop && root_now(&model->root, KVMTOP_CLOCK_MONOTONIC) > stop) {
            *cursor = i + 1;
            return false;
        }
    }
    return true;
}

/* A guest lives as long as its process, or a row that hints at it; rows joined by name follow. */
static void mark_seen(struct model *model, const struct table *table)
{
    bool processes = table->def.flags & KVMTOP_TABLE_PROCESSES;

    if (table->def.flags & KVMTOP_TABLE_GUESTS)
        return;
    for (uint32_t i = table_next_whole(table, 0); i != NONE; i = table_next_whole(table, i + 1)) {
        const struct row *row = table_at(table, i);

        if (processes && row->guest != NONE)
            model->guests.item[row->guest].seen = true;
        if (row->hint != NONE)
            model->guests.item[row->hint].seen = true;
    }
}

/* Rows of guests stay as they were while nobody looks at their table; the index of one that has
 * gone will be another guest's. */
static void forget_gone(const struct guests *guests, const struct table *table)
{
    if (!(table->def.flags & KVMTOP_TABLE_GUESTS))
        return;
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        struct row *row = table_at(table, i);

        if (row->guest != NONE && !guests_is(guests, row->guest, row->id, row->birth))
            row->guest = NONE;
    }
}

void identity_sweep(struct model *model)
{
    struct guests *guests = &model->guests;

    for (uint32_t i = 0; i < guests->count; i++)
        guests->item[i].seen = false;
    for (size_t i = 0; i < model->nfeeds; i++)
        mark_seen(model, model->feeds[i]->table);
    for (uint32_t i = 0; i < guests->count; i++)
        if (guests->item[i].used && !guests->item[i].seen)
            guests_remove(guests, i);
    for (size_t i = 0; i < model->nfeeds; i++)
        forget_gone(guests, model->feeds[i]->table);
}

/* ---- claims and joins ---- */

/* Texts are shared, so their address is their name. */
static bool is_claim(const struct claim *claim, const struct claim *other)
{
    return claim->name == other->name && claim->what == other->what;
}

/* Where it is, or belongs. */
static uint32_t *claim_slot(const struct kvmtop_claims *claims, const struct claim *claim)
{
    uint32_t at = hash_u64((uint64_t)(uintptr_t)claim->name ^ claim->what);

    for (;; at++) {
        uint32_t *slot = &claims->slot[at & (claims->nslots - 1)];

        if (*slot == NONE || is_claim(&claims->item[*slot], claim))
            return slot;
    }
}

static void make_room(struct kvmtop_claims *claims)
{
    if (claims->count < claims->nslots / 2)
        return;
    claims->nslots = claims->nslots ? claims->nslots * 2 : 16;
    claims->item = xreallocarray(claims->item, claims->nslots / 2, sizeof *claims->item);
    claims->slot = xreallocarray(claims->slot, claims->nslots, sizeof *claims->slot);
    memset(claims->slot, 0xff, claims->nslots * sizeof *claims->slot);
    for (uint32_t i = 0; i < claims->count; i++)
        *claim_slot(claims, &claims->item[i]) = i;
}

/* Takes the text over. */
static void add_claim(struct kvmtop_claims *claims, enum kvmtop_claim what,
                      const struct text *name)
{
    claims->passthrough |= what == KVMTOP_CLAIM_PASSTHROUGH;
    make_room(claims);
    const struct claim claim = { name, what, claims->by };
    uint32_t *slot = claim_slot(claims, &claim);
    if (*slot != NONE) {
        text_unref(name);
        return;
    }
    *slot = claims->count;
    claims->item[claims->count++] = claim;
}

void identity_claim(struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name)
{
    if (what >= KVMTOP_CLAIM_IFACE && what <= KVMTOP_CLAIM_PASSTHROUGH && name && *name)
        add_claim(claims, what, text_get(name, strlen(name)));
}

/* What a resolver may name. */
static uint32_t claims_by(const struct kvmtop_resolver *def)
{
    uint32_t set = def->claims ? CLAIMS_ALL : 0;

    if (def->flags & KVMTOP_NO_IFACES)
        set &= ~CLAIMS_OF(KVMTOP_CLAIM_IFACE);
    if (def->flags & KVMTOP_NO_BLOCKS)
        set &= ~CLAIMS_OF(KVMTOP_CLAIM_BLOCK);
    return set;
}

/* What a resolver that needn't be asked named before. */
static void keep_claims(struct kvmtop_claims *claims, const struct guest *guest)
{
    for (uint32_t i = 0; i < guest->nclaims; i++) {
        const struct claim *claim = &guest->claims[i];

        if (claim->by == claims->by)
            add_claim(claims, claim->what, text_get(claim->name->bytes, claim->name->len));
    }
}

static void ask_resolver(const struct resolver *resolver, const struct facts *facts,
                         struct kvmtop_claims *claims)
{
    struct plugin *plugin = resolver->plugin;

    plugin_enter(plugin);
    int err = resolver->def->claims(plugin->state, &facts->process, claims);
    plugin_leave();
    plugin_judge(plugin, NULL, err, "claims of", resolver->def->name);
}

static bool is_settled(const struct model *model, const struct guest *guest)
{
    return !guest->birth ||
           root_now(&model->root, KVMTOP_CLOCK_BOOTTIME) > guest->birth + SETTLES;
}

static void ask_claims(struct model *model, uint32_t index)
{
    struct guest *guest = &model->guests.item[index];
    struct kvmtop_claims claims = { 0 };
    struct facts facts;

    facts_init(&facts, &model->root, guest->pid, guest->birth);
    facts_read_uid(&facts);
    for (uint32_t i = 0; i < model->nresolvers; i++) {
        claims.by = i;
        if (claims_by(model->resolvers[i].def) & guest->claims_due)
            ask_resolver(&model->resolvers[i], &facts, &claims);
        else
            keep_claims(&claims, guest);
    }
    facts_free(&facts);
    free(claims.slot);
    guest->claims_due = is_settled(model, guest) ? 0 : CLAIMS_ALL;
    guest->passthrough = claims.passthrough;
    guests_take_claims(&model->guests, index, claims.item, claims.count);
}

/* On from where the last round ended, so that all get their turn whatever comes meanwhile. */
static void pay_owed(struct guests *guests)
{
    uint32_t left = OWED_A_ROUND;

    for (uint32_t n = 0; n < guests->count && left; n++) {
        struct guest *guest = &guests->item[guests->owed_from];

        guests->owed_from = (guests->owed_from + 1) % guests->count;
        left -= guest->claims_owed != 0;
        guest->claims_due |= guest->claims_owed;
        guest->claims_owed = 0;
    }
}

void identity_claims_turn(struct model *model, uint32_t round)
{
    for (uint32_t i = round % ROTATION; i < model->guests.count; i += ROTATION)
        model->guests.item[i].claims_due = CLAIMS_ALL;
    pay_owed(&model->guests);
}

static void owe_claims(struct guests *guests, enum kvmtop_claim what)
{
    for (uint32_t i = 0; i < guests->count; i++)
        if (guests->item[i].used && guests->item[i].pid)
            guests->item[i].claims_owed |= CLAIMS_OF(what);
}

bool identity_claims(struct model *model, uint32_t *cursor, uint64_t stop)
{
    struct guests *guests = &model->guests;

    for (; *cursor < guests->count; ++*cursor) {
        const struct guest *guest = &guests->item[*cursor];

        if (!guest->used || !guest->pid || !guest->claims_due)
            continue;
        if (stop && root_now(&model->root, KVMTOP_CLOCK_MONOTONIC) > stop)
            return false;
        ask_claims(model, *cursor);
    }
    return true;
}

/* Processes that work for a guest's. */
static void join_servants(struct model *model, struct table *table)
{
    for (uint32_t i = table_next_whole(table, 0); i != NONE; i = table_next_whole(table, i + 1)) {
        struct row *row = table_at(table, i);

        row->served = row->owner ? guests_of_pid(&model->guests, row->owner) : NONE;
    }
}

/* By who claims it, else by its name. */
static uint32_t guest_of_iface(struct model *model, const struct table *table,
                               const struct row *row)
{
    const struct text *name = row_text(table, row, table->iface);
    uint32_t hinted = row->hint == NONE ? NONE : guests_real(&model->guests, row->hint);
    uint32_t owner = name ? guests_owner(&model->guests, name, hinted) : NONE;

    return owner == NONE ? hinted : owner;
}

/* New, and shown: any guest may have got it (hot-plug), where nobody is known to own it. */
static bool has_come(const struct table *table, const struct row *row)
{
    return row->marks & ROW_FIRST && table->round > 1 &&
           !(row->flags & (KVMTOP_ROW_HIDDEN | KVMTOP_ROW_UNCLAIMED));
}

/* True: an interface has come that is nobody's. */
static bool join_ifaces(struct model *model, struct table *table)
{
    bool orphan = false;

    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        struct row *row = table_at(table, i);

        row->guest = guest_of_iface(model, table, row);
        orphan |= row->guest == NONE && has_come(table, row);
    }
    return orphan;
}

/* The same of a device; whose a device is is looked up where it is shown. */
static bool has_orphan(struct model *model, const struct table *table)
{
    for (uint32_t i = table_next(table, 0); i != NONE; i = table_next(table, i + 1)) {
        const struct row *row = table_at(table, i);
        const struct text *name = row_text(table, row, table->block);
        uint32_t cursor = NONE;

        if (name && has_come(table, row) &&
            guests_claiming(&model->guests, KVMTOP_CLAIM_BLOCK, name, &cursor) == NONE)
            return true;
    }
    return false;
}

void identity_join(struct model *model, struct feed *feed)
{
    struct table *table = feed->table;

    if (table->serves)
        join_servants(model, table);
    bool iface = table->iface != NONE && join_ifaces(model, table);
    /* The rows of a table that nobody looks at any more stay as new as they were. */
    if (iface && feed->active)
        owe_claims(&model->guests, KVMTOP_CLAIM_IFACE);
    if (table->block != NONE && feed->active && has_orphan(model, table))
        owe_claims(&model->guests, KVMTOP_CLAIM_BLOCK);
}
