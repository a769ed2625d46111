/* SPDX-License-Identifier: Apache-2.0
 *
 * proof.h - the proof of one duty: formulas that may be assumed, instances of
 * quantified ones, then cases until each is a contradiction.  Every function
 * that returns false has refused a step and changed nothing.
 *
 * Nodes are those of ground.h.
 */
#ifndef COCOAPOL_PROOF_H
#define COCOAPOL_PROOF_H

#include "duty.h"
#include "ground.h"

/* What a step does; `a` and `b` of struct proof_step are in parentheses. */
enum proof_kind {
	PROOF_END,              /* the cases follow */
	PROOF_GUARD,            /* (number) a conjunct of the guard */
	PROOF_GOAL,             /* (goal) which held before the step */
	PROOF_COUNT,            /* (number) a fact of duty_counts() */
	PROOF_SYMBOL,           /* (function) facts about it */
	PROOF_TERM,             /* (node) facts about a COUNT or CHOOSE */
	PROOF_PATTERNS,         /* (pattern, pattern) what their words have in common */
	PROOF_WORD,             /* (string + 1 or 0, pattern) whether it matches */
	PROOF_INSTANCE,         /* (node, node) a quantified formula, and a term for its variable */
	PROOF_WITNESS,          /* (node) a quantified formula, and a new term if it is false or has one */
	PROOF_KINDS
};
struct proof_step {
	enum proof_kind kind;
	uint32_t a, b;
};
/* How many of `a` and `b` the kind has. */
uint32_t proof_operands(enum proof_kind kind);

struct proof {
	struct duties *duties;
	struct ground *ground;
	uint32_t goal, event;
	struct fol_list counts;
	bool has_counts;
	struct fol *witness;            /* the term of the last PROOF_WITNESS */
};

/* after is what duty_after() gave. */
bool proof_begin(struct proof *p, uint32_t goal, uint32_t event, struct fol *after);
bool proof_step(struct proof *p, const struct proof_step *step);

/* The instance as a formula that is always true. */
struct fol *proof_instance(struct fol_space *s, struct fol *binder, struct fol *term);
struct fol *proof_witness(struct fol_space *s, struct fol *binder, struct fol *temp);

#endif
