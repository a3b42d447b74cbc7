/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key decoder under any bytes. 0xfe stands for a pause, so that time-outs come anywhere. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/input.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct input_event *ev)
{
    uint32_t cp;
    int n;

    if (ev->type != INPUT_TEXT) {
        if (!ev->code || (ev->code < KEY_ESC && utf8_width(ev->code) < 0) ||
            ev->code > MOUSE_WHEEL_DOWN || ev->row < 0 || ev->col < 0)
            abort();
        return;
    }
    if (!ev->len || ev->len > INPUT_PASTE_MAX)
        abort();
    for (size_t at = 0; at < ev->len; at += (size_t)n) {
        n = utf8_decode(ev->text + at, ev->len - at, &cp);
        if (n <= 0 || utf8_width(cp) < 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {0};
    struct input_event ev;

    for (size_t i = 0; i < size; i++) {
        if (data[i] == 0xfe ? input_timeout(&in, &ev) : input_byte(&in, data[i], &ev))
            check(&ev);
        if (data[i] == 0xfe && input_pending_ms(&in) >= 0)
            abort();
    }
    return 0;
}
