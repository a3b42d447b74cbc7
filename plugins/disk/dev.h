/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The links below /dev that udev(7) makes: from names that people know to kernel names.
 *
 * Paths come from command lines, which anybody may write.  So only links are read, nothing is
 * opened, and no way leads out of devtmpfs by other links or mounts: a dead file server there
 * can't hang us.
 */
#ifndef KVMTOP_DISK_DEV_H
#define KVMTOP_DISK_DEV_H

#include <stdbool.h>
#include <stddef.h>

/* The last part of what a link, given relative to the folder /dev, leads to: `dm-3` of
 * `pve/vm-100-disk-0`.  False: no such link, or a kernel before 5.6. */
bool dev_link_target(int dev, const char *path, char *buf, size_t cap);

/* Sees a link: its path relative to the folder and, likewise, the last part of its target. */
typedef void dev_visit(void *arg, const char *path, const char *target);

/* Every link in this folder of /dev and the folders in it. */
void dev_each_link(int dev, const char *folder, dev_visit *visit, void *arg);

#endif
