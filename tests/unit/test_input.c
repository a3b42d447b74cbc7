/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What terminals send for a key, and that nothing else ever becomes one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/input.h"
#include "core/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An event in words: C-M-S-up, text(abc), left@3,5. */
static void describe(char *dst, size_t cap, const struct input_event *ev)
{
    static const char *const names[] = {
        "esc", "enter", "tab", "bs", "up", "down", "right", "left", "home", "end", "pgup", "pgdn",
        "ins", "del", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
        "mleft", "mmiddle", "mright", "mrelease", "wheelup", "wheeldown",
    };
    char what[8] = "";
    char where[32] = "";

    if (ev->type == INPUT_TEXT) {
        snprintf(dst, cap, "text(%.*s)", (int)ev->len, ev->text);
        return;
    }
    if (ev->type == INPUT_MOUSE)
        snprintf(where, sizeof(where), "@%d,%d", ev->row, ev->col);
    if (ev->code < KEY_ESC)
        utf8_encode(what, ev->code);
    snprintf(dst, cap, "%s%s%s%s%s", ev->mods & MOD_CTRL ? "C-" : "",
             ev->mods & MOD_ALT ? "M-" : "", ev->mods & MOD_SHIFT ? "S-" : "",
             ev->code < KEY_ESC ? what : names[ev->code - KEY_ESC], where);
}

struct log {
    char text[512];
};

static void note(struct log *log, const struct input_event *ev)
{
    size_t len = strlen(log->text);

    if (len && len + 1 < sizeof(log->text))
        log->text[len++] = ' ';
    describe(log->text + len, sizeof(log->text) - len, ev);
}

static void feed(struct input *in, struct log *log, const char *bytes, size_t len)
{
    struct input_event ev;

    for (size_t i = 0; i < len; i++)
        if (input_byte(in, (unsigned char)bytes[i], &ev))
            note(log, &ev);
}

static void wait_long(struct input *in, struct log *log)
{
    struct input_event ev;

    if (input_pending_ms(in) >= 0 && input_timeout(in, &ev))
        note(log, &ev);
    assert_int_equal(input_pending_ms(in), -1);
}

struct sample {
    const char *bytes;
    size_t len;
    const char *events;
};

#define SAMPLE(bytes, events) {bytes, sizeof(bytes) - 1, events}

