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

#include "lemma.h"
#include "../lift/tree.h"

enum prove_answer { PROVE_OPEN = 0, PROVE_PROVED };

/* Why something was not shown. */
enum prove_doubt {
	PROVE_NOT_ASKED = 0,            /* there was no time, or a stop was asked for */
	PROVE_DOES_NOT_FOLLOW,
	PROVE_GAVE_UP,                  /* the solver found no answer with its many steps */
	PROVE_NO_MEMORY
};

/* Where a claim did not go through. */
struct prove_failure {
	uint32_t event;                 /* BC_EVENTS_MAX: in the first state */
	enum prove_doubt doubt;
};

struct prove_claim {
	enum prove_answer answer;       /* of a `reachable` claim: that it can't be met */
	struct prove_failure *failures;
	uint32_t n_failures;
	uint32_t n_queries;             /* asked of the solver for this claim */
	uint32_t n_cached;              /* obligations that were known from the cache */
	double seconds;
};

struct prove_options {
	uint32_t timeout_ms;            /* about, for one long query: steps are counted; 0: 2000 */
	uint32_t n_processes;           /* that ask at once; 0: 1 */
	uint64_t memory;                /* bytes that each may have; 0: any number */
	uint32_t seed;                  /* of the solver's choices */
	const char *cache;              /* the folder of what was proved before; NULL: none */
	/* Called now and then, for a progress line; may be NULL.  goal is the
	 * claim's number, or UINT32_MAX for a lemma. */
	void (*progress)(void *arg, uint32_t goal, uint32_t event);
	void *progress_arg;
	/* Treated as invariants of the policy; may be NULL. */
	const struct lemma_list *lemmas;
	/* Of `reachable` claims, too: prove that no state meets them. */
	bool impossible;
	/* Of prove_policy() alone. */
	double most_seconds;            /* for all of it; 0: no limit */
	bool quick;                     /* PROVE_QUICK and no more */
	const bool *refuted;            /* as for prove_more() */
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
	uint32_t n_cached;              /* obligations that were known from the cache */
	uint32_t n_skipped;             /* obligations that no write touches, or that folded to true */
	uint32_t n_lemmas;              /* found and proved on the way */
	struct prove_proof proof;       /* of the claims that are proved */
	double seconds;
};

/* Never fails: what goes wrong leaves a claim OPEN.  All lives in the arena. */
struct prover;
struct prover *prove_open(struct arena *a, const struct tree_policy *tree,
    const struct prove_options *options);

/* How hard to try. */
enum prove_effort {
	PROVE_BRIEF,            /* each thing once, and not for long: most of what is true */
	PROVE_QUICK,            /* what goes through soon: of a sound framework, all */
	PROVE_HARD              /* with lemmas of our own, and long queries */
};
/* What was proved before stays.  refuted: one bool for each claim that is known
 * to be false, which is neither asked nor assumed and stays OPEN; NULL: none is
 * known.  most_seconds 0: no limit.  The report changes with the next call. */
struct prove_report *prove_more(struct prover *p, enum prove_effort effort, const bool *refuted,
    double most_seconds);
/* Takes nothing with it that the report needs. */
void prove_close(struct prover *p);

/* Both efforts, one after the other. */
struct prove_report *prove_policy(struct arena *a, const struct tree_policy *tree,
    const struct prove_options *options);

/* Whether the proof is whole: it has a goal for each claim that is proved, each
 * step rests on goals that it has and that are not of steps. */
bool prove_is_whole(const struct tree_policy *tree, const struct prove_report *report);

#endif
