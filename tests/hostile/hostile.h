/* SPDX-License-Identifier: Apache-2.0
 *
 * hostile.h - the parts of the hostile host: what it asks next (hostile_make.c)
 * and what must be true of every answer (hostile.c).
 */
#ifndef COCOAPOL_HOSTILE_H
#define COCOAPOL_HOSTILE_H

#include "../unit/chance.h"
#include "request/request.h"
#include "runtime/state.h"

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

/* For the fuzzer: open both files, once; and an episode that ends with the bytes of
 * chance, whose steps are counted. */
bool hostile_start(const char *policy, const char *requests);
uint32_t hostile_play(struct chance chance);

#endif
