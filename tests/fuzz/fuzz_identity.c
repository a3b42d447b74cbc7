/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a process: split on NUL they are its cgroup, its exe and its argv, which all
 * resolvers are asked about in the order of their ranks.
 */
#include "plugins/libvirt.c"
#include "plugins/proxmox.c"
#include "plugins/qemu.c"
#include "plugins/regex.c"
#include "tests/unit/fake_drive.c"
#include "tests/unit/fake_files.c"
#include "tests/unit/fake_guests.c"
#include "tests/unit/fake_host.c"
#include "tests/unit/fake_rows.c"

enum { PID = 1, WORDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kvmtop_plugin *const resolver_plugins[] = {
    &kvmtop_plugin_regex,
    &kvmtop_plugin_proxmox,
    &kvmtop_plugin_libvirt,
    &kvmtop_plugin_qemu,
};

static struct fake_host *fakes[KVMTOP_COUNT(resolver_plugins)];

static void free_fakes(void)
{
    for (size_t i = 0; i < KVMTOP_COUNT(fakes); i++)
        fake_host_free(fakes[i]);
}

static void make_fakes(void)
{
    for (size_t i = 0; i < KVMTOP_COUNT(fakes); i++)
        fakes[i] = fake_host_new();
    fake_option(fakes[0], "rule", "argv (?<platform>a+)+ (?<id>\\d+)(?<name>.*)z");
    fake_option(fakes[0], "rule", "exe /(?<name>[^/]+)$");
    fake_option(fakes[0], "rule", "cgroup (?<id>\\d+)");
    fake_option(fakes[1], "read_config", "1");
    for (size_t i = 0; i < KVMTOP_COUNT(fakes); i++)
        if (fake_open(fakes[i], resolver_plugins[i]) != 0)
            abort();
    atexit(free_fakes);
}

/* A field that is set says something, and there is no name without a platform but by a rule. */
static void check_guest(const struct kvmtop_guest *guest, bool rules)
{
    for (size_t i = KVMTOP_PLATFORM; i < KVMTOP_COUNT(guest->field); i++)
        if (guest->field[i] != NULL && guest->field[i][0] == '\0')
            abort();
    if (!rules && guest->field[KVMTOP_PLATFORM] == NULL &&
        (guest->field[KVMTOP_GUEST_ID] != NULL || guest->field[KVMTOP_GUEST_NAME] != NULL))
        abort();
    if (guest->field[KVMTOP_GUEST_UUID] != NULL &&
        strlen(guest->field[KVMTOP_GUEST_UUID]) != QEMU_UUID_LEN)
        abort();
}

/* With the site's rules and without them. */
static void try_words(const char *const *words, size_t count)
{
    for (size_t first = 0; first < 2; first++) {
        struct kvmtop_guest guest = { 0 };
        for (size_t i = first; i < KVMTOP_COUNT(fakes); i++) {
            fake_fact(fakes[i], PID, KVMTOP_FACT_CGROUP, count > 0 ? words[0] : NULL);
            fake_fact(fakes[i], PID, KVMTOP_FACT_EXE, count > 1 ? words[1] : NULL);
            fake_argv(fakes[i], PID, words + 2, count > 2 ? count - 2 : 0);
            if (fake_resolve(fakes[i], PID, &guest) != 0)
                abort();
        }
        check_guest(&guest, first == 0);
        fake_guest_free(&guest);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fake_copy((const char *)data, size);
    const char *words[WORDS_MAX];
    size_t count = 0;

    if (fakes[0] == NULL)
        make_fakes();
    for (char *p = text; p <= text + size && count < WORDS_MAX; p += strlen(p) + 1)
        words[count++] = p;
    try_words(words, count);
    free(text);
    return 0;
}