/* Complete by themselves. */
static const struct sample whole[] = {
    SAMPLE("a", "a"),
    SAMPLE("G", "G"),
    SAMPLE("/web 1", "/ w e b   1"),
    SAMPLE("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", "\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80"),
    /* controls */
    SAMPLE("\x01", "C-a"),
    SAMPLE("\x0c", "C-l"),
    SAMPLE("\x1a", "C-z"),
    SAMPLE("\x1f", "C-_"),
    SAMPLE("\0", "C- "),
    SAMPLE("\t\r\n\x7f\b", "tab enter enter bs bs"),
    /* Alt */
    SAMPLE("\033x", "M-x"),
    SAMPLE("\033\xc3\xa9z", "M-\xc3\xa9 z"),
    SAMPLE("\033\x01", "C-M-a"),
    SAMPLE("\033\x7f", "M-bs"),
    /* xterm, both cursor modes */
    SAMPLE("\033[A\033[B\033[C\033[D", "up down right left"),
    SAMPLE("\033OA\033OB\033OC\033OD", "up down right left"),
    SAMPLE("\033[H\033[F\033OH\033OF", "home end home end"),
    SAMPLE("\033[2~\033[3~\033[5~\033[6~", "ins del pgup pgdn"),
    SAMPLE("\033OP\033OQ\033OR\033OS", "f1 f2 f3 f4"),
    SAMPLE("\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~",
           "f5 f6 f7 f8 f9 f10 f11 f12"),
    SAMPLE("\033[1;2A\033[1;3A\033[1;5A\033[1;6A\033[1;8A", "S-up M-up C-up C-S-up C-M-S-up"),
    SAMPLE("\033[1;9A", "M-up"),
    SAMPLE("\033[1;5P\033[15;2~\033[3;5~\033[1;5H", "C-f1 S-f5 C-del C-home"),
    SAMPLE("\033O5P\033O1;5Q", "C-f1 C-f2"),
    SAMPLE("\033[Z", "S-tab"),
    SAMPLE("\033\033[A", "M-up"),
    /* VT220, Linux console */
    SAMPLE("\033[1~\033[4~", "home end"),
    SAMPLE("\033[[A\033[[B\033[[C\033[[D\033[[E", "f1 f2 f3 f4 f5"),
    SAMPLE("\033[11~\033[12~\033[13~\033[14~", "f1 f2 f3 f4"),
    /* rxvt */
    SAMPLE("\033[7~\033[8~", "home end"),
    SAMPLE("\033[a\033[b\033[c\033[d", "S-up S-down S-right S-left"),
    SAMPLE("\033Oa\033Ob\033Oc\033Od", "C-up C-down C-right C-left"),
    SAMPLE("\033[5$\033[5^\033[5@", "S-pgup C-pgup C-S-pgup"),
    /* keypad */
    SAMPLE("\033Oj\033Ok\033Om\033On\033Oo\033Op\033Oy\033OM", "* + - . / 0 9 enter"),
    /* mouse: SGR, the old report */
    SAMPLE("\033[<0;1;1M\033[<0;12;34m", "mleft@0,0 mrelease@33,11"),
    SAMPLE("\033[<1;2;3M\033[<2;2;3M", "mmiddle@2,1 mright@2,1"),
    SAMPLE("\033[<64;5;6M\033[<65;5;6M\033[<66;5;6M", "wheelup@5,4 wheeldown@5,4"),
    SAMPLE("\033[<4;1;1M\033[<8;1;1M\033[<16;1;1M", "S-mleft@0,0 M-mleft@0,0 C-mleft@0,0"),
    SAMPLE("\033[<35;5;5M\033[<128;1;1M\033[<0;0;1M\033[<0;1M", ""),
    SAMPLE("\033[M !!\033[M#\"#\033[M`!!", "mleft@0,0 mrelease@2,1 wheelup@0,0"),
    SAMPLE("\033[M\x1f!!\033[M q!\033[M \x10\x10", "mleft@0,80"),
    /* paste */
    SAMPLE("\033[200~web 01\033[201~", "text(web 01)"),
    SAMPLE("\033[200~\033[201~", ""),
    SAMPLE("\033[200~a\nb\tc\x7f\r\xc2\x9b\xe2\x80\xae\xff" "d\xc3\xa9\033[201~",
           "text(abcd\xc3\xa9)"),
    SAMPLE("\033[200~q\033[20x\033[31m\033\033[201~", "text(q[20x[31m)"),
    SAMPLE("\033[200~cut\xc3\033[201~", "text(cut)"),
    /* swallowed: focus, replies, unknown keys, strings */
    SAMPLE("\033[I\033[O", ""),
    SAMPLE("\033[24;80R", ""),
    SAMPLE("\033[?62;1;2;4c\033[>0;276;0c\033[?2026;2$y\033[4;2$y\033[0n", ""),
    SAMPLE("\033[25~\033[99~\033[~\033[0~\033[10~\033[99999999999999999999~", ""),
    SAMPLE("\033[1;2;3;4;5;6;7;8;9z\033[27;5;97~\033[97;5u", ""),
    SAMPLE("\033[32;5;5Mqrs", "q r s"),
    SAMPLE("\033[ q\033[!p\033[1\"q", ""),
    SAMPLE("\033]11;rgb:0000/0000/0000\033\\", ""),
    SAMPLE("\033]0;qqq\a\033Pqqq\033\\\033_q\033\\\033^q\033\\\033Xq\033\\", ""),
    SAMPLE("\033Oz\033O~", ""),
    SAMPLE("\033[[Z", ""),
    /* aborted sequences don't swallow what follows */
    SAMPLE("\033[12\033[A", "up"),
    SAMPLE("\033]0;title\033[A", "up"),
    SAMPLE("\033]0;title\x18q", "q"),
    SAMPLE("\033[12\rq", "enter q"),
    SAMPLE("\033[1\xc3\xa9q", "\xc3\xa9 q"),
    /* no characters */
    SAMPLE("\x80\x9b\xff\xc0\xaf", ""),
    SAMPLE("\xc3q", "q"),
    SAMPLE("\xe4\xb8\033[A", "up"),
    SAMPLE("\xf0\x9f\xc3\xa9", "\xc3\xa9"),
    SAMPLE("\xc2\x9b\xe2\x80\xae\xee\x80\x80", ""),
};

