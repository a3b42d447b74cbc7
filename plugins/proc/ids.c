/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numeric names of a folder. */
#include "proc/ids.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"

/* Of one ID there is one name: without leading zeros. */
static bool parse_id(const char *name, int32_t *id)
{
    uint64_t number;

    if (name[0] < '1' || name[0] > '9')
        return false;
    if (!parse_number(name, &number) || number > INT32_MAX)
        return false;
    *id = (int32_t)number;
    return true;
}

static int append(struct proc_ids *ids, int32_t id)
{
    if (ids->n == ids->cap) {
        size_t cap = ids->cap > 0 ? ids->cap * 2 : 256;
        int32_t *grown = reallocarray(ids->id, cap, sizeof *grown);

        if (grown == NULL)
            return -ENOMEM;
        ids->id = grown;
        ids->cap = cap;
    }
    ids->id[ids->n++] = id;
    return 0;
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* procfs lists processes in ascending order, but neither threads nor a recorded /proc. */
static void sort(struct proc_ids *ids)
{
    for (size_t i = 1; i < ids->n; i++) {
        if (ids->id[i - 1] >= ids->id[i]) {
            qsort(ids->id, ids->n, sizeof *ids->id, compare);
            return;
        }
    }
}

int proc_ids_read(struct proc_ids *ids, DIR *dir)
{
    const struct dirent *entry;
    int32_t id;
    int err;

    ids->n = 0;
    while (errno = 0, (entry = readdir(dir)) != NULL)
        if (parse_id(entry->d_name, &id) && append(ids, id) < 0)
            return -ENOMEM;
    err = -errno;
    sort(ids);
    return err;
}

void proc_ids_free(struct proc_ids *ids)
{
    free(ids->id);
    *ids = (struct proc_ids){ 0 };
}

void proc_ids_keep_only(struct proc_ids *ids, const uint64_t *only, size_t nonly)
{
    size_t kept = 0, j = 0;

    for (size_t i = 0; i < ids->n; i++) {
        while (j < nonly && only[j] < (uint64_t)ids->id[i])
            j++;
        if (j < nonly && only[j] == (uint64_t)ids->id[i])
            ids->id[kept++] = ids->id[i];
    }
    ids->n = kept;
}
