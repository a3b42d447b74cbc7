/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a QEMU command line as QEMU does. */
#include "lib/qemu_args.h"

#include "lib/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Options without a value, of any QEMU (and of Proxmox VE's) so far: what follows is the next
 * option, or a bare word. */
static const char *const flags[] = {
    "S", "alt-grab", "async-teardown", "audio-help", "ctrl-grab", "curses", "daemonize",
    "enable-fips", "enable-hax", "enable-kvm", "enable-sync-profile", "full-screen", "h", "help",
    "jitdump", "localtime", "mem-prealloc", "no-acpi", "no-fd-bootchk", "no-frame", "no-hpet",
    "no-kvm", "no-kvm-irqchip", "no-kvm-pit", "no-kvm-pit-reinjection", "no-quit", "no-reboot",
    "no-shutdown", "no-user-config", "nodefaults", "nodefconfig", "nographic", "old-param",
    "one-insn-per-tb", "only-migratable", "perfmap", "portrait", "preconfig", "rtc-td-hack", "s",
    "sdl", "semihosting", "show-cursor", "singlestep", "snapshot", "tdf", "usb", "version",
    "win2k-hack", "xen-attach", "xen-create", "xen-domid-restrict",
};

/* Options whose value may begin with a dash.  No others: so a flag that only a newer QEMU knows
 * doesn't swallow the option after it. */
static const char *const free_texts[] = { "append", "id", "name" };

static bool contains(const char *const *list, size_t count, const char *name)
{
    /* A host full of guests asks this a million times at start. */
    for (size_t i = 0; i < count; i++)
        if (list[i][0] == name[0] && strcmp(list[i], name) == 0)
            return true;
    return false;
}

#define CONTAINS(list, name) contains(list, sizeof(list) / sizeof(list)[0], name)

static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1] != '\0';
}

static bool takes_value(const char *name, const char *next)
{
    if (next == NULL || CONTAINS(flags, name))
        return false;
    return !is_option(next) || CONTAINS(free_texts, name);
}

bool qemu_args_next(const struct qemu_args *args, size_t *at, struct qemu_option *option)
{
    const char *arg, *next;

    if (*at == 0)
        *at = 1;
    if (*at >= args->argc)
        return false;
    arg = args->argv[(*at)++];
    if (!is_option(arg)) {
        option->name = "";
        option->value = arg;
        return true;
    }
    option->name = arg + (arg[1] == '-' ? 2 : 1);
    next = *at < args->argc ? args->argv[*at] : NULL;
    option->value = takes_value(option->name, next) ? next : NULL;
    if (option->value != NULL)
        (*at)++;
    return true;
}

/* Whether there is such an option, and the value of the last one. */
static bool find_option(const struct qemu_args *args, const char *name, const char **value)
{
    struct qemu_option option;
    bool found = false;
    size_t at = 0;

    *value = NULL;
    while (qemu_args_next(args, &at, &option)) {
        if (option.name[0] != name[0] || strcmp(option.name, name) != 0)
            continue;
        found = true;
        *value = option.value;
    }
    return found;
}

bool qemu_args_has(const struct qemu_args *args, const char *name)
{
    const char *value;

    return find_option(args, name, &value);
}

const char *qemu_args_last(const struct qemu_args *args, const char *name)
{
    const char *value;

    find_option(args, name, &value);
    return value;
}

/* ---- key=value lists ---- */

/* The end of an item's value: a comma that is not doubled, or the end of the list. */
static const char *value_end(const char *p)
{
    while (*p != '\0') {
        if (*p == ',' && *++p != ',')
            return p - 1;
        p++;
    }
    return p;
}

static ssize_t decode_value(const char *p, const char *end, char *buf, size_t cap)
{
    size_t len = 0;

    for (; p < end; p++, len++) {
        if (*p == ',')
            p++;                /* the first of two */
        if (len + 1 < cap)
            buf[len] = *p;
    }
    if (cap > 0)
        buf[len < cap ? len : cap - 1] = '\0';
    return (ssize_t)len;
}

