/* SPDX-License-Identifier: Apache-2.0
 *
 * prover.h - what prove.c and ask.c share: goals, and what is to be shown of
 * each.
 */
#ifndef COCOAPOL_PROVER_H
#define COCOAPOL_PROVER_H

#include "../lift/facts.h"
#include "prove.h"
#include "smt.h"

#define FIRST_STATE     BC_EVENTS_MAX   /* in place of an event */

/* How much of what is known is used.  The less, the sooner it is done; what
 * follows from some of it follows from all. */
enum ask_level {
	ASK_NEAR,               /* invariants about no other variables than the goal, and what
	                           the guard says of these */
	ASK_WIDE,               /* invariants that share a variable with the goal */
	ASK_ALL
};
enum { ASK_LEVELS = ASK_ALL + 1 };

/* One thing to be shown of a goal; the first state counts as an event. */
struct obligation {
	uint32_t event;
	struct fol *after;
	uint64_t vars;                  /* of the state: a bit for each that it is about */
	bool shown;
	enum prove_doubt doubt;         /* if not */
	enum ask_level level;           /* that it was shown at, */
	uint32_t n_tried;               /* stages of the brief round, which were not enough */
	bool *assumed;                  /* and the goals that it was shown with: */
	uint32_t n_assumed;             /* of as many */
};

/* A claim or lemma. */
struct goal {
	const struct tree_expr *expr;
	struct fol *now;                /* as a formula; a step claim's last one */
	uint64_t vars;
	uint32_t claim;                 /* UINT32_MAX: a lemma */
	bool is_step, is_out;           /* is_out: not shown, and not assumed */
	bool is_proved;                 /* in an earlier round: assumed, not asked again */
	bool is_refuted;                /* it is out for good */
	bool is_wanted;                 /* something rests on it: a guess is not asked before */
	struct obligation *obligations;
	uint32_t n_obligations;
};

/* A rule's guard: what must all be true. */
struct guard {
	struct fol **parts;
	uint64_t *vars;
	uint32_t *stronger;             /* the part that implies this one; itself: none */
	uint32_t n;
};

/* What is open of a goal, to be asked. */
struct job {
	uint32_t goal;
	bool all;                       /* not only until one thing fails */
	bool is_done;                   /* no more is to be asked of it */
	uint32_t cost;                  /* expected */
	uint32_t at;                    /* the obligation that was begun last */
};

struct prover {
	struct arena *arena;
	const struct tree_policy *tree;
	struct prove_options options;
	struct prove_report *report;
	struct lift lift;
	struct facts *facts;
	struct smt *smt;
	struct cache *cache;            /* NULL: none */
	struct lift_rule *rules;        /* by event */
	struct guard *guards;           /* by event */
	struct goal *goals;
	uint32_t n_goals, cap_goals;
	bool is_brief;                  /* only what is soon over is asked */
	bool is_patient;                /* queries may take their time */
	double until;                   /* of search_clock(); 0: no limit */
	/* of the jobs at hand */
	struct job *jobs;
	uint32_t n_jobs;
	uint32_t n_batches;             /* processes that do them: batch i has jobs i, i + n, i + 2 n... */
	uint32_t begun_goal, begun_event;
};

/* The variables of the state that a formula is about. */
uint64_t ask_vars(struct prover *p, struct fol *f);
struct guard ask_guard(struct prover *p, struct fol *guard);

/* The formulas that an obligation is asked with: together they can't be true
 * if it holds. */
struct question { struct fol_list formulas, facts; };
struct question ask_question(struct prover *p, const struct goal *g, const struct obligation *o,
    enum ask_level level, const bool *assumed);

/* Whether it was shown, and all that it was shown with is still assumed. */
bool ask_still_stands(const struct prover *p, const struct obligation *o);

/* Ask in child processes what is not shown of the goals of p->jobs: of each
 * until one thing fails, or all of it.  The order of p->jobs changes. */
void ask_jobs(struct prover *p);

#endif
