/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cells say where there is more than goes in: lists and labels are cut between characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/cell.h"
#include "core/text.h"
#include "core/utf8.h"
#include "core/xalloc.h"

/* ---- guests, and a table of devices that one of them claims ---- */

static struct guests guests;

/* A text of so many bytes, which repeats the letter. */
static const struct text *made_of(const char *letter, size_t bytes)
{
    char name[400];

    for (size_t i = 0; i < bytes; i++)
        name[i] = letter[i % strlen(letter)];
    return text_get(name, bytes);
}

/* A guest with this id and name (taken over), which claims sda. */
static void add_guest(const struct text *id, const struct text *name)
{
    const struct text *fields[GUEST_FIELDS] = { 0 };
    struct claim *claim = xcalloc(1, sizeof *claim);
    uint32_t guest = guests_add(&guests, 1, 1);

    fields[KVMTOP_GUEST_ID - 1] = id;
    fields[KVMTOP_GUEST_NAME - 1] = name;
    *claim = (struct claim){ .name = text_get("sda", 3), .what = KVMTOP_CLAIM_BLOCK };
    guests_take_fields(&guests, guest, fields);
    guests_take_claims(&guests, guest, claim, 1);
}

static void assert_whole(struct span text)
{
    uint32_t cp;

    assert_true(text.len <= CELL_BUF);
    for (size_t i = 0; i < text.len;) {
        int n = utf8_decode(text.bytes + i, text.len - i, &cp);

        assert_true(n > 0);
        i += (size_t)n;
    }
}

/* The list of two names and of a third that there may be no more room for. */
static struct span list_of(size_t first, size_t second, char buf[CELL_BUF])
{
    static const struct kvmtop_column def = { .name = "device", .title = "D", .help = "h",
                                              .kind = KVMTOP_TEXT };
    static const struct kvmtop_column list = { .name = "guests", .title = "G", .help = "h",
                                               .kind = KVMTOP_TEXT };
    static const struct kvmtop_table schema = { .name = "storage", .block = "device" };
    struct table *table = table_new(&schema);
    struct model model = { 0 };

    table_add_column(table, &def, MADE_BY_PLUGIN);
    table_add_column(table, &list, MADE_BY_GUEST_LIST);
    table_seal(table);
    table_begin(table, 1, 1);
    struct row *row = table_at(table, table_row(table, 0, 1, 0, NONE));
    row->guest = row->served = NONE;
    table_set_text(table, row, 0, "sda", 3);
    add_guest(NULL, made_of("a", first));
    add_guest(NULL, made_of("b", second));
    add_guest(NULL, made_of("c", 3));
    model.guests = guests;
    struct span text = cell_text(&model, table, row, 1, buf);
    guests_free(&model.guests);
    guests = (struct guests){ 0 };
    table_free(table);
    return text;
}

static void test_lists(void **state)
{
    char buf[CELL_BUF];

    (void)state;
    struct span text = list_of(2, 3, buf);
    assert_int_equal(text.len, strlen("aa,bbb,ccc"));
    assert_memory_equal(text.bytes, "aa,bbb,ccc", text.len);
    text = list_of(300, 100, buf);
    assert_int_equal(text.len, 300 + strlen(",…"));
    assert_memory_equal(text.bytes + 298, "aa,…", strlen("aa,…"));
    text = list_of(330, 1, buf);
    assert_int_equal(text.len, strlen("…"));
    for (size_t second = 140; second < 170; second++)
        assert_whole(list_of(157, second, buf));
}

static void test_labels(void **state)
{
    char buf[CELL_BUF];

    (void)state;
    for (size_t bytes = 3; bytes <= 330; bytes += 3) {
        add_guest(text_get("7", 1), made_of("…", bytes));
        struct span text = cell_guest_label(&guests, 0, buf);
        assert_whole(text);
        assert_int_equal(text.len, 4 + (bytes < 157 ? bytes : 156));
        guests_free(&guests);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists), cmocka_unit_test(test_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
