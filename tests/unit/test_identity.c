/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is asked about which process, by rank and field by field; what guests claim, and when they
 * are asked for it; guests go with their process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/text.h"
#include "fake_plugin.h"

static const struct kvmtop_host *host;
static unsigned asked[3], claims_asked, disks_asked;
static bool knows_nothing, claims_crowd;
static const char *iface = "tap0", *block = "sda", *heard;

static void set(struct kvmtop_guest *guest, enum kvmtop_field field, const char *text)
{
    host->guest_set(guest, field, text, strlen(text));
}

/* Rank 10: id and a name. */
static int first(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    (void)state;
    asked[0]++;
    if (knows_nothing || process->pid > 19)
        return 0;
    assert_null(host->guest_get(guest, KVMTOP_GUEST_ID));
    set(guest, KVMTOP_GUEST_ID, "100");
    set(guest, KVMTOP_GUEST_NAME, "first");
    set(guest, KVMTOP_GUEST_UUID, "");          /* nothing is no text */
    host->guest_set(guest, (enum kvmtop_field)99, "x", 1);
    assert_null(host->guest_get(guest, (enum kvmtop_field)0));
    return 0;
}

/* Rank 20: adds what is missing, can't replace what is there. */
static int second(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    (void)state;
    asked[1]++;
    if (knows_nothing || process->pid > 19)
        return -EPERM;
    assert_string_equal(host->guest_get(guest, KVMTOP_GUEST_ID), "100");
    assert_null(host->guest_get(guest, KVMTOP_GUEST_UUID));
    set(guest, KVMTOP_GUEST_NAME, "second");
    set(guest, KVMTOP_PLATFORM, "libvirt");
    return 0;
}

/* Rank 30: a site's table of names; may replace. */
static int third(void *state, const struct kvmtop_process *process, struct kvmtop_guest *guest)
{
    (void)state;
    asked[2]++;
    if (process->pid == 11 || process->pid >= 100)
        set(guest, KVMTOP_GUEST_NAME, "third");
    return 0;
}

enum { CROWD = 300000, CROWD_ROUNDS = 10 };

/* Each many times. */
static void claim_crowd(struct kvmtop_claims *list)
{
    char name[16];

    for (unsigned i = 0; i < CROWD_ROUNDS * CROWD; i++) {
        snprintf(name, sizeof name, "tap%u", i % CROWD);
        host->claim(list, i % 2 ? KVMTOP_CLAIM_IFACE : KVMTOP_CLAIM_PASSTHROUGH, name);
    }
}

static int claims(void *state, const struct kvmtop_process *process, struct kvmtop_claims *list)
{
    (void)state;
    claims_asked++;
    if (process->pid != 10)
        return 0;
    if (claims_crowd)
        claim_crowd(list);
    host->claim(list, KVMTOP_CLAIM_IFACE, iface);
    host->claim(list, KVMTOP_CLAIM_IFACE, iface);
    host->claim(list, KVMTOP_CLAIM_IFACE, "");
    host->claim(list, KVMTOP_CLAIM_IFACE, NULL);
    host->claim(list, (enum kvmtop_claim)9, "x");
    host->claim(list, KVMTOP_CLAIM_BLOCK, block);
    return 0;
}

/* By hearsay, of 11. */
static int claims_heard(void *state, const struct kvmtop_process *process,
                        struct kvmtop_claims *list)
{
    (void)state;
    if (process->pid == 11 && heard)
        host->claim(list, KVMTOP_CLAIM_IFACE, heard);
    return 0;
}

/* Disks alone. */
static int claims_disks(void *state, const struct kvmtop_process *process,
                        struct kvmtop_claims *list)
{
    (void)state;
    disks_asked++;
    if (process->pid == 10) {
        host->claim(list, KVMTOP_CLAIM_BLOCK, "sdc");
        host->claim(list, KVMTOP_CLAIM_PASSTHROUGH, "vhost-user");
    }
    return 0;
}

/* Not in the order of their ranks. */
static const struct kvmtop_resolver resolvers[] = {
    { .name = "third", .rank = 30, .resolve = third, .claims = claims_heard,
      .flags = KVMTOP_OVERRIDE },
    { .name = "disks", .rank = 20, .claims = claims_disks, .flags = KVMTOP_NO_IFACES },
    { .name = "first", .rank = 10, .resolve = first, .claims = claims },
    { .name = "second", .rank = 20, .resolve = second },
};

