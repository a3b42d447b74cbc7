/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A state machine over the bytes that terminals send: ECMA-48 sequences, and the ways in which
 * xterm, VT220, the Linux console and rxvt spell their keys. */
#include "core/input.h"

#include <string.h>

#include "core/utf8.h"

/* A person's keys are further apart, a sequence's bytes nearer, slow lines included. */
#define SEQUENCE_MS 40
/* A paste whose end mark was lost must not swallow keys for ever. */
#define PASTE_MS 1000

#define PARAM_MAX 9999
#define PASTE_BEGIN 200
static const char paste_end[] = "\033[201~";

enum state {
    GROUND,
    CHARACTER,    /* inside a character of several bytes */
    ESCAPE,       /* ESC */
    SS3,          /* ESC O */
    CSI,          /* ESC [ */
    LINUX_KEY,    /* ESC [ [: the Linux console's F1 to F5 */
    MOUSE_REPORT, /* ESC [ M: three bytes follow, from terminals that don't know the SGR form */
    STRING,       /* OSC, DCS, PM, APC, SOS */
    STRING_ESC,   /* perhaps its end, ESC \ */
    PASTE,
};

static const struct final_key {
    char final;
    uint32_t code;
} final_keys[] = {
    {'A', KEY_UP},  {'B', KEY_DOWN}, {'C', KEY_RIGHT}, {'D', KEY_LEFT}, {'F', KEY_END},
    {'H', KEY_HOME}, {'P', KEY_F1},  {'Q', KEY_F2},    {'R', KEY_F3},   {'S', KEY_F4},
};

/* rxvt's arrows: with Shift after CSI, with Ctrl after SS3. */
static const struct final_key small_keys[] = {
    {'a', KEY_UP}, {'b', KEY_DOWN}, {'c', KEY_RIGHT}, {'d', KEY_LEFT},
};

/* CSI number ~ */
static const uint32_t number_keys[] = {
    [1] = KEY_HOME, [2] = KEY_INS,  [3] = KEY_DEL,   [4] = KEY_END,   [5] = KEY_PGUP,
    [6] = KEY_PGDN, [7] = KEY_HOME, [8] = KEY_END,   [11] = KEY_F1,   [12] = KEY_F2,
    [13] = KEY_F3,  [14] = KEY_F4,  [15] = KEY_F5,   [17] = KEY_F6,   [18] = KEY_F7,
    [19] = KEY_F8,  [20] = KEY_F9,  [21] = KEY_F10,  [23] = KEY_F11,  [24] = KEY_F12,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t find_key(const struct final_key *keys, size_t n, unsigned char final)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].final == (char)final)
            return keys[i].code;
    return 0;
}

static void reset(struct input *in)
{
    in->state = GROUND;
    in->alt = false;
    in->nchars = 0;
}

/* Opens a sequence; an ESC before it stays. */
static bool enter(struct input *in, enum state state, unsigned char intro)
{
    in->state = state;
    in->intro = intro;
    memset(in->params, 0, sizeof(in->params));
    in->param = 0;
    in->nbytes = 0;
    in->nchars = 0;
    return false;
}

/* Ends in an event, if there is such a key. */
static bool key(struct input *in, struct input_event *ev, uint32_t code, unsigned mods)
{
    *ev = (struct input_event){.type = INPUT_KEY, .code = code};
    ev->mods = mods | (in->alt ? MOD_ALT : 0);
    reset(in);
    return code != 0;
}

static bool control_key(struct input *in, unsigned char byte, struct input_event *ev)
{
    switch (byte) {
    case '\b':
    case 0x7f:
        return key(in, ev, KEY_BACKSPACE, 0);
    case '\t':
        return key(in, ev, KEY_TAB, 0);
    case '\n':
    case '\r':
        return key(in, ev, KEY_ENTER, 0);
    case 0:
        return key(in, ev, ' ', MOD_CTRL);
    default:
        return key(in, ev, byte <= 26 ? byte + 0x60u : byte + 0x40u, MOD_CTRL);
    }
}

static bool take_ground(struct input *in, unsigned char byte, struct input_event *ev);

static bool take_character(struct input *in, unsigned char byte, struct input_event *ev)
{
    uint32_t cp;
    int n;

    in->state = CHARACTER;
    in->chars[in->nchars++] = (char)byte;
    n = utf8_decode(in->chars, in->nchars, &cp);
    if (n == UTF8_SHORT)
        return false;
    if (n > 0 && utf8_width(cp) >= 0)
        return key(in, ev, cp, 0);
    /* What broke the character off may begin something itself. */
    if (n == UTF8_INVALID && in->nchars > 1) {
        reset(in);
        return take_ground(in, byte, ev);
    }
    reset(in);
    return false;
}

