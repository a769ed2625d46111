/* SPDX-License-Identifier: Apache-2.0
 *
 * hostile.h - the parts of the hostile host: what it asks next (hostile_make.c)
 * and what must be true of every answer (hostile.c).
 */
#ifndef COCOAPOL_HOSTILE_H
#define COCOAPOL_HOSTILE_H

#include "request/request.h"
#include "runtime/state.h"

struct chance { uint64_t state; };

static inline uint32_t chance_below(struct chance *c, uint32_t n)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return n == 0 ? 0 : (uint32_t)((c->state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

static inline bool chance_one_in(struct chance *c, uint32_t n)
{
	return chance_below(c, n) == 0;
}

/* What the host knows: the policy, requests that were meant to be made, and the
 * group's state, for it made all of that. */
struct host {
	const struct cpol_policy *policy;
	const struct cpol_group *group;
	const struct request_item *seeds;
	uint32_t n_seeds, next;         /* next: the seed after the last that was used */
	struct chance chance;
	/* The temper of an episode. */
	uint32_t n_names;               /* ids, and targets of each kind, that it uses */
	uint32_t calm;                  /* of 8 requests, those that are left as they were meant */
};

/* The bytes of the next request, in the arena: mostly well-formed, often nearly
 * right. */
struct str host_asks(struct host *h, struct arena *a);

#endif
