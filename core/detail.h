/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plugins tell of one process beyond its rows: lines for the page of its details, kept from
 * one refresh to the next. */
#ifndef KVMTOP_CORE_DETAIL_H
#define KVMTOP_CORE_DETAIL_H

#include "core/arena.h"
#include "core/model.h"

struct detail_line {
    const char *name;           /* printable, as value is */
    const char *value;          /* NULL: the name is a heading */
};

/* Zeroed is empty; detail_free() it. */
struct kvmtop_page {
    struct detail_line *line;
    uint32_t count, cap;
    const char *plugin;         /* whose lines these are; under a heading of this name where */
    bool headed;                /* the plugin gives none */
    struct arena arena;         /* of the texts */
};

/* Ask all plugins anew. */
void detail_ask(struct kvmtop_page *page, struct model *model, uint64_t pid, uint64_t birth);
void detail_forget(struct kvmtop_page *page);
void detail_free(struct kvmtop_page *page);

/* The host's functions for plugins. */
void detail_add_heading(struct kvmtop_page *page, const char *title);
void detail_add_line(struct kvmtop_page *page, const char *name, const char *value);

#endif
