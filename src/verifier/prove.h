/* SPDX-License-Identifier: Apache-2.0
 *
 * prove.h - what is true of every state that can be reached, by induction:
 * a claim holds at first, and each allowed request keeps it.  The proof is
 * about the bytes and covers any number of ids, targets and rows.
 *
 * PROVE_OPEN is not a refutation: either the claim is false, or it is true but
 * does not follow from what else was proved, or the solver gave up.
 */
#ifndef COCOAPOL_PROVE_H
#define COCOAPOL_PROVE_H

#include "tree.h"

enum prove_answer { PROVE_OPEN = 0, PROVE_PROVED };

/* Where a claim did not go through. */
struct prove_failure {
	uint32_t event;                 /* BC_EVENTS_MAX: in the first state */
	bool gave_up;                   /* the solver found no answer, in time or at all */
};

struct prove_claim {
	enum prove_answer answer;       /* always OPEN for `reachable` claims: not asked here */
	struct prove_failure *failures;
	uint32_t n_failures;
	uint32_t n_queries;             /* asked of the solver for this claim */
	double seconds;
};

struct prove_options {
	uint32_t timeout_ms;            /* for one long query; 0: 2000 */
	double most_seconds;            /* for all of it; 0: no limit */
	/* Called before each query, for a progress line; may be NULL.  goal is the
	 * claim's number, or UINT32_MAX for a lemma. */
	void (*progress)(void *arg, uint32_t goal, uint32_t event);
	void *progress_arg;
	/* Only what goes through soon: no lemmas of our own, no long queries.  What
	 * is true of a framework mostly does; what is false is found out by search. */
	bool quick;
	/* One bool for each claim that is known to be false: it is neither asked
	 * nor assumed, and stays OPEN.  NULL: none is known. */
	const bool *refuted;
};

/* What a proof is made of, for those who write it down.  The goals that are not
 * of a step support each other: they hold in the first state, and each step
 * keeps each of them if those it needs held before.  A goal of a step needs
 * them too. */
struct prove_goal {
	const struct tree_expr *expr;
	uint32_t claim;                 /* UINT32_MAX: a lemma */
	bool is_step;
};
struct prove_step {
	uint32_t goal;
	uint32_t event;                 /* BC_EVENTS_MAX: the first state */
	const bool *needed;             /* one for each goal */
};
struct prove_proof {
	struct prove_goal *goals;
	uint32_t n_goals;
	struct prove_step *steps;       /* those that do not fold to true when lifted */
	/* No steps: claims about the tables alone, which the interpreter judges. */
	uint32_t n_steps;
};

struct prove_report {
	struct prove_claim *claims;     /* one for each claim of the policy */
	uint32_t n_queries;
	uint32_t n_skipped;             /* obligations that no write touches, or that folded to true */
	uint32_t n_lemmas;              /* found and proved on the way */
	struct prove_proof proof;       /* of the claims that are proved */
	double seconds;
};

/* Never fails: what goes wrong leaves a claim OPEN.  The report lives in the
 * arena. */
struct prove_report *prove_policy(struct arena *a, const struct tree_policy *tree,
    const struct prove_options *options);

#endif
