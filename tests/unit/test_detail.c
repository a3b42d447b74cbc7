/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plugins tell for the page of details: asked once a refresh while it is open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/session_detail.h"
#include "fake_plugin.h"

static struct fake_item items[] = {
    { .id = 10, .birth = 5, .user = "root", .cpu = 5 },
    { .id = 20, .birth = 6, .user = "root", .cpu = 5 },
};

static struct script {
    const struct kvmtop_host *host;
    unsigned asked;
    int32_t pid;                /* of the last question */
    uint64_t birth;
    char comm[20];
    void (*tell)(const struct kvmtop_host *host, struct kvmtop_page *page);
    int error;
} script;

static int open_teller(const struct kvmtop_host *host, void **state)
{
    (void)state;
    script.host = host;
    return 0;
}

static int detail(void *state, const struct kvmtop_process *process, struct kvmtop_page *page)
{
    const char *comm = script.host->fact(script.host, process, KVMTOP_FACT_COMM);

    (void)state;
    script.asked++;
    script.pid = process->pid;
    script.birth = process->birth;
    snprintf(script.comm, sizeof script.comm, "%s", comm ? comm : "");
    if (script.tell)
        script.tell(script.host, page);
    return script.error;
}

static const struct kvmtop_plugin teller = {
    KVMTOP_PLUGIN_HEAD,
    .name = "teller", .version = "1", .license = "GPL-3.0-or-later", .summary = "details",
    .open = open_teller, .detail = detail,
};

static void open_world(struct world *world)
{
    script = (struct script){ 0 };
    fake_plugins[0] = teller;
    world_open(world, NULL);
    world_write_text(world, "proc/10/comm", "kvm\n");
}

static void show(struct world *world, uint64_t id, uint64_t birth)
{
    const struct row_key key = { .id = id, .birth = birth, .set = true };

    session_detail(&world->session, &key);
}

/* The page as text: "HEADING|name=value|…". */
static const char *lines(const struct world *world)
{
    static char text[400];
    const struct kvmtop_page *page = &world->session.detail_page;
    size_t len = 0;

    text[0] = 0;
    for (uint32_t i = 0; i < page->count && len < sizeof text; i++) {
        const struct detail_line *line = &page->line[i];

        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%s%s", i ? "|" : "",
                                line->name, line->value ? "=" : "",
                                line->value ? line->value : "");
    }
    return text;
}

static void tell_two(const struct kvmtop_host *host, struct kvmtop_page *page)
{
    host->heading(page, "Limits");
    host->line(page, "nofile", "1024");
    host->line(page, "memlock", NULL);
}

static void test_once_a_refresh(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    script.tell = tell_two;
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 0);
    show(&world, 10, 5);
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 1);
    assert_int_equal(script.pid, 10);
    assert_true(script.birth == 5);
    assert_string_equal(script.comm, "kvm");
    assert_string_equal(lines(&world), "Limits|nofile=1024|memlock=-");
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 2);
    assert_string_equal(lines(&world), "Limits|nofile=1024|memlock=-");
    session_detail(&world.session, NULL);
    assert_string_equal(lines(&world), "");
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 2);
    world_close(&world);
}

/* What was told of one process is not shown for another, nor asked of one that has ended. */
static void test_another_process(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    script.tell = tell_two;
    show(&world, 10, 5);
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 1);
    show(&world, 20, 7);        /* the PID has been used again */
    assert_string_equal(lines(&world), "");
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 1);
    show(&world, 20, 6);
    world_round(&world, items, 2);
    assert_int_equal(script.pid, 20);
    assert_string_equal(script.comm, "");
    world_close(&world);
}

/* What costs is read for the process whose details are shown, and for no other. */
static void test_costly_figures(void **state)
{
    static struct fake_item item[] = {
        { .id = 10, .birth = 5, .extra = 100, .rss = 7, .tag = "a" },
        { .id = 20, .birth = 6, .extra = 200, .rss = 8, .tag = "b" },
    };
    struct world world;
    double value;

    (void)state;
    open_world(&world);
    world_round(&world, item, 2);
    assert_int_equal(fake_script.fills, 0);
    show(&world, 20, 6);
    world_round(&world, item, 2);
    item[0].extra += 30;
    item[1].extra += 30;
    world_round(&world, item, 2);
    assert_int_equal(fake_script.fills, 2);     /* one row in each of two rounds */
    assert_true(world_value(&world, "process", 20, "extra", &value));
    assert_true(value == 30);
    assert_false(world_value(&world, "process", 10, "extra", &value));
    session_detail(&world.session, NULL);
    world_round(&world, item, 2);
    assert_int_equal(fake_script.fills, 2);
    world_close(&world);
}

static void tell_hostile(const struct kvmtop_host *host, struct kvmtop_page *page)
{
    host->line(page, "a\033[2J", "x\ny\x9b\xff");
    host->heading(page, NULL);
    host->heading(page, "\x07");
    host->line(page, NULL, "");
}

/* Bytes are made harmless; lines without a heading stand under the plugin's name. */
static void test_hostile_bytes(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    script.tell = tell_hostile;
    show(&world, 10, 5);
    world_round(&world, items, 2);
    assert_string_equal(lines(&world),
                        "teller|a\\x1b[2J=x\\ny\\x9b\\xff|teller|\\x07|=");
    world_close(&world);
}

static void tell_too_much(const struct kvmtop_host *host, struct kvmtop_page *page)
{
    size_t len = 100000;
    char *text = malloc(len + 1);

    assert_non_null(text);
    memset(text, '\033', len);
    text[len] = 0;
    for (unsigned i = 0; i < 10000; i++)
        host->line(page, "n", i ? "1" : text);
    free(text);
}

static void test_too_much(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    script.tell = tell_too_much;
    show(&world, 10, 5);
    world_round(&world, items, 2);
    assert_int_equal(world.session.detail_page.count, 4096);
    assert_in_range(strlen(world.session.detail_page.line[1].value), 4000, 4096);
    world_close(&world);
}

static const char *error_of(const struct world *world, const char *name)
{
    for (size_t i = 0; i < world->session.model.nplugins; i++)
        if (!strcmp(world->session.model.plugins[i]->name, name))
            return world->session.model.plugins[i]->error;
    return NULL;
}

/* A failure has a word, keeps the lines given so far, and is taken back by the next success. */
static void test_failure(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    script.tell = tell_two;
    script.error = -EIO;
    show(&world, 10, 5);
    world_round(&world, items, 2);
    assert_string_equal(error_of(&world, "teller"), "detail of PID 10: Input/output error");
    assert_string_equal(lines(&world), "Limits|nofile=1024|memlock=-");
    script.error = 0;
    world_round(&world, items, 2);
    assert_null(error_of(&world, "teller"));
    world_close(&world);
}

/* A plugin made before there was `detail`: its descriptor ends earlier. */
static void test_older_plugin(void **state)
{
    struct world world;

    (void)state;
    script = (struct script){ 0 };
    fake_plugins[0] = teller;
    fake_plugins[0].size = offsetof(struct kvmtop_plugin, detail);
    world_open(&world, NULL);
    show(&world, 10, 5);
    world_round(&world, items, 2);
    assert_int_equal(script.asked, 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once_a_refresh), cmocka_unit_test(test_another_process),
        cmocka_unit_test(test_costly_figures), cmocka_unit_test(test_hostile_bytes),
        cmocka_unit_test(test_too_much),       cmocka_unit_test(test_failure),
        cmocka_unit_test(test_older_plugin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