static int open_resolvers(const struct kvmtop_host *given, void **state)
{
    (void)state;
    host = given;
    return 0;
}

static int setup(void **state)
{
    static struct world world;

    fake_plugins[0] = (struct kvmtop_plugin){
        KVMTOP_PLUGIN_HEAD, .name = "names", .version = "1", .license = "GPL-3.0-or-later",
        .summary = "names", .resolvers = resolvers, .nresolvers = KVMTOP_COUNT(resolvers),
        .open = open_resolvers,
    };
    memset(asked, 0, sizeof asked);
    claims_asked = disks_asked = 0;
    knows_nothing = claims_crowd = false;
    iface = "tap0";
    block = "sda";
    heard = NULL;
    world_open(&world, NULL);
    world_write_text(&world, "proc/10/cmdline", "/usr/bin/kvm");
    world_write_text(&world, "proc/11/cmdline", "/usr/bin/qemu-system-x86_64");
    world_write_text(&world, "proc/12/cmdline", "/usr/bin/swtpm-kvm");
    world_write_text(&world, "proc/13/cmdline", "");
    world_write_text(&world, "proc/20/cmdline", "kvm");
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    assert_int_equal(text_count(), 0);
    return 0;
}

static void show_network(struct world *world)
{
    world->session.view = session_find_view(&world->session, "network");
}

static void test_fields(void **state)
{
    static const struct fake_item items[] = { { .id = 10 }, { .id = 11 }, { .id = 12 },
                                              { .id = 13 }, { .id = 14 }, { .id = 20 } };
    struct world *world = *state;

    world_round(world, items, KVMTOP_COUNT(items));
    /* 12 is another program, 13 a kernel thread, 14 has ended. */
    assert_int_equal(asked[0], 3);
    assert_int_equal(asked[2], 3);
    assert_string_equal(world_text(world, "process", 10, "vm"), "first");
    assert_string_equal(world_text(world, "process", 10, "vmid"), "100");
    assert_string_equal(world_text(world, "process", 10, "platform"), "libvirt");
    assert_string_equal(world_text(world, "process", 11, "vm"), "third");
    assert_string_equal(world_text(world, "process", 11, "vmid"), "100");
    assert_null(world_text(world, "process", 12, "vm"));
    assert_null(world_text(world, "process", 20, "vm"));
    assert_int_equal(guests_running(&world->session.model.guests), 2);
    /* Nobody is asked again without a reason. */
    world_round(world, items, KVMTOP_COUNT(items));
    assert_in_range(asked[0], 3, 4);    /* but one in 64, in turn */
}

static void test_exec(void **state)
{
    struct fake_item items[] = { { .id = 12, .tag = "old" } };
    struct world *world = *state;

    world_round(world, items, 1);
    assert_null(world_text(world, "process", 12, "vm"));
    assert_string_equal(world_text(world, "process", 12, "tag"), "old");
    world_write_text(world, "proc/12/cmdline", "/usr/bin/kvm");
    items[0].changed = true;
    items[0].tag = "new";
    world_round(world, items, 1);
    assert_string_equal(world_text(world, "process", 12, "vm"), "first");
    assert_string_equal(world_text(world, "process", 12, "tag"), "new");
    /* And back: a guest no longer. */
    world_write_text(world, "proc/12/cmdline", "/bin/sh");
    world_round(world, items, 1);
    assert_null(world_text(world, "process", 12, "vm"));
    assert_int_equal(guests_running(&world->session.model.guests), 0);
}

/* A process that rewrites its arguments, unseen, is looked at again after a while. */
static void test_rotation(void **state)
{
    static const struct fake_item items[] = { { .id = 12 } };
    struct world *world = *state;

    world_round(world, items, 1);
    world_write_text(world, "proc/12/cmdline", "/usr/bin/kvm");
    for (unsigned i = 0; i < 64; i++)
        world_round(world, items, 1);
    assert_string_equal(world_text(world, "process", 12, "vm"), "first");
}

static void test_pid_reuse(void **state)
{
    static const struct fake_item before = { .id = 10, .birth = 1 };
    static const struct fake_item after = { .id = 10, .birth = 9 };
    struct world *world = *state;

    world_round(world, &before, 1);
    uint32_t old = world_row(world, "process", 10)->guest;
    knows_nothing = true;
    world_round(world, &after, 1);
    assert_null(world_text(world, "process", 10, "vm"));
    assert_false(world->session.model.guests.item[old].used);
    assert_int_equal(guests_running(&world->session.model.guests), 0);
}

