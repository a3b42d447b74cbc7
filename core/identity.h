/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a process is: new and changed rows get their lasting texts and, where they are VMMs, their
 * guest; guests get what is theirs; rows of interfaces get their guest. */
#ifndef KVMTOP_CORE_IDENTITY_H
#define KVMTOP_CORE_IDENTITY_H

#include "core/model.h"

/* Name rows of the feed that are new or changed, from *cursor on, until `stop` (CLOCK_MONOTONIC
 * ns; 0: all).  False: rows are left, *cursor says where. */
bool identity_rows(struct model *model, struct feed *feed, uint32_t *cursor, uint64_t stop);

/* Guests whose process has gone go too. */
void identity_sweep(struct model *model);

/* Ask the resolvers what the guests own that are due, until `stop`.  False: some are left. */
bool identity_claims(struct model *model, uint32_t *cursor, uint64_t stop);

/* Have those asked again in it whose turn it is in this round, or who are owed it. */
void identity_claims_turn(struct model *model, uint32_t round);

/* Give the rows of a feed the guests that they belong to by name (interfaces) or by owner. */
void identity_join(struct model *model, struct feed *feed);

/* Host functions. */
const char *identity_guest_get(const struct kvmtop_guest *guest, enum kvmtop_field field);
void identity_guest_set(struct kvmtop_guest *guest, enum kvmtop_field field, const char *text,
                        size_t len);
void identity_claim(struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name);

#endif
