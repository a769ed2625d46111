/* SPDX-License-Identifier: Apache-2.0
 *
 * search.h - traces: requests that the interpreter allows, one after another
 * from the first state, to a state (or by a step) that refutes a claim, or that
 * shows that a `reachable` claim can be met.
 *
 * Breadth first with the real interpreter, so a trace is a shortest one among
 * those that the proposals of synth.h can make.  What shall be reachable is
 * planned first (plan.h): then no single request before the last can be left
 * out, but there may be a shorter way.  What is found is played again from the
 * start, on a fresh group as the guest has it, before it is believed.  What is
 * not found may exist.
 */
#ifndef COCOAPOL_SEARCH_H
#define COCOAPOL_SEARCH_H

#include "../runtime/cpol.h"
#include "../lift/tree.h"

struct search_trace {
	bool found;
	struct str *requests;           /* as cpol_decide() reads them */
	uint32_t n_requests;
	double seconds;                 /* that it took to find */
};

struct search_options {
	double most_seconds;            /* for all claims; 0: 10 */
	uint32_t most_states;           /* of one search; 0: 60,000 */
	bool quick;                     /* a first look: what is near, and no plans */
	/* Called now and then, for a progress line; may be NULL. */
	void (*progress)(void *arg, uint32_t claim, uint32_t depth, uint32_t n_states);
	void *progress_arg;
	/* Called for each trace as soon as it is found; may be NULL. */
	void (*found)(void *arg, uint32_t claim, const struct search_trace *trace);
	void *found_arg;
	/* Called with each state that is met for the first time; may be NULL. */
	void (*see)(void *arg, struct cpol_group *state);
	void *see_arg;
};

struct search_report {
	struct search_trace *traces;    /* one for each claim of the policy */
	uint32_t n_states, n_requests;  /* states met, requests judged */
	uint32_t most_depth;            /* of what was searched completely */
	double seconds;
};

/* wanted: one bool for each claim.  Cannot fail; the report lives in the arena. */
struct search_report *search_policy(struct arena *a, const struct tree_policy *tree,
    const bool *wanted, const struct search_options *options);

/* A group in its first state that keeps ghosts, in the arena.  most_keys as in
 * struct cpol_options.  The policy is borrowed. */
struct cpol_group *search_group(struct arena *a, const struct cpol_policy *policy,
    uint32_t most_keys);

/* Whether each request is allowed on a fresh group and the claim is refuted (or
 * met, if it is `reachable`) at the end. */
bool search_confirm(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    const struct search_trace *trace);

/* Leave out requests that the end does not need, of a trace that was confirmed. */
void search_shorten(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    struct search_trace *trace);

/* Whether the guest allows each request, from the first state on: it has no
 * ghosts, and the claims do not matter. */
bool search_is_allowed(struct arena *a, const struct cpol_policy *policy,
    const struct search_trace *trace);

/* Whether a step claim is about the event. */
bool search_is_about(const struct bc_claim *claim, uint32_t event);
/* Whether a claim is refuted (met, if `reachable`) by the step from before to
 * now, or by now alone; before and event are NULL where there is no step. */
bool search_is_decided(const struct bc_policy *p, uint32_t claim, struct cpol_group *now,
    const struct cpol_group *before, const struct cpol_event *event);

/* Seconds of a clock that never goes back. */
double search_clock(void);

#endif
