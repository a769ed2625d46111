/* SPDX-License-Identifier: Apache-2.0
 *
 * shorten.c - requests that the end of a trace does not need are left out.
 *
 * From the last to the first: what served a request that is gone is then not
 * needed either, and the states before the one that is tried stay as they were,
 * so each trial plays what comes after it and no more.
 */
#include "search.h"

#include <stdlib.h>

#include "../base/bytes.h"
#include "snapshot.h"

struct shortener {
	const struct cpol_policy *policy;
	struct arena *arena;
	struct cpol_group *now, *before;        /* before: for claims about steps, or NULL */
	uint32_t claim;
	const struct search_trace *trace;
	struct str *states;             /* before each request */
	bool *left_out;
};

static struct str state_of(struct shortener *s)
{
	struct bytes b = { .arena = s->arena };

	snapshot_take(&b, s->now);
	return bytes_str(&b);
}

static void restore(struct cpol_group *group, struct str state)
{
	struct arena scratch = { .chunks = NULL };

	if (!snapshot_restore(&scratch, group, state))
		abort();                /* both groups have the same room */
	arena_clear(&scratch);
}

static bool step(struct shortener *s, uint32_t i)
{
	struct cpol_event event = { s->trace->requests[i].ptr, s->trace->requests[i].len };

	if (!cpol_decide(s->now, &event).allowed)
		return false;
	cpol_commit(s->now);
	return true;
}

/* Whether the claim is decided at the end if this request is left out, too. */
static bool is_needless(struct shortener *s, uint32_t request)
{
	uint32_t last = s->trace->n_requests - 1, i;
	struct cpol_event event = { s->trace->requests[last].ptr, s->trace->requests[last].len };

	restore(s->now, s->states[request]);
	for (i = request + 1; i < last; i++)
		if (!s->left_out[i] && !step(s, i))
			return false;
	if (s->before != NULL)
		restore(s->before, state_of(s));
	return step(s, last) && search_is_decided(&s->policy->bc, s->claim, s->now, s->before, &event);
}

static bool leave_out(struct shortener *s)
{
	uint32_t n = s->trace->n_requests, i;
	bool any = false;

	restore(s->now, s->states[0]);
	for (i = 0; i + 1 < n; i++) {
		s->states[i] = state_of(s);
		s->left_out[i] = false;
		if (!step(s, i))
			return false;
	}
	for (i = n - 1; i-- > 0;) {
		s->left_out[i] = is_needless(s, i);
		any = any || s->left_out[i];
	}
	return any;
}

void search_shorten(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    struct search_trace *trace)
{
	struct arena mark = *a;
	struct shortener s = { .policy = policy, .arena = a, .claim = claim, .trace = trace };
	uint32_t i, n;

	if (trace->n_requests == 0)
		return;
	s.now = search_group(a, policy, 0);
	if (policy->bc.claims[claim].kind == BC_ALWAYS)
		s.before = search_group(a, policy, 0);
	s.states = arena_array(a, trace->n_requests, struct str);
	s.left_out = arena_array(a, trace->n_requests, bool);
	s.states[0] = state_of(&s);
	while (leave_out(&s)) {
		for (i = n = 0; i < trace->n_requests; i++)
			if (i + 1 == trace->n_requests || !s.left_out[i])
				trace->requests[n++] = trace->requests[i];
		trace->n_requests = n;
	}
	arena_rewind(a, mark);
}
