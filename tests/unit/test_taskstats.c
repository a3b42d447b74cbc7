/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of the TASKSTATS family: whole, cut short, foreign; and the kernel's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/taskstats.h"

#define FAMILY 29
#define FIRST 1000u

struct message {
    _Alignas(8) char data[2048];
    size_t len;
};

static void add(struct message *m, const void *data, size_t len)
{
    memcpy(m->data + m->len, data, len);
    m->len += len;
}

static void add_attr(struct message *m, uint16_t type, const void *data, size_t len)
{
    struct nlattr head = { .nla_len = (uint16_t)(sizeof head + len), .nla_type = type };

    add(m, &head, sizeof head);
    add(m, data, len);
    m->len = NLMSG_ALIGN(m->len);
}

static size_t begin_answer(struct message *m, uint16_t type, uint32_t seq)
{
    size_t start = m->len;
    struct nlmsghdr head = { .nlmsg_type = type, .nlmsg_seq = seq };
    struct genlmsghdr genl = { .cmd = TASKSTATS_CMD_NEW, .version = 1 };

    add(m, &head, sizeof head);
    if (type == FAMILY)
        add(m, &genl, sizeof genl);
    return start;
}

static void end_answer(struct message *m, size_t start)
{
    uint32_t len = (uint32_t)(m->len - start);

    memcpy(m->data + start, &len, sizeof len);
}

/* As the kernel lays it out: AGGR_TGID { TGID, NULL for alignment, STATS }. */
static void add_answer(struct message *m, uint32_t seq, const struct taskstats *stats, size_t len)
{
    size_t start = begin_answer(m, FAMILY, seq), nest = m->len;
    struct nlattr head = { .nla_type = TASKSTATS_TYPE_AGGR_TGID };
    uint32_t tgid = 42;

    add(m, &head, sizeof head);
    add_attr(m, TASKSTATS_TYPE_TGID, &tgid, sizeof tgid);
    add_attr(m, TASKSTATS_TYPE_NULL, "", 0);
    add_attr(m, TASKSTATS_TYPE_STATS, stats, len);
    head.nla_len = (uint16_t)(m->len - nest);
    memcpy(m->data + nest, &head, sizeof head);
    end_answer(m, start);
}

static struct taskstats stats_of(uint64_t blkio, uint64_t delay)
{
    struct taskstats stats = { .version = TASKSTATS_VERSION, .cpu_count = 9 };

    stats.blkio_delay_total = blkio;
    stats.cpu_delay_total = delay;
    return stats;
}

static void parse(const struct message *m, size_t len, struct taskstats_times *times, size_t n)
{
    char *copy = malloc(len + 1);   /* of this very size, for ASan */

    memset(times, 0, n * sizeof *times);
    memcpy(copy, m->data, len);
    taskstats_parse(copy, len, FAMILY, FIRST, times, n);
    free(copy);
}

static void test_answers(void **state)
{
    struct message m = { .len = 0 };
    struct taskstats a = stats_of(111, 222), b = stats_of(333, 444);
    struct taskstats_times times[3];

    (void)state;
    add_answer(&m, FIRST + 2, &b, sizeof b);
    add_answer(&m, FIRST, &a, sizeof a);
    parse(&m, m.len, times, 3);
    assert_true(times[0].known && times[0].blkio == 111 && times[0].delay == 222);
    assert_false(times[1].answered || times[1].known);
    assert_true(times[2].known && times[2].blkio == 333 && times[2].delay == 444);
}

/* A process that is gone is an answer too. */
static void test_errors(void **state)
{
    struct message m = { .len = 0 };
    struct nlmsgerr error = { .error = -ESRCH };
    size_t start = begin_answer(&m, NLMSG_ERROR, FIRST + 1);
    struct taskstats_times times[2];

    (void)state;
    add(&m, &error, sizeof error);
    end_answer(&m, start);
    parse(&m, m.len, times, 2);
    assert_true(times[1].answered);
    assert_false(times[1].known || times[0].answered);
}