static bool take_ground(struct input *in, unsigned char byte, struct input_event *ev)
{
    if (byte == '\033')
        return enter(in, ESCAPE, byte);
    if (byte < 0x20 || byte == 0x7f)
        return control_key(in, byte, ev);
    return take_character(in, byte, ev);
}

static bool take_escape(struct input *in, unsigned char byte, struct input_event *ev)
{
    switch (byte) {
    case '[':
        return enter(in, CSI, byte);
    case 'O':
        return enter(in, SS3, byte);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
        return enter(in, STRING, byte);
    default:
        in->alt = true;
        return take_ground(in, byte, ev);
    }
}

/* A digit or a separator of the parameters. */
static bool take_param(struct input *in, unsigned char byte)
{
    int *param = in->param < (int)COUNT(in->params) ? &in->params[in->param] : NULL;

    if (byte == ';' || byte == ':') {
        if (param)
            in->param++;
        return true;
    }
    if (byte < '0' || byte > '9')
        return false;
    if (param && *param <= PARAM_MAX / 10)
        *param = *param * 10 + byte - '0';
    return true;
}

/* xterm's: 1 + Shift 1 + Alt 2 + Ctrl 4 + Meta 8; 0 is not given. */
static unsigned mods_of(int param)
{
    unsigned bits = param > 0 ? (unsigned)param - 1 : 0;

    return (bits & (MOD_SHIFT | MOD_ALT | MOD_CTRL)) | (bits & 8 ? MOD_ALT : 0);
}

static bool take_ss3(struct input *in, unsigned char byte, struct input_event *ev)
{
    /* Old xterms give the modifiers as the only parameter. */
    unsigned mods = mods_of(in->params[in->param > 0]);
    uint32_t code;

    in->nbytes = 1;
    if (take_param(in, byte))
        return false;
    code = find_key(final_keys, COUNT(final_keys), byte);
    if (code)
        return key(in, ev, code, mods);
    code = find_key(small_keys, COUNT(small_keys), byte);
    if (code)
        return key(in, ev, code, MOD_CTRL);
    /* The keypad in its application mode: * to 9, Enter. */
    if (byte >= 'j' && byte <= 'y')
        return key(in, ev, byte - 0x40u, mods);
    return key(in, ev, byte == 'M' ? KEY_ENTER : 0, mods);
}

static bool mouse(struct input *in, struct input_event *ev, int button, int col, int row)
{
    static const uint32_t buttons[] = {MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT, MOUSE_RELEASE};
    static const uint32_t wheel[] = {MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN, 0, 0};
    unsigned bits = (unsigned)button;
    uint32_t code = bits & 64 ? wheel[bits & 3] : buttons[bits & 3];
    unsigned mods = (bits & 4 ? MOD_SHIFT : 0) | (bits & 8 ? MOD_ALT : 0) |
                    (bits & 16 ? MOD_CTRL : 0);

    /* 32 is a move, 128 a button past the third. */
    if (bits & (32 | ~127u) || row < 1 || col < 1)
        code = 0;
    if (!key(in, ev, code, mods))
        return false;
    ev->type = INPUT_MOUSE;
    ev->row = row - 1;
    ev->col = col - 1;
    return true;
}

static bool sgr_mouse(struct input *in, unsigned char final, struct input_event *ev)
{
    bool wheel = in->params[0] & 64;
    int button = final == 'm' && !wheel ? in->params[0] | 3 : in->params[0];

    return mouse(in, ev, button, in->params[1], in->params[2]);
}

static bool take_mouse_report(struct input *in, unsigned char byte, struct input_event *ev)
{
    const unsigned char *c = (const unsigned char *)in->chars;

    in->chars[in->nchars++] = (char)byte;
    return in->nchars == 3 && mouse(in, ev, c[0] - 32, c[1] - 32, c[2] - 32);
}

static uint32_t number_key(const struct input *in)
{
    int number = in->params[0];

    return number < (int)COUNT(number_keys) ? number_keys[number] : 0;
}

/* rxvt ends the keys that have a number by $ for Shift, ^ for Ctrl, @ for both. */
static unsigned rxvt_mods(unsigned char final)
{
    return (final == '$' || final == '@' ? MOD_SHIFT : 0u) |
           (final == '^' || final == '@' ? MOD_CTRL : 0u);
}

static bool csi_key(struct input *in, unsigned char final, struct input_event *ev)
{
    unsigned mods = mods_of(in->params[1]);
    uint32_t code = find_key(final_keys, COUNT(final_keys), final);

    if (strchr("~$^@", final))
        return key(in, ev, number_key(in), mods | rxvt_mods(final));
    if (final == 'Z')
        return key(in, ev, KEY_TAB, MOD_SHIFT);
    if (code) /* with a number other than 1 it is no key: CSI row;col R is a report */
        return key(in, ev, in->params[0] <= 1 ? code : 0, mods);
    return key(in, ev, find_key(small_keys, COUNT(small_keys), final), MOD_SHIFT);
}

