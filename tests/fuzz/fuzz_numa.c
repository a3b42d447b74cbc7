/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/PID/numa_maps of any bytes: nodes ascend, none is there twice, the policy ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proc/numa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just that size, so that a read past its end is seen. */
    char *text = malloc(size ? size : 1);
    struct numa numa;

    must(text != NULL);
    memcpy(text, data, size);
    must(numa_parse(text, size, &numa) == (numa.nnodes > 0));
    must(numa.nnodes <= NUMA_NODES);
    for (unsigned i = 1; i < numa.nnodes; i++)
        must(numa.node[i - 1].id < numa.node[i].id);
    must(memchr(numa.policy, '\0', sizeof numa.policy) != NULL);
    free(text);
    return 0;
}
