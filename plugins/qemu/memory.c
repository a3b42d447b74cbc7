/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory a guest was given by its command line. */
#include "qemu/memory.h"

#include "lib/json.h"
#include "lib/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB UINT64_C(1048576)

enum { TEXT = 256 };            /* an object's name, a size */

/* ---- sizes ---- */

/* `.5` in thousandths and so on: the part of a unit; *p moves past it. */
static double fraction(const char **p)
{
    double value = 0, place = 1;

    if (**p != '.')
        return 0;
    for ((*p)++; parse_is_digit(**p); (*p)++) {
        place /= 10;
        value += place * (**p - '0');
    }
    return value;
}

static bool hexadecimal(const char *text, uint64_t *bytes)
{
    const char *p = text + 2, *end = text + strlen(text);
    uint32_t digit;

    *bytes = 0;
    if (text[0] != '0' || (text[1] | 0x20) != 'x' || p == end)
        return false;
    while (p < end) {
        if (*bytes >> 60 != 0 || !parse_hex(&p, end, 1, &digit))
            return false;
        *bytes = *bytes << 4 | digit;
    }
    return true;
}

/* The bytes of a suffix; 0: there is no such. */
static uint64_t suffix(char c)
{
    static const char letters[] = "bkmgtpe";
    const char *at = c != '\0' ? strchr(letters, c | 0x20) : NULL;

    return at != NULL ? (uint64_t)1 << 10 * (at - letters) : 0;
}

bool qemu_size(const char *text, uint64_t unit, uint64_t *bytes)
{
    const char *p = text, *end = text + strlen(text);
    uint64_t whole;
    double part;

    if (hexadecimal(text, bytes))
        return true;
    if (!parse_u64(&p, end, &whole))
        return false;
    part = fraction(&p);
    if (*p != '\0') {
        unit = suffix(*p);
        if (unit == 0 || p[1] != '\0')
            return false;
    }
    return !__builtin_mul_overflow(whole, unit, bytes) &&
           !__builtin_add_overflow(*bytes, (uint64_t)(part * (double)unit), bytes);
}

/* ---- options ---- */

/* The value of a key, be it written as text or as a number of JSON. */
static bool value_of(const char *option, const char *key, const char *implied, char buf[TEXT])
{
    struct span object = { option, strlen(option) }, number;
    ssize_t len = qemu_value_get(option, key, implied, buf, TEXT);

    if (len < 0 && option[0] == '{' && json_find(object, key, &number))
        len = snprintf(buf, TEXT, "%.*s", (int)number.len, number.at);
    return len > 0 && len < TEXT;
}

/* ---- memory-backend objects ---- */

/* QEMU has no more slots for DIMMs (ACPI_MAX_RAM_SLOTS), while a command line has room for tens of
 * thousands.  What is wanted is noted first, so that the objects are read once and not for each. */
enum { BACKENDS_MAX = 256 };

struct backend {
    char id[TEXT];
    bool known;                 /* its size was found and added */
};

struct backends {
    struct backend all[BACKENDS_MAX];
    size_t count;
};

static bool want_backend(struct backends *wanted, const char *id)
{
    struct backend *backend;

    if (wanted->count == BACKENDS_MAX)
        return false;
    backend = &wanted->all[wanted->count++];
    snprintf(backend->id, TEXT, "%s", id);
    backend->known = false;
    return true;
}

/* The id stands first in struct backend: key and element are compared alike. */
static int by_id(const void *a, const void *b)
{
    return strcmp(a, b);
}

static struct backend *find_backend(struct backends *wanted, const char *id)
{
    return bsearch(id, wanted->all, wanted->count, sizeof wanted->all[0], by_id);
}

/* An object that nobody wants adds nothing.  QEMU takes neither a second one of the same id nor a
 * second device on one object: the former doesn't count, the latter stays unknown. */
static bool add_object(struct backends *wanted, const char *object, uint64_t *bytes)
{
    struct backend *backend;
    char text[TEXT];
    uint64_t size;

    if (!value_of(object, "id", NULL, text))
        return true;
    backend = find_backend(wanted, text);
    if (backend == NULL || backend->known)
        return true;
    backend->known = true;
    return value_of(object, "size", NULL, text) && qemu_size(text, 1, &size) &&
           !__builtin_add_overflow(*bytes, size, bytes);
}

/* False: one of them has no size, or is not there. */
static bool add_backends(const struct qemu_args *args, struct backends *wanted, uint64_t *bytes)
{
    struct qemu_option option;
    size_t at = 0;

    qsort(wanted->all, wanted->count, sizeof wanted->all[0], by_id);
    while (wanted->count > 0 && qemu_args_next(args, &at, &option)) {
        if (option.value != NULL && strcmp(option.name, "object") == 0 &&
            !add_object(wanted, option.value, bytes))
            return false;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if (!wanted->all[i].known)
            return false;
    }
    return true;
}

/* ---- devices ---- */

/* True: the device is no memory, or its size has been added, or will be as that of a backend. */
static bool add_device(const char *device, struct backends *wanted, uint64_t *bytes)
{
    uint64_t size;
    char text[TEXT];

    if (!value_of(device, "driver", "driver", text))
        return true;
    if (strcmp(text, "pc-dimm") == 0)
        return value_of(device, "memdev", NULL, text) && want_backend(wanted, text);
    if (strncmp(text, "virtio-mem", 10) != 0 || !value_of(device, "requested-size", NULL, text))
        return true;
    return qemu_size(text, 1, &size) && !__builtin_add_overflow(*bytes, size, bytes);
}

static bool add_devices(const struct qemu_args *args, struct backends *wanted, uint64_t *bytes)
{
    struct qemu_option option;
    size_t at = 0;

    while (qemu_args_next(args, &at, &option)) {
        if (option.value != NULL && strcmp(option.name, "device") == 0 &&
            !add_device(option.value, wanted, bytes))
            return false;
    }
    return true;
}

/* ---- all ---- */

static bool main_memory(const struct qemu_args *args, struct backends *wanted, uint64_t *bytes)
{
    char text[TEXT];
    ssize_t len = qemu_args_get(args, "m", "size", "size", text, sizeof text);

    *bytes = 0;
    if (len >= 0)
        return len < TEXT && qemu_size(text, MIB, bytes);
    len = qemu_args_get(args, "machine", "memory-backend", "type", text, sizeof text);
    return len > 0 && len < TEXT && want_backend(wanted, text);
}

bool qemu_memory(const struct qemu_args *args, uint64_t *bytes)
{
    struct backends wanted;

    wanted.count = 0;
    return main_memory(args, &wanted, bytes) && add_devices(args, &wanted, bytes) &&
           add_backends(args, &wanted, bytes);
}