/* Need the time to pass. */
static const struct sample unfinished[] = {
    SAMPLE("\033", "esc"),
    SAMPLE("\033\033", "esc"),
    SAMPLE("\033[", "M-["),
    SAMPLE("\033O", "M-O"),
    SAMPLE("\033]", "M-]"),
    SAMPLE("\033P", "M-P"),
    SAMPLE("\033[1", ""),
    SAMPLE("\033[1;5", ""),
    SAMPLE("\033[?", ""),
    SAMPLE("\033[[", ""),
    SAMPLE("\033[M!", ""),
    SAMPLE("\033O1", ""),
    SAMPLE("\033]0;title", ""),
    SAMPLE("\033]0;title\033", ""),
    SAMPLE("\xe4\xb8", ""),
    SAMPLE("\033[200~lost end\033[20", "text(lost end)"),
    SAMPLE("\033[200~", ""),
};

static void check(const struct sample *s, const char *got, const char *wanted)
{
    char shown[200];

    utf8_printable(shown, sizeof(shown), s->bytes, s->len);
    if (strcmp(got, wanted))
        fail_msg("%s gives \"%s\", not \"%s\"", shown, got, wanted);
}

static void whole_sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        struct input in = {0};
        struct log log = {0};

        feed(&in, &log, whole[i].bytes, whole[i].len);
        check(&whole[i], log.text, whole[i].events);
        assert_int_equal(input_pending_ms(&in), -1);
    }
}

/* One after another through the same decoder: none leaves anything behind. */
static void sequences_in_a_row(void **state)
{
    static struct input in;

    (void)state;
    for (size_t i = 0; i < COUNT(whole) * COUNT(whole); i++) {
        struct log log = {0};

        feed(&in, &log, whole[i / COUNT(whole)].bytes, whole[i / COUNT(whole)].len);
        log.text[0] = '\0';
        feed(&in, &log, whole[i % COUNT(whole)].bytes, whole[i % COUNT(whole)].len);
        check(&whole[i % COUNT(whole)], log.text, whole[i % COUNT(whole)].events);
    }
}

static void unfinished_sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(unfinished); i++) {
        struct input in = {0};
        struct log log = {0};

        feed(&in, &log, unfinished[i].bytes, unfinished[i].len);
        assert_string_equal(log.text, "");
        assert_true(input_pending_ms(&in) >= 25);
        wait_long(&in, &log);
        check(&unfinished[i], log.text, unfinished[i].events);
        feed(&in, &log, "q", 1);
        assert_int_equal(log.text[strlen(log.text) - 1], 'q');
    }
}

/* A pause at any place ends what was begun; the next key is itself again. */
static void pause_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        for (size_t cut = 0; cut <= whole[i].len; cut++) {
            struct input in = {0};
            struct log log = {0};

            feed(&in, &log, whole[i].bytes, cut);
            wait_long(&in, &log);
            log.text[0] = '\0';
            feed(&in, &log, "\033[A", 3);
            assert_string_equal(log.text, "up");
        }
    }
}

static void long_paste_is_cut(void **state)
{
    struct input in = {0};
    struct log log = {0};
    struct input_event ev = {0};

    (void)state;
    feed(&in, &log, "\033[200~", 6);
    for (int i = 0; i < 100000; i++)
        feed(&in, &log, "\xc3\xa9x", 3);
    assert_int_equal(input_pending_ms(&in), 1000);
    feed(&in, &log, "\033[201", 5);
    assert_string_equal(log.text, "");
    assert_true(input_byte(&in, '~', &ev));
    assert_int_equal(ev.type, INPUT_TEXT);
    assert_in_range(ev.len, INPUT_PASTE_MAX - 3, INPUT_PASTE_MAX);
    feed(&in, &log, "q", 1);
    assert_string_equal(log.text, "q");
}

static void random_bytes_do_no_harm(void **state)
{
    static const char likely[] = "\033\033[[O]P;0123456789<M~$\a\\";
    struct input in = {0};
    struct input_event ev;

    (void)state;
    srand(2);
    for (int i = 0; i < 2000000; i++) {
        unsigned char byte = (unsigned char)(rand() % 2 ? likely[rand() % (int)sizeof(likely)]
                                                        : rand() & 0xff);

        if (!input_byte(&in, byte, &ev))
            continue;
        assert_true(ev.type == INPUT_TEXT || ev.code >= KEY_ESC || utf8_width(ev.code) >= 0);
        assert_true(ev.type != INPUT_TEXT || (ev.len > 0 && ev.len <= INPUT_PASTE_MAX));
        assert_true(ev.row >= 0 && ev.col >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_sequences),
        cmocka_unit_test(sequences_in_a_row),
        cmocka_unit_test(unfinished_sequences),
        cmocka_unit_test(pause_anywhere),
        cmocka_unit_test(long_paste_is_cut),
        cmocka_unit_test(random_bytes_do_no_harm),
    };

    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