static void test_foreign(void **state)
{
    struct message m = { .len = 0 };
    struct taskstats stats = stats_of(1, 2);
    struct taskstats_times times[2];

    (void)state;
    add_answer(&m, FIRST - 1, &stats, sizeof stats);
    add_answer(&m, FIRST + 2, &stats, sizeof stats);
    parse(&m, m.len, times, 2);
    assert_false(times[0].answered || times[1].answered);
}

/* Read by its length: a longer struct is a newer kernel's, one too short says nothing; of
 * version 15 the members lie elsewhere; one that never ran has not waited. */
static void test_lengths(void **state)
{
    struct { struct taskstats stats; char more[64]; } longer = { .stats = stats_of(5, 6) };
    size_t least = offsetof(struct taskstats, swapin_count);
    struct taskstats_times times[1];
    struct message m = { .len = 0 };

    (void)state;
    add_answer(&m, FIRST, &longer.stats, sizeof longer);
    parse(&m, m.len, times, 1);
    assert_true(times[0].known && times[0].blkio == 5);
    m.len = 0;
    add_answer(&m, FIRST, &longer.stats, least);
    parse(&m, m.len, times, 1);
    assert_true(times[0].known && times[0].delay == 6);
    m.len = 0;
    add_answer(&m, FIRST, &longer.stats, least - 1);
    parse(&m, m.len, times, 1);
    assert_true(times[0].answered && !times[0].known);
    m.len = 0;
    longer.stats.version = 15;
    add_answer(&m, FIRST, &longer.stats, sizeof longer.stats);
    parse(&m, m.len, times, 1);
    assert_true(times[0].answered && !times[0].known);
    m.len = 0;
    longer.stats.version = 16;
    longer.stats.cpu_count = 0;
    add_answer(&m, FIRST, &longer.stats, sizeof longer.stats);
    parse(&m, m.len, times, 1);
    assert_false(times[0].known);
}

/* Cut anywhere, or with lengths that lie: never a figure that isn't there. */
static void test_truncated(void **state)
{
    struct message m = { .len = 0 };
    struct taskstats stats = stats_of(7, 8);
    struct taskstats_times times[1];

    (void)state;
    add_answer(&m, FIRST, &stats, sizeof stats);
    for (size_t len = 0; len < m.len; len++) {
        parse(&m, len, times, 1);
        assert_false(times[0].known);
    }
    for (size_t at = 0; at < 48; at++) {
        struct message bent = m;

        for (unsigned value = 0; value < 256; value++) {
            bent.data[at] = (char)value;
            parse(&bent, bent.len, times, 1);
            if (times[0].known && value != (unsigned char)m.data[at])
                assert_int_equal(times[0].blkio, 7);
        }
    }
}

static void test_kernel(void **state)
{
    struct taskstats_client *client = NULL;
    struct taskstats_times times[TASKSTATS_BATCH];
    int32_t pid[TASKSTATS_BATCH];
    int r = taskstats_open(&client);

    (void)state;
    if (r < 0) {
        print_message("SKIP: taskstats: %s\n", strerror(-r));
        skip();
    }
    for (size_t i = 0; i < TASKSTATS_BATCH; i++)
        pid[i] = i % 2 == 0 ? (int32_t)getpid() : INT32_MAX; /* there is none such */
    for (unsigned round = 0; round < 3; round++) {
        assert_int_equal(taskstats_ask(client, pid, TASKSTATS_BATCH, times), 0);
        for (size_t i = 0; i < TASKSTATS_BATCH; i++) {
            assert_true(times[i].answered);
            assert_int_equal(times[i].known, i % 2 == 0);
        }
    }
    assert_int_equal(taskstats_ask(client, pid, TASKSTATS_BATCH + 1, times), -EINVAL);
    taskstats_close(client);
    taskstats_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_foreign), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
