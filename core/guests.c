/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests: who they are, and what is theirs. */
#include "core/guests.h"

#include <stdlib.h>

#include "core/snapshot.h"
#include "core/text.h"
#include "core/xalloc.h"

static void drop(struct guest *guest)
{
    for (unsigned i = 0; i < GUEST_FIELDS; i++)
        text_unref(guest->field[i]);
    for (uint32_t i = 0; i < guest->nclaims; i++)
        text_unref(guest->claims[i].name);
    free(guest->claims);
    free(guest->history);
    *guest = (struct guest){ 0 };
}

static void drop_index(struct guests *guests)
{
    free(guests->entry);
    free(guests->bucket);
    free(guests->id_bucket);
    free(guests->id_chain);
    free(guests->pid_bucket);
    free(guests->pid_chain);
    guests->entry = NULL;
    guests->bucket = guests->id_bucket = guests->id_chain = NULL;
    guests->pid_bucket = guests->pid_chain = NULL;
}

void guests_free(struct guests *guests)
{
    for (uint32_t i = 0; i < guests->count; i++)
        drop(&guests->item[i]);
    free(guests->item);
    drop_index(guests);
    *guests = (struct guests){ 0 };
}

static uint32_t new_guest(struct guests *guests)
{
    uint32_t i = guests->first_free;

    while (i < guests->count && guests->item[i].used)
        i++;
    guests->first_free = i;
    if (i == guests->count) {
        uint32_t cap = guests->count ? guests->count * 2 : 16;

        guests->item = xreallocarray(guests->item, cap, sizeof *guests->item);
        memset(guests->item + guests->count, 0, (cap - guests->count) * sizeof *guests->item);
        guests->count = cap;
    }
    guests->item[i].used = true;
    guests->dirty = true;
    return i;
}

uint32_t guests_add(struct guests *guests, uint64_t pid, uint64_t birth)
{
    uint32_t i = new_guest(guests);

    guests->item[i].pid = pid;
    guests->item[i].birth = birth;
    guests->item[i].claims_due = CLAIMS_ALL;
    return i;
}

void guests_remove(struct guests *guests, uint32_t guest)
{
    drop(&guests->item[guest]);
    if (guest < guests->first_free)
        guests->first_free = guest;
    guests->dirty = true;
}

bool guests_take_fields(struct guests *guests, uint32_t index,
                        const struct text *fresh[GUEST_FIELDS])
{
    struct guest *guest = &guests->item[index];
    bool changed = false;

    for (unsigned i = 0; i < GUEST_FIELDS; i++) {
        changed |= guest->field[i] != fresh[i];
        text_unref(guest->field[i]);
        guest->field[i] = fresh[i];
        fresh[i] = NULL;
    }
    guests->dirty |= changed;
    return changed;
}

void guests_take_claims(struct guests *guests, uint32_t index, struct claim *claims,
                        uint32_t nclaims)
{
    struct guest *guest = &guests->item[index];

    for (uint32_t i = 0; i < guest->nclaims; i++)
        text_unref(guest->claims[i].name);
    free(guest->claims);
    guest->claims = claims;
    guest->nclaims = nclaims;
    guests->dirty = true;
}

/* ---- look-ups ---- */

/* Texts are shared, so their address is their name; its low bits are always 0. */
static uint32_t hash_of(const struct guests *guests, const struct text *text)
{
    return hash_u64((uint64_t)(uintptr_t)text) & (guests->nbuckets - 1);
}

static void index_claims(struct guests *guests, uint32_t index, uint32_t by)
{
    const struct guest *guest = &guests->item[index];

    for (uint32_t i = 0; i < guest->nclaims; i++) {
        if (guest->claims[i].by != by)
            continue;
        uint32_t at = hash_of(guests, guest->claims[i].name), n = guests->nentries++;

        guests->entry[n] = (struct claim_entry){ guest->claims[i], index, guests->bucket[at] };
        guests->bucket[at] = n;
    }
}

static void index_id(struct guests *guests, uint32_t index)
{
    const struct guest *guest = &guests->item[index];
    const struct text *id = guest->field[KVMTOP_GUEST_ID - 1];

    if (!guest->used || !id)
        return;
    uint32_t at = hash_of(guests, id);
    guests->id_chain[index] = guests->id_bucket[at];
    guests->id_bucket[at] = index;
}

static uint32_t hash_of_pid(const struct guests *guests, uint64_t pid)
{
    return hash_u64(pid) & (guests->nbuckets - 1);
}

static void index_pid(struct guests *guests, uint32_t index)
{
    const struct guest *guest = &guests->item[index];

    if (!guest->used || !guest->pid)
        return;
    uint32_t at = hash_of_pid(guests, guest->pid);
    guests->pid_chain[index] = guests->pid_bucket[at];
    guests->pid_bucket[at] = index;
}

/* How many resolvers the claims are by: the last one's place and one. */
static uint32_t resolvers(const struct guests *guests)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < guests->count; i++)
        for (uint32_t c = 0; c < guests->item[i].nclaims; c++)
            if (guests->item[i].claims[c].by >= n)
                n = guests->item[i].claims[c].by + 1;
    return n;
}

