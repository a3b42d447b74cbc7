/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports: JSON and CSV stay what they are whatever names the host's users think of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/export.h"
#include "core/utf8.h"
#include "fake_plugin.h"

#define HOSTILE "a\"b\\c,d\n\t\033[2J\x7f\xff\xc3\xc2\x9b" "31m\xe2\x80\xae" "evil" \
                "\xf0\x9f\x98\x80\xf3\xa0\x81\x81\xc3\xa9'; DROP"

static struct fake_item items[] = {
    { .id = 1, .user = "root", .command = HOSTILE, .comm = "", .state = 'R', .mem = 3 << 20,
      .cpu = 0, .ops = 0, .busy = FAKE_UNKNOWN, .peak = 0.5, .birth = 900 * FAKE_SECOND },
    { .id = 2, .mem = FAKE_UNKNOWN, .cpu = FAKE_UNKNOWN, .ops = FAKE_UNKNOWN,
      .busy = FAKE_UNKNOWN, .peak = -1e300, .state = 1 },
    { .id = 3, .user = HOSTILE, .command = ",", .state = '"', .mem = UINT64_MAX - 1,
      .peak = (double)INFINITY },
};

static struct world *open_world(const char *columns)
{
    static struct world world;

    world_open(&world, NULL);
    world.session.export = true;
    fake_script.reason = HOSTILE;       /* a reason can quote anything too */
    if (columns) {
        assert_true(view_set_columns(world.session.view, columns, world.mistake, 500));
        world.session.view->columns_named = true;
    }
    assert_true(view_set_sort(world.session.view, "pid", world.mistake, 500));
    for (unsigned round = 0; round < 2; round++) {
        items[0].cpu = round * 123456789;
        items[0].ops = round * 10;
        world_round(&world, items, KVMTOP_COUNT(items));
    }
    return &world;
}

/* A long filter leaves the lines above the table what they are. */
static void test_long_title(void **state)
{
    struct world *world = open_world(NULL);
    char filter[300] = "";
    struct str_buf out = { 0 };

    (void)state;
    memset(filter, 'x', sizeof filter - 1);
    view_set_filter(world->session.view, filter);
    session_update(&world->session);
    export_text(&world->session, &out, true);
    const char *host = strchr(out.text, '\n');
    assert_non_null(host);
    assert_memory_equal(host + 1, "CPU ", 4);
    free(out.text);
    world_close(world);
}

/* ---- a strict reader of JSON: it moves on, or fails the test ---- */

static const char *json(const char *at);

static const char *json_string(const char *at)
{
    assert_int_equal(*at, '"');
    for (at++; *at != '"'; at++) {
        assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
        if (*at != '\\')
            continue;
        assert_non_null(strchr("\"\\/bfnrtu", *++at));
        for (unsigned i = 0; *at == 'u' && i < 4; i++)
            assert_non_null(strchr("0123456789abcdefABCDEF", at[1 + i]));
    }
    return at + 1;
}

static const char *json_number(const char *at)
{
    size_t n = strspn(at, "0123456789+-.eE");
    char text[64], *end;

    assert_in_range(n, 1, sizeof text - 1);
    memcpy(text, at, n);
    text[n] = 0;
    assert_true(isfinite(strtod(text, &end)));
    assert_int_equal(*end, 0);
    assert_true(*at != '+' && *at != '.' && at[n - 1] != '.');
    return at + n;
}

static const char *json_list(const char *at, char close, bool names)
{
    if (*++at == close)
        return at + 1;
    for (;; at++) {
        if (names) {
            at = json_string(at);
            assert_int_equal(*at++, ':');
        }
        at = json(at);
        if (*at == close)
            return at + 1;
        assert_int_equal(*at, ',');
    }
}

static const char *json(const char *at)
{
    static const char *const words[] = { "null", "true", "false" };

    if (*at == '{')
        return json_list(at, '}', true);
    if (*at == '[')
        return json_list(at, ']', false);
    if (*at == '"')
        return json_string(at);
    for (unsigned i = 0; i < 3; i++)
        if (!strncmp(at, words[i], strlen(words[i])))
            return at + strlen(words[i]);
    return json_number(at);
}

