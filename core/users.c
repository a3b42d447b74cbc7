/* SPDX-License-Identifier: GPL-3.0-or-later */
/* User names by number, from etc/passwd. */
#include "core/users.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/readfile.h"
#include "core/root.h"
#include "core/text.h"
#include "core/xalloc.h"

#define PASSWD_MAX (4u << 20)
#define REREAD_NS 60000000000u

struct user {
    uint32_t uid;
    bool named;                 /* by the file, not by its digits */
    char *name;
    struct user *next;
};

struct users {
    const struct root *root;
    struct user *bucket[256];
    uint64_t read_at;           /* CLOCK_MONOTONIC ns */
    bool read;
};

static struct user **find(struct users *users, uint32_t uid)
{
    struct user **at = &users->bucket[hash_u64(uid) % 256];

    while (*at && (*at)->uid != uid)
        at = &(*at)->next;
    return at;
}

/* Names given out live on, so a number that was shown in digits keeps them beside its name. */
static void add(struct users *users, uint32_t uid, bool named, const char *name, size_t len)
{
    struct user *user = *find(users, uid);

    if (user && user->named)
        return;
    struct user **head = &users->bucket[hash_u64(uid) % 256];
    user = xmalloc(sizeof *user);
    *user = (struct user){ .uid = uid, .named = named, .name = xstrndup(name, len),
                           .next = *head };
    *head = user;
}

/* Digits alone, up to the colon: strtoul(3) takes blanks, signs and the next line too. */
static bool parse_uid(const char *at, const char *end, uint32_t *uid)
{
    uint64_t value = 0;
    const char *begin = at;

    for (; at < end && *at >= '0' && *at <= '9' && value < UINT32_MAX; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    *uid = (uint32_t)value;
    return at > begin && at < end && *at == ':' && value < UINT32_MAX;
}

/* name:password:uid:… */
static void add_line(struct users *users, const char *line, const char *end)
{
    const char *name_end = memchr(line, ':', (size_t)(end - line));
    const char *uid = name_end ? memchr(name_end + 1, ':', (size_t)(end - name_end - 1)) : NULL;
    uint32_t value;

    if (uid && name_end > line && parse_uid(uid + 1, end, &value))
        add(users, value, true, line, (size_t)(name_end - line));
}

static void read_passwd(struct users *users)
{
    int etc = root_dir(users->root, KVMTOP_DIR_ETC);
    size_t len;

    if (etc < 0)                /* there is none, or it isn't open yet */
        return;
    char *file = readfile_all(etc, "passwd", PASSWD_MAX, &len);
    users->read = true;
    users->read_at = root_now(users->root, KVMTOP_CLOCK_MONOTONIC);
    if (!file)
        return;
    for (const char *line = file, *end; line < file + len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(file + len - line));
        if (!end)
            end = file + len;
        add_line(users, line, end);
    }
    free(file);
}

struct users *users_new(const struct root *root)
{
    struct users *users = xcalloc(1, sizeof *users);

    users->root = root;
    return users;
}

void users_free(struct users *users)
{
    if (!users)
        return;
    for (unsigned i = 0; i < 256; i++) {
        for (struct user *u = users->bucket[i], *next; u; u = next) {
            next = u->next;
            free(u->name);
            free(u);
        }
    }
    free(users);
}

const char *users_name(struct users *users, uint32_t uid)
{
    struct user *user = *find(users, uid);
    char digits[16];

    if (user && user->named)
        return user->name;
    uint64_t now = root_now(users->root, KVMTOP_CLOCK_MONOTONIC);
    if (!users->read || now - users->read_at > REREAD_NS)
        read_passwd(users);
    user = *find(users, uid);
    if (!user) {
        int n = snprintf(digits, sizeof digits, "%u", uid);
        add(users, uid, false, digits, (size_t)n);
        user = *find(users, uid);
    }
    return user->name;
}
