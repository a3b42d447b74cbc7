/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On which NUMA nodes the memory of a process lies. */
#include "proc/numa.h"

#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

/* One mapping. */
struct mapping {
    struct span policy;
    uint64_t page_kib;          /* 0: not told */
    uint64_t pages;
};

/* A word `KEY…` that ends in a number behind `=`. */
static bool number_after(struct span word, const char *key, uint64_t *value)
{
    const char *at = word.at, *end = word.at + word.len;

    return parse_text(&at, end, key) && parse_u64(&at, end, value) && at == end;
}

/* N0=12: pages on a node. */
static bool pages_on(struct span word, uint32_t *node, uint64_t *pages)
{
    const char *at = word.at, *end = word.at + word.len;
    uint64_t id;

    if (!parse_text(&at, end, "N") || !parse_u64(&at, end, &id) || id > UINT16_MAX ||
        !parse_text(&at, end, "=") || !parse_u64(&at, end, pages) || at != end)
        return false;
    *node = (uint32_t)id;
    return true;
}

static uint64_t add(uint64_t a, uint64_t b)
{
    return __builtin_add_overflow(a, b, &a) ? UINT64_MAX : a;
}

static uint64_t bytes_of(uint64_t pages, uint64_t page_kib)
{
    uint64_t bytes;

    return __builtin_mul_overflow(pages, page_kib, &bytes) ||
           __builtin_mul_overflow(bytes, 1024u, &bytes) ? UINT64_MAX : bytes;
}

static void add_node(struct numa *numa, uint32_t id, uint64_t bytes)
{
    unsigned i = 0;

    while (i < numa->nnodes && numa->node[i].id < id)
        i++;
    if (i == numa->nnodes || numa->node[i].id != id) {
        if (numa->nnodes == NUMA_NODES)
            return;
        memmove(&numa->node[i + 1], &numa->node[i], (numa->nnodes - i) * sizeof numa->node[0]);
        numa->nnodes++;
        numa->node[i].id = id;
        numa->node[i].bytes = 0;
    }
    numa->node[i].bytes = add(numa->node[i].bytes, bytes);
}

/* ADDRESS POLICY [WORD…] N0=12 N1=3 kernelpagesize_kB=4: the size of a page comes last. */
static bool parse_mapping(struct span line, struct mapping *mapping)
{
    const char *at = line.at, *end = line.at + line.len;
    struct span word;
    uint64_t pages;
    uint32_t node;

    *mapping = (struct mapping){ { NULL, 0 }, 0, 0 };
    if (!parse_word(&at, end, &word) || !parse_word(&at, end, &mapping->policy))
        return false;
    while (parse_word(&at, end, &word)) {
        if (pages_on(word, &node, &pages))
            mapping->pages = add(mapping->pages, pages);
        else
            (void)number_after(word, "kernelpagesize_kB=", &mapping->page_kib);
    }
    return mapping->pages > 0 && mapping->page_kib > 0;
}

static void add_mapping(struct numa *numa, struct span line, const struct mapping *mapping)
{
    const char *at = line.at, *end = line.at + line.len;
    uint64_t pages, bytes = bytes_of(mapping->pages, mapping->page_kib);
    struct span word;
    uint32_t node;

    while (parse_word(&at, end, &word))
        if (pages_on(word, &node, &pages))
            add_node(numa, node, bytes_of(pages, mapping->page_kib));
    if (bytes > numa->most) {
        numa->most = bytes;
        snprintf(numa->policy, sizeof numa->policy, "%.*s", (int)mapping->policy.len,
                 mapping->policy.at);
    }
}

bool numa_parse(const char *text, size_t len, struct numa *numa)
{
    const char *at = text, *end = text + len;
    struct mapping mapping;
    struct span line;

    numa->nnodes = 0;
    numa->policy[0] = '\0';
    numa->most = 0;
    while (parse_line(&at, end, &line))
        if (parse_mapping(line, &mapping))
            add_mapping(numa, line, &mapping);
    return numa->nnodes > 0;
}
