/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes between two readings of the counters, and making room for more; the counters are the
 * test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "bpf/histogram.h"
#include "bpf/readings.h"
#include "fake_host.h"

#define TICK 10000000u

/* ---- in place of the kernel's ---- */

static struct latency_issuer issuer[LATENCY_ISSUERS];
static struct latency_histograms histograms[LATENCY_ISSUERS];
static size_t n, nforgotten;
static uint64_t interval;
static struct tracer_others total;
static int failure;

int tracer_read(struct tracer *tracer, struct latency_issuer *issuers,
                struct latency_histograms *read, size_t *count, uint64_t *number)
{
    (void)tracer;
    memcpy(issuers, issuer, n * sizeof *issuers);
    memcpy(read, histograms, n * sizeof *read);
    *count = n;
    *number = interval++;
    return failure;
}

void tracer_forget(struct tracer *tracer, const struct latency_issuer *gone)
{
    (void)tracer;
    for (size_t i = 0; i < n; i++) {
        if (memcmp(&issuer[i], gone, sizeof *gone) != 0)
            continue;
        nforgotten++;
        issuer[i] = issuer[n - 1];
        histograms[i] = histograms[--n];
        return;
    }
    fail_msg("there is no such issuer");
}

void tracer_others(const struct tracer *tracer, struct tracer_others *others)
{
    (void)tracer;
    *others = total;
}

static void request(uint32_t tgid, uint64_t since, unsigned way, uint64_t ns)
{
    size_t i = 0;

    while (i < n && (issuer[i].tgid != tgid || issuer[i].since != since))
        i++;
    if (i == n) {
        issuer[n] = (struct latency_issuer){ .tgid = tgid, .since = since };
        histograms[n++] = (struct latency_histograms){ 0 };
    }
    histograms[i].way[way].sum += ns;
    histograms[i].way[way].bucket[latency_bucket(ns)]++;
}

/* ---- */

static struct readings readings;
static struct fake_host *fake;

static int set_up(void **state)
{
    (void)state;
    n = nforgotten = 0;
    total = (struct tracer_others){ 0 };
    failure = 0;
    interval = 1;
    fake = fake_host_new();
    return readings_init(&readings, TICK);
}

static int tear_down(void **state)
{
    (void)state;
    readings_free(&readings);
    fake_host_free(fake);
    return 0;
}

static void take(void)
{
    assert_int_equal(readings_take(&readings, NULL, fake->host.dir(&fake->host, KVMTOP_DIR_PROC)),
                     0);
}

/* Requests of both ways in the last interval. */
static uint64_t came(uint32_t tgid, uint64_t birth)
{
    struct latency_histograms change;
    struct histogram_figures reads = { 0 }, writes = { 0 };

    if (!readings_change(&readings, tgid, birth, &change))
        return 0;
    (void)histogram_figures(&change.way[LATENCY_READ], &reads);
    (void)histogram_figures(&change.way[LATENCY_WRITE], &writes);
    return reads.count + writes.count;
}

static void test_each_interval_has_its_own(void **state)
{
    (void)state;
    request(42, 5 * TICK + 77, LATENCY_READ, 1000);
    take();
    assert_int_equal(came(42, 5 * TICK), 1);
    request(42, 5 * TICK + 77, LATENCY_READ, 1000);
    request(42, 5 * TICK + 77, LATENCY_WRITE, 1000);
    request(43, 9 * TICK, LATENCY_WRITE, 1000);
    take();
    assert_int_equal(came(42, 5 * TICK), 2);
    assert_int_equal(came(43, 9 * TICK), 1);
    take();
    assert_int_equal(came(42, 5 * TICK), 0);
    assert_int_equal(came(43, 9 * TICK), 0);
}

static void test_a_pid_used_again(void **state)
{
    (void)state;
    request(42, 5 * TICK, LATENCY_READ, 1000);
    request(42, 5 * TICK, LATENCY_READ, 1000);
    request(42, 8 * TICK + 3, LATENCY_READ, 1000);
    take();
    assert_int_equal(came(42, 5 * TICK), 2);
    assert_int_equal(came(42, 8 * TICK), 1);
    assert_int_equal(came(42, 7 * TICK), 0);
}

/* Of the many, those that did nothing and are gone; they may come back. */
static void test_room_is_made(void **state)
{
    (void)state;
    fake_file(fake, KVMTOP_DIR_PROC, "1/stat", "");
    fake_file(fake, KVMTOP_DIR_PROC, "2/stat", "");
    for (uint32_t i = 1; i <= LATENCY_ISSUERS / 2; i++)
        request(i, TICK, LATENCY_READ, 1000);
    take();
    take();
    assert_int_equal(nforgotten, 0);    /* half of the room is left */
    request(LATENCY_ISSUERS, TICK, LATENCY_READ, 1000);
    request(9, TICK, LATENCY_READ, 1000);
    take();
    assert_int_equal(nforgotten, LATENCY_ISSUERS / 2 - 3);
    assert_int_equal(came(9, TICK), 1);
    assert_int_equal(n, 4);
    request(5, TICK, LATENCY_READ, 1000);
    take();
    assert_int_equal(came(5, TICK), 1);
}

static void test_of_others(void **state)
{
    (void)state;
    total = (struct tracer_others){ .kernels = 1000, .lost = 3, .missed = 70 };
    take();
    assert_int_equal(readings.others.lost, 3);
    assert_int_equal(readings.others.missed, 70);
    total.lost = 5;
    total.kernels = 1001;
    take();
    assert_int_equal(readings.others.lost, 2);
    assert_int_equal(readings.others.missed, 0);
    assert_int_equal(readings.others.kernels, 1);
}

static void test_failure(void **state)
{
    (void)state;
    failure = -EPERM;
    assert_int_equal(readings_take(&readings, NULL, -1), -EPERM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_each_interval_has_its_own),
        TEST(test_a_pid_used_again),
        TEST(test_room_is_made),
        TEST(test_of_others),
        TEST(test_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
