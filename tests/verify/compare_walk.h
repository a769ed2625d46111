/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_walk.h - two policies in a small closed universe of requests: all joint
 * states up to a depth by the real interpreters, and what the proof alone says.
 */
#ifndef COCOAPOL_COMPARE_WALK_H
#define COCOAPOL_COMPARE_WALK_H

#include "base/bytes.h"
#include "runtime/cpol.h"

enum { DEPTH = 5, MOST_REQUESTS = 64, MOST_STATES = 20000 };

struct side {
	struct cpol_policy policy;
	struct cpol_group group;
	struct str text, bytes;
	char path[256];
};

/* Compiles the side's text (it ends in NUL) and opens it; false: it says why. */
bool open_side(struct arena *a, struct side *s);

struct universe {
	struct str requests[MOST_REQUESTS];     /* the same bytes for both: one list of events */
	uint32_t n_tags[MOST_REQUESTS], n;
};

void add_request(struct arena *a, const struct bc_policy *p, struct universe *u, const char *json);

/* The one list that is kept ("tags") has at most two elements. */
bool goes_beyond(const struct cpol_verdict *within, const struct cpol_verdict *beyond, uint32_t n_tags);

struct state { struct str within, beyond; uint32_t depth; };

struct walk {
	struct arena *arena;
	struct side *within, *beyond;
	const struct universe *u;
	struct state states[MOST_STATES];
	uint32_t n;
};

/* The length of the shortest run of the universe's requests that ends where the
 * one goes beyond the other; 0: there is none up to DEPTH. */
uint32_t enumerate(struct walk *w);

/* The proof alone: the command would look for a difference first.  It is given
 * the states that were walked, but for those past the difference. */
bool is_proved(struct walk *w, double seconds);

#endif
