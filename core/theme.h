/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What things look like: roles on the screen, their attributes, and the words for both. */
#ifndef KVMTOP_CORE_THEME_H
#define KVMTOP_CORE_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

enum theme_role {
    THEME_TITLE,       /* title bar */
    THEME_HOST,        /* the host's line */
    THEME_HEAD,        /* column heads */
    THEME_HEAD_SORTED, /* head of the sorted column */
    THEME_ROW,         /* rows */
    THEME_CURSOR,      /* the line under the cursor */
    THEME_TOTAL,       /* totals line */
    THEME_BAR_KEY,     /* a key in the bar of keys */
    THEME_BAR_TEXT,    /* what it does */
    THEME_GUEST,       /* a guest's name */
    THEME_WARN,        /* a figure past its first threshold */
    THEME_CRIT,        /* past its second */
    THEME_DIM,         /* what matters less: units, unknown values, kernel threads */
    THEME_GOOD,        /* states that are well */
    THEME_PROMPT,      /* the line typed into */
    THEME_ERROR,       /* messages of something wrong */
    THEME_TREE,        /* the lines of a tree */
    THEME_MATCH,       /* what a filter matched */
    THEME_ROLES
};

struct theme {
    uint16_t attr[THEME_ROLES];
    bool mono; /* no colours, also not by theme_set() */
};

/* The theme of that name: "default" (16 colours) or "mono" (bold, dim, underline, reverse only).
 * NULL stands for "default". With NO_COLOR in the environment (set and not empty) it is always
 * mono. 0, or -ENOENT for a name unknown: the theme is left alone. */
int theme_init(struct theme *theme, const char *name);

/* Sets a role by its name ("head_sorted") to a look in words: any of bold dim underline reverse,
 * a colour, `on` and a colour; or `normal` alone. Colours: black red green yellow blue magenta
 * cyan white, bright-black (also gray) ... bright-white, default. Case does not matter. A mono
 * theme takes the flags only, and keeps what it has if there are none, so that no meaning is
 * lost. False with a message in err (one line, quoting the wrong word in printable form); the
 * theme is left alone. */
bool theme_set(struct theme *theme, const char *role, const char *look, char *err, size_t errcap);

/* The role's name; the themes' names from 0 on, NULL past the last. */
const char *theme_role_name(enum theme_role role);
const char *theme_name(size_t i);

static inline uint16_t theme_attr(const struct theme *theme, enum theme_role role)
{
    return theme->attr[role];
}

#endif
