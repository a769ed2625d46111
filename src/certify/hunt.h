/* SPDX-License-Identifier: Apache-2.0
 *
 * hunt.h - which formulas and instances contradict each other, for one duty: a
 * solver says so, and a few of them are kept.  What is found is only a plan; the
 * proof is made and checked elsewhere.
 */
#ifndef COCOAPOL_HUNT_H
#define COCOAPOL_HUNT_H

#include "../check/proof.h"

/* A step of a proof, before its nodes have numbers. */
struct hunt_step {
	enum proof_kind kind;
	uint32_t a, b;                  /* GUARD GOAL COUNT PATTERNS WORD */
	const struct fol_fun *fun;      /* SYMBOL */
	struct fol *of;                 /* TERM, INSTANCE, WITNESS: the term, or quantified formula */
	struct fol *term;               /* INSTANCE, WITNESS: what is put for its variable */
	struct fol *formula;            /* what the step adds */
};
struct hunt_plan {
	struct hunt_step *steps;
	uint32_t n;
};

struct smt;
struct hunter {
	struct arena *arena;
	struct duties *duties;          /* in a space of its own */
	struct smt *smt;
	struct ground *ground;
	uint32_t timeout_ms;
};

/* needed says which goals may be assumed.  False: no plan was found. */
bool hunt(struct hunter *h, uint32_t goal, uint32_t event, const bool *needed, struct hunt_plan *plan);

#endif
