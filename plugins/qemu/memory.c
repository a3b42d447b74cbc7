/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory a guest was given by its command line. */
#include "qemu/memory.h"

#include "lib/json.h"
#include "lib/parse.h"

#include <stdio.h>
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

/* The size of the memory-backend object of this name. */
static bool backend_size(const struct qemu_args *args, const char *name, uint64_t *bytes)
{
    struct qemu_option option;
    char text[TEXT];
    size_t at = 0;

    while (qemu_args_next(args, &at, &option)) {
        if (option.value == NULL || strcmp(option.name, "object") != 0 ||
            !value_of(option.value, "id", NULL, text) || strcmp(text, name) != 0)
            continue;
        return value_of(option.value, "size", NULL, text) && qemu_size(text, 1, bytes);
    }
    return false;
}

/* True: the device is no memory, or *bytes says how much. */
static bool device_size(const struct qemu_args *args, const char *device, uint64_t *bytes)
{
    char text[TEXT];

    *bytes = 0;
    if (!value_of(device, "driver", "driver", text))
        return true;
    if (strcmp(text, "pc-dimm") == 0)
        return value_of(device, "memdev", NULL, text) && backend_size(args, text, bytes);
    if (strncmp(text, "virtio-mem", 10) == 0)
        return !value_of(device, "requested-size", NULL, text) || qemu_size(text, 1, bytes);
    return true;
}

static bool add_devices(const struct qemu_args *args, uint64_t *bytes)
{
    struct qemu_option option;
    size_t at = 0;

    while (qemu_args_next(args, &at, &option)) {
        uint64_t more;

        if (option.value == NULL || strcmp(option.name, "device") != 0)
            continue;
        if (!device_size(args, option.value, &more) ||
            __builtin_add_overflow(*bytes, more, bytes))
            return false;
    }
    return true;
}

bool qemu_memory(const struct qemu_args *args, uint64_t *bytes)
{
    char text[TEXT];
    ssize_t len = qemu_args_get(args, "m", "size", "size", text, sizeof text);

    if (len >= 0)
        return len < TEXT && qemu_size(text, MIB, bytes) && add_devices(args, bytes);
    len = qemu_args_get(args, "machine", "memory-backend", "type", text, sizeof text);
    return len > 0 && len < TEXT && backend_size(args, text, bytes) && add_devices(args, bytes);
}
