/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host does with a plugin: opens it, asks it for rows, names and details. */
#include "fake_host_own.h"

#include <errno.h>
#include <stdlib.h>

static int check_options(struct fake_host *fake)
{
    for (size_t i = 0; i < fake->noptions; i++) {
        const struct kvmtop_option *option = fake_plugin_option(fake, fake->options[i].name);
        int err = option->check != NULL ? option->check(&fake->host, fake->options[i].value) : 0;
        if (err != 0)
            return err;
    }
    return 0;
}

int fake_open(struct fake_host *fake, const struct kvmtop_plugin *plugin)
{
    int err;

    fake_close(fake);
    fake->plugin = plugin;
    err = check_options(fake);
    if (err == 0 && plugin->open != NULL)
        err = plugin->open(&fake->host, &fake->state);
    if (err != 0)
        fake->plugin = NULL;
    return err;
}

void fake_close(struct fake_host *fake)
{
    if (fake->plugin != NULL && fake->plugin->close != NULL)
        fake->plugin->close(fake->state);
    fake->plugin = NULL;
    fake->state = NULL;
}

/* Bind the source's columns and tell which are wanted. */
static void begin(struct fake_host *fake, const struct kvmtop_source *source,
                  struct kvmtop_sample *sample, uint64_t *wanted)
{
    fake->source = source;
    fake->next = 0;
    for (size_t i = 0; i < FAKE_CELLS; i++)
        fake_replace(&fake->reasons[i], NULL);
    for (size_t i = 0; source->columns[i] != NULL; i++) {
        fake->at[i] = (uint16_t)fake_cell_of(fake, source->columns[i]);
        if (fake->wants == NULL || fake->wants(source->columns[i]))
            wanted[i / 64] |= (uint64_t)1 << i % 64;
    }
    sample->host = &fake->host;
    sample->now = fake_host_now(&fake->host, KVMTOP_CLOCK_MONOTONIC);
    sample->boottime = fake_host_now(&fake->host, KVMTOP_CLOCK_BOOTTIME);
    sample->deadline = fake->deadline;
    sample->wanted = wanted;
    sample->only = fake->only;
    sample->nonly = fake->nonly;
    sample->children = fake->children;
    sample->children_of = fake->children_of;
}

static bool row_ended(struct fake_host *fake, struct fake_row *row)
{
    return row->round != fake->round && strcmp(row->table, fake->source->table) == 0;
}

int fake_collect(struct fake_host *fake, const struct kvmtop_source *source)
{
    struct kvmtop_sample sample = { 0 };
    uint64_t wanted[FAKE_CELLS / 64] = { 0 };
    int err;

    begin(fake, source, &sample, wanted);
    fake->round++;
    fake->calls = 0;
    do {
        err = source->collect(fake->state, &sample);
        if (++fake->calls > 100000)
            fake_die("collect never ends");
    } while (err == KVMTOP_MORE);
    if (err == 0)
        fake_drop_rows(fake, row_ended);
    return err;
}

int fake_fill(struct fake_host *fake, const struct kvmtop_source *source)
{
    struct kvmtop_sample sample = { 0 };
    uint64_t wanted[FAKE_CELLS / 64] = { 0 };

    begin(fake, source, &sample, wanted);
    return source->fill(fake->state, &sample);
}

static const struct kvmtop_process *known_process(struct fake_host *fake, int32_t pid)
{
    return &fake_some_process(fake, pid)->process;
}

int fake_resolve(struct fake_host *fake, int32_t pid, struct kvmtop_guest *guest)
{
    for (uint32_t i = 0; i < fake->plugin->nresolvers; i++) {
        const struct kvmtop_resolver *resolver = &fake->plugin->resolvers[i];
        int err = 0;
        guest->override = (resolver->flags & KVMTOP_OVERRIDE) != 0;
        if (resolver->resolve != NULL)
            err = resolver->resolve(fake->state, known_process(fake, pid), guest);
        if (err != 0)
            return err;
    }
    return 0;
}

int fake_claims(struct fake_host *fake, int32_t pid, struct kvmtop_claims *claims)
{
    for (uint32_t i = 0; i < fake->plugin->nresolvers; i++) {
        const struct kvmtop_resolver *resolver = &fake->plugin->resolvers[i];
        int err = 0;
        if (resolver->claims != NULL)
            err = resolver->claims(fake->state, known_process(fake, pid), claims);
        if (err != 0)
            return err;
    }
    return 0;
}

void fake_guest_free(struct kvmtop_guest *guest)
{
    for (size_t i = 0; i < KVMTOP_COUNT(guest->field); i++)
        fake_replace(&guest->field[i], NULL);
}

void fake_claims_free(struct kvmtop_claims *claims)
{
    for (size_t i = 0; i < claims->count; i++)
        free(claims->item[i].name);
    claims->count = 0;
}

int fake_detail(struct fake_host *fake, int32_t pid, struct kvmtop_page *page)
{
    if (fake->plugin->detail == NULL)
        fake_die("the plugin tells no details");
    return fake->plugin->detail(fake->state, known_process(fake, pid), page);
}

const char *fake_line(const struct kvmtop_page *page, const char *heading, const char *name)
{
    bool under = false;

    for (size_t i = 0; i < page->count; i++) {
        if (!page->line[i].value)
            under = !strcmp(page->line[i].name, heading);
        else if (under && !strcmp(page->line[i].name, name))
            return page->line[i].value;
    }
    return NULL;
}

void fake_page_free(struct kvmtop_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        free(page->line[i].name);
        free(page->line[i].value);
    }
    page->count = 0;
}

bool fake_claimed(const struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name)
{
    for (size_t i = 0; i < claims->count; i++)
        if (claims->item[i].what == what && strcmp(claims->item[i].name, name) == 0)
            return true;
    return false;
}