static void assert_clean(const char *text, size_t len, const char *controls)
{
    uint32_t cp;

    assert_int_equal(strlen(text), len);
    for (size_t i = 0; i < len;) {
        int n = utf8_decode(text + i, len - i, &cp);

        assert_true(n > 0);
        if (utf8_width(cp) < 0)
            assert_non_null(strchr(controls, (int)cp));
        i += (size_t)n;
    }
}

static void test_json(void **state)
{
    struct world *world = open_world(NULL);
    struct str_buf out = { 0 };

    (void)state;
    export_json(&world->session, &out, true);
    assert_clean(out.text, out.len, "\n");
    assert_string_equal(json(out.text), "\n");
    assert_ptr_equal(strchr(out.text, '\n'), out.text + out.len - 1);
    assert_non_null(strstr(out.text, "\"time\":\""));
    assert_non_null(strstr(out.text, "\"interval\":1.000000,"));
    assert_non_null(strstr(out.text, "\"view\":\"process\",\"rows\":["
                                     "{\"pid\":1,\"user\":\"root\","));
    assert_non_null(strstr(out.text, "\"uptime\":101,\"mem\":3,\"cpu\":12.345679,\"ops\":10,"
                                     "\"busy\":null,\"lat\":null,\"peak\":0.5,\"state\":\"R\","));
    assert_non_null(strstr(out.text, "\"command\":\"a\\\"b\\\\c,d\\u000a\\u0009\\u001b[2J\\u007f"
                                     "\\\\xff\\\\xc3\\u009b31m\\u202eevil"));
    assert_non_null(strstr(out.text, "\"comm\":\"\""));
    assert_non_null(strstr(out.text, "{\"pid\":2,\"user\":null,"));
    assert_non_null(strstr(out.text, "\"vmid\":null,\"vm\":null,\"platform\":null}"));
    assert_non_null(strstr(out.text, "\"mem\":17592186044416,"));
    assert_null(strstr(out.text, "inf"));
    assert_null(strstr(out.text, "nan"));
    free(out.text);
    world_close(world);
}

/* Columns: those named, and what identifies a row; what costs only by name. */
static void test_columns(void **state)
{
    struct world *world = open_world("cpu,extra");
    struct str_buf out = { 0 };

    (void)state;
    export_json(&world->session, &out, true);
    assert_non_null(strstr(out.text, "\"rows\":[{\"cpu\":12.345679,\"extra\":0,\"pid\":1,"
                                     "\"vmid\":null,\"vm\":null,\"platform\":null},"));
    assert_string_equal(json(out.text), "\n");
    assert_non_null(strstr(out.text, "\"warnings\":[\"extra: a\\\"b"));
    free(out.text);
    world_close(world);
    world = open_world(NULL);
    out = (struct str_buf){ 0 };
    export_json(&world->session, &out, true);
    assert_null(strstr(out.text, "extra"));
    assert_null(strstr(out.text, "\"tid\""));       /* threads' alone */
    assert_non_null(strstr(out.text, "\"rss\":"));
    free(out.text);
    world_close(world);
}

/* ---- CSV ---- */

/* RFC 4180: one field off the line; moves behind the comma or the line's end. */
static const char *csv_field(const char *at, bool *last)
{
    if (*at == '"') {
        for (at++; *at != '"' || at[1] == '"'; at++) {
            assert_true(*at >= 0x20 || *at < 0);
            at += *at == '"';
        }
        at++;
    } else {
        while (*at && *at != ',' && *at != '\r') {
            assert_true(*at != '"' && *at != '\n');
            at++;
        }
    }
    *last = *at != ',';
    if (!*last)
        return at + 1;
    assert_memory_equal(at, "\r\n", 2);
    return at + 2;
}