/* By the file it runs where a wrapper has changed argv[0]. */
static void test_wrapper(void **state)
{
    static const struct fake_item items[] = { { .id = 15 } };
    struct world *world = *state;
    char path[300];

    world_write_text(world, "proc/15/cmdline", "guest web01");
    snprintf(path, sizeof path, "%s/1/proc/15/exe", world->folder);
    assert_int_equal(symlink("/usr/bin/qemu-system-aarch64", path), 0);
    world_round(world, items, 1);
    assert_string_equal(world_text(world, "process", 15, "vm"), "first");
}

static const char *error_of(struct world *world)
{
    return world->session.model.plugins[1]->error;
}

/* What a resolver says of one process stays for a while only: the process may have gone. */
static void test_error(void **state)
{
    static const struct fake_item items[] = { { .id = 20 } };
    struct world *world = *state;

    world_round(world, items, 1);
    for (unsigned i = 0; i < 63; i++)
        world_round(world, NULL, 0);
    assert_string_equal(error_of(world), "resolver second: Operation not permitted");
    world_round(world, NULL, 0);
    assert_null(error_of(world));
    world_round(world, items, 1);
    assert_string_equal(error_of(world), "resolver second: Operation not permitted");
}

/* ---- claims ---- */

static void test_claims(void **state)
{
    static const struct fake_item items[] = {
        { .id = 10 }, { .id = 11 }, { .id = 20 },
        { .table = FAKE_NETWORK, .id = 1, .user = "tap0" },
        { .table = FAKE_NETWORK, .id = 2, .user = "eth0" },
        { .table = FAKE_STORAGE, .id = 1, .user = "sda" },
    };
    struct world *world = *state;

    world_round(world, items, KVMTOP_COUNT(items));
    assert_int_equal(claims_asked, 0);          /* nobody looks at interfaces */
    show_network(world);
    world_round(world, items, KVMTOP_COUNT(items));
    assert_int_equal(claims_asked, 2);          /* once for each guest */
    assert_string_equal(world_text(world, "network", 1, "vm"), "first");
    assert_null(world_text(world, "network", 2, "vm"));
    world->session.view = session_find_view(&world->session, "storage");
    assert_true(view_set_columns(world->session.view, "name guests", world->mistake, 100));
    world_round(world, items, KVMTOP_COUNT(items));
    assert_string_equal(world_text(world, "storage", 1, "guests"), "100");
    assert_in_range(claims_asked, 2, 4);
    /* The guest ends: its interface belongs to nobody. */
    show_network(world);
    world_round(world, items + 1, KVMTOP_COUNT(items) - 1);
    assert_null(world_text(world, "network", 1, "vm"));
}

/* A command line has room for tens of thousands of devices.  Were each claim compared with all
 * others, this would take minutes. */
static void test_crowd(void **state)
{
    static const struct fake_item items[] = { { .id = 10 } };
    struct world *world = *state;

    show_network(world);
    claims_crowd = true;
    alarm(60);
    world_round(world, items, 1);
    alarm(0);
    const struct guest *guest = &world->session.model.guests.item[0];
    assert_int_equal(guest->nclaims, CROWD + 4);        /* its interface and disks, too */
    assert_string_equal(guest->claims[CROWD - 1].name->bytes, "tap299999");
    assert_string_equal(guest->claims[CROWD + 1].name->bytes, "sda");
}

/* What the resolver asked first says counts for more, whichever guest came first. */
static void test_strength(void **state)
{
    static const struct fake_item items[] = {
        { .id = 11 }, { .id = 10 },
        { .table = FAKE_NETWORK, .id = 1, .user = "tap0" },
    };
    struct world *world = *state;

    show_network(world);
    heard = "tap0";
    world_round(world, items, 1);               /* 11 is the first guest */
    world_round(world, items, KVMTOP_COUNT(items));
    assert_string_equal(world_text(world, "network", 1, "vm"), "first");
    world_round(world, items, 1);
    world_round(world, items + 2, 1);
    assert_null(world_text(world, "network", 1, "vm"));
}

