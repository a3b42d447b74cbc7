/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where proc, sys and etc are read: the running host, a folder (--root), or a recorded host in
 * steps: DIR/1, DIR/2, … each with proc, sys, etc and a file `clock` (monotonic ns). */
#ifndef KVMTOP_CORE_ROOT_H
#define KVMTOP_CORE_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include <kvmtop/plugin.h>

struct root {
    bool live;                  /* the running host itself */
    unsigned step;              /* of a recording, from 1; 0: not one */
    uint64_t clock;             /* of the step, ns */
    int base;                   /* descriptor of --root, or -1 */
    int dir[3];                 /* proc, sys, etc; -1: there is none */
};

/* Nothing is open yet: there are no folders. */
void root_init(struct root *root);

/* dir NULL: the running host.  0, or -errno with nothing open; -ENODATA: dir has no proc. */
int root_open(struct root *root, const char *dir);
void root_close(struct root *root);

/* Go on to the next step.  False: that was the last (or there are no steps and `step` is 0). */
bool root_next(struct root *root);
/* Go back by one.  False: this is the first. */
bool root_back(struct root *root);

int root_dir(const struct root *root, enum kvmtop_dir dir);
uint64_t root_now(const struct root *root, enum kvmtop_clock clock);

#endif
