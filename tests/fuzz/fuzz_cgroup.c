/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of a control group, as /proc/PID/cgroup, and as the name of a thread. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/text.h"
#include "lib/thread_class.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static int within(struct span part, struct span whole)
{
    return part.at >= whole.at && part.at + part.len <= whole.at + whole.len;
}

static void check_paths(struct span text)
{
    static const char *const controllers[] = { "", "blkio", "cpu" };
    struct span path;

    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        if (!cgroup_path(text, controllers[i], &path))
            continue;
        must(within(path, text) && path.len > 0 && path.at[0] == '/');
        must(memchr(path.at, '\n', path.len) == NULL);
        must(path.len < 3 || memcmp(path.at + path.len - 3, "/..", 3) != 0);
        must(within(cgroup_scope(path), path));
    }
    must(within(cgroup_scope(text), text));
}

/* Of some devices nothing is kept. */
static struct cgroup_io *io_of(void *arg, uint64_t device)
{
    return device % 2 ? arg : NULL;
}

static void check_numbers(struct span text)
{
    struct cgroup_io io = { { 0 }, 0 };
    struct span average[3];
    uint64_t value;
    double cpus = 0;

    (void)cgroup_pressure(text, &value);
    if (cgroup_pressure_averages(text, "full", average))
        for (unsigned i = 0; i < 3; i++)
            must(within(average[i], text));
    (void)cgroup_key(text, "throttled_usec", &value);
    must(cgroup_cpu_max(text, &cpus) != CGROUP_MAX_SET || cpus >= 0);
    cgroup_io_stat(text, io_of, &io);
    cgroup_blkio(text, CGROUP_RIOS, CGROUP_WIOS, io_of, &io);
    must(io.known < 1u << CGROUP_IO_VALUES);
    for (struct span rest = text; cgroup_next_pid(&rest, &value);)
        must(within(rest, text));
}

static void check_name(const char *name, size_t size)
{
    int32_t pid = 0;

    must(thread_class_name(thread_class_of(name, size)) != NULL);
    must(!thread_class_vhost(name, size, &pid) ||
         (pid > 0 && thread_class_of(name, size) == THREAD_VHOST));
    (void)thread_class_is_qemu(name, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just that size, so that a read past its end is seen. */
    char *text = malloc(size ? size : 1);

    must(text != NULL);
    memcpy(text, data, size);
    check_paths((struct span){ text, size });
    check_numbers((struct span){ text, size });
    check_name(text, size);
    free(text);
    return 0;
}
