/* SPDX-License-Identifier: Apache-2.0
 *
 * duty.h - what there is to be shown for some goals to hold in every state that
 * can be reached: derived from the bytes alone, the same in the program that
 * writes certificates and in the one that checks them.
 *
 * A duty is a goal and an event; the first state counts as an event.  It is
 * shown if the negation of the goal after the step contradicts the rule's guard,
 * the goals before the step, and facts (facts.h).
 */
#ifndef COCOAPOL_DUTY_H
#define COCOAPOL_DUTY_H

#include "../lift/facts.h"

#define DUTY_FIRST      BC_EVENTS_MAX   /* the event that stands for the first state */

struct duty_goal {
	const struct tree_expr *expr;
	uint32_t claim;                 /* UINT32_MAX: a lemma */
	bool is_step;                   /* of a step: shown, never assumed */
	struct fol *now;                /* not of a step: what it says of a state */
	uint64_t reads;                 /* bit i: variable i */
};

struct duties {
	struct arena *arena;
	const struct tree_policy *tree;
	struct lift lift;
	struct facts *facts;
	struct lift_rule *rules;        /* by event */
	uint64_t *writes;               /* by event; bit i: variable i */
	struct duty_goal *goals;
	uint32_t n_goals, cap_goals;
};

struct duties *duties_new(struct arena *a, const struct tree_policy *tree);
void duties_add_claim(struct duties *d, uint32_t claim);        /* not a `reachable` one */
void duties_add_lemma(struct duties *d, const struct tree_expr *lemma);

/* What is to hold after the step; NULL: there is no duty, for no request of the
 * event is allowed, or the goal cannot have changed, or holds anyway. */
struct fol *duty_after(struct duties *d, uint32_t goal, uint32_t event);
/* How the COUNTs of the goal change by the step: facts. */
struct fol_list duty_counts(struct duties *d, uint32_t goal, uint32_t event);

#endif
