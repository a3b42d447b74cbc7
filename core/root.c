/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where proc, sys and etc are read. */
#include "core/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"

#define OPEN_DIR (O_PATH | O_DIRECTORY | O_CLOEXEC)

static const char *const dir_name[3] = { "proc", "sys", "etc" };

/* 0, or why there is no proc: -ENODATA where nothing of that name stands in base. */
static int open_dirs(struct root *root, int base)
{
    int err = 0;

    for (unsigned i = 0; i < 3; i++) {
        root->dir[i] = openat(base, dir_name[i], OPEN_DIR);
        if (i == 0 && root->dir[i] < 0)
            err = errno == ENOENT ? -ENODATA : -errno;
    }
    return err;
}

static void close_dirs(struct root *root)
{
    for (unsigned i = 0; i < 3; i++) {
        if (root->dir[i] >= 0)
            close(root->dir[i]);
        root->dir[i] = -1;
    }
}

static int open_step(const struct root *root, unsigned step)
{
    char name[16];

    snprintf(name, sizeof name, "%u", step);
    return openat(root->base, name, OPEN_DIR);
}

/* 0: it says nothing that can be a time; then there are no rates. */
static uint64_t read_clock(int base)
{
    char text[32];
    int fd = openat(base, "clock", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = 0;
    long long ns = strtoll(text, NULL, 10);
    return ns > 0 && ns < LLONG_MAX ? (uint64_t)ns : 0;
}

/* As open_dirs().  root->step is the step only where there is one. */
static int enter_step(struct root *root, unsigned step)
{
    int base = open_step(root, step);

    if (base < 0)
        return -errno;
    close_dirs(root);
    int err = open_dirs(root, base);
    root->step = step;
    root->clock = read_clock(base);
    close(base);
    return err;
}

void root_init(struct root *root)
{
    *root = (struct root){ .base = -1, .dir = { -1, -1, -1 } };
}

int root_open(struct root *root, const char *dir)
{
    root_init(root);
    root->live = !dir;
    root->base = open(dir ? dir : "/", OPEN_DIR);
    if (root->base < 0)
        return -errno;
    int err = dir ? enter_step(root, 1) : 0;
    if (!root->step)
        err = open_dirs(root, root->base);
    if (err < 0)
        root_close(root);
    return err;
}

void root_close(struct root *root)
{
    close_dirs(root);
    if (root->base >= 0)
        close(root->base);
    root->base = -1;
}

/* False: there is no such step. */
static bool go_to(struct root *root, unsigned step)
{
    enter_step(root, step);
    return root->step == step;
}

bool root_next(struct root *root)
{
    return root->step && go_to(root, root->step + 1);
}

bool root_back(struct root *root)
{
    return root->step > 1 && go_to(root, root->step - 1);
}

int root_dir(const struct root *root, enum kvmtop_dir dir)
{
    return dir >= KVMTOP_DIR_PROC && dir <= KVMTOP_DIR_ETC ? root->dir[dir - 1] : -1;
}

uint64_t root_now(const struct root *root, enum kvmtop_clock clock)
{
    if (root->step)
        return root->clock;
    return clock_ns(clock == KVMTOP_CLOCK_BOOTTIME ? CLOCK_BOOTTIME : CLOCK_MONOTONIC);
}
