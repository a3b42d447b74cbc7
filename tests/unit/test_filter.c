/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole language of filters, what is half typed, and what is wrong with the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/filter.h"
#include "fake_plugin.h"

#define WORDS "\"kvm\" -id 100 -name web,debug-threads=on"

/* Rates are of the second round, one second after the first. */
static struct fake_item items[] = {
    { .id = 100, .user = "root", .command = "/usr/bin/kvm -id 100 -name web 01", .comm = "kvm",
      .state = 'S', .mem = 3 << 20, .cpu = 0, .ops = 0, .extra = 0, .busy = FAKE_UNKNOWN },
    { .id = 1234, .user = "Bob", .command = "nginx: worker", .comm = "nginx", .state = 'R',
      .mem = FAKE_UNKNOWN, .cpu = 0, .ops = 0, .extra = 0, .busy = 0 },
    { .id = 77, .command = WORDS "\033[31m\nroot", .comm = "odd", .state = 'D', .mem = 1 << 20,
      .cpu = FAKE_UNKNOWN, .ops = 0, .extra = FAKE_UNKNOWN, .busy = FAKE_UNKNOWN },
};

/* Names process 100 `database-vm`, VMID 8006. */
static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    const struct kvmtop_host *host = state;

    if (process->pid != 100)
        return 0;
    host->guest_set(guest, KVMTOP_PLATFORM, "proxmox", 7);
    host->guest_set(guest, KVMTOP_GUEST_ID, "8006", 4);
    host->guest_set(guest, KVMTOP_GUEST_NAME, "Database-VM", 11);
    return 0;
}

static int open_namer(const struct kvmtop_host *host, void **state)
{
    *state = (void *)(uintptr_t)host;
    return 0;
}

static const struct kvmtop_resolver namer = { .name = "namer", .rank = 1, .resolve = resolve,
                                              .flags = KVMTOP_ALL_PROCESSES };

