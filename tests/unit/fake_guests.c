/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes of the fake host: their facts, and what a plugin tells of them: guests, claims,
 * details. */
#include "fake_host_own.h"

#include <stdlib.h>

/* ---- what a plugin may call ---- */

static struct fake_process *find_process(const struct fake_host *fake, int32_t pid)
{
    for (size_t i = 0; i < fake->nprocesses; i++)
        if (fake->processes[i]->process.pid == pid)
            return fake->processes[i];
    return NULL;
}

static const char *host_fact(const struct kvmtop_host *host, const struct kvmtop_process *process,
                             enum kvmtop_fact fact)
{
    const struct fake_process *found = find_process(fake_of(host), process->pid);

    return found != NULL ? found->fact[fact] : NULL;
}

static const char *const *host_argv(const struct kvmtop_host *host,
                                    const struct kvmtop_process *process, size_t *argc)
{
    const struct fake_process *found = find_process(fake_of(host), process->pid);

    *argc = found != NULL ? found->argc : 0;
    return found != NULL ? (const char *const *)found->argv : NULL;
}

static const char *host_guest_get(const struct kvmtop_guest *guest, enum kvmtop_field field)
{
    return guest->field[field];
}

static void host_guest_set(struct kvmtop_guest *guest, enum kvmtop_field field, const char *text,
                           size_t len)
{
    if (guest->field[field] != NULL && !guest->override)
        return;
    free(guest->field[field]);
    guest->field[field] = fake_copy(text, len);
}

static void host_claim(struct kvmtop_claims *claims, enum kvmtop_claim what, const char *name)
{
    if (claims->count == KVMTOP_COUNT(claims->item))
        fake_die("too many claims");
    claims->item[claims->count].what = what;
    claims->item[claims->count++].name = fake_copy(name, strlen(name));
}

static void add_line(struct kvmtop_page *page, const char *name, const char *value)
{
    if (page->count == KVMTOP_COUNT(page->line))
        fake_die("too many lines of details");
    page->line[page->count].name = fake_copy(name, strlen(name));
    page->line[page->count++].value = value ? fake_copy(value, strlen(value)) : NULL;
}

static void host_heading(struct kvmtop_page *page, const char *title)
{
    add_line(page, title, NULL);
}

static void host_line(struct kvmtop_page *page, const char *name, const char *value)
{
    add_line(page, name, value ? value : "-");
}

void fake_host_guests(struct kvmtop_host *host)
{
    host->fact = host_fact;
    host->argv = host_argv;
    host->guest_get = host_guest_get;
    host->guest_set = host_guest_set;
    host->claim = host_claim;
    host->heading = host_heading;
    host->line = host_line;
}

/* ---- processes ---- */

struct fake_process *fake_some_process(struct fake_host *fake, int32_t pid)
{
    struct fake_process *process = find_process(fake, pid);

    if (process != NULL)
        return process;
    process = fake_need(calloc(1, sizeof *process));
    process->process.pid = pid;
    process->process.uid = UINT32_MAX;
    fake->processes = fake_append(fake->processes, &fake->nprocesses, process);
    return process;
}

struct kvmtop_process *fake_process(struct fake_host *fake, int32_t pid)
{
    return &fake_some_process(fake, pid)->process;
}

void fake_fact(struct fake_host *fake, int32_t pid, enum kvmtop_fact fact, const char *text)
{
    fake_replace(&fake_some_process(fake, pid)->fact[fact], text);
}

void fake_argv(struct fake_host *fake, int32_t pid, const char *const *argv, size_t argc)
{
    struct fake_process *process = fake_some_process(fake, pid);
    char **args = fake_need(calloc(argc + 1, sizeof *args));

    for (size_t i = 0; i < argc; i++)
        args[i] = fake_copy(argv[i], strlen(argv[i]));
    for (size_t i = 0; i < process->argc; i++)
        free(process->argv[i]);
    free(process->argv);
    process->argv = args;
    process->argc = argc;
    fake_fact(fake, pid, KVMTOP_FACT_CMDLINE, argc > 0 ? argv[0] : NULL);
}

static void process_free(struct fake_process *process)
{
    for (size_t i = 0; i < KVMTOP_COUNT(process->fact); i++)
        free(process->fact[i]);
    for (size_t i = 0; i < process->argc; i++)
        free(process->argv[i]);
    free(process->argv);
    free(process);
}

void fake_free_processes(struct fake_host *fake)
{
    for (size_t i = 0; i < fake->nprocesses; i++)
        process_free(fake->processes[i]);
    free(fake->processes);
}
