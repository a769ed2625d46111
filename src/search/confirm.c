/* SPDX-License-Identifier: Apache-2.0
 *
 * confirm.c - what a trace shows, by the interpreter alone.
 */
#include <stdlib.h>

#include "../bytecode/decode.h"
#include "../runtime/state.h"
#include "search.h"

static struct cpol_group *new_group(struct arena *a, const struct cpol_policy *policy,
    struct cpol_options options)
{
	struct cpol_group *group = arena_new(a, struct cpol_group);
	size_t len = cpol_memory(policy, &options);

	if (len == 0 || cpol_init(group, policy, arena_alloc(a, len), len, &options) != BC_OK)
		abort();                /* bc_open() bounds what a policy needs */
	return group;
}

struct cpol_group *search_group(struct arena *a, const struct cpol_policy *policy,
    uint32_t most_keys)
{
	return new_group(a, policy, (struct cpol_options){ .ghost = true, .most_keys = most_keys });
}

/* ---- claims ---- */

bool search_is_about(const struct bc_claim *claim, uint32_t event)
{
	uint32_t i;

	for (i = 0; i < claim->n_events; i++)
		if (bc_get32(claim->events + 4 * (size_t)i) == event)
			return true;
	return false;
}

bool search_is_decided(const struct bc_policy *p, uint32_t claim, struct cpol_group *now,
    const struct cpol_group *before, const struct cpol_event *event)
{
	const struct bc_claim *c = &p->claims[claim];
	bool fault = false, holds;

	if (c->kind != BC_ALWAYS)
		holds = cpol_claim_holds(now, NULL, NULL, claim, &fault);
	else if (event == NULL || !search_is_about(c, bc_get32(event->bytes)))
		return false;
	else
		holds = cpol_claim_holds(now, before, event, claim, &fault);
	return !fault && holds == (c->kind == BC_REACHABLE);
}

static bool play(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    const struct str *requests, uint32_t n)
{
	struct cpol_group *now = search_group(a, policy, 0), *before = NULL;
	uint32_t i;

	/* Only claims about steps look back. */
	if (policy->bc.claims[claim].kind == BC_ALWAYS)
		before = search_group(a, policy, 0);
	if (n == 0)
		return search_is_decided(&policy->bc, claim, now, NULL, NULL);
	for (i = 0; i < n; i++) {
		struct cpol_event event = { requests[i].ptr, requests[i].len };

		if (!cpol_decide(now, &event).allowed)
			return false;
		cpol_commit(now);
		if (i + 1 == n)
			return search_is_decided(&policy->bc, claim, now, before, &event);
		if (before == NULL)
			continue;
		if (!cpol_decide(before, &event).allowed)
			return false;
		cpol_commit(before);
	}
	return false;
}

bool search_confirm(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    const struct search_trace *trace)
{
	struct arena mark = *a;
	bool played;

	played = play(a, policy, claim, trace->requests, trace->n_requests);
	arena_rewind(a, mark);
	return played;
}

bool search_is_allowed(struct arena *a, const struct cpol_policy *policy,
    const struct search_trace *trace)
{
	struct arena mark = *a;
	struct cpol_group *group = new_group(a, policy, (struct cpol_options){ .ghost = false });
	bool allowed = true;
	uint32_t i;

	for (i = 0; allowed && i < trace->n_requests; i++) {
		struct cpol_event event = { trace->requests[i].ptr, trace->requests[i].len };

		allowed = cpol_decide(group, &event).allowed;
		if (allowed)
			cpol_commit(group);
	}
	arena_rewind(a, mark);
	return allowed;
}