/* For each of these many slots: the first of a bucket, none yet. */
static uint32_t *new_index(uint32_t slots)
{
    uint32_t *index = xreallocarray(NULL, slots, sizeof *index);

    memset(index, 0xff, slots * sizeof *index);
    return index;
}

static void make_index(struct guests *guests)
{
    uint32_t total = guests->count, nbuckets = 64;

    if (!guests->dirty && guests->bucket)
        return;
    drop_index(guests);
    guests->dirty = false;
    for (uint32_t i = 0; i < guests->count; i++)
        total += guests->item[i].nclaims;
    while (nbuckets < total)
        nbuckets *= 2;
    guests->nbuckets = nbuckets;
    guests->nentries = 0;
    guests->entry = xcalloc(total + 1, sizeof *guests->entry);
    guests->bucket = new_index(nbuckets);
    guests->id_bucket = new_index(nbuckets);
    guests->pid_bucket = new_index(nbuckets);
    guests->id_chain = new_index(guests->count + 1);
    guests->pid_chain = new_index(guests->count + 1);
    /* Backwards, so that of those who claim one device the first stands first, */
    for (uint32_t i = guests->count; i-- > 0;) {
        index_id(guests, i);
        index_pid(guests, i);
    }
    /* and before him whose resolver knows better. */
    for (uint32_t by = resolvers(guests); by-- > 0;)
        for (uint32_t i = guests->count; i-- > 0;)
            index_claims(guests, i, by);
}

uint32_t guests_claiming(struct guests *guests, enum kvmtop_claim what, const struct text *name,
                         uint32_t *cursor)
{
    make_index(guests);
    uint32_t i = *cursor == NONE ? guests->bucket[hash_of(guests, name)]
                                 : guests->entry[*cursor].chain;

    while (i != NONE &&
           (guests->entry[i].claim.name != name || guests->entry[i].claim.what != what))
        i = guests->entry[i].chain;
    *cursor = i;
    return i == NONE ? NONE : guests->entry[i].guest;
}

uint32_t guests_owner(struct guests *guests, const struct text *name, uint32_t hinted)
{
    uint32_t cursor = NONE;
    uint32_t owner = guests_claiming(guests, KVMTOP_CLAIM_IFACE, name, &cursor);
    uint32_t best = owner == NONE ? NONE : guests->entry[cursor].claim.by;

    for (uint32_t guest = owner; hinted != NONE && guest != NONE;
         guest = guests_claiming(guests, KVMTOP_CLAIM_IFACE, name, &cursor)) {
        if (guests->entry[cursor].claim.by != best)
            break;
        if (guest == hinted)
            return hinted;
    }
    return owner;
}

bool guests_outdone(struct guests *guests, const struct claim *claim)
{
    uint32_t cursor = NONE;

    return guests_claiming(guests, claim->what, claim->name, &cursor) != NONE &&
           guests->entry[cursor].claim.by < claim->by;
}

static uint32_t find_id(struct guests *guests, const struct text *platform,
                        const struct text *id, bool real)
{
    make_index(guests);
    uint32_t i = guests->id_bucket[hash_of(guests, id)];

    for (; i != NONE; i = guests->id_chain[i])
        if (guest_field(guests, i, KVMTOP_GUEST_ID) == id && !guests->item[i].pid == !real &&
            guest_field(guests, i, KVMTOP_PLATFORM) == platform)
            return i;
    return NONE;
}

uint32_t guests_hint(struct guests *guests, const char *platform, const char *id)
{
    const struct text *fresh[GUEST_FIELDS] = { 0 };

    fresh[KVMTOP_PLATFORM - 1] = text_get(platform, strlen(platform));
    fresh[KVMTOP_GUEST_ID - 1] = text_get(id, strlen(id));
    uint32_t i = find_id(guests, fresh[KVMTOP_PLATFORM - 1], fresh[KVMTOP_GUEST_ID - 1], false);
    if (i != NONE) {
        for (unsigned f = 0; f < GUEST_FIELDS; f++)
            text_unref(fresh[f]);
        return i;
    }
    uint32_t slots = guests->count;
    i = new_guest(guests);
    guests_take_fields(guests, i, fresh);
    /* One by one interfaces hint at as many guests as there are: the index goes along. */
    if (guests->count == slots) {
        index_id(guests, i);
        guests->dirty = false;
    }
    return i;
}

uint32_t guests_real(struct guests *guests, uint32_t hinted)
{
    const struct guest *guest = &guests->item[hinted];

    if (guest->pid)
        return hinted;
    uint32_t real = find_id(guests, guest->field[KVMTOP_PLATFORM - 1],
                            guest->field[KVMTOP_GUEST_ID - 1], true);
    return real == NONE ? hinted : real;
}

uint32_t guests_of_pid(struct guests *guests, uint64_t pid)
{
    make_index(guests);
    uint32_t i = guests->pid_bucket[hash_of_pid(guests, pid)];

    while (i != NONE && guests->item[i].pid != pid)
        i = guests->pid_chain[i];
    return i;
}

uint32_t guests_running(const struct guests *guests)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < guests->count; i++)
        n += guests->item[i].used && guests->item[i].pid;
    return n;
}
