/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests: fields, claims by name, hints that stand for a guest seen later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/guests.h"
#include "core/snapshot.h"
#include "core/text.h"

static void set_fields(struct guests *guests, uint32_t guest, const char *platform,
                       const char *id, const char *name)
{
    const struct text *fresh[GUEST_FIELDS] = { 0 };

    fresh[KVMTOP_PLATFORM - 1] = platform ? text_get(platform, strlen(platform)) : NULL;
    fresh[KVMTOP_GUEST_ID - 1] = id ? text_get(id, strlen(id)) : NULL;
    fresh[KVMTOP_GUEST_NAME - 1] = name ? text_get(name, strlen(name)) : NULL;
    guests_take_fields(guests, guest, fresh);
    for (unsigned i = 0; i < GUEST_FIELDS; i++)
        assert_null(fresh[i]);
}

static void set_claim_by(struct guests *guests, uint32_t guest, enum kvmtop_claim what,
                         const char *name, uint32_t by)
{
    struct claim *claims = malloc(sizeof *claims);

    *claims = (struct claim){ text_get(name, strlen(name)), what, by };
    guests_take_claims(guests, guest, claims, 1);
}

static void set_claim(struct guests *guests, uint32_t guest, enum kvmtop_claim what,
                      const char *name)
{
    set_claim_by(guests, guest, what, name, 0);
}

/* All who claim it, as "0 3". */
static const char *claiming(struct guests *guests, enum kvmtop_claim what, const char *name)
{
    static char text[80];
    const struct text *key = text_get(name, strlen(name));
    uint32_t cursor = NONE, guest;
    size_t len = 0;

    text[0] = 0;
    while ((guest = guests_claiming(guests, what, key, &cursor)) != NONE)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", len ? " " : "", guest);
    text_unref(key);
    return text;
}

static void test_fields(void **state)
{
    struct guests guests = { 0 };
    const struct text *fresh[GUEST_FIELDS] = { 0 };

    (void)state;
    uint32_t a = guests_add(&guests, 10, 1), b = guests_add(&guests, 20, 1);
    assert_int_not_equal(a, b);
    assert_int_equal(guests_running(&guests), 2);
    set_fields(&guests, a, "qemu", NULL, "web");
    assert_string_equal(guest_field(&guests, a, KVMTOP_GUEST_NAME)->bytes, "web");
    assert_null(guest_field(&guests, a, KVMTOP_GUEST_ID));
    assert_null(guest_field(&guests, b, KVMTOP_GUEST_NAME));
    set_fields(&guests, a, NULL, "7", "web");
    assert_null(guest_field(&guests, a, KVMTOP_PLATFORM));
    assert_string_equal(guest_field(&guests, a, KVMTOP_GUEST_ID)->bytes, "7");
    fresh[KVMTOP_GUEST_ID - 1] = text_get("7", 1);
    fresh[KVMTOP_GUEST_NAME - 1] = text_get("web", 3);
    assert_false(guests_take_fields(&guests, a, fresh));
    fresh[KVMTOP_GUEST_ID - 1] = text_get("8", 1);
    assert_true(guests_take_fields(&guests, a, fresh));
    guests_free(&guests);
    assert_int_equal(text_count(), 0);
}

/* The place of one that has gone is used again, with nothing of it left. */
static void test_places(void **state)
{
    struct guests guests = { 0 };

    (void)state;
    for (uint64_t pid = 1; pid <= 100; pid++)
        assert_int_equal(guests_add(&guests, pid, 1), pid - 1);
    set_fields(&guests, 50, "qemu", "50", "gone");
    set_claim(&guests, 50, KVMTOP_CLAIM_IFACE, "tap50");
    guests_remove(&guests, 50);
    guests_remove(&guests, 7);
    assert_int_equal(guests_running(&guests), 98);
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_IFACE, "tap50"), "");
    assert_int_equal(guests_add(&guests, 200, 1), 7);
    assert_int_equal(guests_add(&guests, 201, 1), 50);
    assert_int_equal(guests_add(&guests, 202, 1), 100);
    assert_null(guest_field(&guests, 50, KVMTOP_GUEST_NAME));
    assert_int_equal(guests.item[50].nclaims, 0);
    guests_free(&guests);
    assert_int_equal(text_count(), 0);
}