static bool csi_end(struct input *in, unsigned char final, struct input_event *ev)
{
    if (in->intro == '<' && (final == 'M' || final == 'm'))
        return sgr_mouse(in, final, ev);
    if (in->intro == '[' && final == 'M' && !in->nbytes)
        return enter(in, MOUSE_REPORT, final);
    if (in->intro == '[' && final == '~' && in->params[0] == PASTE_BEGIN) {
        in->npaste = in->nend = 0;
        return enter(in, PASTE, final);
    }
    if (in->intro == '[')
        return csi_key(in, final, ev);
    reset(in);
    return false;
}

static bool take_csi(struct input *in, unsigned char byte, struct input_event *ev)
{
    bool first = !in->nbytes;
    bool rxvt_shift = byte == '$' && in->intro == '[' && !in->param && number_key(in);

    if (byte < 0x20 || byte >= 0x7f) {
        reset(in);
        return take_ground(in, byte, ev);
    }
    if ((byte >= 0x40 && (byte != '[' || !first)) || rxvt_shift)
        return csi_end(in, byte, ev);
    in->nbytes = 1;
    if (byte == '[')
        in->state = LINUX_KEY;
    else if (!take_param(in, byte))
        in->intro = byte;
    return false;
}

static bool take_linux_key(struct input *in, unsigned char byte, struct input_event *ev)
{
    return key(in, ev, byte >= 'A' && byte <= 'E' ? KEY_F1 + (byte - 'A') : 0, 0);
}

static bool take_string(struct input *in, unsigned char byte, struct input_event *ev)
{
    (void)ev;
    in->nbytes = 1;
    if (byte == '\033')
        in->state = STRING_ESC;
    else if (byte == '\a' || byte == 0x18 || byte == 0x1a)
        reset(in);
    return false;
}

static bool take_string_esc(struct input *in, unsigned char byte, struct input_event *ev)
{
    reset(in);
    return byte == '\\' ? false : take_escape(in, byte, ev);
}

/* Keeps only whole characters that may be shown. */
static size_t clean(char *text, size_t len)
{
    size_t kept = 0;
    uint32_t cp;
    int n;

    for (size_t at = 0; at < len; at += n > 0 ? (size_t)n : 1) {
        n = utf8_decode(text + at, len - at, &cp);
        if (n <= 0 || utf8_width(cp) < 0)
            continue;
        memmove(text + kept, text + at, (size_t)n);
        kept += (size_t)n;
    }
    return kept;
}

static bool paste_done(struct input *in, struct input_event *ev)
{
    reset(in);
    *ev = (struct input_event){.type = INPUT_TEXT, .text = in->paste};
    ev->len = clean(in->paste, in->npaste);
    return ev->len > 0;
}

static void paste_add(struct input *in, char byte)
{
    if (in->npaste < sizeof(in->paste))
        in->paste[in->npaste++] = byte;
}

static bool take_paste(struct input *in, unsigned char byte, struct input_event *ev)
{
    if (byte != (unsigned char)paste_end[in->nend]) {
        for (size_t i = 0; i < in->nend; i++)
            paste_add(in, paste_end[i]);
        in->nend = 0;
    }
    if (byte == (unsigned char)paste_end[in->nend])
        in->nend++;
    else
        paste_add(in, (char)byte);
    return in->nend == sizeof(paste_end) - 1 && paste_done(in, ev);
}

static bool (*const takers[])(struct input *, unsigned char, struct input_event *) = {
    [GROUND] = take_ground,       [CHARACTER] = take_character,
    [ESCAPE] = take_escape,       [SS3] = take_ss3,
    [CSI] = take_csi,             [LINUX_KEY] = take_linux_key,
    [STRING] = take_string,       [STRING_ESC] = take_string_esc,
    [PASTE] = take_paste,         [MOUSE_REPORT] = take_mouse_report,
};

bool input_byte(struct input *in, unsigned char byte, struct input_event *ev)
{
    return takers[in->state](in, byte, ev);
}

int input_pending_ms(const struct input *in)
{
    if (in->state == GROUND)
        return -1;
    return in->state == PASTE ? PASTE_MS : SEQUENCE_MS;
}

bool input_timeout(struct input *in, struct input_event *ev)
{
    switch (in->state) {
    case ESCAPE:
        in->alt = false;
        return key(in, ev, KEY_ESC, 0);
    case SS3:
    case CSI:
    case STRING:
        in->alt = true;
        return key(in, ev, in->nbytes ? 0 : in->intro, 0);
    case PASTE:
        return paste_done(in, ev);
    default:
        reset(in);
        return false;
    }
}
