/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash table from 64-bit keys to pointers: open addressing, linear probing. */
#include "lib/u64map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

struct u64map_slot {
    uint64_t key;
    void *value;                /* NULL: free */
};

/* Neighbouring keys (interface indices) are spread by Fibonacci hashing. */
static size_t home(const struct u64map *map, uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (map->capacity - 1);
}

/* The key's slot, or the free one where it belongs. */
static struct u64map_slot *find(const struct u64map *map, uint64_t key)
{
    size_t at = home(map, key);

    while (map->slots[at].value != NULL && map->slots[at].key != key)
        at = (at + 1) & (map->capacity - 1);
    return &map->slots[at];
}

void *u64map_get(const struct u64map *map, uint64_t key)
{
    return map->capacity > 0 ? find(map, key)->value : NULL;
}

static int grow(struct u64map *map)
{
    struct u64map bigger = {
        .capacity = map->capacity > 0 ? map->capacity * 2 : FIRST_CAPACITY,
        .used = map->used,
    };

    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].value != NULL)
            *find(&bigger, map->slots[i].key) = map->slots[i];
    }
    free(map->slots);
    *map = bigger;
    return 0;
}

int u64map_put(struct u64map *map, uint64_t key, void *value)
{
    struct u64map_slot *slot;

    if (map->used * 2 >= map->capacity && grow(map) < 0)
        return -ENOMEM;
    slot = find(map, key);
    map->used += slot->value == NULL;
    slot->key = key;
    slot->value = value;
    return 0;
}

void u64map_clear(struct u64map *map)
{
    if (map->used > 0)
        memset(map->slots, 0, map->capacity * sizeof *map->slots);
    map->used = 0;
}

void u64map_free(struct u64map *map)
{
    free(map->slots);
    *map = (struct u64map){ 0 };
}

uint64_t u64map_hash(uint64_t seed, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        seed = (seed ^ bytes[i]) * UINT64_C(0x100000001b3);
    return seed;
}
