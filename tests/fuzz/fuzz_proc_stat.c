/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of a process and as an answer of taskstats. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/proc_stat.h"
#include "lib/taskstats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static void check_stat(const char *text, size_t size)
{
    struct proc_stat whole, part;

    if (!proc_stat_parse(text, size, &whole))
        return;
    must(whole.comm_len <= PROC_COMM_MAX);
    must(whole.known < 1u << STAT_VALUES);
    /* A part says nothing that the whole does not, unless the name goes on behind it. */
    if (!proc_stat_parse(text, size / 2, &part) || memchr(text + size / 2, ')', size - size / 2))
        return;
    for (unsigned i = 0; i < STAT_VALUES; i++)
        if (proc_stat_has(&part, i))
            must(proc_stat_has(&whole, i) && part.value[i] == whole.value[i]);
}

static void check_keys(const char *text, size_t size)
{
    static const char *const keys[] = { "syscr", "write_bytes", "VmSwap", "Uid" };
    uint64_t value = 0, numbers[3];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        (void)proc_key_u64(text, size, keys[i], &value);
        (void)proc_key_nth(text, size, keys[i], 1, &value);
    }
    must(proc_numbers(text, size, numbers, 3) <= 3);
    (void)proc_ticks_ns(value, 100);
}

static void check_answer(const uint8_t *data, size_t size)
{
    struct taskstats_times times[4] = { { 0 } };
    char *copy = malloc(size + 1);

    if (copy == NULL)
        return;
    memcpy(copy, data, size);
    taskstats_parse(copy, size, 0x1d, 0, times, 4);
    for (size_t i = 0; i < 4; i++)
        must(times[i].answered || !times[i].known);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_stat((const char *)data, size);
    check_keys((const char *)data, size);
    check_answer(data, size);
    return 0;
}
