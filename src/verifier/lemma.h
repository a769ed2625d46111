/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma.h - guesses at what else is always true, read off the rules: what a
 * rule requires of a key before it adds it, what it adds together, and what an
 * invariant says of one map's keys and may hold of another's.  They are only
 * guesses: prove.c keeps those that induction keeps.
 */
#ifndef COCOAPOL_LEMMA_H
#define COCOAPOL_LEMMA_H

#include "tree.h"

/* Bools about one state, without fields or old state. */
struct lemma_list {
	struct tree_expr **items;
	uint32_t n, cap;
};
struct lemma_list lemma_guess(struct arena *a, const struct tree_policy *tree);

#endif
