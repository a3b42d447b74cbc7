/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors that are wrong in one thing each: refused with one line that says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
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
    WRONG(s.plugin.version = "1\n2", "its version is no line of at most 60 bytes");
    WRONG(s.plugin.license = "\033[2J", "its license is no line of at most 60 bytes");
    WRONG(s.plugin.summary = "s\r", "its summary is no line of at most 500 bytes");
    WRONG(s.resolver.name = "a\nb", "resolver 1 has no name or no callback");
    WRONG(s.resolver.name = NULL, "resolver 1 has no name or no callback");
    WRONG(s.resolver.resolve = NULL, "resolver 1 has no name or no callback");
}

#define NO_LINE "option path: its help or default is no line of at most 500 bytes"

/* A default is what the option takes. */
static void test_options(void **state)
{
    struct kvmtop_option twice[2];

    (void)state;
    WRONG(s.option.help = "one\ntwo", NO_LINE);
    WRONG(s.option.value = "\033", NO_LINE);
    WRONG((s.option.type = KVMTOP_OPTION_BOOL, s.option.value = "perhaps"),
          "option path: its default 'perhaps' is neither yes nor no");
    WRONG((s.option.type = KVMTOP_OPTION_NUMBER, s.option.value = "x"),
          "option path: its default 'x' is not a number");
    WRONG((s.option.type = KVMTOP_OPTION_NUMBER, s.option.value = "11", s.option.min = 1,
           s.option.max = 10),
          "option path: its default '11' is not a number from 1 to 10");
    WRONG((s.option.type = KVMTOP_OPTION_NUMBER, s.option.min = 2, s.option.max = 1),
          "option path: no number lies from 2 to 1");
    WRONG((s.option.type = KVMTOP_OPTION_NUMBER, s.option.max = NAN),
          "option path: no number lies from 0 to nan");
    WRONG((s.option.type = KVMTOP_OPTION_BOOL, s.option.value = "off"), "");
    WRONG((s.option.type = KVMTOP_OPTION_NUMBER, s.option.value = "7"), "");
    WRONG((twice[0] = twice[1] = s.option, s.plugin.options = twice, s.plugin.noptions = 2),
          "option path is there twice");
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
    WRONG((s.columns[0].flags = s.columns[1].flags = s.columns[2].flags = KVMTOP_OPTIONAL,
           s.columns[3].flags = KVMTOP_CHILD_ONLY),
          "table thing: no column of it is shown by default");
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

#define TEXT_60 "a23456789 b23456789 c23456789 d23456789 e23456789 f23456789 "

static void test_lines(void **state)
{
    (void)state;
    WRONG(s.columns[1].title = "Two\nlines",
          "table thing: column count: its title is no line of at most 60 bytes");
    WRONG(s.columns[1].title = TEXT_60 "!",
          "table thing: column count: its title is no line of at most 60 bytes");
    WRONG(s.columns[1].title = TEXT_60, "");
    WRONG(s.columns[1].title = "Größe", "");
    WRONG(s.columns[1].help = "\033[31m",
          "table thing: column count: its help is no line of at most 500 bytes");
    WRONG(s.columns[1].unit = "\x7f",
          "table thing: column count: its unit is no line of at most 60 bytes");
    WRONG(s.columns[1].group = "\t",
          "table thing: column count: its group is no line of at most 60 bytes");
    WRONG(s.columns[1].of = "a.b\n",
          "table thing: column count: its of is no line of at most 500 bytes");
    WRONG(s.table.title = "\b", "table thing: its title is no line of at most 60 bytes");
    WRONG(s.table.side = "\n", "table thing: its side is no line of at most 60 bytes");
    WRONG(s.table.mirror_side = "\n",
          "table thing: its mirror_side is no line of at most 60 bytes");
}

/* Flags, totals and references that no column of its kind can have. */
static void test_roles(void **state)
{
    (void)state;
    WRONG(s.columns[0].aggregate = KVMTOP_SUM,
          "table thing: column name: text and ids have no total");
    WRONG((s.columns[2].kind = KVMTOP_ID, s.columns[2].aggregate = KVMTOP_MAX,
           s.columns[3].den = "count"),
          "table thing: column ops: text and ids have no total");
    WRONG(s.columns[1].aggregate = KVMTOP_OWN,
          "table thing: column count: it has nothing to aggregate (`of`)");
    WRONG(s.columns[1].aggregate = KVMTOP_ROWS,
          "table thing: column count: it has nothing to aggregate (`of`)");
    WRONG(s.columns[1].flags = KVMTOP_GUEST_LABEL,
          "table thing: column count: a label must be text");
    WRONG(s.columns[1].flags = KVMTOP_CHILD_LABEL,
          "table thing: column count: a label must be text");
    WRONG(s.columns[0].flags = KVMTOP_HISTORY,
          "table thing: column name: text has no history that can be drawn");
    WRONG(s.columns[1].flags = KVMTOP_PARENT_ONLY | KVMTOP_CHILD_ONLY,
          "table thing: column count: it is of parents only and of children as well");
    WRONG(s.columns[1].mirror = "name",
          "table thing: column count: `mirror` must name a column of its kind");
    WRONG(s.columns[1].mirror = "far",
          "table thing: column count: `mirror` names a column that there is not");
    WRONG(s.columns[1].mirror = "ops", "");
    /* A base's column may be named. */
    WRONG((s.columns[1].mirror = "far", s.table.hotkey = 0), "");
}

/* Figures of guests. */
static void test_groups(void **state)
{
    (void)state;
    WRONG((s.columns[0].of = "process.cpu", s.columns[0].aggregate = KVMTOP_ROWS),
          "table thing: column name: what is aggregated must be a GAUGE of F64");
    WRONG((s.columns[1].of = "process.cpu", s.columns[1].aggregate = KVMTOP_SUM),
          "table thing: column count: what is aggregated must be a GAUGE of F64");
    WRONG((s.columns[2].of = "process.cpu", s.columns[2].kind = KVMTOP_GAUGE,
           s.columns[3].den = "count"),
          "table thing: column ops: what is aggregated must be a GAUGE of F64");
    WRONG(s.columns[3].of = "process.cpu",
          "table thing: column lat_%9: a ratio has no cell for what is aggregated");
    WRONG((s.columns[0].of = "process.comm", s.columns[0].aggregate = KVMTOP_OWN), "");
    WRONG((s.columns[1].of = "process.cpu", s.columns[1].aggregate = KVMTOP_OWN), "");
}

/* Figures of guests that are divided: `per` comes before, so that no two wait for each other. */
static void test_per(void **state)
{
    static const char message[] = "table thing: column share: `per` must name a number that "
                                  "stands before it";
    static const struct kvmtop_column share = {
        .name = "share", .title = "Share", .help = "h", .kind = KVMTOP_GAUGE,
        .number = KVMTOP_F64, .aggregate = KVMTOP_SUM, .of = "process.cpu", .per = "count",
    };

    (void)state;
    WRONG((s.columns[3] = share, s.columns[3].per = "share"), message);
    WRONG((s.columns[3] = share, s.columns[3].per = "name"), message);
    WRONG((s.columns[2] = share, s.columns[2].per = "lat_%9", s.columns[3].den = "count"),
          message);
    WRONG(s.columns[3] = share, "");
    WRONG((s.columns[3] = share, s.columns[3].per = "vcpus"), "");      /* of another plugin */
}

static void test_guests(void **state)
{
    static const char message[] = "table thing: its rows are guests: no processes, children or "
                                  "devices";

    (void)state;
    WRONG((s.table.flags = KVMTOP_TABLE_GUESTS, s.table.block = NULL), message);
    WRONG((s.table.flags = KVMTOP_TABLE_GUESTS, s.table.iface = NULL), message);
    WRONG((s.table.iface = s.table.block = NULL,
           s.table.flags = KVMTOP_TABLE_GUESTS | KVMTOP_TABLE_PROCESSES), message);
    WRONG((s.table.iface = s.table.block = NULL,
           s.table.flags = KVMTOP_TABLE_GUESTS | KVMTOP_TABLE_CHILDREN), message);
    WRONG((s.table.iface = s.table.block = NULL, s.table.flags = KVMTOP_TABLE_GUESTS), "");
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
    static const char *twice[] = { "name", "count", "name", NULL };
    static const char *control[] = { "name", "co\nunt", NULL };
    static const char *many[PLUGIN_COLUMNS_MAX + 2];
    static char names[PLUGIN_COLUMNS_MAX + 1][8];

    (void)state;
    for (unsigned i = 0; i <= PLUGIN_COLUMNS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "c%u", i);
        many[i] = names[i];
    }
    WRONG(s.source.columns = many, "source 1 (table thing) brings more than 256 columns");
    WRONG(s.source.columns = twice, "source 1 (table thing) brings the column name twice");
    WRONG(s.source.columns = control, "source 1 (table thing): column 2 has no valid name");
    WRONG(s.source.flags = KVMTOP_FILL_ONCE,
          "source 1 (table thing) collects, with flags of a fill");
    WRONG((s.source.fill = collect, s.source.collect = NULL,
           s.source.flags = KVMTOP_FILL_ONCE | KVMTOP_FILL_ROTATE),
          "source 1 (table thing) fills once and in turn: either is needed");
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
        cmocka_unit_test(test_plugin),  cmocka_unit_test(test_options),
        cmocka_unit_test(test_tables),  cmocka_unit_test(test_lines),
        cmocka_unit_test(test_roles),   cmocka_unit_test(test_groups),
        cmocka_unit_test(test_per),     cmocka_unit_test(test_guests),
        cmocka_unit_test(test_columns), cmocka_unit_test(test_ratios),
        cmocka_unit_test(test_sources), cmocka_unit_test(test_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
