/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes, split on NUL, as a QEMU command line. */
#include "lib/glob.h"
#include "lib/json.h"
#include "lib/qemu_args.h"
#include "lib/qemu_disks.h"
#include "qemu/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was cut off ends where the buffer does; what was not has the length returned. */
static void check_text(ssize_t len, const char *buf, size_t cap)
{
    if (len < 0)
        return;
    if (memchr(buf, '\0', cap) == NULL || strlen(buf) > (size_t)len)
        abort();
    if ((size_t)len < cap && strlen(buf) != (size_t)len)
        abort();
}

static void try_value(const char *value)
{
    static const char *const keys[] = { "guest", "file", "id", "" };
    struct span rest = { value, strlen(value) }, element;
    char buf[12];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        check_text(qemu_list_get(value, keys[i], NULL, buf, sizeof buf), buf, sizeof buf);
        check_text(qemu_list_get(value, keys[i], "guest", buf, sizeof buf), buf, sizeof buf);
        check_text(qemu_value_get(value, keys[i], "guest", buf, sizeof buf), buf, sizeof buf);
    }
    check_text(json_string(rest, buf, sizeof buf), buf, sizeof buf);
    while (json_next(&rest, &element))
        if (element.len == 0 || element.at + element.len > value + strlen(value))
            abort();
    glob_match("*a*#-*b", value);
    glob_match(value, "one-10/a-b");
}

static void try_args(const struct qemu_args *args)
{
    struct qemu_option option;
    char buf[64], uuid[QEMU_UUID_LEN + 1];
    uint64_t bytes;
    size_t at = 0;

    while (qemu_args_next(args, &at, &option))
        if (option.value != NULL)
            try_value(option.value);
    (void)qemu_memory(args, &bytes);
    check_text(qemu_args_name(args, buf, sizeof buf), buf, sizeof buf);
    check_text(qemu_args_get(args, "m", "type", "type", buf, sizeof buf), buf, sizeof buf);
    check_text(qemu_args_smbios(args, "1", "product", buf, sizeof buf), buf, sizeof buf);
    if (qemu_args_uuid(args, uuid) && strlen(uuid) != QEMU_UUID_LEN)
        abort();
    for (at = 0; qemu_disks_next(args, &at, buf, sizeof buf);)
        if (buf[0] == '\0' || strlen(buf) >= sizeof buf)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    const char *argv[ARGS_MAX];
    struct qemu_args args = { argv, 0 };

    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *p = text; p <= text + size && args.argc < ARGS_MAX; p += strlen(p) + 1)
        argv[args.argc++] = p;
    try_args(&args);
    free(text);
    return 0;
}
