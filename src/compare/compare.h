/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.h - requests that B allows and A denies.
 *
 * Both interpreters are played side by side from their first states, by requests
 * that both allow, until B allows one that A denies, or B gives the agent what
 * A does not: an element that A drops, another output.  What is not found may
 * exist; joint_prove.h says when nothing does.
 */
#ifndef COCOAPOL_COMPARE_H
#define COCOAPOL_COMPARE_H

#include "../runtime/cpol.h"
#include "joint_prove.h"

enum compare_kind {
	COMPARE_SAME = 0,               /* B denies it, or both allow the same */
	COMPARE_DENIED,                 /* B allows and A denies */
	COMPARE_KEPT,                   /* B keeps an element of field `number` that A drops */
	COMPARE_GIVEN                   /* output `number` differs */
};

/* The last request is where they differ. */
struct compare_trace {
	enum compare_kind kind;         /* COMPARE_SAME: none was found */
	struct str *requests;           /* as B's cpol_decide() reads them */
	uint32_t n_requests;
	uint32_t number;
	double seconds;
};

/* Two groups, of A and of B, and the pending step of the last request. */
struct compare_pair {
	const struct joint *j;
	struct cpol_group *a, *b;
	struct cpol_verdict verdict_a, verdict_b;
	uint32_t number;
};

/* In their first states, without ghosts, as guests run them. */
struct compare_pair compare_start(struct arena *a, const struct joint *j);
/* Both decide.  If both allow, the step is left pending. */
enum compare_kind compare_decide(struct arena *scratch, struct compare_pair *p, struct str request);
void compare_commit(struct compare_pair *p);
/* The request as A reads it; empty if A has no such event. */
struct str compare_for_a(struct arena *a, const struct joint *j, struct str request);

enum compare_effort {
	COMPARE_GLANCE,                 /* what is near, and rows that only one side has */
	COMPARE_QUICK,                  /* and what the doubts point at */
	COMPARE_LONG
};
struct compare_options {
	double started, until;          /* search_clock() */
	double cpu_until;               /* compare_cpu() */
	enum compare_effort effort;
	const struct joint_report *doubts;
	struct joint_seen *seen;        /* gets every state that is met; may be NULL */
	void (*progress)(void *arg, uint32_t depth, uint32_t n_states);
	void *progress_arg;
};
struct compare_trace compare_search(struct arena *a, struct joint *j, const struct compare_options *options);

/* Whether the trace shows what it says, on fresh groups. */
bool compare_confirm(struct arena *a, const struct joint *j, const struct compare_trace *trace);

#endif