struct item {
    const char *key;            /* "" for a flag such as `nowait` */
    size_t key_len;
    const char *value, *end;
};

static struct item read_item(const char *p, const char *implied)
{
    size_t len = strcspn(p, "=,");
    struct item item = { .key = p, .key_len = len, .value = p + len + 1 };

    if (p[len] != '=') {
        item.key = implied != NULL ? implied : "";
        item.key_len = strlen(item.key);
        item.value = p;
    }
    item.end = value_end(item.value);
    return item;
}

ssize_t qemu_list_get(const char *list, const char *key, const char *implied, char *buf,
                      size_t cap)
{
    const char *from = NULL, *to = NULL, *end;
    size_t key_len = strlen(key);

    for (const char *p = list; *p != '\0'; p = *end != '\0' ? end + 1 : end) {
        struct item item = read_item(p, p == list ? implied : NULL);
        end = item.end;
        if (item.key_len == key_len && memcmp(item.key, key, key_len) == 0) {
            from = item.value;
            to = item.end;
        }
    }
    return from != NULL ? decode_value(from, to, buf, cap) : -ENOENT;
}

ssize_t qemu_value_get(const char *value, const char *key, const char *implied, char *buf,
                       size_t cap)
{
    struct span object = { value, strlen(value) }, found;

    if (value[0] != '{')
        return qemu_list_get(value, key, implied, buf, cap);
    if (!json_find(object, key, &found))
        return -ENOENT;
    return json_string(found, buf, cap);
}

ssize_t qemu_args_get(const struct qemu_args *args, const char *name, const char *key,
                      const char *implied, char *buf, size_t cap)
{
    struct qemu_option option;
    const char *found = NULL;
    size_t at = 0;

    while (qemu_args_next(args, &at, &option))
        if (strcmp(option.name, name) == 0 && option.value != NULL &&
            qemu_list_get(option.value, key, implied, NULL, 0) >= 0)
            found = option.value;
    return found != NULL ? qemu_list_get(found, key, implied, buf, cap) : -ENOENT;
}

/* ---- what says who a guest is ---- */

ssize_t qemu_args_name(const struct qemu_args *args, char *buf, size_t cap)
{
    ssize_t len = qemu_args_get(args, "name", "guest", "guest", buf, cap);

    return len == 0 ? -ENOENT : len;
}

ssize_t qemu_args_smbios(const struct qemu_args *args, const char *type, const char *key,
                         char *buf, size_t cap)
{
    struct qemu_option option;
    const char *found = NULL;
    char text[16];
    size_t at = 0;

    while (qemu_args_next(args, &at, &option)) {
        if (strcmp(option.name, "smbios") != 0 || option.value == NULL)
            continue;
        if (qemu_list_get(option.value, "type", NULL, text, sizeof text) < 0 ||
            strcmp(text, type) != 0)
            continue;
        if (qemu_list_get(option.value, key, NULL, NULL, 0) >= 0)
            found = option.value;
    }
    return found != NULL ? qemu_list_get(found, key, NULL, buf, cap) : -ENOENT;
}

/* Of QEMU_UUID_LEN characters, in lower case. */
static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < QEMU_UUID_LEN; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL)
            return false;
    }
    return true;
}

bool qemu_args_uuid(const struct qemu_args *args, char uuid[QEMU_UUID_LEN + 1])
{
    const char *value = qemu_args_last(args, "uuid");
    size_t cap = QEMU_UUID_LEN + 1;
    ssize_t len;

    if (value != NULL)
        len = snprintf(uuid, cap, "%s", value);
    else
        len = qemu_args_smbios(args, "1", "uuid", uuid, cap);
    if (len != QEMU_UUID_LEN)
        return false;
    for (size_t i = 0; i < QEMU_UUID_LEN; i++)
        if (uuid[i] >= 'A' && uuid[i] <= 'F')
            uuid[i] = (char)(uuid[i] + ('a' - 'A'));
    return is_uuid(uuid);
}
