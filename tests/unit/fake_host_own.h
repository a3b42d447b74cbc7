/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the fake host share; tests see fake_host.h. */
#ifndef FAKE_HOST_OWN_H
#define FAKE_HOST_OWN_H

#include "fake_host.h"

/* The fake's own troubles end the test. */
void fake_die(const char *fmt, ...) KVMTOP_PRINTF(1, 2) __attribute__((noreturn));

void *fake_need(void *p);       /* p, which is not NULL */
char *fake_copy(const char *text, size_t len);
/* Free *p and put a copy of the text there, or NULL. */
void fake_replace(char **p, const char *text);
/* Add an element to an array of pointers. */
void *fake_append(void *array, size_t *count, void *element);

struct fake_host *fake_of(const struct kvmtop_host *host);
/* The functions for rows, and those for processes and what is told of them. */
void fake_host_rows(struct kvmtop_host *host);
void fake_host_guests(struct kvmtop_host *host);

/* By enum kvmtop_dir. */
extern const char *const fake_dir_names[];
void fake_remove_tree(const char *path);

/* The cell of the column, which is given one when it is first asked for. */
unsigned fake_cell_of(struct fake_host *fake, const char *column);
void fake_store_text(struct fake_row *row, unsigned cell, const char *text, size_t len);
/* Those that `gone` says of. */
void fake_drop_rows(struct fake_host *fake, bool (*gone)(struct fake_host *, struct fake_row *));

uint64_t fake_host_now(const struct kvmtop_host *host, enum kvmtop_clock clock);
const struct kvmtop_option *fake_plugin_option(const struct fake_host *fake, const char *name);

/* The process of this PID, made when it is first asked for. */
struct fake_process *fake_some_process(struct fake_host *fake, int32_t pid);
void fake_free_processes(struct fake_host *fake);

#endif