static int setup(void **state)
{
    static struct world world;
    char err[100];

    fake_plugins[0] = (struct kvmtop_plugin){
        KVMTOP_PLUGIN_HEAD, .name = "namer", .version = "1", .license = "GPL-3.0-or-later",
        .summary = "names", .resolvers = &namer, .nresolvers = 1, .open = open_namer,
    };
    world_open(&world, NULL);
    world.session.export = true;        /* every column is read */
    assert_true(view_set_columns(world.session.view, "pid, extra", err, sizeof err));
    world_write_text(&world, "proc/100/cmdline", "kvm");
    world_round(&world, items, KVMTOP_COUNT(items));
    items[0].cpu = 800000000;
    items[1].cpu = 55000000;
    items[1].ops = 1000;
    world_round(&world, items, KVMTOP_COUNT(items));
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

/* The ids that pass, as "100 1234 77"; "wrong" for what is no filter. */
static const char *passes(struct world *world, const char *text)
{
    static char ids[80];
    struct table *table = world_table(world, "process");
    char err[200];
    size_t len = 0;
    struct filter *filter = filter_parse(text, table, err, sizeof err);

    if (err[0])
        return "wrong";
    ids[0] = 0;
    for (size_t i = 0; i < KVMTOP_COUNT(items); i++)
        if (!filter || filter_match(filter, &world->session.model, table,
                                    world_row(world, "process", items[i].id), false))
            len += (size_t)snprintf(ids + len, sizeof ids - len, "%s%u", len ? " " : "",
                                    (unsigned)items[i].id);
    filter_free(filter);
    return ids;
}

static void test_language(void **state)
{
    static const struct {
        const char *text, *ids;
    } table[] = {
        /* nothing asked: all pass */
        { "", "100 1234 77" }, { " \t ", "100 1234 77" },
        /* any text, the PID, the guest; not the state, not figures */
        { "nginx", "1234" }, { "NGINX", "1234" }, { "ROOT", "100 77" }, { "123", "1234" },
        { "77", "77" }, { "kvm", "100 77" }, { "8006", "100" }, { "database", "100" },
        { "proxmox", "100" }, { "D", "100 77" }, { "0.8", "" }, { "80.0", "" },
        /* all terms are required */
        { "kvm web", "100 77" }, { "kvm  \t root", "100 77" }, { "kvm nginx", "" },
        { "web !root", "" }, { "!kvm", "1234" }, { "!kvm !nginx", "" }, { "!!kvm", "100 1234 77" },
        /* with blanks in them */
        { "\"web 01\"", "100" }, { "web 01", "100" }, { "\"01 web\"", "" },
        { "command:\"web 01\"", "100" }, { "!\"web 01\"", "1234 77" },
        { "nginx\"", "" }, { "\"nginx\"worker", "1234" },
        /* of one column */
        { "user:oo", "100" }, { "user=root", "100" }, { "user=ROOT", "100" }, { "user=roo", "" },
        { "user!=root", "1234 77" }, { "!user=root", "1234 77" }, { "user!=nobody", "100 1234 77" },
        { "vm:data", "100" }, { "vm=database-vm", "100" }, { "vm!=x", "100 1234 77" },
        { "vmid=8006", "100" }, { "vmid>8000", "100" }, { "vmid>8006", "" },
        { "vmid>=8006", "100" },
        { "platform=proxmox", "100" }, { "comm:nginx", "1234" }, { "state=R", "1234" },
        { "state:d", "77" }, { "state!=R", "100 77" },
        /* figures, in the unit of the head */
        { "cpu>50", "100" }, { "cpu>=80", "100" }, { "cpu>80", "" }, { "cpu<80", "1234" },
        { "cpu<=5.5", "1234" }, { "cpu=5.5", "1234" }, { "cpu!=5.5", "100" }, { "mem>=3", "100" },
        { "mem<3", "77" }, { "ops>999.5", "1234" }, { "pid>76 pid<101", "100 77" },
        { "pid=77", "77" }, { "CPU>50", "100" },
        { "USER=root", "100" }, { "pid:7", "77" }, { "pid:10", "100" }, { "cpu>-1", "100 1234" },
        { "cpu>.5", "100 1234" },
        /* the unknown is neither above nor below */
        { "cpu>=0", "100 1234" }, { "cpu<999999", "100 1234" }, { "!cpu>=0", "77" },
        { "busy>=0", "1234" }, { "extra>=0", "100 1234" },
        /* no such column: plain text */
        { "worker:", "" }, { "nginx:", "1234" }, { "foo>5", "" }, { "-name", "100 77" },
        { "debug-threads=on", "77" }, { "USERS=root", "" }, { "=", "77" }, { ">", "" },
        /* regular expressions */
        { "/ngi?nx/", "1234" }, { "/^nginx/", "1234" }, { "/NGINX: w/", "1234" },
        { "!/nginx/", "100 77" }, { "/web [0-9]+$/", "100" }, { "/^8006$/", "100" },
        { "/a|ginx/ user:bob", "1234" }, { "/bin\\/kvm/", "100" }, { "/kvm/ /nginx/", "" },
        /* hostile bytes are bytes */
        { "\033[31m", "77" }, { "\xff\xfe", "" },
    };

    for (size_t i = 0; i < KVMTOP_COUNT(table); i++) {
        const char *got = passes(*state, table[i].text);

        if (strcmp(got, table[i].ids))
            fail_msg("filter '%s': %s, not %s", table[i].text, got, table[i].ids);
    }
}

static void test_wrong(void **state)
{
    static const struct {
        const char *text, *err;
    } table[] = {
        { "!", "at character 2: something to look for is missing" },
        { "! web", "at character 2: something to look for is missing" },
        { "web !", "at character 6: something to look for is missing" },
        { "cpu>", "at character 5: something to look for is missing" },
        { "web  cpu> 5", "at character 10: something to look for is missing" },
        { "user:", "at character 6: something to look for is missing" },
        { "user!=", "at character 7: something to look for is missing" },
        { "cpu>x", "at character 5: a number is expected here" },
        { "cpu>=5x", "at character 6: a number is expected here" },
        { "cpu=high", "at character 5: a number is expected here" },
        { "cpu>1e3", "at character 5: a number is expected here" },
        { "cpu>0,5", "at character 5: a number is expected here" },
        { "a user>bob", "at character 8: a number is expected here" },
        { "\"web", "at character 1: the closing \" is missing" },
        { "user:\"web", "at character 6: the closing \" is missing" },
        { "\"", "at character 1: the closing \" is missing" },
        { "/(a)\\1/", "at character 2: a pattern can't refer back to its groups" },
        { "/a)(b/", "at character 2: Unmatched ( or \\(" },
        { "\"\"", "at character 2: something to look for is missing" },
        { "/", "at character 1: the closing / is missing" },
        { "x /web", "at character 3: the closing / is missing" },
        { "/web\\/", "at character 1: the closing / is missing" },
        { "/\\", "at character 1: the closing / is missing" },
        { "//", "at character 2: something to look for is missing" },
    };
    struct table *process = world_table(*state, "process");

    for (size_t i = 0; i < KVMTOP_COUNT(table); i++) {
        char err[200] = "";

        assert_null(filter_parse(table[i].text, process, err, sizeof err));
        assert_string_equal(err, table[i].err);
    }
}

/* The C library's own words follow the place. */
static void test_wrong_regex(void **state)
{
    static const char *const texts[] = { "/(/", "/[/", "/a{2,1}/", "x /(web/" };
    struct table *process = world_table(*state, "process");

    for (size_t i = 0; i < KVMTOP_COUNT(texts); i++) {
        char err[200] = "", small[8];

        assert_null(filter_parse(texts[i], process, err, sizeof err));
        assert_ptr_equal(strstr(err, i == 3 ? "at character 4: " : "at character 2: "), err);
        assert_in_range(strlen(err), 18, 100);
        assert_null(filter_parse(texts[i], process, small, sizeof small));
        assert_int_equal(strlen(small), sizeof small - 1);
    }
}

/* A pattern that would take all memory or time is refused. */
static void test_huge_regex(void **state)
{
    static const char *const texts[] = {
        "/((((a{1,99}){1,99}){1,99}){1,99}){1,99}/", "/a{32767}/", "/(a{300}){300}/",
        "/a{99999999999999999999}/", "/(a){,999}{,999}/",
        "/w++++++++++++++++++++++++/", "/(((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+/",
        "/4+++?+++++/", "/^(((a?)+)+)+/", "/((^|$|x)+(.$)*)?/", "/((((((((((((((((a/",
    };
    struct table *process = world_table(*state, "process");

    for (size_t i = 0; i < KVMTOP_COUNT(texts); i++) {
        char err[200] = "";

        assert_null(filter_parse(texts[i], process, err, sizeof err));
        assert_string_equal(err, "at character 2: too long, or too many repetitions");
    }
    assert_string_equal(passes(*state, "/[0-9]{4}/"), "100 1234");
    assert_string_equal(passes(*state, "/o{2}t|g{1,}inx/"), "100 1234 77");
    assert_string_equal(passes(*state, "/^r(o+)+t$/"), passes(*state, "user:root"));
    assert_string_equal(passes(*state, "/[[:digit:])+*?{]{4}/"), "100 1234");
}

/* A long argv can't hold the screen up: this took 13 s for one process. */
static void test_hostile_text(void **state)
{
    struct world *world = *state;
    struct fake_item item = { .id = 5, .birth = 7, .user = "mallory" };
    struct table *table = world_table(world, "process");
    char *long_text = malloc(60001), err[100];
    struct filter *filter = filter_parse("/a.*b/", table, err, sizeof err);

    memset(long_text, 'a', 60000);
    long_text[60000] = 0;
    item.command = long_text;
    world_round(world, &item, 1);
    struct row *row = world_row(world, "process", 5);
    clock_t begun = clock();
    assert_false(filter_match(filter, &world->session.model, table, row, false));
    assert_true(clock() - begun < CLOCKS_PER_SEC);
    filter_free(filter);
    free(long_text);
}

/* Typed letter by letter, every beginning is a filter or says what is wrong. */
static void test_half_typed(void **state)
{
    static const char whole[] = "!user:\"ro ot\" /^a(b|c)+$/ cpu>=12.5 vm!=x\\/";
    struct table *process = world_table(*state, "process");
    char text[sizeof whole], err[200];

    for (size_t len = 0; len < sizeof whole; len++) {
        memcpy(text, whole, len);
        text[len] = 0;
        struct filter *filter = filter_parse(text, process, err, sizeof err);
        assert_true(len == 0 ? !filter && !err[0] : !filter == !!err[0]);
        filter_free(filter);
    }
}

/* What a filter reads is read, of all rows. */
static void test_want(void **state)
{
    struct world *world = *state;
    struct feed *feed = model_feed(&world->session.model, "process");
    char err[100];
    struct filter *filter = filter_parse("extra>0 lat<5", feed->table, err, sizeof err);
    static const char *const names[] = { "extra", "lat", "busy", "ops" };

    model_want_nothing(&world->session.model);
    filter_want(filter, feed);
    for (size_t i = 0; i < KVMTOP_COUNT(names); i++)
        assert_true(bit_get(feed->wanted_of_all, world_column(world, "process", names[i])));
    assert_false(bit_get(feed->wanted, world_column(world, "process", "rss")));
    assert_false(feed->claims);
    filter_free(filter);
    filter = filter_parse("vm:web", feed->table, err, sizeof err);
    filter_want(filter, feed);
    assert_true(feed->claims);
    filter_free(filter);
    /* Plain text is looked for in texts that aren't shown too. */
    model_want_nothing(&world->session.model);
    filter = filter_parse("web", feed->table, err, sizeof err);
    filter_want(filter, feed);
    assert_true(feed->claims);
    assert_true(bit_get(feed->wanted_of_all, world_column(world, "process", "user")));
    assert_true(bit_get(feed->wanted_of_all, world_column(world, "process", "tag")));
    assert_false(bit_get(feed->wanted, world_column(world, "process", "cpu")));
    filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language),   cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_wrong_regex), cmocka_unit_test(test_huge_regex),
        cmocka_unit_test(test_half_typed), cmocka_unit_test(test_want),
        cmocka_unit_test(test_hostile_text),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
