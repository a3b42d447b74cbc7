/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds: slices, collectors that fail and stand by for each other, fills wanted and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "fake_plugin.h"

/* A second collector of `process`, behind `fake`. */
static struct {
    const struct kvmtop_host *host;
    int error;
    uint64_t cpu;
    unsigned collects;
} standby;

static int collect_standby(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    standby.collects++;
    for (uint64_t id = 1; id <= 2; id++) {
        if (!standby.host->row(sample, 0, id, 0, 0, &row))
            continue;
        kvmtop_set_u64(&row, 0, id);
        kvmtop_set_u64(&row, 1, standby.cpu);
    }
    return standby.error;
}

static int open_standby(const struct kvmtop_host *host, void **state)
{
    (void)state;
    standby.host = host;
    return 0;
}

static void add_standby(void)
{
    static const char *const brings[] = { "pid", "cpu", NULL };
    static const struct kvmtop_source source = { .table = "process", .columns = brings,
                                                 .collect = collect_standby };

    memset(&standby, 0, sizeof standby);
    fake_plugins[0] = (struct kvmtop_plugin){
        KVMTOP_PLUGIN_HEAD, .name = "standby", .version = "1", .license = "GPL-3.0-or-later",
        .summary = "stands by", .sources = &source, .nsources = 1, .open = open_standby,
    };
}

/* -1: unknown; -2: no such row. */
static double cpu(struct world *world, uint64_t id)
{
    double value;

    if (!world_row(world, "process", id))
        return -2;
    return world_value(world, "process", id, "cpu", &value) ? value : -1;
}

static const char *warning_of(struct world *world, unsigned plugin)
{
    const char *error = world->session.model.plugins[plugin]->error;

    return error ? error : "";
}

/* Two rows that use 10 % and 20 % of a CPU. */
static void run(struct world *world, unsigned n)
{
    static struct fake_item items[2];
    uint64_t round = world_table(world, "process")->round + 1;

    for (unsigned i = 0; i < n; i++, round++) {
        items[0] = (struct fake_item){ .id = 1, .cpu = round * 100000000 };
        items[1] = (struct fake_item){ .id = 2, .cpu = round * 200000000 };
        standby.cpu = 5000000000 + round * 300000000;
        world_round(world, items, 2);
    }
}

/* The source says `peak` of every row: of a child, which has no room for it, it stays unknown and
 * harms no other cell. */
static void test_parent_only(void **state)
{
    struct fake_item items[] = {
        { .id = 1, .peak = 3 }, { .kind = 1, .id = 1, .parent = 1, .peak = 5 },
    };
    struct world world;
    double value;

    (void)state;
    world_open(&world, NULL);
    for (unsigned round = 1; round < 4; round++) {
        items[1].ops = items[1].cpu = items[0].cpu = round * 4000000000;
        world_round(&world, items, 2);
    }
    struct table *table = world_table(&world, "process");
    const struct row *child = table_at(table, table_find(table, 1, 1, 0));
    assert_true(world_value(&world, "process", 1, "peak", &value));
    assert_float_equal(value, 3, 0);
    assert_false(rate_value(table, child, world_column(&world, "process", "peak"), &value));
    assert_true(rate_value(table, child, world_column(&world, "process", "cpu"), &value));
    assert_float_equal(value, cpu(&world, 1), 1e-9);
    assert_true(rate_value(table, child, world_column(&world, "process", "ops"), &value));
    world_close(&world);
}

static void test_fails_once(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    run(&world, 2);
    assert_float_equal(cpu(&world, 1), 10, 1e-9);
    fake_script.error = -EIO;
    fake_script.until = 1;
    run(&world, 1);
    assert_string_equal(warning_of(&world, 0), "collect process: Input/output error");
    assert_float_equal(cpu(&world, 1), 10, 1e-9);
    assert_float_equal(cpu(&world, 2), 20, 1e-9);   /* of the round before: it stays */
    fake_script.error = 0;
    for (unsigned i = 0; i < 3; i++) {
        run(&world, 1);
        assert_float_equal(cpu(&world, 1), 10, 1e-9);
        assert_float_equal(cpu(&world, 2), 20, 1e-9);
    }
    world_close(&world);
}

/* Its own words, not ours; and what has mended itself is not complained of for ever. */
static void test_message(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    fake_script.error = -EACCES;
    fake_script.message = "no permission for the thing";
    run(&world, 1);
    assert_string_equal(warning_of(&world, 0), "no permission for the thing");
    fake_script.error = 0;
    run(&world, 8);
    assert_string_equal(warning_of(&world, 0), "");
    assert_float_equal(cpu(&world, 1), 10, 1e-9);
    world_close(&world);
}