/* A VMM that has just begun may not have opened yet what is its own. */
static void test_young(void **state)
{
    static const struct fake_item items[] = {
        { .id = 10, .birth = FAKE_START - FAKE_SECOND / 2 }, { .id = 11, .birth = 1 },
        { .table = FAKE_NETWORK, .id = 1, .user = "tap0" },
    };
    struct world *world = *state;

    show_network(world);
    iface = NULL;
    world_round(world, items, KVMTOP_COUNT(items));
    assert_int_equal(claims_asked, 2);
    assert_null(world_text(world, "network", 1, "vm"));
    iface = "tap0";
    world_round(world, items, KVMTOP_COUNT(items));
    assert_string_equal(world_text(world, "network", 1, "vm"), "first");
    for (unsigned i = 0; i < 5; i++)
        world_round(world, items, KVMTOP_COUNT(items));
    assert_in_range(claims_asked, 5, 6);        /* until it was 3 s old, and in turn */
}

/* An interface nobody is known to own has come: all are asked again. */
static void test_hotplug(void **state)
{
    struct fake_item items[] = {
        { .id = 10 }, { .id = 11 },
        { .table = FAKE_NETWORK, .id = 1, .user = "eth0" },
        { .table = FAKE_NETWORK, .id = 5, .user = "tap9" },
    };
    struct world *world = *state;

    show_network(world);
    iface = "tap8";
    world_round(world, items, 3);
    world_round(world, items, 3);
    unsigned before = claims_asked;
    iface = "tap9";
    world_round(world, items, 4);
    assert_null(world_text(world, "network", 5, "vm"));
    world_round(world, items, 4);
    assert_string_equal(world_text(world, "network", 5, "vm"), "first");
    assert_in_range(claims_asked - before, 2, 4);
}

/* Of many guests some in each round, and all of them in the end. */
static void test_hotplug_among_many(void **state)
{
    enum { MANY = 150 };
    struct fake_item items[MANY + 2] = { { 0 } };
    struct world *world = *state;
    char path[64];

    for (unsigned i = 0; i < MANY; i++) {
        items[i + 2].id = 100 + i;
        snprintf(path, sizeof path, "proc/%u/cmdline", 100 + i);
        world_write_text(world, path, "kvm");
    }
    items[0] = (struct fake_item){ .table = FAKE_NETWORK, .id = 1, .user = "eth0" };
    items[1] = (struct fake_item){ .table = FAKE_NETWORK, .id = 5, .user = "tap9" };
    show_network(world);
    items[1].flags = KVMTOP_ROW_HIDDEN;
    world_round(world, items, KVMTOP_COUNT(items));
    world_round(world, items, KVMTOP_COUNT(items));
    assert_in_range(claims_asked, MANY, MANY + 3);      /* at once where they are new */
    items[1].id = 6;
    items[1].flags = 0;
    world_round(world, items, KVMTOP_COUNT(items));
    for (unsigned left = MANY; left > 0; left -= left < 64 ? left : 64) {
        claims_asked = 0;
        world_round(world, items, KVMTOP_COUNT(items));
        assert_in_range(claims_asked, left < 64 ? left : 64, (left < 64 ? left : 64) + 3);
    }
    claims_asked = 0;
    world_round(world, items, KVMTOP_COUNT(items));
    assert_in_range(claims_asked, 0, 3);
}

/* One that is hidden by default, or that no guest has (a veth, lo), is no reason to ask. */
static void test_no_hotplug(void **state)
{
    static const uint32_t flags[] = { KVMTOP_ROW_HIDDEN, KVMTOP_ROW_UNCLAIMED };
    struct fake_item items[] = {
        { .id = 10 }, { .id = 11 },
        { .table = FAKE_NETWORK, .id = 1, .user = "eth0" },
        { .table = FAKE_NETWORK, .user = "veth1" },
    };
    struct world *world = *state;

    show_network(world);
    world_round(world, items, 3);
    world_round(world, items, 3);
    for (unsigned i = 0; i < KVMTOP_COUNT(flags); i++) {
        items[3].id = 5 + i;
        items[3].flags = flags[i];
        world_round(world, items, 4);
        unsigned before = claims_asked;
        world_round(world, items, 4);
        assert_in_range(claims_asked - before, 0, 1);
    }
}

