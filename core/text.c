/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared, counted, immutable strings. */
#include "core/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "core/xalloc.h"

static struct text **bucket;
static size_t nbuckets, ntexts;

/* The finaliser of splitmix64: PIDs are dense, births are multiples of 10 ms. */
static uint64_t mix(uint64_t value)
{
    value ^= value >> 30;
    value *= 0xbf58476d1ce4e5b9u;
    value ^= value >> 27;
    value *= 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

uint32_t hash_u64(uint64_t value)
{
    value = mix(value);
    return (uint32_t)(value >> 32 ^ value);
}

/* Of this process alone: any user chooses command lines and names, and could choose thousands of
 * one hash, were it the same everywhere. */
static uint64_t secret(void)
{
    static uint64_t value;
    uintptr_t random = getauxval(AT_RANDOM); /* 16 bytes */

    if (!value && random)
        memcpy(&value, (const void *)random, sizeof value);
    return value;
}

uint32_t hash_bytes(const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    uint64_t hash = mix(secret() ^ len), word = 0;

    for (; len >= sizeof word; p += sizeof word, len -= sizeof word) {
        memcpy(&word, p, sizeof word);
        hash = mix(hash ^ word);
    }
    word = 0;
    if (len)
        memcpy(&word, p, len);
    hash = mix(hash ^ word);
    return (uint32_t)(hash >> 32 ^ hash);
}

static void resize(size_t wanted)
{
    struct text **fresh = xcalloc(wanted, sizeof *fresh);

    for (size_t i = 0; i < nbuckets; i++) {
        for (struct text *t = bucket[i], *next; t; t = next) {
            next = t->next;
            t->next = fresh[t->hash & (wanted - 1)];
            fresh[t->hash & (wanted - 1)] = t;
        }
    }
    free(bucket);
    bucket = fresh;
    nbuckets = wanted;
}

const struct text *text_get(const char *bytes, size_t len)
{
    if (len > TEXT_MAX)
        len = TEXT_MAX;
    uint32_t hash = hash_bytes(bytes, len);
    if (nbuckets)
        for (struct text *t = bucket[hash & (nbuckets - 1)]; t; t = t->next)
            if (t->hash == hash && t->len == len && !memcmp(t->bytes, bytes, len)) {
                t->refs++;
                return t;
            }
    if (ntexts >= nbuckets)
        resize(nbuckets ? nbuckets * 2 : 256);
    struct text *t = xmalloc(sizeof *t + len + 1);
    *t = (struct text){ .refs = 1, .hash = hash, .len = (uint32_t)len };
    memcpy(t->bytes, bytes, len);
    t->bytes[len] = 0;
    t->next = bucket[hash & (nbuckets - 1)];
    bucket[hash & (nbuckets - 1)] = t;
    ntexts++;
    return t;
}

void text_unref(const struct text *text)
{
    struct text *t = (struct text *)text;

    if (!t || --t->refs)
        return;
    struct text **at = &bucket[t->hash & (nbuckets - 1)];
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    free(t);
    ntexts--;
    if (nbuckets > 256 && ntexts < nbuckets / 8)
        resize(nbuckets / 2);
    if (!ntexts) {
        free(bucket);
        bucket = NULL;
        nbuckets = 0;
    }
}

void text_set(const struct text **at, const char *bytes, size_t len)
{
    const struct text *old = *at;

    if (len > TEXT_MAX)
        len = TEXT_MAX;
    if (old && old->len == len && !memcmp(old->bytes, bytes, len))
        return;
    *at = text_get(bytes, len);
    text_unref(old);
}

size_t text_count(void)
{
    return ntexts;
}
