/* SPDX-License-Identifier: Apache-2.0
 *
 * collect.h - what canon_of() does before the pools are sorted: measuring,
 * and gathering every string and pattern.  Complaints go to c->d.
 */
#ifndef COCOAPOL_COLLECT_H
#define COCOAPOL_COLLECT_H

#include "canon.h"

void collect_check_counts(struct canon *c);
void collect_check_cells(struct canon *c);
void collect_names(struct canon *c);

/* Strings first; once they are sorted, patterns, for these may mention them. */
void collect_constants(struct canon *c, bool patterns);

#endif
