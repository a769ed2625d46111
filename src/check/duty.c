/* SPDX-License-Identifier: Apache-2.0
 *
 * duty.c - see duty.h.  It is part of what a certificate relies on, like the
 * lifter.
 */
#include "duty.h"

#include "../bytecode/decode.h"

struct duties *duties_new(struct arena *a, const struct tree_policy *tree)
{
	struct duties *d = arena_new(a, struct duties);
	uint32_t n = tree->policy->n_events;

	d->arena = a;
	d->tree = tree;
	d->lift = (struct lift){ fol_new(a), a, tree };
	d->facts = facts_new(&d->lift);
	d->rules = arena_array(a, n + 1, struct lift_rule);
	d->writes = arena_array(a, n + 1, uint64_t);
	for (uint32_t i = 0; i < n; i++) {
		if (!tree->rules[i].exists)
			continue;
		d->rules[i] = lift_rule(&d->lift, i);
		for (uint32_t j = 0; j < d->rules[i].n_writes; j++)
			d->writes[i] |= UINT64_C(1) << d->rules[i].writes[j].var;
	}
	return d;
}

static void see_variable(void *arg, struct fol *f)
{
	if (f->kind == FOL_APP && f->fun->is_state)
		*(uint64_t *)arg |= UINT64_C(1) << f->fun->a;
}

static void add(struct duties *d, struct duty_goal goal)
{
	arena_push(d->arena, d->goals, d->n_goals, d->cap_goals);
	if (!goal.is_step) {
		goal.now = lift_claim(&d->lift, goal.expr, BC_EVENTS_MAX);
		fol_visit(d->lift.space, goal.now, see_variable, &goal.reads);
	}
	d->goals[d->n_goals++] = goal;
}

void duties_add_claim(struct duties *d, uint32_t claim)
{
	add(d, (struct duty_goal){ .expr = d->tree->claims[claim], .claim = claim,
	    .is_step = d->tree->policy->claims[claim].kind == BC_ALWAYS });
}

void duties_add_lemma(struct duties *d, const struct tree_expr *lemma)
{
	add(d, (struct duty_goal){ .expr = lemma, .claim = UINT32_MAX });
}

static bool is_of_event(const struct bc_claim *claim, uint32_t event)
{
	for (uint32_t i = 0; i < claim->n_events; i++)
		if (bc_get32(claim->events + 4 * (size_t)i) == event)
			return true;
	return false;
}

/* What the goal says, of a state or of a step of the event. */
static struct fol *said(struct duties *d, const struct duty_goal *g, uint32_t event)
{
	return g->is_step ? lift_claim(&d->lift, g->expr, event) : g->now;
}

struct fol *duty_after(struct duties *d, uint32_t goal, uint32_t event)
{
	const struct duty_goal *g = &d->goals[goal];
	struct fol *after;

	if (event == DUTY_FIRST) {
		if (g->is_step)
			return NULL;
		after = lift_first(&d->lift, g->now);
	} else {
		if (!d->tree->rules[event].exists)
			return NULL;
		if (g->is_step && !is_of_event(&d->tree->policy->claims[g->claim], event))
			return NULL;
		if (!g->is_step && (g->reads & d->writes[event]) == 0)
			return NULL;
		after = lift_after(&d->lift, &d->rules[event], said(d, g, event));
		if (!g->is_step && after == g->now)
			return NULL;
	}
	return after == fol_bool(d->lift.space, true) ? NULL : after;
}

struct fol_list duty_counts(struct duties *d, uint32_t goal, uint32_t event)
{
	const struct duty_goal *g = &d->goals[goal];
	struct fol_list list = { 0 };
	struct lift_rule nothing = { 0 };
	struct fol *before;

	if (event == DUTY_FIRST)
		return list;
	before = g->is_step ? lift_after(&d->lift, &nothing, said(d, g, event)) : g->now;
	facts_add_counts(d->facts, &d->rules[event], before, &list);
	return list;
}
