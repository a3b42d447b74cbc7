/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An INI text that can be changed key by key, every other byte staying as it is. */
#ifndef KVMTOP_CORE_INI_DOC_H
#define KVMTOP_CORE_INI_DOC_H

#include <stdbool.h>
#include <stddef.h>

struct ini_doc_line;

/* Owner of its lines; ini_doc_free() frees them. */
struct ini_doc {
    struct ini_doc_line *line;
    size_t count;
    const char *eol;            /* as the first line ends */
    char *mark;                 /* byte order marks before the first line */
};

/* Any bytes; they are copied. */
void ini_doc_init(struct ini_doc *doc, const char *text, size_t len);
void ini_doc_free(struct ini_doc *doc);

/* Sets the key: where it was set last, else after its commented-out line (`#key =`), else at the
 * end of its section, else in a new section at the end of the text.  Long values are folded at
 * blanks; the comment behind an old value stays.  The caller has made sure that the three texts
 * are what an INI file can say.  False, and nothing changed: a word too long for a line. */
bool ini_doc_set(struct ini_doc *doc, const char *section, const char *key, const char *value);

/* The text as it is now, to be freed. */
char *ini_doc_text(const struct ini_doc *doc, size_t *len);

#endif
