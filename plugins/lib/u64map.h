/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A hash table from 64-bit keys to pointers: from interface indices, MAC addresses and hashed
 * names to what they stand for.  It owns the slots, not what they point to.  Nothing is ever
 * taken out singly: who removes something clears the map and puts the others again.
 */
#ifndef KVMTOP_LIB_U64MAP_H
#define KVMTOP_LIB_U64MAP_H

#include <stddef.h>
#include <stdint.h>

struct u64map_slot;

/* Begin with {0}. */
struct u64map {
    struct u64map_slot *slots;
    size_t capacity;            /* a power of two, or 0 */
    size_t used;
};

/* NULL: there is none. */
void *u64map_get(const struct u64map *map, uint64_t key);
/* Replaces what the key had.  value must not be NULL.  0 or -ENOMEM: then nothing has changed. */
int u64map_put(struct u64map *map, uint64_t key, void *value);
/* Forgets all entries, keeps the room for them. */
void u64map_clear(struct u64map *map);
void u64map_free(struct u64map *map);

/* FNV-1a.  Begin with U64MAP_SEED; a chained call takes the last one's result. */
#define U64MAP_SEED UINT64_C(0xcbf29ce484222325)
uint64_t u64map_hash(uint64_t seed, const void *data, size_t len);

#endif
