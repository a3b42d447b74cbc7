/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rights that are not another user's to use. */
#include "core/secure.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xalloc.h"

/* The kernel says so: AT_SECURE in the auxiliary vector, getauxval(3). */
bool secure_execution(void)
{
    return getauxval(AT_SECURE) != 0;
}

/* A file's own owner leads nowhere; what isn't there yet, root will make. */
static bool leads_astray(const char *part)
{
    struct stat st;

    return lstat(part, &st) == 0 && st.st_uid != 0 && !S_ISREG(st.st_mode);
}

bool secure_way(const char *path)
{
    char *way = xstrdup(path), *end = way;
    bool good = true;

    while (good && *end && geteuid() == 0) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        good = !leads_astray(way);
        *end = kept;
    }
    free(way);
    return good;
}
