/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The present settings, written to the user's file. */
#include "core/save.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/config.h"
#include "core/config_edit.h"
#include "core/format.h"
#include "core/secure.h"
#include "core/session.h"
#include "core/str.h"
#include "core/xalloc.h"

/* Owner of the texts that the changes point to. */
struct changes {
    struct config_change *item;
    size_t count;
    struct string_list texts;
};

static const char *keep(struct changes *changes, const char *text)
{
    string_list_add(&changes->texts, text);
    return changes->texts.item[changes->texts.count - 1];
}

static void add(struct changes *changes, const char *section, const char *key, const char *value)
{
    changes->item = xreallocarray(changes->item, changes->count + 1, sizeof *changes->item);
    changes->item[changes->count++] = (struct config_change){
        keep(changes, section), key, keep(changes, value),
    };
}

static void add_view(struct changes *changes, const struct view *view)
{
    const struct column *columns = view->feed->table->columns;
    char section[80], sort[80];
    struct str_buf names = { 0 };

    snprintf(section, sizeof section, "view %s", view->name);
    snprintf(sort, sizeof sort, "%s:%s", columns[view->sort].def.name,
             view->descending ? "desc" : "asc");
    for (uint32_t i = 0; i < view->ncolumns; i++) {
        str_puts(&names, i ? ", " : "");
        str_puts(&names, columns[view->columns[i]].def.name);
    }
    add(changes, section, "columns", names.text);
    add(changes, section, "sort", sort);
    free(names.text);
}

/* As the view with two sides is shown now. */
static bool guest_side(const struct session *session)
{
    for (size_t i = 0; i < session->nviews; i++)
        if (session->views[i]->feed->table->def.mirror_side)
            return session->views[i]->mirror;
    return session->settings->guest_side;
}

/* The file to write; free() it.  NULL: the message says why there is none. */
static char *file(char *message, size_t cap)
{
    char *path = config_user_path();

    if (!path) {
        snprintf(message, cap, "%s", secure_execution()
                 ? "refused while kvmtop has more rights than you"
                 : "neither XDG_CONFIG_HOME nor HOME says where the file is to be");
    } else if (!secure_way(path)) {
        snprintf(message, cap, "refused: another user decides where %s is", path);
        free(path);
        path = NULL;
    }
    return path;
}

bool save_settings(const struct session *session, bool mouse, char *message, size_t cap)
{
    char *path = file(message, cap), number[FORMAT_BUF], err[160];
    struct changes changes = { 0 };

    if (!path)
        return false;
    format_seconds(number, session->interval);
    add(&changes, "core", "interval", number);
    snprintf(number, sizeof number, "%" PRIu64, session->limit);
    add(&changes, "core", "limit", number);
    add(&changes, "core", "view", session->view->name);
    add(&changes, "core", "mouse", mouse ? "yes" : "no");
    add(&changes, "core", "side", guest_side(session) ? "guest" : "host");
    for (size_t i = 0; i < session->nviews; i++)
        add_view(&changes, session->views[i]);
    int failed = config_update(path, changes.item, changes.count, err, sizeof err);
    if (failed)
        snprintf(message, cap, "%s", err);
    else
        snprintf(message, cap, "written to %s", path);
    free(changes.item);
    string_list_free(&changes.texts);
    free(path);
    return !failed;
}
