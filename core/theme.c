/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of roles with their looks in each theme, and the reader of looks in words. */
#include "core/theme.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/utf8.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT };

#define BOLD ATTR_BOLD
#define DIM ATTR_DIM
#define UNDERLINE ATTR_UNDERLINE
#define REVERSE ATTR_REVERSE
#define ON(fg, bg) (ATTR_FG(fg) | ATTR_BG(bg))

static const struct role {
    const char *name;
    unsigned colours;
    unsigned mono;
} roles[THEME_ROLES] = {
    [THEME_TITLE] = {"title", BOLD | ON(BRIGHT + WHITE, BLUE), BOLD | REVERSE},
    [THEME_HOST] = {"host", 0, 0},
    [THEME_HEAD] = {"head", ON(BLACK, GREEN), REVERSE},
    [THEME_HEAD_SORTED] = {"head_sorted", BOLD | ON(BLACK, CYAN), REVERSE | BOLD | UNDERLINE},
    [THEME_ROW] = {"row", 0, 0},
    [THEME_CURSOR] = {"cursor", REVERSE, REVERSE},
    [THEME_TOTAL] = {"total", BOLD, BOLD},
    [THEME_BAR_KEY] = {"bar_key", BOLD, BOLD},
    [THEME_BAR_TEXT] = {"bar_text", ON(BLACK, CYAN), REVERSE},
    [THEME_GUEST] = {"guest", BOLD | ATTR_FG(CYAN), BOLD},
    [THEME_WARN] = {"warn", BOLD | ATTR_FG(YELLOW), UNDERLINE},
    [THEME_CRIT] = {"crit", BOLD | ATTR_FG(RED), BOLD | UNDERLINE},
    [THEME_DIM] = {"dim", DIM, DIM},
    [THEME_GOOD] = {"good", ATTR_FG(GREEN), 0},
    [THEME_PROMPT] = {"prompt", BOLD, BOLD},
    [THEME_ERROR] = {"error", BOLD | ON(BRIGHT + WHITE, RED), BOLD | REVERSE},
    [THEME_TREE] = {"tree", ATTR_FG(CYAN), DIM},
    [THEME_MATCH] = {"match", ON(BLACK, YELLOW), BOLD | UNDERLINE},
};

static const char *const theme_names[] = {"default", "mono"};

static const struct flag {
    const char *name;
    unsigned flag;
} flags[] = {
    {"bold", BOLD}, {"dim", DIM}, {"underline", UNDERLINE}, {"reverse", REVERSE},
};

static const struct colour {
    const char *name;
    int colour;
} colours[] = {
    {"default", -1},
    {"black", BLACK},
    {"red", RED},
    {"green", GREEN},
    {"yellow", YELLOW},
    {"blue", BLUE},
    {"magenta", MAGENTA},
    {"cyan", CYAN},
    {"white", WHITE},
    {"gray", BRIGHT + BLACK},
    {"bright-black", BRIGHT + BLACK},
    {"bright-red", BRIGHT + RED},
    {"bright-green", BRIGHT + GREEN},
    {"bright-yellow", BRIGHT + YELLOW},
    {"bright-blue", BRIGHT + BLUE},
    {"bright-magenta", BRIGHT + MAGENTA},
    {"bright-cyan", BRIGHT + CYAN},
    {"bright-white", BRIGHT + WHITE},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *theme_role_name(enum theme_role role)
{
    return roles[role].name;
}

const char *theme_name(size_t i)
{
    return i < COUNT(theme_names) ? theme_names[i] : NULL;
}

static bool no_color(void)
{
    const char *value = getenv("NO_COLOR");

    return value && *value;
}

int theme_init(struct theme *theme, const char *name)
{
    size_t i = 0;

    while (name && i < COUNT(theme_names) && strcmp(name, theme_names[i]))
        i++;
    if (i == COUNT(theme_names))
        return -ENOENT;
    theme->mono = i == 1 || no_color();
    for (size_t r = 0; r < THEME_ROLES; r++)
        theme->attr[r] = (uint16_t)(theme->mono ? roles[r].mono : roles[r].colours);
    return 0;
}

/* A look as it is read word by word. */
struct look {
    unsigned attr;
    unsigned words;
    bool normal;
    bool fg, bg; /* that colour was given */
    bool on;     /* the word before was "on" */
};

static bool same_word(const char *name, const char *word, size_t len)
{
    return strncasecmp(name, word, len) == 0 && name[len] == '\0';
}

static bool take_flag(struct look *look, const char *word, size_t len)
{
    for (size_t i = 0; i < COUNT(flags) && !look->on; i++) {
        if (same_word(flags[i].name, word, len)) {
            look->attr |= flags[i].flag;
            return true;
        }
    }
    return false;
}

static bool take_colour(struct look *look, const char *word, size_t len)
{
    bool *seen = look->on ? &look->bg : &look->fg;
    size_t i = 0;

    while (i < COUNT(colours) && !same_word(colours[i].name, word, len))
        i++;
    if (i == COUNT(colours) || *seen)
        return false;
    *seen = true;
    if (colours[i].colour >= 0)
        look->attr |= look->on ? ATTR_BG(colours[i].colour) : ATTR_FG(colours[i].colour);
    look->on = false;
    return true;
}

static bool take_word(struct look *look, const char *word, size_t len)
{
    look->words++;
    if (same_word("on", word, len) && !look->on && !look->bg) {
        look->on = true;
        return true;
    }
    if (same_word("normal", word, len)) {
        look->normal = true;
        return true;
    }
    return take_flag(look, word, len) || take_colour(look, word, len);
}

static const char blanks[] = " \t";

static bool read_look(struct look *look, const char *text, char *err, size_t errcap)
{
    char shown[64];
    size_t len;

    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        len = strcspn(text, blanks);
        if (!take_word(look, text, len)) {
            utf8_printable(shown, sizeof(shown), text, len);
            snprintf(err, errcap, "'%s' is no colour or attribute here", shown);
            return false;
        }
        text += len;
    }
    if (look->on)
        snprintf(err, errcap, "no colour after 'on'");
    else if (!look->words)
        snprintf(err, errcap, "no colour or attribute; 'normal' is for none");
    else if (look->normal && look->words > 1)
        snprintf(err, errcap, "'normal' stands alone");
    else
        return true;
    return false;
}

bool theme_set(struct theme *theme, const char *role, const char *look, char *err, size_t errcap)
{
    struct look found = {0};
    char shown[64];
    size_t r = 0;

    while (r < THEME_ROLES && strcmp(role, roles[r].name))
        r++;
    if (r == THEME_ROLES) {
        utf8_printable(shown, sizeof(shown), role, strlen(role));
        snprintf(err, errcap, "nothing called '%s' has a colour", shown);
        return false;
    }
    if (!read_look(&found, look, err, errcap))
        return false;
    if (theme->mono)
        found.attr &= ATTR_FLAGS;
    if (!theme->mono || found.attr || found.normal)
        theme->attr[r] = (uint16_t)found.attr;
    return true;
}
