/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over tasks that the test makes, so no BPF is needed, and the rows that the plugin bpf
 * makes of it. */
#ifndef FAKE_WALK_H
#define FAKE_WALK_H

#include "bpf/sampler.h"
#include "fake_host.h"

#define SECOND 1000000000u
#define UPTIME (10000 * (uint64_t)SECOND) /* when the first walk begins, less a second */

struct fake_walk {
    struct fake_host *fake;
    struct sampler sampler;
    union walk_slot slot[400];
    size_t nslots;
};

extern struct fake_walk walk;

/* For cmocka; each test begins with no task. */
int fake_walk_set_up(void **state);
int fake_walk_tear_down(void **state);
#define WALK_TEST(test) \
    cmocka_unit_test_setup_teardown(test, fake_walk_set_up, fake_walk_tear_down)

/* The next slot, behind that of a leader: its process of so many threads. */
struct walk_process *fake_walk_process(uint32_t threads);

/* The rows of the slots, a second later than the last time. */
void fake_walk_collect(void);

/* Row and cells, by the names of the columns. */
struct fake_row *walked_process(uint64_t pid);
struct fake_row *walked_thread(uint64_t tid);
uint64_t walked_value(const struct fake_row *row, const char *column);
bool walked_known(const struct fake_row *row, const char *column);

#endif
