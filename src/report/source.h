/* SPDX-License-Identifier: Apache-2.0
 *
 * source.h - an expression as the policy language writes it, so that it can be
 * read, and put back into a source with the same meaning.  What the compiler
 * makes of the text are the bytes that it was printed from; two things have no
 * source and are shown as cocoapolc dump has them: a row without a name (row#N)
 * and a pattern too large to be written (pattern#N).
 */
#ifndef COCOAPOL_SOURCE_H
#define COCOAPOL_SOURCE_H

#include "../lift/tree.h"

/* event: whose fields are meant; NULL for what has none.  Lets are put in. */
struct str source_of_expr(struct arena *a, const struct bc_policy *p, const struct bc_event *event,
    const struct tree_expr *e);
/* The same of a part in which variables of loops around it are free: their
 * names by slot, BC_SLOTS_MAX + 2 of them. */
struct str source_of_open(struct arena *a, const struct bc_policy *p, const struct bc_event *event,
    const struct tree_expr *e, const struct str *names);

#endif
