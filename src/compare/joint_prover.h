/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_prover.h - what the files of the joint proof share.
 */
#ifndef COCOAPOL_JOINT_PROVER_H
#define COCOAPOL_JOINT_PROVER_H

#include "joint_make.h"
#include "joint_prove.h"
#include "../prove/smt.h"

enum { MOST_FREE = 8, MOST_NAMED = 24 };
enum names_of { OF_A, OF_B };
#define AXIOM (UINT32_MAX - 1)          /* the pc of a requirement that only says what a name is */

struct guessed {
	struct joint_guess guess;
	struct fol *now;
	bool is_out;
};

struct prover {
	struct arena *arena;
	struct joint *j;
	const struct joint_options *options;
	struct joint_report *report;
	/* of one round */
	struct lift a, b;
	struct facts *facts;
	struct smt *smt;
	struct lift_rule rules_a[BC_EVENTS_MAX], rules_b[BC_EVENTS_MAX];
	struct lift_rule both[BC_EVENTS_MAX];   /* writes of both; the guards' conjunction */
	struct fol_list given;                  /* of tables */
	struct fol_list invariants;             /* of each side */
	struct fol_list cuts[BC_EVENTS_MAX];    /* what follows from `given`, where proofs will want it */
	struct fol_list only_b;                 /* formulas of B's rule that are not in A's */
	struct intern tried;                    /* pairs of formulas that were thought of as cuts */
	struct fol *marker;                     /* false, but a symbol of the state: what has it in it
	                                           is not forgotten */
	struct tree_policy tree_a, tree_b;      /* with names for sets of rows, A's after B's locals */
	struct tree_rule rules_of_a[BC_EVENTS_MAX], rules_of_b[BC_EVENTS_MAX];
	uint32_t named[2][BC_TABLES_MAX][MOST_NAMED];   /* variables that names are, plus 1; 0: none yet */
	uint32_t n_named[2][BC_TABLES_MAX];
	struct guessed *guesses;
	uint32_t n_guesses, cap_doubts;
	bool gave_up;                           /* the last query */
};

/* ---- asking (joint_ask.c) ---- */

/* How much a query is worth. */
enum effort { USUAL, PATIENT, ALONE };

static inline bool prover_has_both(const struct prover *p, uint32_t event)
{
	return p->j->a.joint.rules[event].exists && p->j->b.joint.rules[event].exists;
}

/* A symbol of the state at temps for its arguments. */
struct fol *prover_symbol(struct prover *p, enum lift_role role, uint32_t var, uint32_t sort, uint32_t n,
    struct fol *const *args);
/* Whether the formulas, with what is given, can't all be true. */
bool prover_refutes(struct prover *p, struct fol_list always, enum effort effort);
/* Whether the goal follows from `when`, the guesses, and what is given. */
bool prover_follows(struct prover *p, struct fol *when, struct fol *goal, uint32_t event);

/* ---- rules (joint_align.c) ---- */

/* A rule with names for its sets of rows. */
void prover_name_sets(struct prover *p, enum names_of names, const struct tree_rule *from, struct tree_rule *to);
/* What the tables say of an event's requests, and A's rule in terms of B's. */
void prover_align(struct prover *p, uint32_t event);

#endif
