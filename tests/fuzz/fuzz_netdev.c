/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/net/dev of any bytes: a name that comes out is one the kernel could have given. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/iface_name.h"
#include "net/netdev.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static void check_line(struct span line)
{
    struct netdev_counters counters;
    char name[NETDEV_NAME];
    struct iface_guest guest;

    if (!netdev_parse(line, name, &counters))
        return;
    must(netdev_valid_name(name, strlen(name)) && strchr(name, '/') == NULL);
    if (iface_name_guest(name, &guest))
        must(strlen(guest.id) > 0 && strspn(guest.id, "0123456789") == strlen(guest.id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just that size, so that a read past its end is seen. */
    char *text = malloc(size ? size : 1);
    const char *at = text;
    struct span line;
    uint64_t mac;

    must(text != NULL);
    memcpy(text, data, size);
    while (parse_line(&at, text + size, &line))
        check_line(line);
    if (netdev_mac(text, size, &mac))
        must(size == 17 && mac >> 48 == 0);
    free(text);
    return 0;
}