static void test_csv(void **state)
{
    struct world *world = open_world(NULL);
    struct str_buf out = { 0 };
    unsigned lines = 0, expected = 0;

    (void)state;
    export_csv(&world->session, &out, true);
    assert_clean(out.text, out.len, "\r\n");
    assert_ptr_equal(strstr(out.text, "time,pid,user,uptime,mem,"), out.text);
    for (const char *at = out.text; *at; lines++) {
        unsigned fields = 0;

        for (bool last = false; !last; fields++)
            at = csv_field(at, &last);
        if (!lines)
            expected = fields;
        assert_int_equal(fields, expected);
    }
    assert_int_equal(lines, 4);
    assert_non_null(strstr(out.text, ",1,root,101,3,12.345679,10,,,0.5,R,\"a\"\"b"));
    assert_non_null(strstr(out.text, ",2,,,,,,,,"));        /* unknown is empty */
    size_t head = out.len;
    export_csv(&world->session, &out, false);
    assert_int_equal(strncmp(out.text + head, "time,", 5) == 0, 0);     /* a header once */
    free(out.text);
    world_close(world);
}

/* A field is no longer than readers take, escapes and doubled quotes included. */
static void test_csv_long(void **state)
{
    struct world *world = open_world("pid,command");
    struct fake_item item = { .id = 1 };
    struct str_buf out = { 0 };
    char *text = malloc(60001);

    (void)state;
    text[60000] = 0;
    item.command = text;
    for (unsigned i = 0; i < 2; i++) {
        memset(text, i ? '"' : '\033', 60000);
        item.birth = i + 1;
        world_round(world, &item, 1);
        out.len = 0;
        export_csv(&world->session, &out, false);
        assert_clean(out.text, out.len, "\r\n");
        assert_in_range(out.len, 60000, 131000);
    }
    free(out.text);
    free(text);
    world_close(world);
}

static void test_text(void **state)
{
    struct world *world = open_world(NULL);
    struct str_buf out = { 0 };

    (void)state;
    export_text(&world->session, &out, true);
    assert_clean(out.text, out.len, "\n");
    assert_non_null(strstr(out.text, "a\"b\\c,d\\n\\t\\x1b[2J\\x7f\\xff\\xc3\\u{009b}31m"
                                     "\\u{202e}evil"));
    free(out.text);
    world_close(world);
}

/* Nothing at all is a report too. */
static void test_empty(void **state)
{
    struct world *world = open_world(NULL);
    struct str_buf out = { 0 };

    (void)state;
    world_round(world, NULL, 0);
    export_json(&world->session, &out, true);
    assert_string_equal(json(out.text), "\n");
    assert_non_null(strstr(out.text, "\"rows\":[],"));
    out.len = 0;
    export_csv(&world->session, &out, false);
    assert_int_equal(out.len, 0);
    export_text(&world->session, &out, false);
    assert_clean(out.text, out.len, "\n");
    free(out.text);
    world_close(world);
}

static void test_time(void **state)
{
    struct world *world = open_world(NULL);
    char text[EXPORT_TIME_BUF];

    (void)state;
    world_write_text(world, "proc/stat", "cpu 1 1 1 1\nbtime 1700000000\n");
    world_round_after(world, FAKE_SECOND + 250000000, items, 1);
    export_time(&world->session, text);
    /* 1700000000 is 2023-11-14T22:13:20Z; the clock stands at 1002.25 s */
    assert_string_equal(text, "2023-11-14T22:30:02.250Z");
    world_write_text(world, "proc/stat", "cpu 1 1 1 1\nbtime 99999999999999999\n");
    world_round(world, items, 1);
    export_time(&world->session, text);
    assert_int_equal(strlen(text), 24);
    world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),  cmocka_unit_test(test_columns),
        cmocka_unit_test(test_csv),   cmocka_unit_test(test_csv_long),
        cmocka_unit_test(test_text),  cmocka_unit_test(test_long_title),
        cmocka_unit_test(test_empty), cmocka_unit_test(test_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
