/* SPDX-License-Identifier: Apache-2.0
 *
 * outside.c - for those who check the guest from outside: claims, and states
 * that no request made.  An agent that does not ask for it does not link it.
 */
#include "run.h"

/* ---- claims ---- */

/* Whether a step claim says nothing of this event. */
static bool is_about_others(const struct bc_claim *claim, uint32_t number)
{
	for (uint32_t i = 0; i < claim->n_events; i++) {
		if (bc_get32(claim->events + 4 * (size_t)i) == number)
			return false;
	}
	return true;
}

/* One claim at a time is kept as steps. */
static const struct steps *steps_of_claim(struct cpol_group *g, uint32_t number)
{
	const struct bc_policy *p = g->policy;
	const struct bc_claim *c = &p->claims[number];
	struct header *header = cpol_header(g);

	if (header->claim_number != number) {
		header->claim.n = cpol_make_steps(p, bc_claim_event(p, c), &c->code,
		    (struct step *)(void *)(g->memory + header->claim.at));
		header->claim_number = number;
	}
	return &header->claim;
}

bool cpol_claim_holds(struct cpol_group *now, const struct cpol_group *before,
    const struct cpol_event *event, uint32_t claim, bool *fault)
{
	const struct bc_policy *p = now->policy;
	struct machine m = { .view = { .policy = p, .now = now, .before = before } };
	uint32_t number, where;
	const struct bc_claim *c;

	*fault = true;
	if (p == NULL || claim >= p->n_claims || now->pending)
		return false;
	c = &p->claims[claim];
	if (c->kind == BC_ALWAYS) {
		if (before == NULL || before->policy != p || event == NULL ||
		    cpol_check_request(p, event, &number, &where) != CPOL_ALLOWED)
			return false;
		*fault = false;
		if (is_about_others(c, number))
			return true;
		*fault = true;
		m.view.request = event->bytes;
	}
	if (cpol_run(&m, &c->code, steps_of_claim(now, claim)) != CPOL_ALLOWED)
		return false;
	*fault = false;
	return m.flag;
}

/* ---- states ---- */

bool state_put(struct cpol_group *g, uint32_t map, const struct value *key, const struct value *val)
{
	struct view v = { .policy = g->policy, .now = g };
	struct map *m = &cpol_header(g)->maps[map];
	uint32_t slot, place;

	if (g->pending || (!cpol_find(g, map, key, &place) && m->n == m->capacity) || m->n == m->n_slots)
		return false;
	slot = cpol_order_of(g, m)[m->n];
	if (cpol_fill_slot(&v, map, slot, key, val) != CPOL_ALLOWED)
		return false;
	cpol_move(g, map, slot, true);
	return true;
}

void state_set_scalar(struct cpol_group *g, uint32_t var, uint64_t word)
{
	cpol_header(g)->scalars[var] = word;
}
