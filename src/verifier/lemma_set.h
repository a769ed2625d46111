/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma_set.h - which lemmas a proof cannot do without.
 */
#ifndef COCOAPOL_LEMMA_SET_H
#define COCOAPOL_LEMMA_SET_H

#include "prove.h"

struct lemma_set {
	struct lemma_list lemmas;
	bool is_minimal;                /* the proof fails without any one of them */
};

/* Lemmas such that induction alone proves all that is proved in the report:
 * given as invariants, nothing has to be found.  When the seconds are over, what
 * is left by then. */
struct lemma_set lemma_set_of(struct arena *a, const struct tree_policy *tree,
    const struct prove_report *report, double seconds);

#endif
