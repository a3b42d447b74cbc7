/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes in printable form: safe, the same once more, and cut where they should be. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#define TEXT_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
    if (!condition)
        abort();
}

static void check_safe(const char *text, size_t len)
{
    uint32_t cp;
    int n;

    for (size_t at = 0; at < len; at += (size_t)n) {
        n = utf8_decode(text + at, len - at, &cp);
        must(n > 0 && utf8_width(cp) >= 0);
    }
}

static void check_cuts(const char *text, size_t len, size_t columns)
{
    for (size_t n = 0; n <= columns + 1; n++) {
        size_t fitting, skipped;
        size_t fit = utf8_fit(text, len, n, &fitting);
        size_t skip = utf8_skip(text, len, n, &skipped);

        must(fit <= len && fitting <= n && utf8_columns(text, fit) == fitting);
        must(skip <= len && utf8_columns(text, skip) == skipped);
        must(skipped >= n || skip == len);
        must(utf8_columns(text + skip, len - skip) == columns - skipped);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just that size, so that a read past its end is seen. */
    size_t len = size < TEXT_MAX ? size : TEXT_MAX;
    char *text = malloc(len ? len : 1);
    char once[TEXT_MAX * UTF8_PIECE_MAX + 1], twice[sizeof(once)];
    size_t shown;

    must(text != NULL);
    memcpy(text, data, len);
    shown = utf8_printable(once, sizeof(once), text, len);
    must(shown == strlen(once));
    check_safe(once, shown);
    must(utf8_printable(twice, sizeof(twice), once, shown) == shown && !strcmp(once, twice));
    must(utf8_columns(text, len) == utf8_columns(once, shown));
    check_cuts(text, len, utf8_columns(text, len));
    free(text);
    return 0;
}
