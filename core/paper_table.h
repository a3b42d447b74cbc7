/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of rows on a page. */
#ifndef KVMTOP_CORE_PAPER_TABLE_H
#define KVMTOP_CORE_PAPER_TABLE_H

#include "core/paper.h"

/* Rows of a table, a line each, under a heading that the columns' titles stand beside. */
struct paper_table {
    const char *heading;
    const struct table *table;
    const uint32_t *rows;
    uint32_t nrows;
    uint32_t label;             /* the column whose text a line begins with */
    uint32_t *columns;          /* what may stand behind it: unknown ones, and the least important */
    uint32_t ncolumns;          /* where they don't all fit, are taken out */
    bool mirror;                /* seen from the guest's side */
};

/* Nothing where there are no rows. */
void paper_table(struct paper *paper, struct paper_table *t);

/* What is known of a row in its numbers and states, a line or more for each group of columns:
 * `CPU   vCPU 4  CPU% 121.0  …`.  Costs and ids are left out. */
void paper_figures(struct paper *paper, const struct table *table, const struct row *row);

#endif
