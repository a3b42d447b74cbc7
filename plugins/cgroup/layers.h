/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group has counted of block devices, summed so that each request counts once.
 *
 * A request to a device that stands on others (device mapper, md) is counted there, and what
 * becomes of it below once more: with a mirror for each of its disks, with RAID 5 for the group of
 * a kernel thread, and where it is passed on as it is without its bytes (BIO_CGROUP_ACCT).  Only the
 * topmost device has it once, whole, and for the group that it came from (submit_bio_noacct and
 * blk_cgroup_bio_start in the kernel's block layer).  So devices beneath one that has counted are
 * left out, and with them what the group may have sent them past it.
 */
#ifndef KVMTOP_CGROUP_LAYERS_H
#define KVMTOP_CGROUP_LAYERS_H

#include "cgroup/text.h"
#include "lib/u64map.h"

struct layer;
struct tally;

struct layers {                 /* begin with {0} */
    struct layer *layers;       /* owned, of this round: devices that have counted, */
    struct u64map by_device;    /* and those beneath them */
    /* The text that is being read. */
    struct tally *tallies;      /* owned */
    size_t count, room;
    struct u64map beneath;      /* devices that don't count, */
    uint64_t *found;            /* and a list of them, owned */
    size_t nfound, found_room;
    bool failed;                /* no memory */
};

void layers_free(struct layers *set);
/* A round begins: devices may have come and gone. */
void layers_forget(struct layers *set);

/* A cgroup_io_of: what the text tells of this device is for here. */
struct cgroup_io *layers_io(void *set, uint64_t device);
/* What it has told of the topmost devices is added up; the next text begins. */
void layers_sum(struct layers *set, int sysfd, struct cgroup_io *sum);

#endif
