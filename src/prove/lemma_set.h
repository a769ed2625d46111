/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma_set.h - which lemmas a proof cannot do without.
 */
#ifndef COCOAPOL_LEMMA_SET_H
#define COCOAPOL_LEMMA_SET_H

#include "prove.h"

struct lemma_set {
	struct lemma_list lemmas;
	bool is_enough;                 /* given as invariants, nothing has to be found; */
	bool is_minimal;                /* and that fails without any one of them */
};

/* Of the lemmas that a proof rests on.  When the seconds are over, what is left by
 * then. */
struct lemma_set lemma_set_of(struct arena *a, const struct tree_policy *tree,
    const struct prove_report *report, double seconds);

#endif