/* One that always fails is asked less and less often. */
static void test_backoff(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    fake_script.error = -EIO;
    run(&world, 100);
    assert_in_range(fake_script.collects, 10, 18);
    fake_script.error = 0;
    run(&world, 9);
    assert_float_equal(cpu(&world, 1), 10, 1e-9);
    world_close(&world);
}

/* So is one that fills, and by rows that come into sight no sooner. */
static void test_fill_backoff(void **state)
{
    struct world world;
    uint32_t row = 0;
    char err[100];

    (void)state;
    world_open(&world, NULL);
    assert_true(view_set_sort(world.session.view, "extra", err, sizeof err));
    fake_script.fill_error = -EMFILE;
    for (unsigned i = 0; i < 100; i++) {
        run(&world, 1);
        sched_fill_rows(&world.session.sched, world.session.view->feed, &row, 1);
    }
    assert_in_range(fake_script.extras, 10, 18);
    assert_string_equal(warning_of(&world, 0), "fill process: Too many open files");
    assert_float_equal(cpu(&world, 1), 10, 1e-9);
    fake_script.fill_error = 0;
    run(&world, 9);
    assert_true(fake_script.fills > 0);
    assert_string_equal(warning_of(&world, 0), "");
    fake_script.fill_error = -EMFILE;       /* a new fault: not the long rest of the last */
    fake_script.extras = 0;
    run(&world, 3);
    assert_int_equal(fake_script.extras, 2);
    world_close(&world);
}

/* The next one goes on in the same round; its counters may stand elsewhere. */
static void test_stands_by(void **state)
{
    struct world world;

    (void)state;
    add_standby();
    world_open(&world, NULL);
    run(&world, 2);
    assert_int_equal(standby.collects, 0);
    fake_script.error = -EIO;
    run(&world, 1);
    assert_int_equal(standby.collects, 1);
    assert_float_equal(cpu(&world, 1), -1, 0);
    run(&world, 1);
    assert_float_equal(cpu(&world, 1), 30, 1e-9);
    assert_float_equal(cpu(&world, 2), 30, 1e-9);
    assert_int_equal(fake_script.collects, 3);
    world_close(&world);
}

/* Both fail: neither is asked over and over within a round, and whichever works first again
 * brings the rows back. */
static void test_both_fail(void **state)
{
    struct world world;

    (void)state;
    add_standby();
    world_open(&world, NULL);
    run(&world, 2);
    fake_script.error = standby.error = -EIO;
    run(&world, 1);
    assert_in_range(fake_script.collects, 3, 3);
    assert_in_range(standby.collects, 1, 1);
    run(&world, 20);
    assert_float_equal(cpu(&world, 1) > -2, 1, 0);
    standby.error = 0;                  /* the first stays broken */
    run(&world, 12);
    assert_float_equal(cpu(&world, 1), 30, 1e-9);
    world_close(&world);
}

/* Each that comes to no end is left for the next, and the last ends the round. */
static void test_no_end(void **state)
{
    struct world world;

    (void)state;
    add_standby();
    fake_plugins[1] = fake_plugins[0];
    fake_plugins[1].name = "another";
    world_open(&world, NULL);
    fake_script.error = -EIO;
    standby.error = KVMTOP_MORE;
    run(&world, 1);
    assert_string_equal(warning_of(&world, 1), "collect process: comes to no end");
    assert_string_equal(warning_of(&world, 2), "collect process: comes to no end");
    unsigned collects = standby.collects;
    run(&world, 1);             /* they rest */
    assert_int_equal(standby.collects, collects);
    world_close(&world);
}

/* ---- slices ---- */

static void test_more(void **state)
{
    static struct fake_item items[100];
    struct world world;

    (void)state;
    world_open(&world, NULL);
    world.session.sched.patient = false;
    fake_script.a_call = 7;
    for (unsigned round = 1; round <= 3; round++) {
        unsigned steps = 0;

        for (uint64_t i = 0; i < 100; i++)
            items[i] = (struct fake_item){ .id = i + 1, .cpu = round * 100000000 };
        fake_script.item = items;
        fake_script.nitems = 100;
        world.session.model.root.clock += FAKE_SECOND;
        session_begin(&world.session);
        while (!session_step(&world.session))
            steps++;
        assert_int_equal(steps, 14);    /* a pause for the keys after each call */
        session_update(&world.session);
        assert_int_equal(world.session.view->nlines, 100);
        assert_float_equal(cpu(&world, 100), round > 1 ? 10 : -1, 1e-9);
    }
    world_close(&world);
}

