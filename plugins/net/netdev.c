/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of /proc/net/dev. */
#include "net/netdev.h"

#include <string.h>

/* bytes packets errs drop fifo frame compressed multicast, then for transmission
 * bytes packets errs drop fifo colls carrier compressed. */
enum { FIELDS = 16, MAC_BYTES = 6 };

static const uint8_t field_of[NETDEV_COUNTERS] = {
    [NETDEV_RX_BYTES] = 0,  [NETDEV_RX_PACKETS] = 1, [NETDEV_RX_ERRORS] = 2,
    [NETDEV_RX_DROPPED] = 3, [NETDEV_TX_BYTES] = 8,  [NETDEV_TX_PACKETS] = 9,
    [NETDEV_TX_ERRORS] = 10, [NETDEV_TX_DROPPED] = 11,
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == (char)0xa0;
}

bool netdev_valid_name(const char *name, size_t len)
{
    if (len == 0 || len >= NETDEV_NAME)
        return false;
    if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (name[i] == '/' || name[i] == ':' || name[i] == '\0' || is_space(name[i]))
            return false;
    }
    return true;
}

bool netdev_mac(const char *text, size_t len, uint64_t *mac)
{
    const char *end = text + len;
    uint64_t value = 0;

    for (unsigned i = 0; i < MAC_BYTES; i++) {
        uint32_t byte;
        if ((i > 0 && !parse_text(&text, end, ":")) || !parse_hex(&text, end, 2, &byte))
            return false;
        value = value << 8 | byte;
    }
    if (text != end)
        return false;
    *mac = value;
    return true;
}

static bool parse_fields(const char *at, const char *end, uint64_t field[FIELDS])
{
    for (unsigned i = 0; i < FIELDS; i++) {
        parse_blanks(&at, end);
        if (!parse_u64(&at, end, &field[i]))
            return false;
    }
    return true;
}

bool netdev_parse(struct span line, char name[NETDEV_NAME], struct netdev_counters *counters)
{
    const char *at = line.at, *end = line.at + line.len;
    const char *colon = memchr(line.at, ':', line.len);
    uint64_t field[FIELDS];

    if (colon == NULL)
        return false;
    parse_blanks(&at, colon);
    if (!netdev_valid_name(at, (size_t)(colon - at)) || !parse_fields(colon + 1, end, field))
        return false;
    memcpy(name, at, (size_t)(colon - at));
    name[colon - at] = '\0';
    for (unsigned i = 0; i < NETDEV_COUNTERS; i++)
        counters->value[i] = field[field_of[i]];
    return true;
}
