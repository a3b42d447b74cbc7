/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind a struct kvmtop_sample while a plugin holds it. */
#ifndef KVMTOP_CORE_SAMPLE_H
#define KVMTOP_CORE_SAMPLE_H

#include "core/facts.h"
#include "core/model.h"

struct sample {
    struct kvmtop_sample pub;   /* first: plugins hold its address */
    struct model *model;
    struct feed *feed;
    struct binding *binding;
    /* For fill: the rows that host->next() lends. */
    const uint32_t *rows;       /* NULL: all of the table */
    uint32_t nrows, at;
    bool of_all;                /* a column is sorted or filtered by, or exported */
    uint64_t stop;              /* lend no more past this moment; 0: no limit */
    bool stopped;               /* it did, and rows are left */
    struct facts *facts;        /* of the one row, lent by identity.c; or NULL: */
    struct facts own_facts;     /* made for each row of a table of processes */
    bool own_used;
};

/* Ready for a call of this binding's source, at the model's present moment. */
void sample_init(struct sample *sample, struct model *model, struct feed *feed,
                 struct binding *binding);
/* Let go of what next() made. */
void sample_done(struct sample *sample);

/* Call the source's fill for the rows set in the sample.  Its error is kept in the plugin and
 * returned. */
int sample_fill(struct sample *sample);

#endif
