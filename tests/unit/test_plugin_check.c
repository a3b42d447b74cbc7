/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors that are wrong in one thing each: refused with one line that says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "core/plugin_check.h"

/* A good descriptor; each test spoils a copy. */
struct sample {
    struct kvmtop_column columns[4];
    struct kvmtop_table table;
    struct kvmtop_source source;
    struct kvmtop_option option;
    struct kvmtop_resolver resolver;
    struct kvmtop_plugin plugin;
};

static const char *brings[] = { "name", "count", NULL };

static int collect(void *state, struct kvmtop_sample *sample)
{
    (void)state;
    (void)sample;
    return 0;
}

static int resolve(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    (void)state;
    (void)process;
    (void)guest;
    return 0;
}

static void make(struct sample *s)
{
    *s = (struct sample){
        .columns = {
            { .name = "name", .title = "Name", .help = "h", .kind = KVMTOP_TEXT },
            { .name = "count", .title = "Count", .help = "h", .kind = KVMTOP_COUNTER },
            { .name = "ops", .title = "Ops", .help = "h", .kind = KVMTOP_COUNTER },
            { .name = "lat_%9", .title = "Lat", .help = "h", .kind = KVMTOP_RATIO,
              .num = "count", .den = "ops" },
        },
        .table = { .name = "thing", .title = "Things", .hotkey = 't', .sort = "count",
                   .iface = "name", .block = "name", .ncolumns = 4 },
        .source = { .table = "thing", .columns = brings, .collect = collect },
        .option = { .name = "path", .type = KVMTOP_OPTION_STRING },
        .resolver = { .name = "r", .resolve = resolve },
        .plugin = {
            KVMTOP_PLUGIN_HEAD, .name = "good", .version = "1", .license = "MIT",
            .summary = "s", .noptions = 1, .ntables = 1, .nsources = 1, .nresolvers = 1,
        },
    };
    s->table.columns = s->columns;
    s->plugin.options = &s->option;
    s->plugin.tables = &s->table;
    s->plugin.sources = &s->source;
    s->plugin.resolvers = &s->resolver;
}

/* "" : it is fine. */
static const char *verdict(struct sample *s)
{
    static char err[400];
    struct kvmtop_column *const columns[] = { s->columns }; /* never NULL: a copy */

    err[0] = 0;
    bool fine = plugin_check(&s->plugin, "good", columns, err, sizeof err);
    assert_int_equal(fine, !err[0]);
    assert_null(strchr(err, '\n'));
    return err;
}

static void test_good(void **state)
{
    struct sample s;

    (void)state;
    make(&s);
    assert_string_equal(verdict(&s), "");
    s.plugin.noptions = s.plugin.ntables = s.plugin.nsources = s.plugin.nresolvers = 0;
    assert_string_equal(verdict(&s), "");
}

static void test_abi(void **state)
{
    char err[200];

    (void)state;
    assert_true(plugin_check_abi(KVMTOP_ABI, err, sizeof err));
    assert_true(plugin_check_abi(KVMTOP_ABI_MAJOR << 16, err, sizeof err));
    assert_false(plugin_check_abi((KVMTOP_ABI_MAJOR + 1) << 16, err, sizeof err));
    assert_string_equal(err, "made for plugin ABI 2.0, this kvmtop has 1.0");
    assert_false(plugin_check_abi(KVMTOP_ABI + 1, err, sizeof err));
    assert_string_equal(err, "made for plugin ABI 1.1, this kvmtop has 1.0");
    assert_false(plugin_check_abi(0, err, sizeof err));
}

/* Change one thing, see the message. */
#define WRONG(change, message)                 \
    do {                                       \
        struct sample s;                       \
        make(&s);                              \
        change;                                \
        assert_string_equal(verdict(&s), message); \
    } while (0)

static void test_plugin(void **state)
{
    (void)state;
    WRONG(s.plugin.name = "bad", "its descriptor is named 'bad'");
    WRONG(s.plugin.name = NULL, "its descriptor is named '(null)'");
    WRONG(s.plugin.version = NULL, "its descriptor lacks a version, license or summary");
    WRONG(s.plugin.license = NULL, "its descriptor lacks a version, license or summary");
    WRONG(s.plugin.summary = NULL, "its descriptor lacks a version, license or summary");
    WRONG(s.option.name = NULL, "option 1 has no valid name");
    WRONG(s.option.name = "Path", "option 1 has no valid name");
    WRONG(s.option.type = 0, "option path: unknown type 0");
    WRONG(s.option.type = 9, "option path: unknown type 9");
    WRONG(s.resolver.name = NULL, "resolver 1 has no name or no callback");
    WRONG(s.resolver.resolve = NULL, "resolver 1 has no name or no callback");
}