static void expect_reason(struct world *world, const char *expected)
{
    const char *reason = table_reason(world_table(world, "process"),
                                      world_column(world, "process", "extra"));

    assert_int_equal(!reason, !expected);
    if (expected)
        assert_string_equal(reason, expected);
}

/* Why a column is unknown is still said while the next round is under way, until that has had its
 * say. */
static void test_reasons_in_mid_round(void **state)
{
    static struct fake_item items[] = { { .id = 1 }, { .id = 2 }, { .id = 3 } };
    struct world world;

    (void)state;
    world_open(&world, NULL);
    assert_true(view_set_columns(world.session.view, "pid, extra", NULL, 0));
    assert_true(view_set_sort(world.session.view, "extra", NULL, 0));
    fake_script.reason = "no permission";
    world_round(&world, items, 3);
    expect_reason(&world, "no permission");
    world.session.sched.patient = false;
    fake_script.a_call = 1;
    fake_script.reason = NULL;
    session_begin(&world.session);
    assert_false(session_step(&world.session));
    expect_reason(&world, "no permission");
    while (!session_step(&world.session))
        ;
    expect_reason(&world, NULL);
    world_close(&world);
}

/* What is read for rows and what isn't. */
static void test_wanted(void **state)
{
    static const struct fake_item items[] = { { .id = 1, .tag = "t" }, { .id = 2 }, { .id = 3 } };
    struct world world;
    char err[100];

    (void)state;
    world_open(&world, NULL);
    world_round(&world, items, 3);
    assert_int_equal(fake_script.fills, 0);
    assert_int_equal(fake_script.rotates, 0);
    assert_int_equal(fake_script.onces, 3);     /* texts for the filter, once a row */
    assert_true(view_set_columns(world.session.view, "pid rss", err, sizeof err));
    world_round(&world, items, 3);
    assert_int_equal(fake_script.rotates, 3);   /* those that never had it */
    assert_true(view_set_columns(world.session.view, "pid extra", err, sizeof err));
    world_round(&world, items, 3);
    assert_int_equal(fake_script.fills, 0);     /* no row is in sight here */
    uint32_t row = view_line(world.session.view, 0)->row;
    sched_fill_rows(&world.session.sched, world.session.view->feed, &row, 1);
    sched_fill_rows(&world.session.sched, world.session.view->feed, &row, 1);
    assert_int_equal(fake_script.fills, 1);
    assert_true(view_set_sort(world.session.view, "extra", err, sizeof err));
    world_round(&world, items, 3);
    assert_int_equal(fake_script.fills, 4);     /* sorted by: all rows */
    assert_int_equal(fake_script.onces, 3);
    assert_int_equal(fake_script.idles, 0);
    assert_true(view_set_columns(world.session.view, "pid", err, sizeof err));
    assert_true(view_set_sort(world.session.view, "pid", err, sizeof err));
    world_round(&world, items, 3);
    world_round(&world, items, 3);
    assert_int_equal(fake_script.idles, 1);     /* let go of, once */
    assert_int_equal(fake_script.fills, 4);
    world_close(&world);
}

/* Which of the rows out of sight a rotating fill reaches. */
static void test_rotation(void **state)
{
    enum { ROUNDS = 64 };
    struct fake_item items[] = { { .id = 1, .cpu = 5 }, { .id = 2, .cpu = 5 } };
    struct world world;
    char err[100];

    (void)state;
    world_open(&world, NULL);
    assert_true(view_set_columns(world.session.view, "pid rss", err, sizeof err));
    world_round(&world, items, 2);
    assert_int_equal(fake_script.rotates, 2);   /* those that never had it */
    for (unsigned i = 0; i < ROUNDS; i++)
        world_round(&world, items, 2);
    assert_int_equal(fake_script.rotates, 4);   /* those that stand still */
    for (unsigned i = 0; i < ROUNDS; i++) {
        items[0].cpu++;
        world_round(&world, items, 2);
    }
    assert_int_equal(fake_script.rotates, 4 + 4 + 1);
    assert_true(view_set_sort(world.session.view, "rss", err, sizeof err));
    for (unsigned i = 0; i < ROUNDS; i++) {
        items[0].cpu++;
        world_round(&world, items, 2);
    }
    assert_int_equal(fake_script.rotates, 9 + ROUNDS + 4); /* what moves can't wait */
    world_close(&world);
}

static void pid_2(struct settings *settings)
{
    settings->pids = calloc(1, sizeof *settings->pids);
    settings->pids[0] = 2;
    settings->npids = 1;
}

