/* SPDX-License-Identifier: Apache-2.0
 *
 * code_of.h - an expression about a state as the code of a claim, in the one
 * order that bc_judge_code() lets pass; for lemmas, which have no code.
 */
#ifndef COCOAPOL_CODE_OF_H
#define COCOAPOL_CODE_OF_H

#include "../lift/tree.h"

/* False if the expression reads a request or old state, or is too long.  The
 * code lives in the arena. */
bool code_of_expr(struct arena *a, const struct tree_expr *e, struct bc_code *code);

#endif
