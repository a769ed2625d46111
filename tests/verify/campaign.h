/* SPDX-License-Identifier: Apache-2.0
 *
 * campaign.h - the parts of the soundness campaign: random policies as text
 * (campaign_make.c) and all that can happen to them in a small closed world
 * (campaign_walk.c).
 */
#ifndef COCOAPOL_CAMPAIGN_H
#define COCOAPOL_CAMPAIGN_H

#include "../unit/chance.h"
#include "base/arena.h"
#include "runtime/state.h"

/* ---- policies ---- */

/* The strings that requests are made of, ascending: a policy has few, so that
 * they meet. */
#define WORLD_WORDS 3
struct world { struct str words[WORLD_WORDS]; };

/* The source of a framework without a policy; a NUL follows it. */
struct str make_source(struct arena *a, struct chance *c, struct world *world);

/* ---- walks ---- */

struct walk {
	bool *violated;                 /* by claim: false in a state, or of a step, that was met */
	uint32_t n_states, n_requests, depth;
	bool closed;                    /* nothing new is left: the walk saw all there is */
};

/* Breadth first with the interpreter over every request of the world, until
 * nothing is new or most_states were met. */
struct walk walk_policy(struct arena *a, const struct cpol_policy *p, const struct world *world,
    uint32_t most_states);

#endif
