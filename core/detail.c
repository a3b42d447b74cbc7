/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plugins tell of one process beyond its rows. */
#include "core/detail.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/facts.h"
#include "core/utf8.h"
#include "core/xalloc.h"

#define LINES_MAX 4096u         /* of all plugins together: no page is longer */
#define TEXT_MAX 4096u          /* bytes of a text, in its printable form */

static const char *printable(struct arena *arena, const char *text)
{
    char buf[TEXT_MAX];
    size_t len = utf8_printable(buf, sizeof buf, text, strnlen(text, sizeof buf));

    return memcpy(arena_alloc(arena, len + 1), buf, len + 1);
}

static void add(struct kvmtop_page *page, const char *name, const char *value)
{
    if (page->count == LINES_MAX)
        return;
    if (page->count == page->cap) {
        page->cap = page->cap ? page->cap * 2 : 32;
        page->line = xreallocarray(page->line, page->cap, sizeof *page->line);
    }
    page->line[page->count++] = (struct detail_line){
        printable(&page->arena, name), value ? printable(&page->arena, value) : NULL,
    };
}

void detail_add_heading(struct kvmtop_page *page, const char *title)
{
    page->headed = true;
    add(page, title ? title : page->plugin, NULL);
}

void detail_add_line(struct kvmtop_page *page, const char *name, const char *value)
{
    if (!page->headed)
        detail_add_heading(page, NULL);
    add(page, name ? name : "", value ? value : "-");
}

static void ask(struct kvmtop_page *page, struct plugin *plugin, struct facts *facts)
{
    char whose[40];

    page->plugin = plugin->name;
    page->headed = false;
    plugin_enter(plugin);
    int err = plugin->desc.detail(plugin->state, &facts->process, page);
    plugin_leave();
    snprintf(whose, sizeof whose, "of PID %d", facts->process.pid);
    plugin_judge(plugin, &plugin->desc.detail, err, "detail", whose);
}

void detail_ask(struct kvmtop_page *page, struct model *model, uint64_t pid, uint64_t birth)
{
    struct facts facts;

    detail_forget(page);
    facts_init(&facts, &model->root, pid, birth);
    facts_read_uid(&facts);
    for (size_t i = 0; i < model->nplugins; i++)
        if (model->plugins[i]->opened && model->plugins[i]->desc.detail)
            ask(page, model->plugins[i], &facts);
    facts_free(&facts);
}

void detail_forget(struct kvmtop_page *page)
{
    page->count = 0;
    arena_reset(&page->arena);
}

void detail_free(struct kvmtop_page *page)
{
    free(page->line);
    arena_free(&page->arena);
    *page = (struct kvmtop_page){ 0 };
}
