/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_hunt.h - what the files of compare's search share.
 */
#ifndef COCOAPOL_COMPARE_HUNT_H
#define COCOAPOL_COMPARE_HUNT_H

#include "../base/bytes.h"
#include "compare.h"
#include "../search/plan.h"
#include "../search/search.h"
#include "../search/synth.h"

enum { TABLE = 1 << 16, SEEN = 1 << 12, MOST_STATES = 40000, MOST_DEPTH = 24, ROUNDS = 3, MOST_ROWS = 24, MOST_LISTED = 8 };

struct node {
	struct str a, b, request;       /* snapshots; what led here */
	uint32_t parent, depth, next;   /* next: of the bucket, plus 1 */
};

struct hunt {
	struct arena *results, store, scratch;
	struct joint *j;
	const struct compare_options *options;
	struct bc_policy policy;        /* the joint one, with B's state alone */
	struct tree_policy tree;        /* B's rules in the joint vocabulary; one may be changed */
	struct tree_rule rules[BC_EVENTS_MAX];
	struct synth synth;
	struct compare_pair base, work;
	struct compare_trace best;
	/* breadth first */
	struct node *nodes;
	uint32_t n_nodes, cap_nodes, at;
	uint32_t table[TABLE];
	uint64_t seen[SEEN];
	bool dirty, wide;
	struct bytes buffer_a, buffer_b;
	double until;
	bool *is_new[BC_TABLES_MAX];    /* rows of joint tables that differ */
};

/* ---- compare_search.c ---- */

/* Found, or out of time. */
bool hunt_is_over(const struct hunt *h);
/* Requests that B allows, one after another: whether A parts on the way. */
bool hunt_parts(struct hunt *h, const struct plan *plan);
/* The groups start where the plan (or NULL) leaves them; seconds of the processor. */
void hunt_breadth_first(struct hunt *h, const struct plan *plan, double seconds);

/* ---- compare_fill.c ---- */

/* A's variable, with keys that B takes too, until A has no more room. */
void hunt_fill(struct hunt *h, uint32_t var_of_a, double seconds);

/* ---- compare_plan.c ---- */

void hunt_mark_new(struct hunt *h);
/* In B's first state; seconds of the processor. */
struct planner *hunt_planner(struct hunt *h, double seconds);
/* One doubt: with each row that is new alone, then with the usual ones. */
void hunt_pursue(struct hunt *h, const struct joint_doubt *d);
/* New rows through every event that is about them; saying the opposite of what
 * they say; and everything that B is for, with what is near. */
void hunt_deploy_new(struct hunt *h, double seconds);
void hunt_deploy_contrary(struct hunt *h, double seconds);
void hunt_deploy_all(struct hunt *h, double seconds);

#endif
