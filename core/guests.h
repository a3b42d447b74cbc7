/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests: who they are, and which interfaces and block devices are theirs.  A guest is named
 * by its index; the index of one that has gone is used again. */
#ifndef KVMTOP_CORE_GUESTS_H
#define KVMTOP_CORE_GUESTS_H

#include <kvmtop/plugin.h>

struct history;
struct text;

#define GUEST_FIELDS 4          /* enum kvmtop_field - 1 */

/* Of sets of enum kvmtop_claim. */
#define CLAIMS_OF(what) (1u << (what))
#define CLAIMS_ALL (CLAIMS_OF(KVMTOP_CLAIM_IFACE) | CLAIMS_OF(KVMTOP_CLAIM_BLOCK) | \
                    CLAIMS_OF(KVMTOP_CLAIM_PASSTHROUGH))

struct claim {
    const struct text *name;
    enum kvmtop_claim what;
    uint32_t by;                /* the resolver's place by rank: a lower one knows better */
};

struct guest {
    uint64_t pid, birth;        /* of its VMM; pid 0: known by a hint alone */
    const struct text *field[GUEST_FIELDS]; /* NULL: unknown */
    struct claim *claims;
    uint32_t nclaims;
    bool used, seen;
    uint32_t claims_due;        /* CLAIMS_: claims() that names such is to be asked (again), */
    uint32_t claims_owed;       /* or will be, in one of the next rounds */
    struct history *history;    /* owned; NULL: none is kept */
    bool passthrough;           /* has devices that no counter of the host sees */
};

struct claim_entry {
    struct claim claim;         /* name lent by the guest */
    uint32_t guest, chain;
};

struct guests {
    struct guest *item;
    uint32_t count;             /* slots, used or not */
    uint32_t first_free;        /* no slot before it is */
    uint32_t owed_from;         /* the slot where those who are owed are looked for */
    struct claim_entry *entry;  /* every claim of every guest, hashed by name */
    uint32_t nentries;
    uint32_t *bucket, nbuckets;
    uint32_t *id_bucket;        /* guests by id; chained through id_chain */
    uint32_t *id_chain;
    uint32_t *pid_bucket;       /* real guests by PID */
    uint32_t *pid_chain;
    bool dirty;                 /* the hashes are to be made anew */
};

void guests_free(struct guests *guests);

/* A new guest without fields, for this process. */
uint32_t guests_add(struct guests *guests, uint64_t pid, uint64_t birth);
void guests_remove(struct guests *guests, uint32_t guest);

/* One known by platform and id alone: a real one where there is one when it is looked at. */
uint32_t guests_hint(struct guests *guests, const char *platform, const char *id);

/* Replace fields and claims (taken over from `fresh`, which is emptied).  False: all equal. */
bool guests_take_fields(struct guests *guests, uint32_t guest,
                        const struct text *fresh[GUEST_FIELDS]);
void guests_take_claims(struct guests *guests, uint32_t guest, struct claim *claims,
                        uint32_t nclaims);

/* Who claims the device: those whose resolver knows best first.  NONE: nobody (else). */
uint32_t guests_claiming(struct guests *guests, enum kvmtop_claim what, const struct text *name,
                         uint32_t *cursor);

/* Whose the interface is: his who claims it by the resolver that knows best; of several such the
 * hinted one's (may be NONE), else the first's.  NONE: nobody claims it. */
uint32_t guests_owner(struct guests *guests, const struct text *name, uint32_t hinted);

/* Does another claim the same by a resolver that knows better? */
bool guests_outdone(struct guests *guests, const struct claim *claim);

/* The real guest that a hinted one stands for, else itself. */
uint32_t guests_real(struct guests *guests, uint32_t hinted);

/* The real guest that this process runs, or NONE. */
uint32_t guests_of_pid(struct guests *guests, uint64_t pid);

/* Is the guest of this index the one that runs in this process? */
static inline bool guests_is(const struct guests *guests, uint32_t guest, uint64_t pid,
                             uint64_t birth)
{
    return guests->item[guest].pid == pid && guests->item[guest].birth == birth;
}

/* How many real guests there are. */
uint32_t guests_running(const struct guests *guests);

static inline const struct text *guest_field(const struct guests *guests, uint32_t guest,
                                             enum kvmtop_field field)
{
    return guests->item[guest].field[field - 1];
}

#endif
