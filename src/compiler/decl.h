/* SPDX-License-Identifier: Apache-2.0
 *
 * decl.h - what is declared rather than ruled: forms of kinds, values of
 * switches, rows.  Each complains and goes on.
 */
#ifndef COCOAPOL_DECL_H
#define COCOAPOL_DECL_H

#include "resolve.h"

/* Read every kind's form; no kind contains itself. */
void decl_kinds(struct cpolc *c);
void decl_switches(struct cpolc *c);
/* Put every row that is declared into its table. */
void decl_rows(struct cpolc *c);

/* A total order of values of one type, and of rows of one table. */
int value_order(const struct ir_value *a, const struct ir_value *b);

#endif
