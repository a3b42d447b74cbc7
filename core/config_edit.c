/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes that are checked before, and their outcome after. */
#include "core/config_edit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ini.h"
#include "core/ini_doc.h"
#include "core/ini_line.h"
#include "core/replace_file.h"
#include "core/setting.h"
#include "core/xalloc.h"

/* NULL, or why this can't be written so that it would be read again. */
static const char *check_change(const struct config_change *change)
{
    const char *value = change->value;
    size_t len = strlen(value);

    if (!setting_is_column(change->key, strlen(change->key)) ||
        strlen(change->key) > INI_NAME_BYTES)
        return "is not a key";
    if (strlen(change->section) > INI_NAME_BYTES || strpbrk(change->section, "[],;#"))
        return "is not a key of a section";
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
            return "has a control character in its value";
    }
    if (len > 0 && (value[0] == ' ' || value[len - 1] == ' '))
        return "has a blank at an end of its value";
    if (value[0] == ';' || strstr(value, " ;"))
        return "has a ';' in its value, which would begin a comment";
    return NULL;
}

static const char *check_changes(const struct config_change *changes, size_t n, size_t *which)
{
    const char *wrong = NULL;

    for (*which = 0; *which < n; ++*which) {
        wrong = check_change(&changes[*which]);
        if (wrong)
            break;
    }
    return wrong;
}

/* What a reader makes of the new text. */
struct outcome {
    const struct config_change *change;
    bool inside;                /* its section is being read */
    bool good;                  /* the text sets it as it should */
};

struct outcomes {
    struct outcome *of;
    size_t n;
};

static void see_section(void *ctx, const char *name, unsigned line)
{
    struct outcomes *outcomes = ctx;

    (void)line;
    for (size_t i = 0; i < outcomes->n; i++)
        outcomes->of[i].inside =
            ini_same_name(name, strlen(name), outcomes->of[i].change->section);
}

static void see_pair(void *ctx, const struct ini_pair *pair)
{
    struct outcomes *outcomes = ctx;

    for (size_t i = 0; i < outcomes->n; i++) {
        struct outcome *of = &outcomes->of[i];
        if (of->inside && strcmp(pair->key, of->change->key) == 0)
            of->good = !pair->add && strcmp(pair->value, of->change->value) == 0;
    }
}

static void see_error(void *ctx, const char *what, unsigned line)
{
    (void)ctx;
    (void)what;
    (void)line;
}

/* Whether the text now says what each change wanted.  Someone else's file may be odd in ways not
 * thought of here: better no change than a wrong one. */
static bool verify(const char *text, size_t len, const struct config_change *changes, size_t n)
{
    static const struct ini_handler handler = { see_section, see_pair, see_error };
    struct outcomes outcomes = { xcalloc(n, sizeof(struct outcome)), n };
    bool good = true;

    for (size_t i = 0; i < n; i++)
        outcomes.of[i].change = &changes[i];
    ini_read(text, len, &handler, &outcomes);
    for (size_t i = 0; i < n; i++)
        good = good && outcomes.of[i].good;
    free(outcomes.of);
    return good;
}

/* ---- the whole ---- */

/* NULL when a change could not be made. */
static char *edit(const char *text, size_t len, const struct config_change *changes, size_t n,
                  size_t *newlen)
{
    struct ini_doc doc;
    char *out = NULL;
    bool good = true;

    ini_doc_init(&doc, text, len);
    for (size_t i = 0; i < n && good; i++)
        good = ini_doc_set(&doc, changes[i].section, changes[i].key, changes[i].value);
    if (good)
        out = ini_doc_text(&doc, newlen);
    ini_doc_free(&doc);
    if (out && !verify(out, *newlen, changes, n)) {
        free(out);
        out = NULL;
    }
    return out;
}

char *config_edit(const char *text, size_t len, const struct config_change *changes, size_t n,
                  size_t *newlen, char *err, size_t errsize)
{
    size_t which;
    const char *wrong = check_changes(changes, n, &which);
    char *out = NULL;

    if (wrong)
        snprintf(err, errsize, "'%s' in [%s] %s", changes[which].key, changes[which].section,
                 wrong);
    else if (!(out = edit(text, len, changes, n, newlen)))
        snprintf(err, errsize, "can't be changed so that it says what it should: edit it by hand");
    return out;
}

static int fail(char *err, size_t errsize, const char *path, int code)
{
    snprintf(err, errsize, "%s: %s", path, strerror(-code));
    return code;
}

int config_update(const char *path, const struct config_change *changes, size_t n, char *err,
                  size_t errsize)
{
    char *text = NULL, *out = NULL;
    size_t len = 0, newlen;
    char why[200];
    int code = ini_load(path, &text, &len);

    if (code < 0 && code != -ENOENT)
        return fail(err, errsize, path, code);
    out = config_edit(text ? text : "", len, changes, n, &newlen, why, sizeof why);
    if (!out) {
        snprintf(err, errsize, "%s: %s", path, why);
        code = -EINVAL;
    } else if (len != newlen || (len > 0 && memcmp(text, out, len) != 0)) {
        code = replace_file(path, out, newlen);
        if (code < 0)
            fail(err, errsize, path, code);
    } else {
        code = 0;
    }
    free(text);
    free(out);
    return code;
}
