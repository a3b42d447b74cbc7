/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared, counted, immutable strings: every text cell and guest field is one.  A thousand rows
 * of one user hold one "root".  Equal contents have equal pointers. */
#ifndef KVMTOP_CORE_TEXT_H
#define KVMTOP_CORE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    struct text *next;          /* chain of the hash table */
    uint32_t refs, hash;
    uint32_t len;               /* bytes; any byte may occur within */
    char bytes[];               /* NUL-terminated besides */
};

/* A reference to the text with these bytes (cut at TEXT_MAX); give it back by text_unref(). */
#define TEXT_MAX 65536u
const struct text *text_get(const char *bytes, size_t len);
void text_unref(const struct text *text); /* NULL is fine */

/* Replace the text held at *at, which may be NULL.  Cheap when it has these bytes already. */
void text_set(const struct text **at, const char *bytes, size_t len);

/* Texts alive: for tests of leaks. */
size_t text_count(void);

/* For all hash tables of the core.  That of bytes is another in each run. */
uint32_t hash_bytes(const void *bytes, size_t len);
uint32_t hash_u64(uint64_t value);

#endif