static void test_tables(void **state)
{
    (void)state;
    WRONG(s.table.name = NULL, "a table has no valid name");
    WRONG(s.table.name = "", "a table has no valid name");
    WRONG(s.table.name = "two words", "a table has no valid name");
    WRONG(s.table.name = "a123456789b123456789c123456789d123456789",
          "a table has no valid name");
    WRONG(s.table.columns = NULL, "table thing: no columns");
    WRONG(s.table.ncolumns = 257, "table thing: more than 256 columns");
    WRONG(s.table.ncolumns = UINT32_MAX, "table thing: more than 256 columns");
    WRONG(s.table.hotkey = '\n', "table thing: the hotkey is no printable character");
    WRONG(s.table.hotkey = (char)0x80, "table thing: the hotkey is no printable character");
    WRONG(s.table.title = NULL, "table thing: a view needs a title and a sort column");
    WRONG(s.table.sort = NULL, "table thing: a view needs a title and a sort column");
    WRONG(s.table.sort = "size", "table thing: names the column 'size', which it doesn't have");
    WRONG(s.table.iface = "dev", "table thing: names the column 'dev', which it doesn't have");
    WRONG(s.table.block = "", "table thing: names the column '', which it doesn't have");
    WRONG(s.table.iface = "count", "table thing: column count names a device: it must be text");
    WRONG(s.table.block = "ops", "table thing: column ops names a device: it must be text");
}

static void test_columns(void **state)
{
    (void)state;
    WRONG(s.columns[1].name = NULL, "table thing: column 2 has no valid name");
    WRONG(s.columns[0].name = "x y", "table thing: column 1 has no valid name");
    WRONG(s.columns[0].name = "n\033", "table thing: column 1 has no valid name");
    WRONG(s.columns[0].title = NULL, "table thing: column name lacks a title or help");
    WRONG(s.columns[0].help = NULL, "table thing: column name lacks a title or help");
    WRONG(s.columns[2].name = "count", "table thing: column count is there twice");
    WRONG(s.columns[0].kind = 0, "table thing: column name: unknown kind 0");
    WRONG(s.columns[0].kind = 99, "table thing: column name: unknown kind 99");
    WRONG(s.columns[1].number = 3,
          "table thing: column count: number, aggregate, digit or precision out of range");
    WRONG(s.columns[1].aggregate = 9,
          "table thing: column count: number, aggregate, digit or precision out of range");
    WRONG(s.columns[1].digit = 10,
          "table thing: column count: number, aggregate, digit or precision out of range");
    WRONG(s.columns[1].precision = 10,
          "table thing: column count: number, aggregate, digit or precision out of range");
}

static void test_ratios(void **state)
{
    (void)state;
    WRONG(s.columns[3].num = NULL, "table thing: column lat_%9: a ratio's num must be a counter "
                                   "of the table, not '(none)'");
    WRONG(s.columns[3].den = "name", "table thing: column lat_%9: a ratio's den must be a "
                                     "counter of the table, not 'name'");
    WRONG(s.columns[3].den = "far", "table thing: column lat_%9: a ratio's den must be a "
                                    "counter of the table, not 'far'");
    WRONG(s.columns[3].num = "lat_%9", "table thing: column lat_%9: a ratio's num must be a "
                                       "counter of the table, not 'lat_%9'");
}

static void test_sources(void **state)
{
    static const char *nothing[] = { NULL };

    (void)state;
    WRONG(s.source.table = NULL, "source 1 names no table");
    WRONG(s.source.columns = NULL, "source 1 (table thing) brings no columns");
    WRONG(s.source.columns = nothing, "source 1 (table thing) brings no columns");
    WRONG(s.source.collect = NULL, "source 1 (table thing) has neither collect and fill: exactly "
                                   "one is needed");
    WRONG(s.source.fill = collect, "source 1 (table thing) has both collect and fill: exactly "
                                   "one is needed");
}

/* The host's own columns can't be brought by a plugin: there would be two of a name. */
static void test_own(void **state)
{
    (void)state;
    WRONG((s.columns[2].name = "vmid", s.table.block = NULL),
          "table thing: the column vmid is kvmtop's own");
    WRONG((s.columns[2].name = "vm", s.table.block = NULL),
          "table thing: the column vm is kvmtop's own");
    WRONG((s.columns[2].name = "platform", s.table.iface = NULL,
           s.table.flags = KVMTOP_TABLE_PROCESSES),
          "table thing: the column platform is kvmtop's own");
    WRONG(s.columns[2].name = "guests", "table thing: the column guests is kvmtop's own");
    WRONG((s.columns[2].name = "ifaces", s.table.flags = KVMTOP_TABLE_GUESTS),
          "table thing: the column ifaces is kvmtop's own");
    /* Elsewhere they are names like others. */
    WRONG((s.columns[2].name = s.columns[3].den = "vmid", s.table.iface = NULL), "");
    WRONG((s.columns[2].name = s.columns[3].den = "guests", s.table.block = NULL), "");
    WRONG(s.columns[2].name = s.columns[3].den = "ifaces", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_abi),
        cmocka_unit_test(test_plugin),  cmocka_unit_test(test_tables),
        cmocka_unit_test(test_columns), cmocka_unit_test(test_ratios),
        cmocka_unit_test(test_sources), cmocka_unit_test(test_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
