/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_pair.c - two interpreters side by side: the judge of every difference.
 */
#include "compare.h"

#include <stdlib.h>

#include "../bytecode/decode.h"

static struct cpol_group *new_group(struct arena *a, const struct bc_policy *p)
{
	struct cpol_group *group = arena_new(a, struct cpol_group);
	struct cpol_policy *policy = arena_new(a, struct cpol_policy);
	size_t len;

	policy->bc = *p;
	len = cpol_memory(policy, NULL);
	if (len == 0 || cpol_init(group, policy, arena_alloc(a, len), len, NULL) != BC_OK)
		abort();                /* bc_open() bounds what a policy needs */
	return group;
}

struct compare_pair compare_start(struct arena *a, const struct joint *j)
{
	return (struct compare_pair){ .j = j, .a = new_group(a, j->a.policy), .b = new_group(a, j->b.policy) };
}

struct str compare_for_a(struct arena *a, const struct joint *j, struct str request)
{
	uint32_t event = j->event_a[bc_get32((const uint8_t *)request.ptr)];
	uint8_t *copy;

	if (event == JOINT_NONE)
		return (struct str){ NULL, 0 };
	copy = arena_alloc(a, request.len);
	memcpy(copy, request.ptr, request.len);
	for (uint32_t i = 0; i < 4; i++)
		copy[i] = (uint8_t)(event >> (24 - 8 * i));
	return (struct str){ (const char *)copy, request.len };
}

static bool keeps(const struct cpol_verdict *v, uint32_t field, uint32_t element)
{
	for (uint32_t i = 0; i < v->n_kept; i++)
		if (v->kept[i].field == field && (v->kept[i].mask[element / 8] >> element % 8 & 1) == 0)
			return false;
	return true;
}

static bool keeps_more(struct compare_pair *p)
{
	for (uint32_t i = 0; i < p->verdict_a.n_kept; i++) {
		const struct cpol_kept *kept = &p->verdict_a.kept[i];

		for (uint32_t element = 0; element < kept->n; element++) {
			if (keeps(&p->verdict_a, kept->field, element) ||
			    !keeps(&p->verdict_b, kept->field, element))
				continue;
			p->number = kept->field;
			return true;
		}
	}
	return false;
}

static bool gives_other(struct compare_pair *p)
{
	for (uint32_t i = 0; i < p->verdict_b.n_outs; i++) {
		if (i < p->verdict_a.n_outs && p->verdict_a.outs[i] == p->verdict_b.outs[i])
			continue;
		p->number = i;
		return true;
	}
	return false;
}

enum compare_kind compare_decide(struct arena *scratch, struct compare_pair *p, struct str request)
{
	struct cpol_event event = { request.ptr, request.len };
	struct str for_a;

	p->verdict_a = (struct cpol_verdict){ .reason = CPOL_NO_RULE };
	p->verdict_b = cpol_decide(p->b, &event);
	if (!p->verdict_b.allowed)
		return COMPARE_SAME;
	for_a = compare_for_a(scratch, p->j, request);
	if (for_a.len != 0)
		p->verdict_a = cpol_decide(p->a, &(struct cpol_event){ for_a.ptr, for_a.len });
	if (!p->verdict_a.allowed) {
		cpol_abort(p->b);
		return COMPARE_DENIED;
	}
	return keeps_more(p) ? COMPARE_KEPT : gives_other(p) ? COMPARE_GIVEN : COMPARE_SAME;
}

void compare_commit(struct compare_pair *p)
{
	cpol_commit(p->a);
	cpol_commit(p->b);
}

bool compare_confirm(struct arena *a, const struct joint *j, const struct compare_trace *trace)
{
	struct arena mark = *a;
	struct compare_pair p = compare_start(a, j);
	enum compare_kind kind = COMPARE_SAME;
	uint32_t i = 0;

	while (i < trace->n_requests && kind == COMPARE_SAME) {
		kind = compare_decide(a, &p, trace->requests[i++]);
		if (kind == COMPARE_SAME && !p.verdict_b.allowed)
			break;
		compare_commit(&p);
	}
	arena_rewind(a, mark);
	return i == trace->n_requests && kind == trace->kind;
}