/* Those who know of no interfaces aren't asked for one, and what they named stays. */
static void test_hotplug_asks_who_knows(void **state)
{
    static const struct fake_item items[] = {
        { .id = 10 }, { .id = 11 },
        { .table = FAKE_NETWORK, .id = 1, .user = "tap0" },
        { .table = FAKE_NETWORK, .id = 5, .user = "tap9" },
        { .table = FAKE_STORAGE, .id = 1, .user = "sdc" },
    };
    struct world *world = *state;

    show_network(world);
    world_round(world, items, 3);
    world_round(world, items, 3);
    unsigned before = claims_asked, disks = disks_asked;
    world_round(world, items, 4);
    world_round(world, items, 4);
    assert_in_range(claims_asked - before, 2, 4);
    assert_in_range(disks_asked - disks, 0, 1); /* in its turn */
    assert_string_equal(world_text(world, "network", 1, "vm"), "first");
    assert_true(world->session.model.guests.item[0].passthrough);
    world->session.view = session_find_view(&world->session, "storage");
    assert_true(view_set_columns(world->session.view, "name guests", world->mistake, 100));
    world_round(world, items, KVMTOP_COUNT(items));
    assert_string_equal(world_text(world, "storage", 1, "guests"), "100");
}

/* It is no news in the rounds after, in another view. */
static void test_hotplug_out_of_sight(void **state)
{
    static const struct fake_item items[] = {
        { .id = 10 }, { .id = 11 },
        { .table = FAKE_NETWORK, .id = 1, .user = "eth0" },
        { .table = FAKE_NETWORK, .id = 5, .user = "tap9" },
    };
    struct world *world = *state;

    show_network(world);
    world_round(world, items, 3);
    world_round(world, items, 4);
    world->session.view = session_find_view(&world->session, "storage");
    assert_true(view_set_columns(world->session.view, "name guests", world->mistake, 100));
    world_round(world, items, 4);
    unsigned before = claims_asked;
    for (unsigned i = 0; i < 8; i++)
        world_round(world, items, 4);
    assert_in_range(claims_asked - before, 0, 2);
}

/* And a device. */
static void test_hotplug_of_a_disk(void **state)
{
    static const struct fake_item items[] = {
        { .id = 10 }, { .id = 11 },
        { .table = FAKE_STORAGE, .id = 1, .user = "sda" },
        { .table = FAKE_STORAGE, .id = 5, .user = "sdb" },
    };
    struct world *world = *state;

    world->session.view = session_find_view(&world->session, "storage");
    assert_true(view_set_columns(world->session.view, "name guests", world->mistake, 100));
    world_round(world, items, 3);
    world_round(world, items, 3);
    unsigned before = claims_asked;
    block = "sdb";
    world_round(world, items, 4);
    assert_null(world_text(world, "storage", 5, "guests"));
    world_round(world, items, 4);
    assert_string_equal(world_text(world, "storage", 5, "guests"), "100");
    assert_in_range(claims_asked - before, 2, 4);
}

/* Where no claim says whose it is, its name may: of a guest that there is, or will be. */
static void test_hint(void **state)
{
    static const struct fake_item items[] = {
        { .table = FAKE_NETWORK, .id = 1, .user = "tap100i0", .hint_platform = "libvirt",
          .hint_id = "100" },
        { .table = FAKE_NETWORK, .id = 2, .user = "tap7i0", .hint_platform = "proxmox",
          .hint_id = "7" },
        { .table = FAKE_NETWORK, .id = 3, .user = "tap0", .hint_platform = "proxmox",
          .hint_id = "7" },
        { .id = 10 },
    };
    struct world *world = *state;

    show_network(world);
    world_round(world, items, 3);
    assert_string_equal(world_text(world, "network", 1, "vmid"), "100");
    assert_null(world_text(world, "network", 1, "vm"));
    assert_string_equal(world_text(world, "network", 2, "vmid"), "7");
    world_round(world, items, 4);
    assert_string_equal(world_text(world, "network", 1, "vm"), "first");
    assert_string_equal(world_text(world, "network", 3, "vm"), "first");    /* claimed */
    assert_string_equal(world_text(world, "network", 2, "vmid"), "7");
    world_round(world, items, 0);
    for (uint32_t i = 0; i < world->session.model.guests.count; i++)
        assert_false(world->session.model.guests.item[i].used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_exec, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rotation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pid_reuse, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrapper, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_claims, setup, teardown),
        cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
        cmocka_unit_test_setup_teardown(test_strength, setup, teardown),
        cmocka_unit_test_setup_teardown(test_young, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hotplug, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hotplug_among_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_hotplug, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hotplug_asks_who_knows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hotplug_out_of_sight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hotplug_of_a_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hint, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
