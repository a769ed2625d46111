/* SPDX-License-Identifier: Apache-2.0
 *
 * eva_decide.c - for Frama-C: any LEN bytes as a request for event EVENT to a given policy
 * whose group has just begun; what it allows is committed.  policy.h has the policy, as
 * `policy_bytes`; it is opened and laid out by the code itself, which is all there is
 * without LEN.
 */
#include "__fc_builtin.h"
#include "policy.h"
#include "runtime/cpol.h"

#define MEMORY 65536

static uint64_t memory[MEMORY / 8];
static struct cpol_policy policy;
static struct cpol_group group;

void eva_decide(void)
{
	if (cpol_open(&policy, policy_bytes, sizeof(policy_bytes), 0) != BC_OK ||
	    cpol_init(&group, &policy, memory, sizeof(memory), 0) != BC_OK)
		return;
#if LEN > 0
	static uint8_t request[LEN];
	struct cpol_event event = { request, LEN };

	Frama_C_make_unknown((char *)request + 8, LEN - 8);
	/* Any other event and length is denied for that, and nothing else is read. */
	request[3] = EVENT;
	request[7] = LEN;
	(void)cpol_decide(&group, &event);
	cpol_commit(&group);
#endif
}
