/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c - any bytes to bc_open().  What it refuses leaves the empty policy;
 * what it accepts opens again with the same view, needs memory that can be
 * told, and decides a request of zeros for each event: with the bounds that it
 * says, which may be less than its code takes; and with what that takes, without a
 * fault.  With small maps, for speed, and small memory: an accepted policy may
 * well ask for more than there is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bound/bound.h"
#include "fuzz.h"
#include "runtime/state.h"

#define MEMORY_MAX (16u << 20)

static void require(bool is_so)
{
	if (!is_so)
		abort();
}

/* A request of zeros is valid unless the event has digests: then it is denied
 * for that.  Whether a rule or a claim faulted. */
static bool run_all(struct cpol_policy *policy, void *memory, size_t len)
{
	static uint8_t request[8 + 8 * BC_FIELDS_MAX];
	struct cpol_options small = { .ghost = true, .most_keys = 2 };
	struct cpol_group group;
	bool any = false, fault;

	require(cpol_init(&group, policy, memory, len, &small) == BC_OK);
	for (uint32_t i = 0; i < policy->bc.n_events; i++) {
		uint32_t n = 8 + 8 * policy->bc.events[i].n_fields;
		struct cpol_event event = { request, n };
		struct cpol_verdict v;

		memset(request, 0, sizeof(request));
		request[3] = (uint8_t)i;
		request[6] = (uint8_t)(n >> 8);
		request[7] = (uint8_t)n;
		v = cpol_decide(&group, &event);
		require(v.allowed == (v.reason == CPOL_ALLOWED));
		any = any || v.reason == CPOL_FAULT;
		cpol_commit(&group);
	}
	for (uint32_t i = 0; i < policy->bc.n_claims; i++) {
		if (policy->bc.claims[i].kind == BC_ALWAYS)
			continue;
		(void)cpol_claim_holds(&group, NULL, NULL, i, &fault);
		any = any || fault;
	}
	return any;
}

/* In memory of just the length that it needs, if that is not much. */
static bool faults(struct cpol_policy *policy)
{
	const struct cpol_options small = { .ghost = true, .most_keys = 2 };
	size_t needed = cpol_memory(policy, &small);
	void *memory;
	bool any;

	if (needed == 0 || needed > MEMORY_MAX)
		return false;
	memory = malloc(needed);
	require(memory != NULL);
	any = run_all(policy, memory, needed);
	free(memory);
	return any;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct cpol_policy policy, again, empty;
	static struct bounds bounds;
	size_t where = 0;

	if (cpol_open(&policy, bytes, len, &where) != BC_OK) {
		require(where <= len && memcmp(&policy, &empty, sizeof(policy)) == 0);
		return 0;
	}
	require(cpol_open(&again, bytes, len, NULL) == BC_OK);
	require(memcmp(&policy, &again, sizeof(policy)) == 0);
	faults(&policy);
	bounds_of(&bounds, &policy.bc);
	if (bounds_say(&bounds, &policy.bc, NULL) != NULL)
		return 0;
	require(!faults(&policy));
	return 1;
}