static void test_claims(void **state)
{
    struct guests guests = { 0 };

    (void)state;
    for (uint64_t pid = 1; pid <= 4; pid++)
        guests_add(&guests, pid, 1);
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_IFACE, "tap0"), "");
    set_claim(&guests, 2, KVMTOP_CLAIM_IFACE, "tap0");
    set_claim(&guests, 3, KVMTOP_CLAIM_BLOCK, "sda");
    set_claim(&guests, 0, KVMTOP_CLAIM_BLOCK, "sda");
    set_claim(&guests, 1, KVMTOP_CLAIM_BLOCK, "tap0");
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_IFACE, "tap0"), "2");
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_BLOCK, "tap0"), "1");
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_BLOCK, "sda"), "0 3");
    set_claim(&guests, 2, KVMTOP_CLAIM_IFACE, "tap9");
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_IFACE, "tap0"), "");
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_IFACE, "tap9"), "2");
    guests_take_claims(&guests, 0, NULL, 0);
    assert_string_equal(claiming(&guests, KVMTOP_CLAIM_BLOCK, "sda"), "3");
    guests_free(&guests);
    assert_int_equal(text_count(), 0);
}

/* Whose an interface is, with the hinted guest; NONE where nobody claims it. */
static uint32_t owner(struct guests *guests, const char *name, uint32_t hinted)
{
    const struct text *key = text_get(name, strlen(name));
    uint32_t guest = guests_owner(guests, key, hinted);

    text_unref(key);
    return guest;
}

static void test_owner(void **state)
{
    struct guests guests = { 0 };

    (void)state;
    for (uint64_t pid = 1; pid <= 5; pid++)
        guests_add(&guests, pid, 1);
    assert_int_equal(owner(&guests, "tap0", 4), NONE);
    set_claim_by(&guests, 0, KVMTOP_CLAIM_IFACE, "tap0", 3);
    set_claim_by(&guests, 1, KVMTOP_CLAIM_BLOCK, "tap0", 1);
    set_claim_by(&guests, 2, KVMTOP_CLAIM_IFACE, "tap0", 2);
    set_claim_by(&guests, 3, KVMTOP_CLAIM_IFACE, "tap0", 2);
    set_claim_by(&guests, 4, KVMTOP_CLAIM_IFACE, "tap0", 4);
    assert_int_equal(owner(&guests, "tap0", NONE), 2);
    assert_int_equal(owner(&guests, "tap0", 3), 3);
    assert_int_equal(owner(&guests, "tap0", 4), 2);     /* no better for the hint */
    assert_true(guests_outdone(&guests, &guests.item[0].claims[0]));
    assert_true(guests_outdone(&guests, &guests.item[4].claims[0]));
    assert_false(guests_outdone(&guests, &guests.item[1].claims[0]));
    assert_false(guests_outdone(&guests, &guests.item[2].claims[0]));
    assert_false(guests_outdone(&guests, &guests.item[3].claims[0]));
    guests_free(&guests);
    assert_int_equal(text_count(), 0);
}

static void test_hints(void **state)
{
    struct guests guests = { 0 };

    (void)state;
    uint32_t hint = guests_hint(&guests, "proxmox", "100");
    assert_int_equal(guests_hint(&guests, "proxmox", "100"), hint);
    uint32_t other = guests_hint(&guests, "proxmox", "101");
    uint32_t third = guests_hint(&guests, "libvirt", "100");
    assert_int_not_equal(hint, other);
    assert_int_not_equal(hint, third);
    assert_int_equal(guests_running(&guests), 0);
    assert_int_equal(guests_real(&guests, hint), hint);     /* nobody has come yet */
    uint32_t real = guests_add(&guests, 10, 1);
    set_fields(&guests, real, "proxmox", "100", "web");
    assert_int_equal(guests_real(&guests, hint), real);
    assert_int_equal(guests_real(&guests, real), real);
    assert_int_equal(guests_real(&guests, other), other);
    assert_int_equal(guests_real(&guests, third), third);
    assert_int_equal(guests_hint(&guests, "proxmox", "100"), hint);
    guests_remove(&guests, real);
    assert_int_equal(guests_real(&guests, hint), hint);
    guests_free(&guests);
    assert_int_equal(text_count(), 0);
}

/* As many as a large host has: what is hinted at one by one must not take the square of that. */
static void test_many(void **state)
{
    enum { MANY = 20000 };
    struct guests guests = { 0 };
    clock_t begun = clock();
    char id[16];

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "%u", i);
        guests_hint(&guests, "proxmox", id);
    }
    for (unsigned i = 0; i < MANY; i++) {
        uint32_t guest = guests_add(&guests, i + 1, 1);

        snprintf(id, sizeof id, "%u", i);
        set_fields(&guests, guest, "proxmox", id, "name");
    }
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "%u", i);
        assert_int_not_equal(guests_real(&guests, guests_hint(&guests, "proxmox", id)), i);
    }
    assert_true(clock() - begun < 2 * CLOCKS_PER_SEC);
    guests_free(&guests);
    assert_int_equal(text_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields), cmocka_unit_test(test_places),
        cmocka_unit_test(test_claims), cmocka_unit_test(test_owner),
        cmocka_unit_test(test_hints),  cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
