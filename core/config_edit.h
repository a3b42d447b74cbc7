/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings -> INI file: changes single values and leaves every other byte as it is. */
#ifndef KVMTOP_CORE_CONFIG_EDIT_H
#define KVMTOP_CORE_CONFIG_EDIT_H

#include <stddef.h>

struct config_change {
    const char *section;        /* "core", "view process" */
    const char *key;
    const char *value;          /* single line, no blanks at its ends, no comment in it */
};

/* Makes the changes in the file: the last pair that sets the key is replaced; one that isn't there
 * comes after its commented-out line, else at the end of its section, else in a new section at the
 * end.  Long values are folded at blanks.  Missing folders (0700) and a missing file (0600) are
 * made.  The file is replaced as a whole or not at all, keeps owner and mode, and where it is a
 * symbolic link what it leads to is replaced.  0, or -errno with one line in err. */
int config_update(const char *path, const struct config_change *changes, size_t n, char *err,
                  size_t errsize);

/* The same for text: the new text, to be freed, and its length; NULL with one line in err. */
char *config_edit(const char *text, size_t len, const struct config_change *changes, size_t n,
                  size_t *newlen, char *err, size_t errsize);

#endif