static void test_pids(void **state)
{
    static const struct fake_item items[] = { { .id = 1 }, { .id = 2 }, { .id = 3 },
                                              { .table = FAKE_NETWORK, .id = 9, .user = "lo" } };
    struct world world;

    (void)state;
    world_open(&world, pid_2);
    world.session.view = session_find_view(&world.session, "network");
    world_round(&world, items, 4);
    assert_int_equal(world_table(&world, "process")->nrows, 1);
    assert_non_null(world_row(&world, "process", 2));
    assert_non_null(world_row(&world, "network", 9));
    world_close(&world);
}

/* A parent that isn't there must not be followed. */
static int collect_orphan(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    standby.host->row(sample, 1, 7, 0, 4000000000u, &row);
    standby.host->row(sample, 1, 8, 0, 12345, &row);
    return 0;
}

static void test_orphan(void **state)
{
    static const char *const brings[] = { "pid", NULL };
    static const struct kvmtop_source source = { .table = "process", .columns = brings,
                                                 .collect = collect_orphan };
    struct world world;

    (void)state;
    add_standby();
    fake_plugins[0].sources = &source;
    world_open(&world, NULL);
    fake_script.error = -EIO;
    world_round(&world, NULL, 0);
    assert_int_equal(world_table(&world, "process")->nrows, 2);
    assert_int_equal(world_row_of(&world, "process", 1, 7, 0)->parent, NONE);
    world_close(&world);
}

/* A column has one who brings it: a fill of what is collected already is left out, wherever its
 * plugin stands. */
static int fill_cpu(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    while (sample->host->next(sample, &row))
        kvmtop_set_u64(&row, 0, 1);
    return 0;
}

/* Before the plugin that collects. */
static void site_first(struct settings *settings)
{
    string_list_free(&settings->plugins);
    string_list_add(&settings->plugins, "site");
    string_list_add(&settings->plugins, "fake");
}

static void test_twice_filled(void **state)
{
    static const char *const brings[] = { "cpu", NULL };
    static const struct kvmtop_source source = { .table = "process", .columns = brings,
                                                 .fill = fill_cpu, .flags = KVMTOP_FILL_ROTATE };
    struct world world;

    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        fake_plugins[0] = (struct kvmtop_plugin){
            KVMTOP_PLUGIN_HEAD, .name = "site", .version = "1", .license = "MIT",
            .summary = "fills", .sources = &source, .nsources = 1,
        };
        world_open(&world, first ? site_first : NULL);
        run(&world, 2);
        assert_string_equal(warning_of(&world, !first),
                            "column cpu of table process is filled already");
        assert_float_equal(cpu(&world, 1), 10, 1e-9);
        world_close(&world);
    }
}

/* Nonsense from a plugin that passes every check of its descriptor. */
static int collect_nonsense(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    (void)state;
    standby.host->row(sample, 0, 1, 0, 0, &row);
    kvmtop_set_u64(&row, 0, 77);
    standby.host->text(sample, &row, 0, "text", 4);     /* into a number's cell */
    standby.host->text(sample, &row, 9999, "text", 4);
    standby.host->text(sample, &row, 1, NULL, 0);
    standby.host->unknown(sample, 9999, "why");
    standby.host->unknown(sample, 0, NULL);
    standby.host->hint(sample, &row, NULL, "7");
    standby.host->hint(sample, &row, "proxmox", NULL);
    return 0;
}

static void test_nonsense(void **state)
{
    static const char *const brings[] = { "pid", "user", NULL };
    static const struct kvmtop_source source = { .table = "process", .columns = brings,
                                                 .collect = collect_nonsense };
    struct world world;
    double value;

    (void)state;
    add_standby();
    fake_plugins[0].sources = &source;
    world_open(&world, NULL);
    fake_script.error = -EIO;
    world_round(&world, NULL, 0);
    assert_true(world_value(&world, "process", 1, "pid", &value));
    assert_float_equal(value, 77, 0);
    assert_null(world_text(&world, "process", 1, "user"));
    assert_string_equal(warning_of(&world, 1),
                        "gives text to column (none) of table process, which has none");
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parent_only), cmocka_unit_test(test_fails_once),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_backoff),    cmocka_unit_test(test_stands_by),
        cmocka_unit_test(test_both_fail),  cmocka_unit_test(test_no_end),
        cmocka_unit_test(test_more),
        cmocka_unit_test(test_reasons_in_mid_round),
        cmocka_unit_test(test_wanted),     cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_pids),
        cmocka_unit_test(test_orphan),     cmocka_unit_test(test_twice_filled),
        cmocka_unit_test(test_nonsense),   cmocka_unit_test(test_fill_backoff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
